"""One call of an agent: it says what it holds, and hears what to keep, start, stop and sign."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from gridtie.dispatch.placement import plan_to_json
from gridtie.flow.exchange import Exchange
from gridtie.store.journal import load
from gridtie.store.unit import Unit
from gridtie.values.ids import RunId, SiteId

TOLD_AGAIN_AFTER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Held:
    run: RunId
    epoch: int
    state: str
    note: str = ""  # why it does not run yet, in the site's words


@dataclass
class Orders:
    """What an agent hears. `news` says whether to answer at once instead of holding the call."""

    keep: list[str] = field(default_factory=list)
    kill: list[dict[str, Any]] = field(default_factory=list)
    cancel: list[dict[str, Any]] = field(default_factory=list)
    assignments: list[dict[str, Any]] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    news: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "keep": self.keep,
            "kill": self.kill,
            "cancel": self.cancel,
            "assignments": self.assignments,
            "receipts": self.receipts,
        }


@dataclass
class IdleSites:
    """Which sites held nothing, and in which version of the store nothing was there for them: it need not be read again
    before something is written. For one thread."""

    _versions: dict[SiteId, int] = field(default_factory=dict)

    def stands(self, site: SiteId, held: Sequence[Held], version: int | None) -> bool:
        return version is not None and not held and self._versions.get(site) == version

    def seen(self, site: SiteId, held: Sequence[Held], version: int | None, orders: Orders) -> None:
        """`version`: as it was before `orders` were read."""
        if version is not None and not held and orders == Orders():
            self._versions[site] = version


def orders_for(
    unit: Unit, exchange: Exchange, site: SiteId, held: Sequence[Held], at_work: Sequence[Any] | None = None
) -> Orders:
    """Level-triggered: everything that is so now, whether or not it was said before. Reads only.

    `at_work`: the site's live runs, where they are read already.
    """
    orders, presence = Orders(), exchange.presence
    rows = unit.runs.live_at(site) if at_work is None else at_work
    live = {row.id: row for row in rows if row.starts_us is None or row.assigned_us >= row.starts_us}
    for item in held:
        row = live.get(item.run)
        if row is None or row.epoch != item.epoch:
            why = "stale epoch" if row is not None else "this run is over for the exchange"
            orders.kill.append({"run": item.run, "epoch": item.epoch, "reason": why})
            orders.news |= presence.tell(item.run, "kill", unit.at, again_after=TOLD_AGAIN_AFTER)
        else:
            orders.keep.append(item.run)
    for row in live.values():
        if row.cancel_us is not None:
            orders.cancel.append({"run": row.id, "epoch": row.epoch})
            orders.news |= presence.tell(row.id, "cancel", unit.at, again_after=TOLD_AGAIN_AFTER)
        if row.state == "assigned" and row.cancel_us is None and not load(row.waits_for):
            orders.assignments.append(plan_to_json(unit.runs.get(RunId(row.id)).plan))
            orders.news |= presence.tell(row.id, "assigned", unit.at, again_after=TOLD_AGAIN_AFTER)
    for key, envelope in (*unit.receipts.awaiting(site), *unit.certificates.awaiting(site)):
        orders.receipts.append(envelope)
        orders.news |= presence.tell(key, "sign", unit.at, again_after=TOLD_AGAIN_AFTER)
    return orders


def lost_by_agent(unit: Unit, site: SiteId, held: Sequence[Held]) -> list[RunId]:
    """Runs that the exchange believes at work there, and a freshly started agent does not know."""
    known = {item.run for item in held}
    return [RunId(row.id) for row in unit.runs.live_at(site) if row.state != "assigned" and row.id not in known]
