"""An agent says hello: who it is now, what its host has, what it still holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gridtie.flow.advance_runs import end_run
from gridtie.flow.agent_gate import AgentIdentity, quarantine_site
from gridtie.flow.exchange import Exchange
from gridtie.flow.issue_identifier import identify_site
from gridtie.flow.report_capacity import keep_inventory, report_capacity
from gridtie.flow.sync_agent import Held, lost_by_agent, orders_for
from gridtie.registry.resource import Declaration
from gridtie.registry.site import PROTOCOL_BEFORE, Greeted
from gridtie.store.site import greeted_of, greeted_to_json
from gridtie.store.unit import Unit
from gridtie.values.ids import SiteId
from gridtie.values.period import to_text

PAST_BOOTS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    version: str
    protocol: int  # what both sides speak
    inventory: dict[str, Any]
    inventory_digest: str
    resources: tuple[Declaration, ...]
    held: tuple[Held, ...]


def greet_agent(unit: Unit, exchange: Exchange, agent: AgentIdentity, hello: Hello) -> dict[str, Any]:
    """What the agent hears back. A new boot makes the one before it stale; runs it does not know are lost."""
    site = unit.sites.get(agent.site)
    if site.boot != agent.boot:
        greeted = greeted_to_json([*greeted_of(site), Greeted(agent.boot, unit.at)][-PAST_BOOTS:])
        unit.sites.set(agent.site, boot=agent.boot, boots_past=greeted, version=hello.version, seen_us=unit.at_us)
        unit.note("site.connected", agent.site, organisation=site.organisation, version=hello.version)
    changed = keep_inventory(unit, agent.site, hello.inventory, hello.inventory_digest)
    refusals = report_capacity(unit, exchange, agent.site, hello.resources, host_changed=changed)
    if refusals:
        quarantine_site(unit, agent.site, "; ".join(refusals))
    state = unit.sites.get(agent.site).state
    keep: list[str] = []
    kill: list[dict[str, Any]] = []
    if state in ("active", "draining"):
        identify_site(unit, exchange, agent.site)
        _give_up_lost(unit, exchange, agent.site, hello.held)
        orders = orders_for(unit, exchange, agent.site, hello.held)
        keep, kill = orders.keep, orders.kill
    return {
        "site": agent.site,
        "site_name": site.name,
        "state": state,
        "reason": "; ".join(refusals) or unit.sites.get(agent.site).note,
        "exchange_time": to_text(unit.at),
        "settings": agent_settings(exchange),
        **({"protocol": hello.protocol} if hello.protocol > PROTOCOL_BEFORE else {}),
        "keep": keep,
        "kill": kill,
    }


def agent_settings(exchange: Exchange) -> dict[str, Any]:
    names = (
        "sync_hold_s", "lease_control_s", "lease_stop_s", "checkpoint_sync_s", "log_chunk_bytes", "log_limit_bytes",
        "blob_part_bytes",
    )  # fmt: skip
    return {name: getattr(exchange.settings, name) for name in names}


def _give_up_lost(unit: Unit, exchange: Exchange, key: SiteId, held: Sequence[Held]) -> None:
    for lost in lost_by_agent(unit, key, held):
        run = unit.runs.get(lost)
        end_run(unit, exchange, unit.jobs.get(run.job), run, "lose", reason="agent_restart")
