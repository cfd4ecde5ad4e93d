"""The terms of the data that a job reads, compiled into limits of the job: where, how, until when, what may leave."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gridtie.data.contract import Contract, charge
from gridtie.data.dataset import Dataset, Part, Version
from gridtie.data.terms import COMPUTE, NOWHERE, Release, Terms, common_places, together
from gridtie.dispatch.artefact import PATH_MAX
from gridtie.dispatch.job import DataUse, JobSpec, usual_disk
from gridtie.dispatch.run import DataFile
from gridtie.errors import Problem
from gridtie.market.request import Alternative
from gridtie.registry.parts import share_of
from gridtie.registry.resource import ISOLATIONS
from gridtie.values.money import format_money
from gridtie.values.period import from_text, to_text, to_the_second
from gridtie.values.quantity import format_bytes

SANDBOX = "sandbox"  # the least that keeps a job from the network


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """One dataset of the catalogue that a job reads, as entry `number` of its gridtie.data. `contract` is None for open
    data and for its owner; `site` is the name of the site that holds it, '' where the exchange does."""

    number: int
    use: DataUse
    dataset: Dataset
    version: Version
    contract: Contract | None
    site: str = ""
    own: bool = False

    @property
    def name(self) -> str:
        return f"{self.dataset.full_name}@{self.version.name}"

    @property
    def held_by(self) -> str:
        return next((part.held_by for part in self.version.parts if part.held_by), "")

    @property
    def terms(self) -> Terms:
        """What binds this job: the contract's; for its owner only where the data may be; nothing for open data."""
        if self.contract is not None:
            return self.contract.terms
        return Terms(places=self.dataset.terms.places if self.own else (), redistribute=True)

    @property
    def guarded(self) -> bool:
        """No copy of it may leave. What its owner's site holds is never handed out, whatever terms say by now."""
        return not self.own and (self.terms.delivery == COMPUTE or bool(self.held_by))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`places`: () anywhere. `release`: None, or what alone may leave. `until`: when the last contract of it ends."""

    places: tuple[str, ...]
    sites: tuple[str, ...]
    release: Release | None
    until: datetime | None
    size_bytes: int


def limits_of(brought: Sequence[Brought]) -> Limits:
    """The strictest of all of them."""
    bound = [replace(one.terms, delivery=COMPUTE) if one.guarded else one.terms for one in brought]
    whole = together(bound)
    ends = [one.contract.end for one in brought if one.contract is not None]
    return Limits(
        places=whole.places,
        sites=tuple(dict.fromkeys(one.held_by for one in brought if one.held_by)),
        release=whole.release if any(one.guarded for one in brought) else None,
        until=min([*ends, *filter(None, [whole.not_after])], default=None),
        size_bytes=sum(one.version.size for one in brought),
    )


def objections(spec: JobSpec, brought: Sequence[Brought]) -> list[Problem]:
    """What in a job file cannot be together with the terms of its data, each at its key."""
    limits, found = limits_of(brought), []
    names = " and ".join(one.dataset.full_name for one in brought if one.guarded)
    if limits.release is not None and spec.network != "none":
        found.append(Problem(f"network: {spec.network} cannot be: no copy of {names} may leave; write network: none",
                             path="gridtie.network"))  # fmt: skip
    if limits.release is not None and spec.interactive:
        found.append(Problem(f"interactive: true cannot be: who enters the job would see {names}",
                             path="gridtie.interactive"))  # fmt: skip
    if len(limits.sites) > 1:
        places = " and ".join(f"{one.dataset.full_name} at {one.site}" for one in brought if one.held_by)
        found.append(Problem(f"no job can read {places}: neither leaves its site", path="gridtie.data"))
    if NOWHERE in _places(brought):
        words = "; ".join(f"{one.dataset.full_name} in {limit}" for one in brought for limit in _each(one))
        found.append(Problem(f"there is no place where all of its data may be: {words}", path="gridtie.data"))
    for place, wanted in enumerate(spec.alternatives):
        if 0 < wanted.disk_bytes < limits.size_bytes:
            words = f"its data takes {format_bytes(limits.size_bytes)} of the disk, and it asks for " \
                    f"{format_bytes(wanted.disk_bytes)}"  # fmt: skip
            found.append(Problem(words, path=f"resources.disk_size[{place}]" if place else "resources.disk_size"))
    return found


def limited(spec: JobSpec, brought: Sequence[Brought]) -> JobSpec:
    """The job with the limits of its data, for whoever places it and whoever runs it."""
    limits, data = limits_of(brought), list(spec.data)
    for one in brought:
        data[one.number] = known(one)
    level = max(spec.isolation, SANDBOX, key=ISOLATIONS.index) if limits.release is not None else spec.isolation
    deadline = spec.deadline
    if limits.until is not None and (deadline is None or limits.until < from_text(deadline)):
        deadline = to_text(limits.until)
    return replace(
        spec,
        data=tuple(data),
        alternatives=tuple(_roomy(wanted, limits.size_bytes) for wanted in spec.alternatives),
        isolation=level,
        deadline=deadline,
        release=limits.release,
    )


def known(one: Brought) -> DataUse:
    """The entry of the job file, with what the catalogue says."""
    return replace(
        one.use,
        name=one.name,
        target=one.use.target or f"data/{one.dataset.name}",
        stays_in=common_places(one.use.stays_in, one.terms.places),
        dataset=one.dataset.id,
        version=one.version.number,
        size_bytes=one.version.size,
        contract="" if one.contract is None else one.contract.id,
        held_by=one.held_by,
        held_at=one.site,
    )


def files_of(target: str, name: str, parts: Sequence[Part]) -> tuple[DataFile, ...]:
    """The files of a job for the parts of the dataset `name`, below `target`."""
    return tuple(
        DataFile(path=f"{target}/{part.path}", sha256=part.sha256, size=part.size,
                 places=(f"{name}/{part.path}", part.path, part.sha256) if part.held_by else ())
        for part in parts
    )  # fmt: skip


def clashes(files: Sequence[DataFile], taken: Sequence[str]) -> list[Problem]:
    """Files that would lie where another one does, or at too long a path. `taken`: those that the job brings itself."""
    seen, found = set(taken), []
    for file in files:
        if file.path in seen:
            found.append(Problem(f"{file.path} is there twice: give each dataset a folder of its own by to:",
                                 path="gridtie.data"))  # fmt: skip
        if len(file.path.encode()) > PATH_MAX:
            found.append(Problem(f"{file.path[:80]}… is longer than {PATH_MAX} bytes", path="gridtie.data"))
        seen.add(file.path)
    return found[:20]


def in_words(brought: Sequence[Brought]) -> list[str]:
    """What a quote says of them, a line each."""
    limits, lines = limits_of(brought), []
    for one in brought:
        by = f"contract {one.contract.id}" if one.contract else "your own" if one.own else "open data"
        at = f", held by {one.site}" if one.held_by else ""
        due = charge(one.contract.price, one.version.parts, again=False) if one.contract else 0
        cost = f", {format_money(due)} from the balance once its site takes the job" if due else ""
        lines.append(f"  data: {one.name}, {format_bytes(one.version.size)}{at} ({by}{cost})")
    if limits.places:
        lines.append(f"  data: it stays in {' or '.join(limits.places)}")
    if limits.release is not None:
        release = limits.release
        kind = " of figures" if release.figures else ""
        lines.append(f"  data: the job has no network and its output stays at the site; what leaves are at most "
                     f"{release.files_max} files {', '.join(release.files)}{kind}, "
                     f"{release.bytes_max:,} bytes in all")  # fmt: skip
    if limits.until is not None:
        lines.append(f"  data: until {to_the_second(limits.until)}")
    return lines


def _roomy(wanted: Alternative, size_bytes: int) -> Alternative:
    """Its data lies on its disk beside what it asked for; who named no size gets the usual one and that."""
    if wanted.disk_bytes:
        return wanted
    return replace(wanted, disk_bytes=usual_disk(wanted.cpus, wanted.accelerators, share_of(wanted.chip)) + size_bytes)


def _each(one: Brought) -> list[str]:
    """Its limits of place in words: those of its terms, and those that the job adds."""
    own = [f"{' or '.join(one.use.stays_in)} by the job's stays_in"] if one.use.stays_in else []
    return [*([" or ".join(one.terms.places)] if one.terms.places else []), *own]


def _places(brought: Sequence[Brought]) -> tuple[str, ...]:
    places: tuple[str, ...] = ()
    for one in brought:
        places = common_places(places, known(one).stays_in)
    return places
