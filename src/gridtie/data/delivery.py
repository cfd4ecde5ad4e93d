"""A delivery of data: who got which parts of which version, by which way, for what, until when, and what it cost."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from gridtie.data.dataset import Part, Version
from gridtie.values.ids import ContractId, DatasetId, DeliveryId, JobId, OrganisationId
from gridtie.values.money import Micros

SHARING, HUB, FILE, JOB = "sharing", "hub", "file", "job"


@dataclass(frozen=True)
class Layout:
    """A version taken apart once, for who is asked for its files one by one."""

    version: Version

    @cached_property
    def paths(self) -> Mapping[str, Part]:
        return {part.path: part for part in self.version.parts}

    @cached_property
    def folders(self) -> Mapping[str, Sequence[str]]:
        """Of each folder ('' is the top) the files and folders right in it, by path."""
        found: dict[str, set[str]] = {"": set()}
        for path in self.paths:
            while path not in found.setdefault(above := path.rpartition("/")[0], set()):
                found[above].add(path)
                path = above or path
        return {folder: sorted(inside) for folder, inside in found.items()}

    @cached_property
    def listed(self) -> Sequence[str]:
        """All files and folders, by path."""
        return sorted(path for inside in self.folders.values() for path in inside)

    @cached_property
    def digests(self) -> Mapping[str, int]:
        """Each once, with its place among them in the order of the digests themselves."""
        return _placed(part.sha256 for part in self.version.parts)


def _placed(digests: Iterable[str]) -> Mapping[str, int]:
    return {digest: place for place, digest in enumerate(sorted(set(digests)))}


@dataclass(frozen=True, slots=True)
class Taken(Collection[str]):
    """Digests of some files of a version: bit n of `mask` is that at place n of `places`. Who reads file by file adds
    ten thousand of them one by one, and a mask stays small. Where only their number is told `places` is empty."""

    places: Mapping[str, int]
    mask: int = 0

    @classmethod
    def of(cls, digests: Sequence[str], places: Mapping[str, int] | None = None) -> "Taken":
        return cls(_placed(digests) if places is None else places).plus(digests)

    def plus(self, digests: Iterable[str]) -> "Taken":
        mask = self.mask
        for digest in digests:
            mask |= 1 << self.places[digest]
        return replace(self, mask=mask)

    def __contains__(self, digest: object) -> bool:
        place = self.places.get(str(digest))
        return place is not None and bool(self.mask >> place & 1)

    def __len__(self) -> int:
        return self.mask.bit_count()

    def __iter__(self) -> Iterator[str]:
        return (digest for digest, place in self.places.items() if self.mask >> place & 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`parts` are digests. `until`: its links are good until then. `delete_by`: when the terms want copies gone.
    `contract` is None for open data and for its owner."""

    id: DeliveryId
    dataset: DatasetId
    version: int
    contract: ContractId | None
    provider: OrganisationId
    consumer: OrganisationId
    member: str
    channel: str
    purpose: str
    job: JobId | None
    parts: Taken
    records: int | None
    bytes: int
    charge: Micros
    at: datetime
    until: datetime
    delete_by: datetime | None
