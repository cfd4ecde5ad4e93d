"""The compute bank on the database: deposited capacity that is used earns hours, and hours are withdrawn elsewhere."""

from datetime import timedelta
from typing import Any

import pytest

from gridtie.access import Actor, Scope, roles_of
from gridtie.dispatch.job import JobDocument
from gridtie.errors import AlreadyExists, BankUnusable, GateClosed, InsufficientHours, InvalidInput, NotFound
from gridtie.flow.clear_market import clear_market
from gridtie.flow.deposit_capacity import close_deposit, deposit_capacity, expire_deposits
from gridtie.flow.fund_account import top_up
from gridtie.flow.lend_hours import repay_hours
from gridtie.flow.quote_job import quote_jobs
from gridtie.flow.refund_receipt import refund_receipt
from gridtie.flow.timetable import DUTIES
from gridtie.flow.watch_budgets import watch_budgets
from gridtie.market.book import book_from_json, clearing_to_json
from gridtie.market.rules import RULES
from gridtie.metering.receipt import from_payload
from gridtie.store.journal import load
from gridtie.values.canonical import canonical
from gridtie.values.money import Micros
from gridtie.values.period import Period
from gridtie.views.bank import bank_statement, rates_view
from gridtie.views.receipt import receipt_view, statement_view

HOUR = 1_000_000  # millionths of a reference hour
BANK = {"pay_with": ("bank",)}


@pytest.fixture
def north(world: Any) -> Any:
    """The first certified site: its score is the reference."""
    return world.site("north", world.organisation("owner-north"))


@pytest.fixture
def south(world: Any, north: Any) -> Any:
    """A quarter faster than the reference, in another hub."""
    return world.site("south", world.organisation("owner-south"), hub="csjh", score=1250)


def placed(world: Any, organisation: Any, **more: Any) -> tuple[Any, Any]:
    job = world.submit(organisation, budget=BANK, **more)
    world.alive()
    world.clear("bank")
    run = world.job(job).run
    assert run is not None, world.job(job).reason
    return job, run


def sum_of_hours(world: Any) -> int:
    return sum(
        balance.posted
        for code, balance in world.read(lambda unit: unit.ledger.balances(None)).items()
        if code.endswith(":cpu")
    )


def test_hours_earned_here_are_withdrawn_there_at_the_rates_of_the_certificates(
    world: Any, north: Any, south: Any
) -> None:
    world.deposit(north)
    world.deposit(south)
    world.lend(south.owner, 4 * HOUR)
    job, run = placed(world, south.owner)  # an hour on the reference itself
    assert (world.run(run).resource, world.run(run).price) == (north.resource, HOUR)
    assert (world.hours(south.owner).available, world.hours(south.owner).held) == (3 * HOUR, HOUR)
    world.ran(run, hours=1)
    assert (world.hours(north.owner).posted, world.hours(south.owner).posted) == (HOUR, 3 * HOUR)
    _, run = placed(world, north.owner, expected=timedelta(hours=1))  # 48 minutes on the faster one
    assert (world.run(run).resource, world.run(run).price) == (south.resource, 1_250_000)
    world.ran(run, minutes=48)
    assert world.hours(north.owner).posted == 0
    assert (world.hours(south.owner).posted, world.owed(south.owner)) == (3 * HOUR, 3 * HOUR)  # it paid back one
    assert sum_of_hours(world) == 0
    assert world.earnings(north.owner).posted == world.earnings(south.owner).posted == 0
    [shown] = [receipt_view(row) for row in world.read(lambda unit: unit.receipts.of_job(job))]
    assert "1.00 per core-hour" in shown["lines"][1]
    assert shown["envelope"]["payload"]["currency"] == "bank:cpu"


def test_what_nobody_used_earns_nothing_and_what_money_used_earns_money(world: Any, north: Any) -> None:
    world.deposit(north)
    world.later(days=3)
    assert world.hours(north.owner).posted == 0
    buyer = world.organisation("buyer", balance=100 * HOUR)
    waits = world.submit(buyer)
    world.alive()
    assert world.clear() == world.clear("bank") == 0  # it is for withdrawals, not for sale
    assert world.job(waits).reason_code == "no-offer"
    world.offer(north, HOUR)
    world.alive()
    world.clear()
    world.ran(world.job(waits).run, hours=1)
    assert (world.hours(north.owner).posted, world.earnings(north.owner).posted) == (0, HOUR)


def test_a_withdrawal_meets_no_offer_that_asks_money(world: Any, north: Any, south: Any) -> None:
    world.offer(north, HOUR)
    world.lend(south.owner, HOUR)
    job = world.submit(south.owner, budget=BANK)
    world.alive()
    assert world.clear() == world.clear("bank") == 0
    assert world.job(job).reason_code == "no-offer"


def test_nobody_withdraws_from_himself(world: Any, north: Any, south: Any) -> None:
    world.deposit(north)
    world.lend(north.owner, 2 * HOUR)
    world.lend(south.owner, 2 * HOUR)
    own, other = world.submit(north.owner, budget=BANK), world.submit(south.owner, budget=BANK)
    world.alive()
    assert world.clear("bank") == 1
    assert (world.job(own).state, world.job(other).state) == ("queued", "placed")
    before = world.rows()
    assert world.clear("bank") == 0
    assert world.rows() == before


def test_a_round_of_withdrawals_replays_byte_for_byte(world: Any, north: Any, south: Any) -> None:
    world.deposit(north)
    world.lend(south.owner, HOUR)
    job, _ = placed(world, south.owner)
    number = world.read(lambda unit: unit.market.last_round_of(job))
    row, book, clearing = world.read(lambda unit: unit.market.round(number))
    assert row.rule == "bank-rate"
    assert canonical(clearing_to_json(RULES[row.rule](book_from_json(load(book.decode()))))) == clearing


def test_without_hours_no_job_is_taken_and_one_that_outlasts_them_is_stopped(
    world: Any, north: Any, south: Any
) -> None:
    world.deposit(north)
    with pytest.raises(InsufficientHours, match="more than 0"):
        world.submit(south.owner, budget=BANK)
    world.lend(south.owner, HOUR // 2)
    job = world.submit(south.owner, budget=BANK)  # an hour is expected
    world.alive()
    assert world.clear("bank") == 0
    assert world.job(job).reason_code == "insufficient-hours"
    assert "hours of cpu in the bank 0.50" in world.job(job).reason
    assert "gridtie bank deposit" in world.job(job).change
    _, run = placed(world, south.owner, expected=timedelta(minutes=30))
    world.report(run, "accept", "start")
    world.later(minutes=31)
    assert world.write(lambda unit: watch_budgets(unit, world.exchange)) == 1
    world.report(run, "cancel")
    assert world.hours(south.owner).posted == 0
    assert world.hours(north.owner).posted == HOUR // 2


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"budget": {"pay_with": ("bank", "balance")}}, "alone"),
        ({"budget": {**BANK, "max_price": Micros(1)}}, "in money"),
        ({"budget": {**BANK, "max_total": Micros(1)}}, "in money"),
        ({"budget": BANK, "mode": "auction"}, "auction"),
    ],
)
def test_what_has_no_meaning_in_hours_is_refused_with_its_reason(
    world: Any, north: Any, south: Any, spec: Any, more: dict[str, Any], why: str
) -> None:
    world.lend(south.owner, HOUR)
    world.any_member(south.owner)
    before = world.rows()
    with pytest.raises(BankUnusable, match=why):
        world.submit(south.owner, **more)
    assert world.rows() == before
    document = JobDocument(jobs=(spec(**more),), kind="job")
    [quoted] = world.read(lambda unit: quote_jobs(unit, world.exchange, document, south.owner))
    assert why in quoted["lines"][-1]


def test_a_quote_of_a_withdrawal_is_in_hours_of_what_others_deposited(
    world: Any, north: Any, south: Any, spec: Any
) -> None:
    world.deposit(south)
    world.offer(north, 7 * HOUR)
    world.alive()
    document = JobDocument(jobs=(spec(budget=BANK),), kind="job")
    [quoted] = world.read(lambda unit: quote_jobs(unit, world.exchange, document, north.owner))
    assert [choice["price"] for choice in quoted["choices"]] == ["1.25"]
    assert "reference hours" in "\n".join(quoted["lines"])


def test_a_run_that_its_site_lost_costs_no_hours(world: Any, north: Any, south: Any) -> None:
    world.deposit(north)
    world.lend(south.owner, HOUR)
    job, run = placed(world, south.owner)
    world.report(run, "accept", "start")
    world.later(minutes=30)
    world.report(run, "lose")
    assert (world.hours(south.owner).available, world.hours(north.owner).posted) == (HOUR, 0)
    assert world.job(job).state == "queued"


def test_hours_are_given_back_for_lost_time_and_not_twice(world: Any, north: Any, south: Any) -> None:
    world.deposit(north)
    world.lend(south.owner, HOUR)
    job, run = placed(world, south.owner)
    world.ran(run, hours=1)
    [receipt] = world.read(lambda unit: unit.receipts.of_job(job))
    for _ in range(2):
        given = world.write(lambda unit: refund_receipt(unit, receipt.id, lost=None, reason="it throttled"))
        assert given["refunded_in_all"] == "1.00"
        assert (world.hours(south.owner).posted, world.hours(north.owner).posted) == (HOUR, 0)


def test_a_receipt_pays_back_a_loan_once(world: Any, north: Any, south: Any) -> None:
    world.deposit(north)
    world.lend(north.owner, 3 * HOUR)
    world.lend(south.owner, HOUR)
    job, run = placed(world, south.owner)
    world.ran(run, hours=1)
    assert (world.hours(north.owner).posted, world.owed(north.owner)) == (3 * HOUR, 2 * HOUR)
    [row] = world.read(lambda unit: unit.receipts.of_job(job))
    receipt = from_payload(load(row.envelope)["payload"])
    world.write(lambda unit: repay_hours(unit, receipt))
    assert world.owed(north.owner) == 2 * HOUR


# ── the deposits themselves ───────────────────────────────────────────────────────────────────────────────────────
def test_only_what_is_certified_now_can_be_deposited_once_and_for_a_time_to_come(world: Any, north: Any) -> None:
    world.deposit(north, hours=24)
    with pytest.raises(AlreadyExists):
        world.deposit(north, hours=1)
    owner = Actor(name="owner", organisation=north.owner, roles=roles_of("owner"))
    now = world.clock.now()

    def put(start: float, end: float, *, key: str = north.resource) -> Any:
        window = Period(now + timedelta(hours=start), now + timedelta(hours=end))
        return world.write(lambda unit: deposit_capacity(unit, owner, Scope(None), key, window, None))

    with pytest.raises(InvalidInput, match="problem"):
        put(-5, -1)
    with pytest.raises(NotFound):
        put(0, 1, key="res_none")
    assert put(25, 26).state == "open"  # beside the first, not over it
    world.later(days=31)
    now = world.clock.now()
    with pytest.raises(GateClosed, match="not admitted to the market"):
        put(0, 1)


def test_a_closed_deposit_takes_nothing_new_and_what_runs_goes_on_and_earns(world: Any, north: Any, south: Any) -> None:
    deposit = world.deposit(north)
    world.lend(south.owner, 2 * HOUR)
    _, run = placed(world, south.owner)
    world.report(run, "accept", "start")
    assert world.write(lambda unit: close_deposit(unit, unit.bank.get(deposit.id))).state == "closed"
    before = world.rows()
    world.write(lambda unit: close_deposit(unit, unit.bank.get(deposit.id)))
    assert world.rows() == before
    world.later(hours=1)
    world.report(run, "finish", "succeed", exit_code=0)
    assert world.hours(north.owner).posted == HOUR
    job = world.submit(south.owner, budget=BANK)
    world.alive()
    assert world.clear("bank") == 0
    assert world.job(job).reason_code == "no-offer"


def test_a_deposit_ends_with_its_window_and_only_once(world: Any, north: Any) -> None:
    deposit = world.deposit(north, hours=2)
    assert world.write(lambda unit: expire_deposits(unit)) == 0
    world.later(hours=2)
    [duty] = [duty for duty in DUTIES if duty.name == "expire deposits"]
    assert world.write(lambda unit: duty.verb(unit, world.exchange)) == 1
    assert world.write(lambda unit: duty.verb(unit, world.exchange)) == 0
    assert world.kinds(deposit.id) == ["bank.deposited", "bank.expired"]
    assert world.read(lambda unit: unit.bank.find(deposit.id[:12], north.owner)).state == "expired"
    with pytest.raises(NotFound):
        world.read(lambda unit: unit.bank.find(deposit.id, world.exchange.id))


def test_the_clockwork_places_withdrawals(world: Any, north: Any, south: Any) -> None:
    world.deposit(north)
    world.lend(south.owner, HOUR)
    job = world.submit(south.owner, budget=BANK)
    world.alive()
    [duty] = [duty for duty in DUTIES if duty.name == "place withdrawals"]
    world.write(lambda unit: duty.verb(unit, world.exchange))
    assert world.job(job).state == "placed"


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_rates_are_published_with_the_scores_they_follow_from_and_a_retest_moves_only_its_own(
    world: Any, north: Any, south: Any
) -> None:
    world.deposit(south)
    first = world.read(lambda unit: rates_view(unit, chip=None))
    assert [(row["site"], row["rate"], row["deposited"]) for row in first] == [
        ("north", "1.00", False), ("south", "1.25", True),
    ]  # fmt: skip
    world.certify(north, score=800)
    again = world.read(lambda unit: rates_view(unit, chip="cpu"))
    assert [(row["site"], row["rate"], row["reference"]) for row in again] == [
        ("north", "0.80", 1000), ("south", "1.25", 1000),
    ]  # fmt: skip
    assert again[0]["reference_certificate"] == first[0]["reference_certificate"]
    assert "certified 800 MFLOP/s per unit, reference 1000 MFLOP/s" in again[0]["because"]
    assert world.read(lambda unit: rates_view(unit, chip="nv-h100")) == []


def test_a_certificate_that_the_site_never_signed_sets_no_reference(world: Any) -> None:
    owner = world.organisation("owner")
    world.site("west", owner, score=600)
    assert world.read(lambda unit: unit.bank.reference("nv-h100")) is None
    assert world.read(lambda unit: unit.bank.reference("cpu")).score == 600


def test_a_statement_of_hours_adds_up_and_stands_apart_from_money(world: Any, north: Any, south: Any) -> None:
    world.deposit(north)
    world.lend(south.owner, 4 * HOUR)
    world.write(lambda unit: top_up(unit, south.owner, 5 * HOUR, memo="money"))
    _, run = placed(world, south.owner)
    world.ran(run, hours=1)
    period = Period(world.clock.now() - timedelta(days=1), world.clock.now() + timedelta(seconds=1))
    made = world.read(lambda unit: bank_statement(unit, south.owner, period, chip=None))
    [account] = made["accounts"]
    assert [(line["kind"], line["amount"], line["balance"]) for line in account["lines"]] == [
        ("bank-lend", "4.00", "4.00"), ("post", "-1.00", "3.00"),
    ]  # fmt: skip
    assert (account["closing"], account["owed"], account["held"]) == ("3.00", "4.00", "0.00")
    money = world.read(lambda unit: statement_view(unit, south.owner, period, currency="CNY"))
    assert [line["kind"] for line in money["lines"]] == ["deposit"]


def test_many_withdrawals_leave_every_hour_on_somebodys_account(world: Any, north: Any, south: Any) -> None:
    third = world.site("west", world.organisation("owner-west"), score=777)
    sites = (north, south, third)
    for site in sites:
        world.deposit(site)
        world.lend(site.owner, 3 * HOUR)
    for number in range(6):
        _, run = placed(world, sites[number % 3].owner, expected=timedelta(minutes=20))
        world.ran(run, minutes=7, seconds=13 * number, microseconds=7 * number + 1)
    assert sum_of_hours(world) == 0
    assert world.write(lambda unit: clear_market(unit, world.exchange, "bank")).placed == 0
