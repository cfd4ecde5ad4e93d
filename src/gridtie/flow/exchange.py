"""What every verb is handed: the exchange's settings, keys, tables, database and ports to the outside."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gridtie.certification.bands import Bands
from gridtie.clock import Clock
from gridtie.data.dataset import Examined
from gridtie.flow.open_jobs import OpenJobs
from gridtie.flow.presence import Presence
from gridtie.flow.still_market import StillMarket
from gridtie.identity.signing import Signer, Verify
from gridtie.market.fairness import Fairness
from gridtie.registry.chips import ChipRegistry
from gridtie.registry.places import Places
from gridtie.settings import Settings
from gridtie.store.database import Database

if TYPE_CHECKING:
    from gridtie.flow.lead_exchange import Leadership
    from gridtie.flow.tell_nowhere import KnownPools


class Blobs(Protocol):
    """Content-addressed files. A name is the hex SHA-256 of the content.

    `owner`, an organisation or a site, sees what he has a claim on: what he sent whole, or was granted. Without an
    owner the exchange itself asks.
    """

    def size(self, sha256: str, owner: str | None = None) -> int | None:
        """Bytes of a whole blob; None when it is not there."""
        ...

    def partial(self, sha256: str, owner: str | None = None) -> int:
        """Bytes held of an unfinished upload."""
        ...

    def append(self, sha256: str, offset: int, total: int, part: bytes, owner: str | None = None) -> tuple[int, bool]:
        """Adds a part; (next offset, complete). Raises OffsetMismatch, InvalidInput on a wrong digest."""
        ...

    def grant(self, owner: str, names: Iterable[str]) -> None:
        """Lets `owner` have contents that somebody else sent."""
        ...

    def open(self, sha256: str, owner: str | None = None) -> Path:
        """The file of a whole blob, never to be written; raises NotFound."""
        ...


class Examine(Protocol):
    """Reads the file of a dataset whose name is `path` there."""

    def __call__(self, file: Path, path: str, /) -> Examined: ...


class Logs(Protocol):
    """The output of each rank of each run, appended at known offsets."""

    def append(self, run: str, rank: int, offset: int, part: bytes) -> int:
        """The next offset. Equal overlap is accepted; raises OffsetMismatch on a hole or a difference."""
        ...

    def size(self, run: str, rank: int) -> int: ...

    def read(self, run: str, rank: int, offset: int, count: int) -> bytes: ...

    def ranks(self, run: str) -> list[int]: ...


class SecretBox(Protocol):
    """Seals values so that a copy of the database is useless without the key file."""

    def seal(self, plain: str, context: str) -> str: ...

    def unseal(self, sealed: str, context: str) -> str: ...


class OwnerSigner(Protocol):
    """The key of an owner that the exchange keeps for him, so that he need not run an issuer of his own."""

    def __call__(self, organisation: str, /) -> Signer: ...


@dataclass
class Engine:
    """The large clearing engine in this process: not `ready` while what it runs is compiled beside the exchange."""

    ready: bool = True


@dataclass(frozen=True, kw_only=True)
class Exchange:
    id: str  # made by `gridtie init`
    settings: Settings
    fairness: Fairness  # who counts more, and what tokens members get
    clock: Clock
    database: Database
    signer: Signer  # the exchange's key, also the issuer key of its own prefix
    verify: Verify
    owner_signer: OwnerSigner
    chips: ChipRegistry
    places: Places
    blobs: Blobs
    logs: Logs
    examine: Examine
    secrets: SecretBox
    presence: Presence
    still_market: StillMarket
    known_pools: "KnownPools"
    engine: Engine
    leadership: "Leadership"
    open_jobs: OpenJobs
    pepper: bytes  # for the HMAC of token secrets
    probe_files: tuple[tuple[str, bytes], ...]  # the certification program, as it travels to a site
    probe_digest: str
    bands: Bands  # of acceptance
    newest_fact: datetime  # when it was opened
