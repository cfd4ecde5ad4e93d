"""An owner puts data into the catalogue: a card, and files that the exchange or a site of his holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import PurePath
from typing import Any

from gridtie.access import Actor, Scope, authorize
from gridtie.data.cardfile import CardFile, check_name
from gridtie.data.dataset import RECORD, Cleaning, Dataset, Examined, Part, Version, parts_digest
from gridtie.data.terms import COMPUTE
from gridtie.dispatch.artefact import safe_path
from gridtie.errors import InvalidInput, NotFound, NotSignedIn, Problem
from gridtie.flow.exchange import Exchange
from gridtie.store.unit import Unit
from gridtie.values.ids import DatasetId, JobId

PARTS_MAX = 10_000
COLUMNS_BYTES_MAX = 32 << 20  # of what is told of the columns of a version's files, together


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    dataset: Dataset
    version: Version
    new: bool  # a version that was not there


def examined(exchange: Exchange, owner: str, parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with what is in them: kind, records, columns. Reads every file, so it runs beside the writer.

    Raises InvalidInput for a file that its owner has not sent, or that is not what its name says; UnsafePath.
    """
    if len(parts) > PARTS_MAX or not parts:
        raise InvalidInput(source="dataset", problems=[Problem(f"a version has 1 to {PARTS_MAX} parts", path="parts")])
    problems: list[Problem] = []
    made: list[Part] = []
    seen: set[str] = set()
    known: dict[tuple[str, str, bool], Examined] = {}  # the same file under many names is read once for each kind
    for place, part in enumerate(parts):
        path = safe_path(part.path)
        if path in seen:
            problems.append(Problem(f"{path} is there twice", path=f"parts[{place}]"))
        seen.add(path)
        if part.held_by:
            made.append(replace(part, path=path))
            continue
        if exchange.blobs.size(part.sha256, owner) != part.size:
            problems.append(Problem(f"{path} was not sent yet: PUT /v1/blobs/{part.sha256}", path=f"parts[{place}]"))
            continue
        name = path.lower()
        kind = part.sha256, PurePath(name.removesuffix(".gz")).suffix, name.endswith(".gz")
        if kind not in known:
            known[kind] = exchange.examine(exchange.blobs.open(part.sha256, owner), path)
        found = known[kind]
        problems += [Problem(problem, path=f"parts[{place}]") for problem in found.problems]
        made.append(replace(part, path=path, media=found.media, records=found.records, schema=found.schema))
    problems += [Problem(f"{path} is a file and a folder of others", path="parts") for path in sorted(_folders(seen))]
    told = sum(len(part.schema or "") for part in made)
    if told > COLUMNS_BYTES_MAX:
        problems.append(Problem(f"the columns of its files take {told:,} bytes to tell; at most {COLUMNS_BYTES_MAX:,}",
                                path="parts"))  # fmt: skip
    if problems:
        raise InvalidInput(source="dataset", problems=problems)
    return tuple(made)


def _folders(paths: set[str]) -> set[str]:
    """Those of them in which another lies: nobody could write both to a disk."""
    return {above for path in paths for above in accumulate(path.split("/")[:-1], "{}/{}".format) if above in paths}


def made_by(unit: Unit, job: JobId, parts: Sequence[Part]) -> str:
    """The run whose outputs these files are. Raises InvalidInput when it did not succeed, or made other files."""
    row = unit.jobs.row(job)
    if row.state != "succeeded":
        raise InvalidInput(
            source="dataset", problems=[Problem(f"job {job} is {row.state}: it made nothing", path="job")]
        )
    made = {(file.sha256, file.size) for files in unit.runs.newest(row.run, "output").values() for file in files}
    strange = next((part.path for part in parts if (part.sha256, part.size) not in made), None)
    if strange is not None:
        message = f"{strange} is no output of job {job}; leave the job out, or publish what it made"
        raise InvalidInput(source="dataset", problems=[Problem(message, path="job")])
    return str(row.run)


def publish_dataset(
    unit: Unit, actor: Actor, name: str, described: CardFile, parts: Sequence[Part], *,
    cleaning: Cleaning | None = None, derived_from: Sequence[str] = (), run: str | None = None,
) -> Published:  # fmt: skip
    """A new dataset, or another version, or only another card: what is there already is not made again.

    Raises NotFound for a site that is not his, InvalidInput.
    """
    if actor.organisation is None:
        raise NotSignedIn(reason="only a member can publish data")
    owner = actor.organisation
    authorize(actor, "dataset.publish", owner)
    check_name(name)
    parts = _held(unit, owner, described, parts)
    found = unit.datasets.named(owner, name)
    whole = Dataset(
        id=found.id if found else DatasetId(unit.new_id("ds")),
        owner=owner,
        owner_name=unit.parties.organisation(owner).name,
        name=name,
        card=described.card,
        terms=described.terms,
        price=described.price,
        open=described.open,
    )
    if found is None:
        unit.datasets.add(whole)
        unit.note("dataset.published", whole.id, organisation=owner, name=whole.full_name)
    elif _differs(found, whole):
        unit.datasets.describe(whole)
        unit.note("dataset.described", whole.id, organisation=owner, name=whole.full_name)
    version, new = _version(unit, whole.id, tuple(parts), cleaning, tuple(derived_from), run)
    if new:
        unit.note("dataset.versioned", whole.id, organisation=owner, name=whole.full_name, version=version.name,
                  digest=version.digest, parts=len(version.parts), bytes=version.size)  # fmt: skip
    return Published(dataset=unit.datasets.get(whole.id), version=version, new=new)


def move_dataset(unit: Unit, dataset: Dataset, event: str) -> Dataset:
    """`withdraw` or `list`; doing it again changes nothing. What contracts grant stays granted."""
    if dataset.state == {"withdraw": "withdrawn", "list": "listed"}[event]:
        return dataset
    unit.datasets.move(dataset.id, event)
    moved = unit.datasets.get(dataset.id)
    unit.note(f"dataset.{moved.state}", dataset.id, organisation=dataset.owner, name=dataset.full_name)
    return moved


def _held(unit: Unit, owner: Any, described: CardFile, parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with the ids of the sites that hold them. What is sold by the record has some that were counted; a page
    about it beside them need not be."""
    if described.price.kind == RECORD and all(part.records is None for part in parts):
        message = (
            f"{parts[0].path} cannot be counted, as lines of JSON, CSV and Parquet can; name another kind of price"
        )
        raise InvalidInput(source="dataset", problems=[Problem(message, path="parts")])
    sites = {name: unit.sites.find(name, Scope(owner)).id for name in {part.held_by for part in parts} if name}
    if sites and described.terms.delivery != COMPUTE:
        message = 'parts that a site holds do not leave it: write delivery = "compute" under [terms]'
        raise InvalidInput(source="dataset", problems=[Problem(message, path="parts")])
    if len(sites) > 1:
        raise InvalidInput(source="dataset", problems=[Problem("one site holds all of a version", path="parts")])
    return tuple(replace(part, held_by=sites.get(part.held_by, "")) for part in parts)


def _differs(one: Dataset, other: Dataset) -> bool:
    return (one.card, one.terms, one.price, one.open) != (other.card, other.terms, other.price, other.open)


def _version(
    unit: Unit, key: DatasetId, parts: tuple[Part, ...], cleaning: Cleaning | None, derived_from: tuple[str, ...],
    run: str | None,
) -> tuple[Version, bool]:  # fmt: skip
    digest = parts_digest(parts)
    known = unit.datasets.version_of(key, digest)
    if known is not None:
        if {part.path: part.held_by for part in known.parts} != {part.path: part.held_by for part in parts}:
            message = f"these very files are {known.name}, and held elsewhere: where a version lies does not change"
            raise InvalidInput(source="dataset", problems=[Problem(message, path="parts")])
        if cleaning is not None and cleaning != known.cleaning:
            known = replace(known, cleaning=cleaning)
            unit.datasets.set_version(key, known)
        return known, False
    try:
        number = unit.datasets.version(key).number + 1
    except NotFound:
        number = 1
    made = Version(number=number, parts=parts, made_at=unit.at, digest=digest, cleaning=cleaning,
                   derived_from=derived_from, run=run)  # fmt: skip
    unit.datasets.add_version(key, made)
    return made, True
