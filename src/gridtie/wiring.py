"""The composition root: settings become keys, stores, ports and one exchange that every verb is handed."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gridtie.adapters.blobs import FileBlobs
from gridtie.adapters.clock_file import ClockFile
from gridtie.adapters.logs import FileLogs
from gridtie.adapters.parts import examine
from gridtie.adapters.probes.program import probe_files, program_digest
from gridtie.adapters.probes.tables import load_bands
from gridtie.adapters.s3 import Bucket, S3Place
from gridtie.adapters.s3_blobs import S3Blobs
from gridtie.adapters.s3_logs import S3Logs
from gridtie.adapters.secrets import AesSecretBox
from gridtie.adapters.signers.ed25519 import Ed25519Signer, load_or_create, verify
from gridtie.adapters.signers.kept import derive, owner_signer
from gridtie.adapters.tables import load_chips, load_places
from gridtie.clock import Clock, SystemClock
from gridtie.errors import (
    GridtieError,
    InvalidInput,
    KeysMissing,
    NotInitialised,
    Problem,
    StorageDamaged,
    StorageUnwritable,
)
from gridtie.flow.exchange import Blobs, Engine, Exchange, Logs
from gridtie.flow.hear_servers import hear_servers
from gridtie.flow.init_exchange import init_exchange
from gridtie.flow.issue_token import Issued
from gridtie.flow.lead_exchange import Leadership
from gridtie.flow.open_jobs import OpenJobs
from gridtie.flow.presence import Presence
from gridtie.flow.still_market import StillMarket
from gridtie.flow.tell_nowhere import KnownPools
from gridtie.identity.signing import Signer
from gridtie.market.fairness import Fairness, parse
from gridtie.settings import Settings
from gridtie.store.backend import Backend, backend_at, is_url
from gridtie.store.backup import lost_references
from gridtie.store.database import Database, Reader
from gridtie.store.journal import last_at_us
from gridtie.store.migrations import check_version
from gridtie.values.period import from_us
from gridtie.values.rule_names import WEIGHING_RULES
from gridtie.views.receipt import proof_of_books
from gridtie.wholefile import write_whole

EXCHANGE_ID = "exchange_id"
KEY_FILE, MASTER_FILE, PEPPER_FILE = "exchange.key", "secrets.key", "pepper.key"
CLOCK_FILE = "clock"
ADMIN_TOKEN = "admin.token"  # noqa: S105  a file's name


def open_exchange(settings: Settings, *, clock: Clock | None = None, create: bool = False) -> Exchange:
    """Opens the exchange in its home; `create` makes what is missing. Raises LocalFault errors, NotInitialised,
    KeysMissing.

    All leases get one full length again: whoever fell silent while nobody listened is not judged for it.
    """
    clock, home = clock or SystemClock(), settings.home
    if not create and not exchange_exists(settings):
        raise NotInitialised(path=settings.home)
    _make_private(home)
    database = Database(place_of(settings), clock, **waits_of(settings))
    try:
        if newest_us := database.read(lambda unit: last_at_us(unit.connection)):
            clock.not_before(from_us(newest_us))
        kept = ClockFile(home / CLOCK_FILE, clock)
        if (resumed := kept.resumed()) is not None:
            clock.not_before(resumed)
        database.on_commit(lambda _: kept.keep())
        if database.read(lambda unit: unit.settings.get(EXCHANGE_ID)) is not None:
            _check_keys(home, database.place)
        return _wire(settings, clock, database, _keys_in(home), from_us(newest_us) if newest_us else clock.now())
    except GridtieError:
        database.close()
        raise


def place_of(settings: Settings) -> Path | str:
    """The file or the URL of its database."""
    return settings.database if is_url(settings.database) else settings.home / settings.database


def waits_of(settings: Settings) -> dict[str, Any]:
    return {"idle_s": settings.writer_idle_s} if is_url(settings.database) else {}


def exchange_exists(settings: Settings) -> bool:
    """Whether there is one already; makes nothing. Raises StorageUnreachable."""
    backend = backend_at(place_of(settings), **waits_of(settings))
    try:
        return backend.exists()
    finally:
        backend.close()


@dataclass(frozen=True, slots=True)
class StoreProof:
    holds: bool
    lines: tuple[str, ...]  # for people


def check_store(settings: Settings, backend: Backend) -> StoreProof:
    """Proves what is in a store against the exchange's own key, beside whoever serves it.

    Raises NotInitialised, KeysMissing, StorageOutdated, LocalFault errors.
    """
    if not backend.exists():
        raise NotInitialised(path=backend.place)
    _check_keys(settings.home, backend.place)
    signer = load_or_create(settings.home / KEY_FILE, b"")
    reader = Reader(backend, SystemClock())
    reader.read(lambda unit: check_version(unit.connection, backend.place))
    broken = reader.read(lambda unit: lost_references(unit.connection))
    books = reader.read(lambda unit: proof_of_books(unit, signer.public_key, verify))
    references = ("every row that a row names is there",) if not broken else tuple(broken)
    return StoreProof(bool(books["ok"]) and not broken, (*books["lines"], *references))


def simulated_exchange(settings: Settings, clock: Clock) -> Exchange:
    """An exchange whose database is in memory and whose keys follow from the clock's seed, so that the same verbs at
    the same times leave the same journal. Never for real use: who knows the seed knows the keys."""
    database = Database(None, clock)
    keys = Keys(Ed25519Signer(clock.random_bytes(32)), clock.random_bytes(32), clock.random_bytes(32))
    return _wire(settings, clock, database, keys, clock.now())


def found_exchange(exchange: Exchange, *, organisation: str) -> tuple[Issued, Path]:
    """The first organisation and its administrator; the token is also kept in a file that only its owner reads.

    Raises AlreadyExists the second time.
    """
    issued = exchange.database.write(
        lambda unit: init_exchange(unit, exchange, organisation=organisation), actor="gridtie init"
    )
    path = exchange.settings.home / ADMIN_TOKEN
    _write_private(path, issued.text + "\n")
    return issued, path


def close_exchange(exchange: Exchange) -> None:
    """Finishes what is queued and lets go of the files."""
    exchange.database.close()


@dataclass(frozen=True)
class Keys:
    signer: Signer
    master: bytes  # the owners' keys and the secrets' key are derived from it
    pepper: bytes


def _keys_in(home: Path) -> Keys:
    signer = load_or_create(home / KEY_FILE, secrets.token_bytes(32))
    return Keys(signer, _secret_file(home / MASTER_FILE), _secret_file(home / PEPPER_FILE))


def missing_keys(home: Path) -> list[str]:
    return [name for name in (KEY_FILE, MASTER_FILE, PEPPER_FILE) if not (home / name).exists()]


def _check_keys(home: Path, place: str) -> None:
    if missing := missing_keys(home):
        raise KeysMissing(place=place, home=home, files=", ".join(missing))


def _wire(settings: Settings, clock: Clock, database: Database, keys: Keys, newest_fact: datetime) -> Exchange:
    key = database.read(lambda unit: unit.settings.get(EXCHANGE_ID))
    if key is None:
        made = key = clock.new_id("exch")
        database.write(lambda unit: unit.settings.add(EXCHANGE_ID, made), actor="wiring")
    blobs, logs = _files(settings)
    presence = Presence(control=timedelta(seconds=settings.lease_control_s), started_at=clock.now())
    open_jobs = OpenJobs(settings.jobs_open_max)
    database.on_commit(presence.committed)
    if not database.alone:
        database.on_commit(open_jobs.heard)
    exchange = Exchange(
        id=key,
        settings=settings,
        fairness=_fairness(settings),
        clock=clock,
        database=database,
        signer=keys.signer,
        verify=verify,
        owner_signer=owner_signer(keys.master),
        chips=load_chips(),
        places=load_places(),
        blobs=blobs,
        logs=logs,
        examine=examine,
        secrets=AesSecretBox(derive(keys.master, "secrets"), clock.random_bytes),
        presence=presence,
        still_market=StillMarket(),
        known_pools=KnownPools(),
        engine=Engine(),
        leadership=Leadership(clock.new_id("server"), settings.leader_lease_s, clock, database.alone),
        open_jobs=open_jobs,
        pepper=keys.pepper,
        probe_files=tuple(probe_files()),
        probe_digest=program_digest(),
        bands=load_bands(),
        newest_fact=newest_fact,
    )
    hear_servers(exchange)
    return exchange


def _files(settings: Settings) -> tuple[Blobs, Logs]:
    """Files and logs: in the home, or in the bucket that the settings name. Raises LocalFault errors."""
    home, limit, reserve = settings.home, settings.blob_max_bytes, settings.disk_reserve_bytes
    bucket = bucket_of(settings)
    if bucket is None:
        return FileBlobs(home / "blobs", limit_bytes=limit, reserve_bytes=reserve), FileLogs(home / "logs")
    bucket.prove()
    cache = {"cache_bytes": settings.s3_cache_bytes, "reserve_bytes": reserve}
    return (
        S3Blobs(bucket, home / "blobs-cache", limit_bytes=limit, **cache),
        S3Logs(bucket, part_bytes=settings.log_chunk_bytes),
    )


def bucket_of(settings: Settings) -> Bucket | None:
    """The bucket of the settings, not asked yet. Raises FormatMissing without botocore."""
    if not settings.s3_bucket:
        return None
    return Bucket(
        S3Place(
            bucket=settings.s3_bucket,
            prefix=settings.s3_prefix,
            endpoint=settings.s3_endpoint,
            region=settings.s3_region,
            addressing=settings.s3_addressing,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key,
        )
    )


def _fairness(settings: Settings) -> Fairness:
    """Of the file that the settings name. Raises InvalidInput with line and column of what is wrong."""
    if not settings.fairness:
        return Fairness()
    path = settings.home / settings.fairness
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise InvalidInput(source=str(path), problems=[Problem(f"cannot be read: {cause}")]) from cause
    weighing = settings.auction_rule in WEIGHING_RULES
    return parse(text, source=str(path), weighing=weighing, currency=settings.currency)


def _make_private(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if home.stat().st_mode & 0o077:
            home.chmod(0o700)
    except OSError as cause:
        raise StorageUnwritable(path=home, reason=cause.strerror or str(cause)) from cause


def _secret_file(path: Path) -> bytes:
    """32 secret bytes, made once. Raises StorageDamaged when the file holds anything else."""
    if not path.exists():
        _write_private(path, secrets.token_hex(32) + "\n")
    try:
        value = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as cause:
        raise StorageDamaged(path=path, reason="not a key of 64 hex digits") from cause
    if len(value) != 32:
        raise StorageDamaged(path=path, reason="not a key of 64 hex digits")
    return value


def _write_private(path: Path, text: str) -> None:
    try:
        write_whole(path, text)
    except OSError as cause:
        raise StorageUnwritable(path=path, reason=cause.strerror or str(cause)) from cause
