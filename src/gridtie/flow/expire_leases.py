"""Runs whose site stayed silent beyond its lease are given up, and only then may they run elsewhere."""

from collections.abc import Iterator
from datetime import timedelta

from gridtie.dispatch.record import lease_length
from gridtie.flow.advance_runs import end_run
from gridtie.flow.exchange import Exchange
from gridtie.store.journal import load
from gridtie.store.unit import Unit
from gridtie.values.ids import RunId, SiteId
from gridtie.values.period import from_us


def overdue(unit: Unit, exchange: Exchange) -> Iterator[tuple[RunId, str, str]]:
    """Live runs to be given up now, with the event and the reason. Reads only."""
    settings, presence = exchange.settings, exchange.presence
    seen = {
        site: up
        for site in unit.sites.active_ids()
        if presence.seen(site)
        for up in [presence.connected(site, unit.at)]
    }
    if presence.brake(seen, unit.at):
        return
    shortest = timedelta(seconds=min(settings.lease_stop_s, settings.lease_replace_s, settings.lease_wait_s))
    for row in unit.runs.live_leases():
        assigned_at = from_us(row.assigned_us)
        if row.state == "assigned" and row.starts_us is not None and row.assigned_us < row.starts_us:
            continue  # booked for later
        silent = presence.silent_for(RunId(row.id), assigned_at, unit.at)
        if row.state == "assigned" and row.cancel_us is None and load(row.waits_for):
            continue  # its site does not know of it yet
        if row.state != "assigned" and silent <= shortest:
            continue
        if row.state == "assigned":
            limit = timedelta(seconds=settings.lease_control_s)
            if presence.connected(SiteId(row.site), unit.at):
                limit = limit * 2  # the agent is there but does not take it
        else:
            limit = _give_up_after(unit, exchange, RunId(row.id))
        if silent > limit and row.state == "assigned":
            yield RunId(row.id), "reject", "the site did not take it in time"
        elif silent > limit:
            yield RunId(row.id), "lose", "lease"


def expire_leases(unit: Unit, exchange: Exchange) -> int:
    """How many runs were given up. Safe to run at any time and any number of times."""
    given_up = 0
    for key, event, reason in overdue(unit, exchange):
        run = unit.runs.get(key)
        end_run(unit, exchange, unit.jobs.get(run.job), run, event, reason=reason)
        given_up += 1
    return given_up


def _give_up_after(unit: Unit, exchange: Exchange, key: RunId) -> timedelta:
    settings = exchange.settings
    _, limit = lease_length(
        unit.runs.get(key).plan.on_disconnect,
        stop=timedelta(seconds=settings.lease_stop_s),
        replace=timedelta(seconds=settings.lease_replace_s),
        wait=timedelta(seconds=settings.lease_wait_s),
    )
    return limit
