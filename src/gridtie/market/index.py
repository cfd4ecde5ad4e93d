"""A price index per product from executed trades only, with guards whose verdict stands beside every trade.

A sale is what one receipt billed, less what was given back since. In this order a sale does not count when it is

    same-owner   buyer and seller are one organisation
    refunded     all of it was given back
    free         nothing was paid: that is no price
    unscored     the resource had no certified score when the trade was made
    tiny         less than a unit-minute: it costs nothing to make many
    circular     its money came back round a ring of organisations within the window, over whatever products.
                 Only so much as went round is taken off; a sale on such a ring counts with the part that stayed
    outlier      its normalised price is further from the middle than 5 robust standard deviations (1.4826 × the median
                 absolute deviation) and than a tenth of the middle. The middle is the median over buyers, one vote
                 each, so nobody moves it with volume

The largest buyer weighs at most as much as all others together. Of what counts, so weighed:

    price = Σ paid ÷ Σ unit-hours        normalised = Σ paid ÷ Σ (unit-hours × score ÷ reference score)

It is published only with at least 3 buyers and 3 sellers, without those who have less than a hundredth of the average.
Source of the deviation: Hampel's identifier, with the usual constant for a normal distribution.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from statistics import median_low

from gridtie.values.money import Micros

HOUR_US = 3_600_000_000
PPM = 1_000_000
EVERYWHERE = ""  # the hub of an index over all hubs
OUTLIER, UNSCORED = "outlier", "unscored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    buyers_min: int = 3
    sellers_min: int = 3
    party_ppm: int = 10_000  # of the average party's weight: who has less does not count as a buyer or seller
    tiny_unit_us: int = 60_000_000
    deviations: int = 5
    floor_ppm: int = 100_000  # of the middle: nearer than this is never an outlier


GUARDS = Guards()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """`unit_us`: units × microseconds delivered; `amount`: micro-units paid for them; `score`: certified, MFLOP/s.

    The first two are after refunds. Parties may be written as labels, as long as their order is that of their ids.
    """

    at: datetime
    chip: str
    hub: str
    buyer: str
    seller: str
    unit_us: int
    amount: int
    score: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A sale, what of it is no wash, and why not all of it counts; '' when it does."""

    sale: Sale
    unit_us: int
    amount: int
    excluded: str = ""

    @property
    def counts(self) -> bool:
        return self.unit_us > 0 and self.excluded != OUTLIER


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Prices are micro-units per unit-hour, None when the product is too thin to be published; `thin` says how."""

    chip: str
    hub: str
    price: Micros | None
    normalised: Micros | None
    reference: int
    unit_us: int
    trades: int
    buyers: int
    sellers: int
    largest_buyer_ppm: int
    excluded: Mapping[str, int]
    thin: str
    sales: tuple[Judged, ...]


def price_index(sales: Iterable[Sale], references: Mapping[str, int], *, guards: Guards = GUARDS) -> tuple[Entry, ...]:
    """An entry for each chip over all hubs, then for each of its hubs. `references`: the score of a reference hour.

    The order of `sales` is irrelevant. Nothing counts of a chip without a reference.
    """
    judged = washed(sales, guards=guards)
    products = sorted({(sale.chip, hub) for one in judged for sale in (one.sale,) for hub in (EVERYWHERE, sale.hub)})
    return tuple(entry(chip, hub, judged, references.get(chip, 0), guards=guards) for chip, hub in products)


def washed(sales: Iterable[Sale], *, guards: Guards = GUARDS) -> tuple[Judged, ...]:
    """Every guard but the last: what each sale says by itself, and which money only went round."""
    ordered = sorted(sales, key=_order)
    reasons = [_by_itself(sale, guards) for sale in ordered]
    edges: dict[tuple[str, str], int] = {}
    for sale, reason in zip(ordered, reasons, strict=True):
        if not reason:
            edges[sale.buyer, sale.seller] = edges.get((sale.buyer, sale.seller), 0) + sale.amount
    stayed = without_rings(edges)
    found = []
    for sale, reason in zip(ordered, reasons, strict=True):
        if reason:
            found.append(Judged(sale=sale, unit_us=0, amount=0, excluded=reason))
            continue
        pair = sale.buyer, sale.seller
        part, whole = stayed.get(pair, 0), edges[pair]
        unit_us, amount = sale.unit_us * part // whole, sale.amount * part // whole
        gone = "" if part == whole else "circular"
        counts = unit_us >= guards.tiny_unit_us and amount > 0
        found.append(Judged(sale=sale, unit_us=unit_us if counts else 0, amount=amount if counts else 0, excluded=gone))
    return tuple(found)


def _by_itself(sale: Sale, guards: Guards) -> str:
    if sale.buyer == sale.seller:
        return "same-owner"
    if sale.unit_us <= 0:
        return "refunded"
    if sale.amount <= 0:
        return "free"
    if not sale.score:
        return UNSCORED
    return "tiny" if sale.unit_us < guards.tiny_unit_us else ""


def without_rings(edges: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """What is left of payments (payer, payee) → amount once everything that came back round is taken off.

    First what two paid each other, then longer rings as a walk in the order of names meets them; each time the least
    amount on the ring goes off all of it. Nothing that is left comes back. Nearly linear in the number of payments.
    """
    left = {pair: amount for pair, amount in edges.items() if amount > 0}
    for payer, payee in sorted(left):
        if payer < payee and (payee, payer) in left:
            _take_off([(payer, payee), (payee, payer)], left)
    ways: dict[str, list[str]] = {}
    for payer, payee in sorted(left, reverse=True):
        ways.setdefault(payer, []).append(payee)
    over: set[str] = set()  # whose payments lead to no ring any more
    for first in sorted(ways):
        path = [first]
        while path:
            here = ways.get(path[-1], [])
            while here and (here[-1] in over or (path[-1], here[-1]) not in left):
                here.pop()
            if not here:
                over.add(path.pop())
            elif here[-1] in path:
                ring = path[path.index(here[-1]) :]
                gone = _take_off([*pairwise(ring), (ring[-1], ring[0])], left)
                del path[path.index(gone) + 1 :]
            else:
                path.append(here[-1])
    return left


def _take_off(ring: Sequence[tuple[str, str]], left: dict[tuple[str, str], int]) -> str:
    """The first payer on the ring who has nothing left to pay on it."""
    least = min(left[step] for step in ring)
    for step in ring:
        left[step] -= least
    used = [step for step in ring if not left[step]]
    for step in used:
        del left[step]
    return used[0][0]


def entry(chip: str, hub: str, judged: Iterable[Judged], reference: int, *, guards: Guards = GUARDS) -> Entry:
    """One product, from sales whose wash is taken off. `hub` EVERYWHERE: all of the chip."""
    own = [one for one in judged if one.sale.chip == chip and hub in (EVERYWHERE, one.sale.hub)]
    if not reference:
        own = [replace(one, unit_us=0, amount=0, excluded=one.excluded or UNSCORED) for one in own]
    own = _without_outliers(own, reference, guards)
    counted = [one for one in own if one.counts]
    weighed = _undominated(counted)
    buyers, sellers = (
        sum(share * len(shares) >= guards.party_ppm for share in shares)
        for shares in (_shares(weighed, "buyer"), _shares(weighed, "seller"))
    )
    thin = []
    if buyers < guards.buyers_min:
        thin.append(f"{buyers} of {guards.buyers_min} buyers")
    if sellers < guards.sellers_min:
        thin.append(f"{sellers} of {guards.sellers_min} sellers")
    reasons = [one.excluded for one in own if one.excluded]
    return Entry(
        chip=chip,
        hub=hub,
        price=None if thin else _mean(weighed, None),
        normalised=None if thin else _mean(weighed, reference),
        reference=reference,
        unit_us=sum(one.unit_us for one in counted),
        trades=len(counted),
        buyers=buyers,
        sellers=sellers,
        largest_buyer_ppm=max(_shares(counted, "buyer"), default=0),
        excluded={reason: reasons.count(reason) for reason in sorted(set(reasons))},
        thin="too thin: " + ", ".join(thin) if thin else "",
        sales=tuple(own),
    )


def _without_outliers(judged: Sequence[Judged], reference: int, guards: Guards) -> list[Judged]:
    """All of them, those too far from the middle marked."""
    by_buyer: dict[str, list[Judged]] = {}
    for one in judged:
        if one.unit_us:
            by_buyer.setdefault(one.sale.buyer, []).append(one)
    means = [_mean(own, reference) for own in by_buyer.values()]
    if not means:
        return list(judged)
    middle = median_low(means)
    deviation = median_low([abs(mean - middle) for mean in means])
    # 1.4826 in ten-thousandths: whole numbers, so that everybody's machine decides alike
    width = max(guards.deviations * 14826 * deviation // 10_000, middle * guards.floor_ppm // PPM)
    found = []
    for one in judged:
        far = one.unit_us and abs(_mean([one], reference) - middle) > width
        found.append(replace(one, excluded=OUTLIER) if far else one)
    return found


def _mean(judged: Sequence[Judged], reference: int | None) -> Micros:
    """Paid per unit-hour, rounded half up; with a `reference`, per hour of that score."""
    amount = sum(one.amount for one in judged) * HOUR_US * (reference or 1)
    volume = sum(one.unit_us * ((one.sale.score or 0) if reference else 1) for one in judged)
    return Micros((2 * amount + volume) // (2 * volume))


def _undominated(counted: Sequence[Judged]) -> list[Judged]:
    """With the sales of a buyer who has more than all others together cut down to that."""
    bought: dict[str, int] = {}
    for one in counted:
        bought[one.sale.buyer] = bought.get(one.sale.buyer, 0) + one.unit_us
    largest = max(bought, key=lambda buyer: (bought[buyer], buyer), default="")
    most, rest = bought.get(largest, 0), sum(bought.values()) - bought.get(largest, 0)
    if most <= rest or not rest:
        return list(counted)
    return [
        replace(one, unit_us=one.unit_us * rest // most, amount=one.amount * rest // most)
        if one.sale.buyer == largest
        else one
        for one in counted
    ]


def _shares(counted: Sequence[Judged], side: str) -> list[int]:
    """Of the volume, in millionths, by party."""
    volume = sum(one.unit_us for one in counted)
    found: dict[str, int] = {}
    for one in counted:
        party = getattr(one.sale, side)
        found[party] = found.get(party, 0) + one.unit_us
    return [share * PPM // volume for share in found.values()]


def _order(sale: Sale) -> tuple[object, ...]:
    return (sale.at, sale.chip, sale.hub, sale.buyer, sale.seller, sale.unit_us, sale.amount, sale.score or 0)
