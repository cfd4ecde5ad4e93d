"""Whether a request could run anywhere here, if everything were idle and for sale: else it may wait for ever."""

from collections.abc import Iterable, Mapping

from gridtie.market.eligibility import Ineligible, nearness, slots, unfit
from gridtie.market.offer import Capacity
from gridtie.market.request import Request
from gridtie.registry.parts import whole_of

CODE = "nowhere"
SHOWN = 3  # kinds of obstacles that are named, each by the resource that came furthest


def nowhere(request: Request, capacities: Iterable[Capacity]) -> Ineligible | None:
    """What keeps it from every resource there is, the nearest miss of each kind first; None when one could take it.

    Only what a site is counts: its chips, its machines, its place, its owner's rules. Not what is asked for them, what
    runs there now, or a test that is still owed.
    """
    found: dict[str, tuple[tuple[int, int], str, Ineligible]] = {}
    names: set[str] = set()
    chips: set[str] = set()
    for capacity in capacities:
        names |= {capacity.site_name, capacity.site, capacity.resource}
        chips.add(capacity.chip)
        for wanted in request.needs.alternatives:
            if wanted.chip != capacity.chip:
                continue
            missed = unfit(request, wanted, capacity)
            if missed is None:
                return None
            near = (nearness(missed.code), slots(capacity.machines_total, wanted))
            known = found.get(missed.code)
            if known is None or (known[0], known[1]) < (near, missed.reason):
                found[missed.code] = (near, missed.reason, missed)
    return _told(request, found, names, chips)


def _told(
    request: Request, found: Mapping[str, tuple[tuple[int, int], str, Ineligible]], names: set[str], chips: set[str]
) -> Ineligible:
    misses = [miss for _, _, miss in sorted(found.values(), key=lambda entry: entry[:2], reverse=True)]
    asked = dict.fromkeys(name for wanted in request.needs.alternatives for name in wanted.sites)
    unknown = [name for name in asked if name not in names]
    if asked and len(unknown) == len(asked):
        misses = [Ineligible("site", f"no site here is called {' or '.join(unknown)}",
                             "name one of `gridtie site list` in resources.infra, or leave it out")]  # fmt: skip
    if not misses:
        wanted = " or ".join(dict.fromkeys(whole_of(one.chip) for one in request.needs.alternatives))
        only, change = (f", only: {', '.join(sorted(chips))}", "accept one of those") if chips else ("", "")
        misses = [Ineligible("chip", f"no site here has {wanted}{only}", change)]
    reasons = "; ".join(miss.reason for miss in misses[:SHOWN])
    change = next((miss.change for miss in misses if miss.change), "")
    more = "or wait until a site joins that can"
    return Ineligible(CODE, f"as the sites of this exchange stand it can run nowhere: {reasons}",
                      f"{change}, {more}" if change else more.removeprefix("or "))  # fmt: skip
