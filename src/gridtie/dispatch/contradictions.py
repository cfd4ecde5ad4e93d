"""What a job asks for that can never be together, whatever joins the exchange: refused at once, and not queued."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from gridtie.dispatch.job import JobSpec
from gridtie.errors import Problem
from gridtie.registry.places import PLACE, inside
from gridtie.values.period import from_text

HubOf = Callable[[str], str | None]
"""The hub that a place lies in; None where the table does not say."""


def contradictions(spec: JobSpec, now: datetime, hub_of: HubOf) -> list[Problem]:
    """Each at the key that is the narrower of the two."""
    found = []
    if spec.deadline is not None and from_text(spec.deadline) <= now:
        found.append(_problem("gridtie.deadline", "it is over; make it later, or leave it out"))
    strange = [place for place in spec.places if not re.fullmatch(PLACE, place)]
    for place in strange:
        found.append(_problem("gridtie.where.places", f"{place[:40]!r} is not the code of a place, such as CN-52; "
                              "hubs go under where.hubs"))  # fmt: skip
    if strange:
        return found
    limits = [("gridtie.where.hubs", spec.hubs), ("gridtie.where.places", spec.places)]
    limits += [(f"gridtie.data[{number}].stays_in", use.stays_in) for number, use in enumerate(spec.data)]
    found += _apart(limits, hub_of)
    if not found:
        found += _of_alternatives(spec, limits, hub_of)
    return found


def _apart(limits: Sequence[tuple[str, Sequence[str]]], hub_of: HubOf) -> list[Problem]:
    """Pairs of limits that no site can keep at once."""
    named = [(key, names) for key, names in limits if names]
    return [
        _problem(key, f"no site is in {_either(names)} and also in {_either(others)}, as {other} asks")
        for place, (key, names) in enumerate(named)
        for other, others in named[:place]
        if not _meet(names, others, hub_of)
    ]


def _of_alternatives(spec: JobSpec, limits: Sequence[tuple[str, Sequence[str]]], hub_of: HubOf) -> list[Problem]:
    """What `infra` says of every alternative, against the limits of the job."""
    problems = []
    for wanted in spec.alternatives:
        own = [("resources.infra", (*wanted.hubs, *wanted.places))]
        against = [_apart([limit, *own], hub_of) for limit in limits]
        first = next((problems[0] for problems in against if problems), None)
        if first is None:
            return []
        problems.append(first)
    return problems[:1]


def _meet(names: Sequence[str], others: Sequence[str], hub_of: HubOf) -> bool:
    return any(_together(one, other, hub_of) for one in names for other in others)


def _together(one: str, other: str, hub_of: HubOf) -> bool:
    """Whether a site can be in both: each is a hub, or the code of a place that holds what lies in it."""
    if one == other or inside(one, other) or inside(other, one):
        return True
    places = [name for name in (one, other) if re.fullmatch(PLACE, name)]
    if len(places) != 1:
        return False
    hub = other if places[0] == one else one
    return hub_of(places[0]) in (hub, None)


def _problem(key: str, words: str) -> Problem:
    return Problem(f"{key}: {words}", path=key)


def _either(names: Sequence[str]) -> str:
    return " or ".join(names)
