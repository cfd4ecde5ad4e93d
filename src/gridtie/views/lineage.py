"""The lineage of a version, as far as one reader may know it."""

from collections import deque
from collections.abc import Callable, Container
from dataclasses import replace

from gridtie.data.dataset import Dataset, Version
from gridtie.data.lineage import ANCESTORS_MAX, DERIVED_MAX, USES_MAX, Ancestor, Lineage
from gridtie.errors import NotFound
from gridtie.store.unit import Unit
from gridtie.values.ids import DatasetId, OrganisationId


def lineage_view(
    unit: Unit, dataset: Dataset, version: Version, *, party: OrganisationId | None, sees: Callable[[Dataset], bool]
) -> Lineage:
    """`party`: uses of whom, or of whose data, are told (None: all). `sees`: whether he may see an ancestor."""
    asked = _ancestor(dataset, version)
    made, waiting = {asked.key: asked}, deque(version.derived_from)
    while waiting and len(made) < ANCESTORS_MAX:
        key = waiting.popleft()
        if key not in made:
            one = made[key] = _named(unit, key, sees)
            waiting.extend(one.version.derived_from if one.version else ())
    derived, whole = _derived(unit, asked, made, sees)
    uses = unit.deliveries.page(party=party, dataset=dataset.id, version=version.number, limit=USES_MAX + 1)
    told = tuple(uses[:USES_MAX])
    return Lineage(
        made=tuple(made.values()),
        uses=told,
        parties={key: unit.parties.organisation(key).name for key in dict.fromkeys(one.consumer for one in told)},
        complete=len(uses) <= USES_MAX and not waiting and whole,
        derived=derived,
    )


def _derived(
    unit: Unit, asked: Ancestor, known: Container[str], sees: Callable[[Dataset], bool]
) -> tuple[tuple[Ancestor, ...], bool]:
    """What was made from a version, and from that, the nearest first; and whether that is all of it."""
    made: dict[str, Ancestor] = {}
    waiting, whole = deque([asked]), True
    while waiting:
        parent = waiting.popleft()
        name, _, number = parent.key.rpartition("@v")
        found = unit.datasets.derived(DatasetId(name), int(number), DERIVED_MAX + 1)
        whole = whole and len(found) <= DERIVED_MAX
        for key, version in found[:DERIVED_MAX]:
            dataset = unit.datasets.get(key)
            one = f"{key}@v{version}"
            if one in known or one in made or not sees(dataset):
                continue
            if len(made) == DERIVED_MAX:
                return tuple(made.values()), False
            said = unit.datasets.version(key, version)
            others = [text for text in said.derived_from if text not in (parent.key, parent.name)]
            made[one] = _ancestor(dataset, replace(said, derived_from=(parent.key, *others)))
            waiting.append(made[one])
    return tuple(made.values()), whole


def _named(unit: Unit, key: str, sees: Callable[[Dataset], bool]) -> Ancestor:
    """What stands behind 'ds_…@v3' or 'owner/name@v3'; the name alone where there is nothing that he may see."""
    name, _, number = key.rpartition("@")
    if not number.removeprefix("v").isdecimal() or len(number) > 10:
        return Ancestor(key=key, name=key)
    try:
        dataset = unit.datasets.find(name)
        if not sees(dataset):
            return Ancestor(key=key, name=key)
        version = unit.datasets.version(dataset.id, int(number.removeprefix("v")))
    except NotFound:
        return Ancestor(key=key, name=key)
    return _ancestor(dataset, version, key)


def _ancestor(dataset: Dataset, version: Version, key: str = "") -> Ancestor:
    return Ancestor(
        key=key or f"{dataset.id}@{version.name}",
        name=f"{dataset.full_name}@{version.name}",
        owner=dataset.owner,
        owner_name=dataset.owner_name,
        version=version,
        origins=dataset.card.origins,
    )
