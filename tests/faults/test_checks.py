"""That each check fails where what it holds is broken: every law is broken once, in the product's own code."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

import gridtie.agent.verdict
import gridtie.api.agent_runs
import gridtie.api.idempotency
import gridtie.api.jobs
from faults import campaign, machines
from faults import site as faults_site
from faults.campaign import judged
from faults.world import Case, Fault, Job, Play
from gridtie.dispatch.record import Verdict
from gridtie.errors import LocalFault
from gridtie.flow import (
    advance_runs,
    clear_market,
    expire_leases,
    publish_artefacts,
    settle_run,
    sync_agent,
)
from gridtie.flow.agent_gate import quarantine_site
from gridtie.flow.hold_round import hold_round, may_decide
from gridtie.flow.unit import Unit
from gridtie.metering.usage import Billed, Usage
from gridtie.store import ledger
from gridtie.store import market as store_market
from gridtie.store.job import JobRows
from gridtie.values.ids import JobId
from gridtie.values.period import Period

ONE = (Job(1.0, 20, 2),)
CUT = Fault(60.0, "partition", 0, 300.0, 0.5)


def at(seconds: float, patch: pytest.MonkeyPatch, act: Callable[[Play], None]) -> None:
    """In each world that is founded from here on."""
    found = Play.found

    def founded(play: Play) -> None:
        found(play)
        play.loop.call_later(seconds, act, play)

    patch.setattr(Play, "found", founded)


def of_agents(patch: pytest.MonkeyPatch, act: Callable[[Any], None]) -> None:
    """Changes the agents' own modules, which each world loads anew."""
    at(0.0, patch, lambda play: act(play.agent))


def by_hand(play: Play, *statements: str) -> None:
    """Behind the exchange's back, and whatever refers to it."""
    with closing(sqlite3.connect(play.server.database.place, isolation_level=None)) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        for text in statements:
            raw.execute(text)


def money_is_made(patch: pytest.MonkeyPatch) -> None:
    move = ledger.LedgerRows._move

    def more(rows: Any, record: Any, hold: Any) -> None:
        move(rows, record, hold)
        rows._session.execute(ledger._CHANGE, {"key": record.credit, "debits": 0, "credits": 1, "held": 0})

    patch.setattr(ledger.LedgerRows, "_move", more)


def a_transfer_is_rewritten(patch: pytest.MonkeyPatch) -> None:
    at(50.0, patch, lambda play: by_hand(play, "UPDATE transfer SET at_us = at_us + 1 WHERE seq = 2"))


def nothing_returns(patch: pytest.MonkeyPatch) -> None:
    def settle(*given: Any, **more: Any) -> Any:
        return [transfer for transfer in real(*given, **more) if transfer.pending is None]

    real = settle_run.settle
    patch.setattr(settle_run, "settle", settle)


def submits_break_off(patch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise LocalFault(reason="the disk is broken")

    patch.setattr(gridtie.api.jobs, "submit_document", broken)


def keys_are_mixed_up(patch: pytest.MonkeyPatch) -> None:
    def answer(unit: Any, exchange: Any, once: Any, *given: Any, **more: Any) -> Any:
        return real(unit, exchange, replace(once, key=once.key[:3]), *given, **more)

    real = gridtie.api.idempotency.answer_once
    patch.setattr(gridtie.api.idempotency, "answer_once", answer)


def a_job_is_lost(patch: pytest.MonkeyPatch) -> None:
    """The one that waits, after it was acknowledged."""
    at(10.0, patch, lambda play: by_hand(play, "DELETE FROM request WHERE state = 'open'",
                                         "DELETE FROM job WHERE state = 'queued'"))  # fmt: skip


def no_round_is_held(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(machines, "DUTIES", [duty for duty in machines.DUTIES if duty.verb is not hold_round])


def ends_are_judged(verdict: Verdict) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(advance_runs, "judge_end", lambda *_, **__: verdict)


def agents_say(*verdict: Any) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(gridtie.agent.verdict, "verdict", lambda *_, **__: verdict)


def epochs_stand_still(patch: pytest.MonkeyPatch) -> None:
    """The table of runs takes no second one of an epoch, so this law of it goes first."""
    at(55.0, patch, lambda play: by_hand(play, "CREATE TABLE free AS SELECT * FROM run", "DROP TABLE run",
                                         "ALTER TABLE free RENAME TO run", "UPDATE run SET epoch = 1"))  # fmt: skip


def bookings_are_given_up_at_once(patch: pytest.MonkeyPatch) -> None:
    def unbooked(rows: Any) -> list[JobId]:
        still_open = select(store_market.request.c.job).where(store_market.request.c.state == "open")
        return [JobId(key) for key in rows._session.execute(still_open).scalars()]

    patch.setattr(store_market.MarketRows, "unbooked", unbooked)


def bookings_begin_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(clear_market, "booking_of", lambda *_: None)


def agents_sign_anything(patch: pytest.MonkeyPatch) -> None:
    of_agents(patch, lambda agent: patch.setattr(agent, "objection", lambda *_: ""))


def an_old_run_succeeds(patch: pytest.MonkeyPatch) -> None:
    at(50.0, patch, lambda play: by_hand(play, "UPDATE job SET epoch = epoch + 1"))


def a_minute_more_is_billed(patch: pytest.MonkeyPatch) -> None:
    def billable(facts: Any) -> Usage:
        usage = real(facts)
        longer = [replace(part, period=Period(part.period.start, part.period.end + timedelta(minutes=1)))
                  for part in usage.billed]  # fmt: skip
        return replace(usage, billed=tuple[Billed, ...](longer))

    real = settle_run.billable
    patch.setattr(settle_run, "billable", billable)
    agents_sign_anything(patch)


def leases_last(seconds: float) -> Callable[[pytest.MonkeyPatch], None]:
    length = timedelta(seconds=seconds)
    return lambda patch: patch.setattr(expire_leases, "lease_length", lambda *_, **__: (length, length))


def cancels_are_only_acknowledged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gridtie.api.jobs, "cancel_job", lambda *_, **__: "cancelled")


def ranks_outlive_their_leases(patch: pytest.MonkeyPatch) -> None:
    def ends(rank: faults_site.Rank) -> tuple[float, str]:
        return real(replace(rank, lease=float("inf")))

    real = faults_site.Rank.ends
    patch.setattr(faults_site.Rank, "ends", ends)


def any_epoch_publishes(patch: pytest.MonkeyPatch) -> None:
    """A site that was given up sends what its run saved."""
    get = JobRows.get

    def publish(unit: Unit, play: Play) -> None:
        old, _ = unit.runs.of_job(JobId(play.customers[0].acknowledged))
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(JobRows, "get", lambda rows, key: replace(get(rows, key), epoch=1))
            inner.setattr(publish_artefacts, "RUN", SimpleNamespace(final=()))
            publish_artefacts.publish_artefacts(
                unit, play.server.exchange, site=old.site, key=old.id, epoch=1, kind="checkpoint", rank=0, sequence=99,
                files=(),
            )  # fmt: skip

    at(300.0, patch, lambda play: play.server.database.write(lambda unit: publish(unit, play), actor="nobody"))


def runs_are_told_again(patch: pytest.MonkeyPatch) -> None:
    def orders_for(*given: Any) -> Any:
        orders = real(*given)
        told.update({(plan["run"], plan["site"]): plan for plan in orders.assignments})
        return replace(orders, assignments=list(told.values()))

    real, told = sync_agent.orders_for, dict[Any, Any]()
    patch.setattr(gridtie.api.agent_runs, "orders_for", orders_for)
    of_agents(patch, lambda agent: patch.setattr(agent.Spool, "finished", lambda *_: False))
    agents_sign_anything(patch)


def machines_are_always_free(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(store_market, "_used", lambda _: {})


def devices_are_given_twice(patch: pytest.MonkeyPatch) -> None:
    of_agents(patch, lambda agent: patch.setattr(
        agent.Agent, "_devices", lambda _, plan: [list(range(task.accelerators)) for task in plan.tasks]
    ))  # fmt: skip


def nothing_is_signed(patch: pytest.MonkeyPatch) -> None:
    of_agents(patch, lambda agent: patch.setattr(agent.Agent, "_sign", lambda *_: None))


def nothing_is_cleared_away(patch: pytest.MonkeyPatch) -> None:
    of_agents(patch, lambda agent: patch.setattr(agent.Agent, "_forget", lambda *_: None))


def a_duty_breaks(patch: pytest.MonkeyPatch) -> None:
    """A single time: it goes on, and does at its next turn what it left."""
    broken = []

    def look(unit: Unit, exchange: Any) -> bool:
        if not broken:
            broken.append(ZeroDivisionError())
            raise broken[0]
        return real(unit, exchange)

    (held,) = [duty for duty in machines.DUTIES if duty.look is may_decide]
    real = may_decide
    patch.setattr(machines, "DUTIES", [replace(held, look=look) if d is held else d for d in machines.DUTIES])


def a_timer_breaks(patch: pytest.MonkeyPatch) -> None:
    at(20.0, patch, lambda _: 1 // 0 and None)


def a_site_is_turned_away(patch: pytest.MonkeyPatch) -> None:
    at(20.0, patch, lambda play: play.server.database.write(
        lambda unit: quarantine_site(unit, play.sites[0].config.site, "so"), actor="nobody"
    ))  # fmt: skip


def nothing_stops_a_rank(patch: pytest.MonkeyPatch) -> None:
    ranks_outlive_their_leases(patch)
    patch.setattr(faults_site.SimulatedSite, "stop", lambda *_, **__: None)


@dataclass(frozen=True)
class Broken:
    law: Callable[[pytest.MonkeyPatch], None]
    words: str
    jobs: tuple[Job, ...] = ONE
    faults: tuple[Fault, ...] = ()
    sites: int = 1


TABLE = [
    Broken(money_is_made, "debits and credits differ by"),
    Broken(a_transfer_is_rewritten, "the columns of number 2 differ"),
    Broken(nothing_returns, "still held though every job has ended"),
    Broken(submits_break_off, "never had an answer"),
    Broken(keys_are_mixed_up, "made one job", jobs=(*ONE, *ONE)),
    Broken(a_job_is_lost, "NotFound: no job", jobs=(Job(1.0, 60, 4, nodes=2), *ONE)),
    Broken(no_round_is_held, "is still queued"),
    Broken(ends_are_judged(Verdict("cancel", "cancelled", "so")), "was cancelled by nobody"),
    Broken(agents_say("succeed", "", 0), "succeeded with exit code 3", jobs=(Job(1.0, 20, 2, exit_code=3),)),
    Broken(agents_say("fail", "exit", 1), "failed though its command did not"),
    Broken(epochs_stand_still, "two runs of one epoch", jobs=(Job(1.0, 20, 2, exit_code=3, retries=1),)),
    Broken(bookings_begin_at_once, "before the time that it booked", jobs=(Job(1.0, 20, 2, book_ahead=60),)),
    Broken(bookings_are_given_up_at_once, "before its time to start was over",
           jobs=(Job(1.0, 20, 4, nodes=2), Job(2.0, 20, 4, book_ahead=300))),
    Broken(an_old_run_succeeds, "its newest is 2"),
    Broken(a_minute_more_is_billed, "is billed for"),
    Broken(leases_last(80), "only fell silent", jobs=(Job(1.0, 600, 2),), faults=(CUT,)),
    Broken(leases_last(200), "s of silence", jobs=(Job(1.0, 600, 2, on_disconnect="replace"),), faults=(CUT,)),
    Broken(cancels_are_only_acknowledged, "was placed after its cancel",
           jobs=(Job(1.0, 60, 4, nodes=2), Job(3.0, 20, 4, cancel_after=5.0))),
    Broken(any_epoch_publishes, "published in epoch 1", sites=2, faults=(CUT,),
           jobs=(Job(1.0, 600, 2, on_disconnect="replace", retries=1),)),
    Broken(runs_are_told_again, "ran twice in epoch 1"),
    Broken(machines_are_always_free, "of 4 accelerators", jobs=(Job(1.0, 60, 4, nodes=2), Job(2.0, 60, 4))),
    Broken(devices_are_given_twice, "had one device", jobs=(Job(1.0, 60, 2), Job(2.0, 60, 2))),
    Broken(nothing_is_signed, "receipts are not signed by the site"),
    Broken(nothing_is_cleared_away, "still has"),
    Broken(a_site_is_turned_away, "the exchange refuses this agent"),
    Broken(a_timer_breaks, "ZeroDivisionError"),
    Broken(a_duty_breaks, "a duty failed"),
    Broken(nothing_stops_a_rank, "is removed under a rank at work", faults=(CUT,),
           jobs=(Job(1.0, 600, 2, on_disconnect="stop"),)),
]  # fmt: skip


@pytest.mark.parametrize("broken", TABLE, ids=lambda broken: broken.words)
def test_a_law_that_is_broken_is_found(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(seed=1, sites=broken.sites, horizon=500.0 if broken.faults else 60.0, jobs=broken.jobs,
                faults=broken.faults)  # fmt: skip
    monkeypatch.setattr(campaign, "PATIENCE_S", 600.0)
    assert judged(case).findings == ()
    broken.law(monkeypatch)
    findings = judged(case).findings
    assert any(broken.words in finding for finding in findings), findings
