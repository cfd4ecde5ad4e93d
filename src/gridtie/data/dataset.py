"""A dataset as the catalogue knows it: its card, its terms and price, and its versions of parts by content."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from gridtie.data.terms import Terms
from gridtie.values.canonical import canonical
from gridtie.values.ids import DatasetId, OrganisationId
from gridtie.values.money import ZERO, Micros

FREE, FLAT, ACCESS, RECORD = "free", "flat", "access", "record"
PRICES = (FREE, FLAT, ACCESS, RECORD)
GRADES = (1, 2, 3, 4)
"""Levels of GB/T 42460-2023: 1 says directly who somebody is, 2 by other data, 3 only by much effort, 4 nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """`amount`: nothing (free), once per contract (flat), for each delivery (access), for each record (record)."""

    kind: str = FREE
    amount: Micros = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a part of it comes from and by what right: as declared for its cleaning, or on its card."""

    name: str
    kind: str
    licence: str
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaning:
    """What its owner's cleaning report says of a version: its digest, pack and figures. `passed`: every check of it."""

    report: str  # sha256 of audit.json
    pack: str
    passed: bool
    kept: int
    treated: int  # values
    dropped: int  # records


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`grade`: of GB/T 42460, None: not judged. `table`: the name under which its Parquet parts are shared."""

    title: str
    description: str
    licence: str
    languages: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    grade: int | None = None
    origins: tuple[Origin, ...] = ()
    contact: str = ""
    personal: str = ""  # what personal or sensitive content it has, in words
    uses: tuple[str, ...] = ()  # what it is meant for, in words
    limits: tuple[str, ...] = ()  # what it is not good for, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file. `held_by`: the site that has it on a disk of its own; '': the exchange has it."""

    path: str
    sha256: str
    size: int
    media: str
    records: int | None = None
    held_by: str = ""
    schema: str | None = None  # its columns as Delta Sharing says them; of lines of JSON by a look at the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What a file of a dataset holds. `records` None: not countable; `schema`: its columns, as Delta Sharing writes
    them. `problems`: why it is not what its name says."""

    media: str
    records: int | None = None
    schema: str | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """`digest` stands for the parts alone: the same parts are the same version. `derived_from`: 'ds_…@v3', of jobs and
    cleanings that made it."""

    number: int
    parts: tuple[Part, ...]
    made_at: datetime
    digest: str
    cleaning: Cleaning | None = None
    derived_from: tuple[str, ...] = ()
    run: str | None = None  # that made it

    @property
    def name(self) -> str:
        return f"v{self.number}"

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)

    @property
    def records(self) -> int | None:
        """None when a part does not say."""
        known = [part.records for part in self.parts if part.records is not None]
        return sum(known) if len(known) == len(self.parts) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """`open`: anybody who is a member may read it without a contract; only free data whose terms limit nobody."""

    id: DatasetId
    owner: OrganisationId
    owner_name: str
    name: str
    card: Card
    terms: Terms
    price: Price
    state: str = "listed"
    open: bool = False
    versions: int = 0  # how many there are
    created_at: datetime | None = None

    @property
    def full_name(self) -> str:
        return f"{self.owner_name}/{self.name}"


def parts_digest(parts: tuple[Part, ...]) -> str:
    """SHA-256 over the canonical form of (path, sha256, size), by path."""
    listed: list[Mapping[str, Any]] = [
        {"path": part.path, "sha256": part.sha256, "size": part.size} for part in sorted(parts, key=lambda p: p.path)
    ]
    return sha256(canonical({"parts": listed})).hexdigest()
