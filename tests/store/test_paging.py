"""Whoever turns pages while others insert sees every row that was there when he began, once, in order."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gridtie.access import Scope
from gridtie.clock import VirtualClock
from gridtie.dispatch.job import JobSpec
from gridtie.dispatch.record import Job
from gridtie.errors import Ambiguous, NotFound
from gridtie.ledger.account import CASH, balance_of
from gridtie.ledger.transfer import DEPOSIT, Transfer
from gridtie.ledger.voucher import Voucher
from gridtie.market.offer import Offer
from gridtie.store.database import Database
from gridtie.values.ids import JobId, MemberId, OfferId, OrganisationId, SiteId, TransferId, VoucherId
from gridtie.values.money import Micros
from gridtie.values.period import Period

Turn = Callable[[Any, Any], list[Any]]  # (unit, cursor) → two rows that follow it
ORG = OrganisationId("org_" + "0" * 26)
MEMBER = MemberId("member_" + "0" * 26)


def add_job(unit: Any) -> str:
    key = JobId(unit.new_id("job"))
    job = Job(
        id=key, organisation=ORG, member=MEMBER, name="job", purpose="user", state="queued", epoch=0, run=None,
        spec=JobSpec(), files=(), checkpoint=(), after=None, retries=0, created_at=unit.at,
    )  # fmt: skip
    unit.jobs.add(job, notes=(), batch=None, reason="", reason_code="")
    return key


def add_offer(unit: Any) -> str:
    key = OfferId(unit.new_id("offer"))
    window = Period(unit.at, unit.at + timedelta(days=1))
    unit.market.post(
        Offer(id=key, resource=None, owner=ORG, chip="cpu", hub="gz", price=Micros(1), window=window)
    )  # fmt: skip
    return key


def add_voucher(unit: Any) -> str:
    key = VoucherId(unit.new_id("voucher"))
    unit.vouchers.add(
        Voucher(
            id=key, name=str(key), issuer=ORG, holder=ORG, amount=Micros(1), max_unit_price=None,
            window=Period(unit.at, unit.at + timedelta(days=1)),
        )
    )  # fmt: skip
    return key


def add_site(unit: Any) -> str:
    key = SiteId(unit.new_id("site"))
    unit.sites.add(key, name=str(key), organisation=ORG, hub="gz", place="CN-520100", depth="listed", policy={})
    return key


def add_transfer(unit: Any) -> int:
    transfer = Transfer(
        id=TransferId(unit.new_id("tx")), debit=CASH, credit=balance_of(ORG), amount=1, kind=DEPOSIT, at=unit.at
    )
    unit.ledger.post(transfer)
    return int(unit.ledger.newest(before=None, limit=1)[0].seq)


def jobs(unit: Any, cursor: Any) -> list[Any]:
    rows = unit.jobs.page(organisation=ORG, states=(), name=None, purpose=None, before=cursor, limit=2)
    return [row["id"] for row in rows]


def add_job_of_either_state(unit: Any) -> str:
    key = add_job(unit)
    if unit.at_us // 1000 % 3:
        unit.jobs.set(JobId(key), state="running")
    return key


def jobs_of_both_states(unit: Any, cursor: Any) -> list[Any]:
    states = ("running", "queued", "failed")
    rows = unit.jobs.page(organisation=ORG, states=states, name=None, purpose=None, before=cursor, limit=2)
    return [row["id"] for row in rows]


KINDS: dict[str, tuple[Callable[[Any], Any], Turn, bool]] = {
    "jobs": (add_job, jobs, True),
    "jobs of two states": (add_job_of_either_state, jobs_of_both_states, True),
    "offers": (add_offer, lambda unit, cursor: [o.id for o in unit.market.offers(before=cursor, limit=2)], True),
    "vouchers": (
        add_voucher,
        lambda unit, cursor: [v.id for v in unit.vouchers.page(holder=ORG, before=cursor, limit=2)],
        True,
    ),
    "transfers": (
        add_transfer,
        lambda unit, cursor: [row.seq for row in unit.ledger.newest(before=cursor, limit=2)],
        True,
    ),
    "transfers of both sides": (
        add_transfer,
        lambda unit, cursor: [
            row.seq for row in unit.ledger.newest_of([CASH, balance_of(ORG)], before=cursor, limit=2)
        ],
        True,
    ),
    "sites": (add_site, lambda unit, cursor: [s.id for s in unit.sites.page(Scope(ORG), after=cursor, limit=2)], False),
}


@pytest.fixture
def store(database: Database) -> Database:
    def people(unit: Any) -> None:
        unit.parties.add_organisation(ORG, "aurora")
        unit.parties.add_member(MEMBER, organisation=ORG, name="me", role="owner")

    database.write(people, actor="test")
    return database


def following(store: Database, turn: Turn, seen: list[Any]) -> list[Any]:
    return store.read(lambda unit: turn(unit, seen[-1] if seen else None))


@pytest.mark.parametrize("kind", KINDS)
def test_pages_hold_while_rows_arrive_between_them(store: Database, clock: VirtualClock, kind: str) -> None:
    add, turn, newest_first = KINDS[kind]

    def insert() -> Any:
        clock.advance(timedelta(milliseconds=1))
        return store.write(add, actor="test")

    there = [insert() for _ in range(7)]
    came: list[Any] = []
    seen: list[Any] = []
    while page := following(store, turn, seen):
        seen += page
        if len(came) < 5:
            came.append(insert())
    assert seen == (there[::-1] if newest_first else there + came)


def test_a_page_ends_between_two_rows_of_one_instant(store: Database) -> None:
    made = {store.write(add_job, actor="test") for _ in range(9)}  # the clock stands still
    seen: list[Any] = []
    while page := following(store, jobs, seen):
        seen += page
    assert len(seen) == 9
    assert set(seen) == made


def test_a_short_id_finds_one_and_names_several(store: Database, clock: VirtualClock) -> None:
    first = store.write(add_job, actor="test")
    clock.advance(timedelta(days=400))
    store.write(add_job, actor="test")
    find = lambda text: store.read(lambda unit: unit.jobs.find(text, organisation=ORG))  # noqa: E731
    assert find(first) == first
    assert find(first.removeprefix("job_")[:10]) == first
    with pytest.raises(Ambiguous):
        find("job_0")
    for text in ("job_zz", "", "job_%"):
        with pytest.raises((NotFound, Ambiguous)):
            find(text)
    with pytest.raises(NotFound):
        store.read(lambda unit: unit.jobs.find(first, organisation=OrganisationId("org_" + "1" * 26)))
