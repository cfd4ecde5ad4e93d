"""Of several servers on one database one leads: it alone clears the market, judges leases and bills what runs out.

The leader's row has an epoch, which grows with every change of the holder, and beats, which grow while he is well. Who
sees no beat for a whole lease, by his own clock that only goes forward, takes over. That is a hint for liveness and
compares no clocks; safety is `holds`, which every duty asks first inside the transaction in which it writes: since one
process writes at a time, nobody can take over between the question and the commit.
"""

from dataclasses import dataclass, field
from typing import Any

from gridtie.clock import Clock
from gridtie.flow.exchange import Exchange
from gridtie.store.unit import Unit

DUTY = "timetable"


@dataclass
class Leadership:
    """What this process knows of it. `alone`: no other process can write here, so there is nothing to lead."""

    me: str
    lease_s: float
    clock: Clock
    alone: bool
    epoch: int | None = None  # of my own leadership, as far as I know
    _seen: Any = None
    _seen_at: float = field(default=0.0)

    @property
    def leads(self) -> bool:
        """As far as we know; `holds` is certain."""
        return self.alone or self.epoch is not None

    def holds(self, unit: Unit) -> bool:
        """Whether we still lead, until the end of this transaction."""
        return self.alone or (self.epoch is not None and self._mine(unit.leaders.get(DUTY)))

    def judge(self, row: Any | None) -> str:
        """`mine`, `vacant` or `theirs`; a holder that has not moved for a whole lease has left it vacant."""
        if self._mine(row):
            return "mine"
        seen = None if row is None else (row.epoch, row.holder, row.beats)
        if seen != self._seen:
            self._seen, self._seen_at = seen, self.clock.monotonic()
        if row is None or row.holder is None or self.clock.monotonic() - self._seen_at >= self.lease_s:
            return "vacant"
        return "theirs"

    def _mine(self, row: Any | None) -> bool:
        return row is not None and row.holder == self.me and row.epoch == self.epoch


def may_lead(unit: Unit, exchange: Exchange) -> bool:
    """Whether `lead_exchange` would find anything but another server that is well. Writes nothing."""
    return exchange.leadership.judge(unit.leaders.get(DUTY)) != "theirs"


def lead_exchange(unit: Unit, exchange: Exchange) -> bool:
    """Shows that we are well, or takes what nobody holds; whether we lead now."""
    leadership = exchange.leadership
    if leadership.alone:
        return True
    standing = leadership.judge(unit.leaders.get(DUTY))
    if standing == "mine":
        unit.leaders.beat(DUTY)
        return True
    leadership.epoch = None
    if standing == "theirs":
        return False
    leadership.epoch = unit.leaders.take(DUTY, leadership.me)
    unit.note("exchange.led", exchange.id, server=leadership.me, epoch=leadership.epoch)
    return True


def stop_leading(unit: Unit, exchange: Exchange) -> None:
    """The next server need not wait for our silence."""
    leadership = exchange.leadership
    if not leadership.alone and leadership.holds(unit):
        unit.leaders.leave(DUTY)
    leadership.epoch = None
