"""A site is drained, takes work again, or loses its key for good."""

from gridtie.flow.advance_runs import end_run
from gridtie.flow.exchange import Exchange
from gridtie.store.unit import Unit
from gridtie.values.ids import RunId, SiteId


def drain_site(unit: Unit, key: SiteId) -> str:
    """Finishes what runs and takes nothing new. The state afterwards."""
    return _move(unit, key, "drain", "site.draining")


def resume_site(unit: Unit, key: SiteId) -> str:
    return _move(unit, key, "resume", "site.resumed")


def revoke_site(unit: Unit, exchange: Exchange, key: SiteId, reason: str) -> str:
    """Voids its key, its invitations and its certificates; its runs end as lost, so they may go on elsewhere."""
    row = unit.sites.get(key)
    state = unit.sites.move(key, row.state, "revoke", note=reason)
    unit.tokens.revoke_of_site(key)
    for resource in unit.resources.of_site(key):
        unit.certificates.void_of(resource.id)
        unit.resources.set(resource.id, in_market_until_us=None)
    for live in unit.runs.live_at(key):
        run = unit.runs.get(RunId(live.id))
        event = "reject" if run.state == "assigned" else "lose"
        cause, detail = ("booking", f"{row.name} left the exchange") if run.ahead else ("site", "")
        end_run(unit, exchange, unit.jobs.get(run.job), run, event, reason=cause, detail=detail)
    unit.note("site.revoked", key, organisation=row.organisation, reason=reason)
    return state


def _move(unit: Unit, key: SiteId, event: str, kind: str) -> str:
    row = unit.sites.get(key)
    state = unit.sites.move(key, row.state, event)
    unit.note(kind, key, organisation=row.organisation)
    return state
