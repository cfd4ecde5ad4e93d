"""Bookings until their time comes: who gave his back, whose site cannot keep it, and whose turn it is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gridtie.dispatch.record import Booking, Run
from gridtie.dispatch.run import RunPlan
from gridtie.flow.advance_runs import end_run
from gridtie.flow.cancel_job import stop_reason
from gridtie.flow.exchange import Exchange
from gridtie.market.request import Request
from gridtie.store.journal import dump, load
from gridtie.store.unit import Unit
from gridtie.values.ids import RunId
from gridtie.values.money import Micros, format_money
from gridtie.values.period import from_us, to_the_second
from gridtie.values.quantity import format_duration


def booking_of(unit: Unit, exchange: Exchange, request: Request) -> Booking | None:
    """The terms as they are when it is booked; None for what starts at once."""
    if request.start_at is None or request.start_at <= unit.at:
        return None
    settings = exchange.settings
    return Booking(starts_at=request.start_at, ends_at=request.start_at + timedelta(microseconds=request.expected_us),
                   notice=timedelta(seconds=settings.booking_notice_s),
                   late_percent=settings.booking_late_percent)  # fmt: skip


def ending(plan: RunPlan, request: Request) -> RunPlan:
    """It is stopped when what it booked is over: others may have booked what follows."""
    limit = request.expected_us if plan.time_limit_us is None else min(plan.time_limit_us, request.expected_us)
    return replace(plan, time_limit_us=limit)


def booked_words(booking: Booking, site: str, price: Micros, why: str, at: datetime) -> str:
    """`why` it starts then, where the exchange picked it."""
    length = format_duration(booking.ends_at - booking.starts_at)
    free = booking.starts_at - booking.notice
    when = "cancelled, from now on," if free <= at else f"cancelled after {to_the_second(free)}"
    late = f"; {when} it pays {booking.late_percent} % of that time" if booking.late_percent else ""
    start = to_the_second(booking.starts_at) + (f" ({why})" if why else "")
    return f"booked at {site} from {start} for {length}, {format_money(price)} per unit-hour{late}"


def moving(unit: Unit, exchange: Exchange) -> Iterator[tuple[RunId, str]]:
    """Bookings that end or come due now, with why the site cannot keep it, if it cannot. Reads only."""
    for row in unit.runs.ahead():
        lost = "" if row.cancel_us is not None else _lost(unit, exchange, row)
        if row.cancel_us is not None or lost or unit.at_us >= row.starts_us:
            yield RunId(row.id), lost


def keep_bookings(unit: Unit, exchange: Exchange) -> int:
    """How many bookings ended or came due. Safe to run at any time and any number of times."""
    moved = 0
    for key, lost in moving(unit, exchange):
        run = unit.runs.get(key)
        if run.cancel_at is not None:
            end_run(unit, exchange, unit.jobs.get(run.job), run, "cancel", reason=stop_reason(unit, run.job))
        elif lost:
            end_run(unit, exchange, unit.jobs.get(run.job), run, "reject", reason="booking", detail=lost)
        else:
            _come_due(unit, run)
        moved += 1
    return moved


def _lost(unit: Unit, exchange: Exchange, row: Any) -> str:
    """Why its site cannot keep it; '' while it can. Silence counts only shortly before it starts."""
    if row.resource_state != "active" or row.site_state != "active":
        return f"{row.site_name} left the exchange"
    there = {machine["name"] for machine in load(row.machines)}
    if missing := [part[0] for part in load(row.allocation) if part[0] not in there]:
        return f"{row.site_name} has no machine {missing[0]} any more"
    left = from_us(row.starts_us) - unit.at
    if left.total_seconds() <= exchange.settings.booking_check_s and not exchange.presence.connected(row.site, unit.at):
        return f"{row.site_name} is silent {format_duration(max(left, timedelta()))} before its start"
    return ""


def _come_due(unit: Unit, run: Run) -> None:
    """From now on it holds its machines; its site hears of it once whoever overstayed there has gone."""
    mine = {task.machine for task in run.plan.tasks}
    others = [row for row in unit.runs.live() if row.resource == run.resource and row.id != run.id
              and (row.starts_us is None or row.assigned_us >= row.starts_us)]  # fmt: skip
    there = [row for row in others if mine & {part[0] for part in load(row.allocation)}]
    late = [RunId(row.id) for row in there if row.until_us is None or row.until_us <= unit.at_us]
    waits_for = [] if _room(unit, run, there) else late or [RunId(row.id) for row in there]
    unit.runs.set(run.id, assigned_us=unit.at_us, waits_for=dump(waits_for))
    reason = "its time has come, and a run before it still holds its machines" if waits_for else ""
    unit.jobs.set(run.job, reason=reason, reason_code="waits" if waits_for else "")
    unit.note("run.assigned", run.id, organisation=run.organisation, job=run.job, site=run.site,
              resource=run.resource, epoch=run.epoch, price=run.price, units=run.units)  # fmt: skip


def _room(unit: Unit, run: Run, there: Sequence[Any]) -> bool:
    total = {machine["name"]: machine for machine in load(unit.resources.get(run.resource).machines)}
    names = ("cpus", "memory_bytes", "disk_bytes", "accelerators")
    for task in run.plan.tasks:
        held = [part[1:] for row in there for part in load(row.allocation) if part[0] == task.machine]
        for place, name in enumerate(names):
            if sum(part[place] for part in held) + getattr(task, name) > total[task.machine].get(name, 0):
                return False
    return True
