"""What a pair costs in total, every term named, in micro-units for the expected time.

    compute   price × units × expected time
    speed     the same, times (reference ÷ certified throughput − 1): a slower unit of a chip is paid for longer, a
              faster one for less. The reference is the median of that chip's certified resources in the book; of a
              job that accepts several models of accelerator, that of the one it prefers, so that `expected` means a
              run there and every other model counts by what it was measured to do (of machines: throughput × units,
              the run being taken to scale over them).
    transfer  bytes that travel × the book's rate per GB and way, begun GB-fractions rounded up to a micro-unit
    fetch     price × units × the time that its data takes to come: the units are held meanwhile

A term that is nothing is left out. The risk of a restart has no term: nobody has measured it yet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median_low

from gridtie.market.clearing import Book, Trade
from gridtie.market.eligibility import SLOWNESS_MAX, units_per_machine
from gridtie.market.offer import Capacity, Offer
from gridtie.market.request import Alternative, Request
from gridtie.market.transport import Transport, transport_of
from gridtie.registry.parts import share_of
from gridtie.values.money import Micros, price_for

_HOUR_US = 3_600_000_000
SPEED_RATIO_MAX = 4  # a certificate further off than this says more about the measurement than about the chip
_CPU = "cpu"  # its main precision is another one: a core is not compared with an accelerator

Preference = tuple[int, bool, int, int, int, str, int, int]


@dataclass(frozen=True, slots=True)
class Tariff:
    """What the book knows about costs beside the price of a unit."""

    transport: Transport
    reference_score: Mapping[str, int]  # of a chip

    def terms(
        self, request: Request, offer: Offer, capacity: Capacity, alternative: int, price: Micros | None = None
    ) -> dict[str, Micros]:
        """`price` per unit-hour when it is not the offer's own (an auction)."""
        units = units_per_machine(request.needs.alternatives[alternative]) * request.needs.machines
        compute, _ = price_for(offer.price if price is None else price, units, request.expected_us)
        slow, fast = self.slowness(request, capacity, alternative)
        speed = compute * slow // fast - compute
        transfer = self.transport.price(request, capacity.hub)
        fetch = self._fetch(request, capacity, units, offer.price if price is None else price)
        named = {"compute": compute, "speed": Micros(speed), "transfer": Micros(transfer), "fetch": Micros(fetch)}
        return {name: amount for name, amount in named.items() if amount or name == "compute"}

    def moving(self, request: Request, offer: Offer, capacity: Capacity, units: int) -> int:
        """What its data costs there in money and in held units, at the price that is asked."""
        return self.transport.price(request, capacity.hub) + self._fetch(request, capacity, units, offer.price)

    def _fetch(self, request: Request, capacity: Capacity, units: int, price: int) -> int:
        return -(-price * units * self.transport.time_us(request, capacity.hub) // _HOUR_US)

    def slowness(self, request: Request, capacity: Capacity, alternative: int) -> tuple[int, int]:
        """How much longer than expected a job runs there, as a fraction: (reference, certified throughput)."""
        own = self.reference_score.get(capacity.chip)
        if not own or not capacity.score:
            return 1, 1
        score = min(max(capacity.score, own // SPEED_RATIO_MAX, 1), own * SPEED_RATIO_MAX)
        here = request.needs.alternatives[alternative]
        base = self._meant(request.needs.alternatives)
        if base is None or _CPU in (here.chip, base.chip) or base.chip == here.chip:
            return own, score
        # Scores are of whole cards: of parts, so many times less, which stands on the other side of the fraction.
        meant = self.reference_score[base.chip] * units_per_machine(base) * share_of(here.chip)
        able = score * units_per_machine(here) * share_of(base.chip)
        return meant, min(max(able, meant // SLOWNESS_MAX, 1), meant * SLOWNESS_MAX)

    def run_us(self, request: Request, capacity: Capacity, alternative: int) -> int:
        """How long the job is expected to run there, by the certificate."""
        slow, fast = self.slowness(request, capacity, alternative)
        return -(-request.expected_us * slow // fast)

    def _meant(self, alternatives: Sequence[Alternative]) -> Alternative | None:
        """The machine that `expected` speaks of: the first in the user's order whose model anyone here has measured."""
        known = [one for one in alternatives if self.reference_score.get(one.chip)]
        return min(known, key=lambda one: one.rank, default=None)


def sold_us(book: Book, tariff: Tariff, request: Request, trade: Trade) -> int:
    """Microseconds that are sold, and for which money is held: as long as the run is expected to take there, by the
    certificate, and no longer than its time limit or its booking. Version 1 of the rules: as on the reference machine.
    """
    if book.version < 2:
        return request.expected_us
    ends = [tariff.run_us(request, book.capacities[trade.resource], trade.alternative)]
    if request.limit_us is not None:
        ends.append(request.limit_us)
    if request.start_at is not None and request.start_at >= book.at:
        ends.append(request.expected_us)
    return min(ends)


def tariff_of(book: Book) -> Tariff:
    scores: dict[str, list[int]] = {}
    for capacity in book.capacities.values():
        if capacity.score:
            scores.setdefault(capacity.chip, []).append(capacity.score)
    return Tariff(
        transport=transport_of(book.parameters),
        reference_score={chip: median_low(found) for chip, found in scores.items()},
    )


def total(terms: Mapping[str, Micros]) -> int:
    return sum(terms.values())


def turn(request: Request) -> tuple[int, datetime, str]:
    """The order in which posted prices serve: priority, then arrival, then id."""
    return (-request.priority, request.arrived_at, request.id)


def preference(
    request: Request, offer: Offer, capacity: Capacity, alternative: int, terms: Mapping[str, Micros]
) -> Preference:
    """Lower is better: the user's own order; no accelerator left idle under a CPU job; total cost; the wait for the
    site's own queue; speed; id.

    Of two alternatives that cost the same at one offer (at no price, for instance) the one with fewer units is taken.
    """
    wanted = request.needs.alternatives[alternative]
    wasteful = wanted.chip == "cpu" and any(machine.accelerators for machine in capacity.machines_total)
    return (wanted.rank, wasteful, total(terms), capacity.queue_wait_s or 0, -(capacity.score or 0), offer.id,
            units_per_machine(wanted), alternative)  # fmt: skip
