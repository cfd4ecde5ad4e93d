"""Terms of use: who may use data, where, when, for what, how often and how. Decided at each request, compiled for jobs.

They are a small profile of ODRL 2.2 (`odrl.py` reads and prints it). Everything that is not limited is allowed to who
has a contract. Where several datasets come together, the strictest of each limit holds (`together`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce

from gridtie.dispatch.run import Release
from gridtie.registry.places import inside
from gridtie.values.period import to_the_second

COPY, COMPUTE = "copy", "compute"  # it may be fetched; or only jobs may come to it
DELIVERIES = (COPY, COMPUTE)
__all__ = ["COMPUTE", "COPY", "DELIVERIES", "NOWHERE", "READ", "RUN", "Denial", "Release", "Terms", "Use",
           "common_places", "denied", "together"]  # fmt: skip
READ, RUN = "read", "run"  # what is asked for: a copy of it; that a job reads it
NOWHERE = "-"  # a place that no site has: what two sets of places have in common when it is nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Empty or None: not limited. `places` are hubs or prefixes of places. `count`: deliveries within one contract."""

    purposes: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()  # names of organisations
    places: tuple[str, ...] = ()
    not_before: datetime | None = None
    not_after: datetime | None = None
    count: int | None = None
    delivery: str = COPY
    derive: bool = True
    redistribute: bool = False
    delete_after_days: int | None = None
    release: Release = field(default_factory=Release)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One request to use data. `place`: of the site of a job, else what the contract declares; '' is unknown."""

    action: str
    purpose: str
    recipient: str
    place: str
    hub: str
    at: datetime
    used: int  # deliveries of this contract so far


@dataclass(frozen=True, slots=True)
class Denial:
    code: str
    reason: str
    change: str


def denied(terms: Terms, use: Use) -> Denial | None:
    """The first limit that the use does not keep, from what can never change to what may."""
    if terms.recipients and not _among(use.recipient, terms.recipients):
        return Denial("recipient", f"its terms name who may use it, and {use.recipient} is not among them",
                      "ask its owner for other terms")  # fmt: skip
    if terms.purposes and not _among(use.purpose, terms.purposes):
        asked = use.purpose or "no stated purpose"
        return Denial("purpose", f"its terms allow {_either(terms.purposes)}, not {asked}",
                      f"state the purpose: {terms.purposes[0]}, if that is what you do")  # fmt: skip
    if terms.delivery == COMPUTE and use.action == READ:
        return Denial("compute-only", "its terms let no copy leave: jobs come to the data",
                      "submit a job that names it under gridtie.data")  # fmt: skip
    if terms.places and not any(use.hub == limit or inside(use.place, limit) for limit in terms.places):
        where = use.hub or use.place or "an unknown place"
        return Denial("place", f"its terms keep it in {_either(terms.places)}, and it would be used in {where}",
                      "only the terms of the data can")  # fmt: skip
    if terms.not_before is not None and use.at < terms.not_before:
        return Denial("too-early", f"its terms begin on {to_the_second(terms.not_before)}", "wait until then")
    if terms.not_after is not None and use.at >= terms.not_after:
        return Denial("over", f"its terms ended on {to_the_second(terms.not_after)}", "ask its owner for other terms")
    if terms.count is not None and use.used >= terms.count:
        return Denial("used-up", f"its terms allow {terms.count} deliveries, and {use.used} were made",
                      "make another contract")  # fmt: skip
    return None


def _among(name: str, names: tuple[str, ...]) -> bool:
    return name in names and name != NOWHERE


def together(many: Iterable[Terms]) -> Terms:
    """The strictest of each limit: what is allowed by all of them, in whatever order they come. Of none: no limit."""
    return reduce(_stricter, many, Terms(redistribute=True))


def _stricter(one: Terms, other: Terms) -> Terms:
    return Terms(
        purposes=_common(one.purposes, other.purposes),
        recipients=_common(one.recipients, other.recipients),
        places=common_places(one.places, other.places),
        not_before=max(filter(None, (one.not_before, other.not_before)), default=None),
        not_after=min(filter(None, (one.not_after, other.not_after)), default=None),
        count=_least(one.count, other.count),
        delivery=COMPUTE if COMPUTE in (one.delivery, other.delivery) else COPY,
        derive=one.derive and other.derive,
        redistribute=one.redistribute and other.redistribute,
        delete_after_days=_least(one.delete_after_days, other.delete_after_days),
        release=_narrower(one, other),
    )


def common_places(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Of two limits each, the narrower; (NOWHERE,) when they have nothing in common. A hub and a place are taken to
    have nothing in common, since which of them is narrower cannot be told from their names."""
    if not one or not other:
        return _widest(one or other)
    kept = {a for a in one if any(a == b or inside(a, b) for b in other)}
    kept |= {b for b in other if any(inside(b, a) for a in one)}
    return _widest(kept) or (NOWHERE,)


def _widest(limits: Iterable[str]) -> tuple[str, ...]:
    """Without those that lie in another: CN and CN-52 is CN."""
    known = sorted(set(limits))
    return tuple(a for a in known if not any(a != b and inside(a, b) and not (b > a and inside(b, a)) for b in known))


def _narrower(one: Terms, other: Terms) -> Release:
    limited = [terms.release for terms in (one, other) if terms.delivery == COMPUTE]
    if not limited:
        return Release()
    first, second = limited[0], limited[-1]
    return replace(
        first,
        files=tuple(sorted({*first.files} & {*second.files})) or (NOWHERE,),
        files_max=min(first.files_max, second.files_max),
        bytes_max=min(first.bytes_max, second.bytes_max),
        figures=first.figures or second.figures,
    )


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    if not one or not other:
        return tuple(sorted({*one, *other}))
    return tuple(sorted({*one} & {*other})) or (NOWHERE,)


def _least(one: int | None, other: int | None) -> int | None:
    return min((limit for limit in (one, other) if limit is not None), default=None)


def _either(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
