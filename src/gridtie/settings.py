"""Every setting of an exchange: one frozen record, read once from gridtie.toml in its home and from GRIDTIE_*.

A variable wins over the file, the file over the default. Whatever is unknown or out of range is an error that says
what was meant; nothing is silently ignored.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from gridtie.errors import InvalidInput, Problem
from gridtie.values.rule_names import UNIFORM_PRICE, WEIGHING_RULES

FILE = "gridtie.toml"
KiB, MiB, GiB = 1 << 10, 1 << 20, 1 << 30
# Read by other parts of the software (client, tests, processes under a job), so not settings of the exchange.
FOREIGN_VARIABLES = frozenset(
    {"GRIDTIE_HOME", "GRIDTIE_EXCHANGE", "GRIDTIE_TOKEN", "GRIDTIE_PYTHON", "GRIDTIE_JOB", "GRIDTIE_RUN",
     "GRIDTIE_EPOCH", "GRIDTIE_TORCH_PYTHON",
     "GRIDTIE_CHECKPOINT_DIR", "GRIDTIE_OUTPUT_DIR", "GRIDTIE_RESUMED", "GRIDTIE_EXCHANGE_URL"}
)  # fmt: skip
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_RATE = re.compile(r"([A-Z]{3})=(\d{1,6}(?:\.\d{1,6})?)@(\d{4}-\d{2}-\d{2})")
_PREFIX = re.compile(r"[a-z0-9]+(?:[.][a-z0-9]+)*")


def _setting(
    default: Any, sentence: str, *, low: float | None = None, high: float | None = None, secret: bool = False
) -> Any:
    return field(default=default, repr=not secret, metadata={"sentence": sentence, "low": low, "high": high})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    home: Path
    # who we are
    name: str = _setting("demo", "What people call this exchange; lower-case letters, digits and '-'.")
    level: str = _setting("regional", "Its place in the hierarchy: national, regional or industry.")
    prefix: str = _setting("cn.demo", "The issuer prefix of the identifiers it hands out.")
    currency: str = _setting("CNY", "ISO 4217 code of the one currency its ledger is kept in.")
    rates: str = _setting("", "What other currencies are worth, and since when: USD=7.10@2026-05-01, EUR=…@….")
    # where it keeps its data
    database: str = _setting(
        "gridtie.db", "An SQLite file, in the home unless its path is whole, or a postgresql:// URL."
    )
    leader_lease_s: float = _setting(
        10.0, "Silence of the leading server after which another one on its PostgreSQL leads.", low=0.5, high=3600
    )
    writer_idle_s: float = _setting(
        15.0, "How long a server may stand still in the middle of a write to PostgreSQL.", low=1, high=3600
    )
    s3_bucket: str = _setting("", "A bucket for files and logs; without one they lie in the home.")
    s3_prefix: str = _setting("", "What every key in the bucket begins with, where others use it too.")
    s3_endpoint: str = _setting("", "Address of the S3 store, https://…; without one Amazon's of the region.")
    s3_region: str = _setting("us-east-1", "Region that calls to the S3 store are signed for.")
    s3_addressing: str = _setting(
        "path", "Where the bucket stands in an address: path or virtual (in the host's name)."
    )
    s3_access_key: str = _setting("", "Access key; without one AWS_*, ~/.aws or the machine's role.", secret=True)
    s3_secret_key: str = _setting("", "Secret key that belongs to it.", secret=True)
    s3_cache_bytes: int = _setting(
        8 * GiB, "Files out of the bucket kept in the home for the next reader.", low=0, high=1 << 50
    )
    # where it listens
    host: str = _setting("127.0.0.1", "Address to listen on; loopback unless a proxy with TLS stands in front.")
    port: int = _setting(8474, "Port to listen on.", low=0, high=65535)
    server_url: str = _setting("", "Address of this very server among several; where it listens when not given.")
    # agents and leases, in seconds
    sync_hold_s: float = _setting(10.0, "How long an agent's sync is held open for news.", low=0.05, high=25)
    lease_control_s: float = _setting(30.0, "Silence after which a site counts as disconnected.", low=0.5, high=3600)
    lease_stop_s: float = _setting(
        45.0, "Silence after which an agent must have stopped its runs.", low=0.5, high=86400
    )
    lease_replace_s: float = _setting(80.0, "Silence after which a run is started elsewhere.", low=0.5, high=86400)
    lease_wait_s: float = _setting(1800.0, "Silence that a job with on_disconnect: wait endures.", low=1, high=604800)
    checkpoint_sync_s: float = _setting(5.0, "How often an agent looks for a fresh checkpoint.", low=0.1, high=3600)
    enrolment_s: int = _setting(3600, "How long a one-time enrolment token is good for.", low=10, high=86400)
    slice_overcommit_percent: int = _setting(
        100, "How many per cent of a host's cores its slices may add up to.", low=100, high=10_000
    )
    # market and money
    tick_s: float = _setting(30.0, "Time between two call auctions.", low=0.2, high=86400)
    auction_rule: str = _setting(
        UNIFORM_PRICE, "How a call auction is cleared: uniform-price, best-welfare or max-min."
    )
    auction_mode: str = _setting("welfare", "What best-welfare seeks: welfare, cost or wait.")
    auction_slots: int = _setting(1, "Slots that best-welfare plans ahead; 1 decides about now alone.", low=1, high=96)
    auction_slot_s: int = _setting(3600, "Length of such a slot, where there are several.", low=60, high=86400)
    auction_restart_s: int = _setting(
        60, "What a restart costs work that best-welfare displaces, beside what it does again.", low=0, high=86400
    )
    booking_days: int = _setting(30, "How many days ahead capacity can be booked; 0: not at all.", low=0, high=366)
    booking_notice_s: int = _setting(3600, "Until so long before its start a booking is cancelled for nothing.", low=0)
    booking_late_percent: int = _setting(
        50, "Of a booking that is cancelled later, this part of its whole time is paid.", low=0, high=100
    )
    booking_check_s: int = _setting(300, "A site that is silent so short before a booking's start loses it.", low=0)
    auction_sweeps: int = _setting(6, "Sweeps in which best-welfare repairs its choice.", low=0, high=10_000)
    fairness: str = _setting("", "A TOML file in the home that says who counts more and who gets tokens.")
    transfer_per_gb: str = _setting("0", "What moving a GB of a job's data to its site costs its user, elsewhere.")
    transfer_per_gb_1000_km: str = _setting("0", "What it costs besides for every 1,000 km between two hubs.")
    transfer_mbit_s: int = _setting(
        0, "How fast a job's data travels between hubs, in Mbit/s; 0: not counted.", low=0, high=100_000_000
    )
    fee_ppm: int = _setting(0, "The exchange's fee in millionths of each receipt.", low=0, high=500_000)
    data_link_s: int = _setting(3600, "How long links to delivered data are good, in seconds.", low=5, high=7 * 86_400)
    shared_folders: str = _setting("", "Folders, separated by ':', that sites show to jobs and file URLs may name.")
    # certification
    certify_profile: str = _setting("quick", "Tests of a resource where the call names none: quick or full.")
    certify_overhead_s: float = _setting(
        20.0, "Seconds that a site may take to start a quick test and to send its results; a full one has 120.",
        low=1, high=600,
    )  # fmt: skip
    certify_days: int = _setting(30, "How many days a certificate is valid.", low=1, high=30)
    # sizes
    log_limit_bytes: int = _setting(
        64 * MiB, "Output kept per rank; more is cut in the middle.", low=KiB, high=16 * GiB
    )
    log_chunk_bytes: int = _setting(256 * KiB, "Largest piece of output in one call.", low=KiB, high=16 * MiB)
    blob_max_bytes: int = _setting(64 * GiB, "Largest single file.", low=MiB, high=1 << 50)
    blob_part_bytes: int = _setting(8 * MiB, "Largest piece of a file in one call.", low=64 * KiB, high=256 * MiB)
    body_max_bytes: int = _setting(2 * MiB, "Largest body of any other call.", low=64 * KiB, high=64 * MiB)
    bodies_max_bytes: int = _setting(
        256 * MiB, "All bodies that are being received or worked on at one time.", low=4 * MiB, high=64 * GiB
    )
    manifest_max_bytes: int = _setting(
        16 * MiB, "Largest body of a call that lists the files of a job or of its results.", low=MiB, high=256 * MiB
    )
    job_file_max_bytes: int = _setting(256 * KiB, "Largest job file.", low=KiB, high=16 * MiB)
    body_timeout_s: float = _setting(30.0, "How long a call may take to send its body.", low=0.5, high=3600)
    disk_reserve_bytes: int = _setting(
        64 * MiB, "Free disk space below which no new file is taken.", low=0, high=1 << 50
    )
    # quotas per organisation
    jobs_open_max: int = _setting(200_000, "Unfinished jobs of one organisation.", low=1, high=10_000_000)
    sites_max: int = _setting(1000, "Sites of one organisation.", low=1, high=100_000)
    members_max: int = _setting(10_000, "Members of one organisation.", low=1, high=1_000_000)
    requests_per_s: int = _setting(5000, "Calls per second of one token, averaged over a second.", low=1, high=10_000)
    streams_max: int = _setting(64, "Live streams one token may hold open.", low=1, high=100_000)

    def rate_table(self) -> dict[str, tuple[str, str]]:
        """Currency → (its worth in ours, the date of that)."""
        found = [_RATE.fullmatch(part.strip()) for part in self.rates.split(",") if part.strip()]
        return {match[1]: (match[2], match[3]) for match in found if match}

    def public(self) -> dict[str, Any]:
        """What any member may know: no paths, no addresses."""
        hidden = {"home", "database", "host", "port", "server_url", "disk_reserve_bytes"}
        shown = [entry.name for entry in fields(self) if entry.name not in hidden and not entry.name.startswith("s3_")]
        return {name: getattr(self, name) for name in shown}


SENTENCES: Mapping[str, str] = {
    entry.name: entry.metadata["sentence"] for entry in fields(Settings) if entry.name != "home"
}
_CHOICES = {"level": ("national", "regional", "industry"), "certify_profile": ("quick", "full"),
            "s3_addressing": ("path", "virtual"),
            "auction_rule": (UNIFORM_PRICE, *WEIGHING_RULES),
            "auction_mode": ("welfare", "cost", "wait")}  # fmt: skip


def home_of(environ: Mapping[str, str]) -> Path:
    """$GRIDTIE_HOME, else the XDG data folder."""
    if chosen := environ.get("GRIDTIE_HOME"):
        return Path(chosen).expanduser()
    base = environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "gridtie"


def load(home: Path, environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Reads the file and the variables. Raises InvalidInput with every problem at once.

    `overrides` come from command-line flags and win over both.
    """
    problems: list[Problem] = []
    found: dict[str, tuple[object, str]] = {}
    path = home / FILE
    for key, value in _from_file(path).items():
        found[key] = (value, f"{path}: {key}")
    for variable, text in (os.environ if environ is None else environ).items():
        if variable.startswith("GRIDTIE_") and variable not in FOREIGN_VARIABLES:
            found[variable.removeprefix("GRIDTIE_").lower()] = (text, variable)
    for key, value in overrides.items():
        if value is not None:
            found[key] = (value, f"--{key.replace('_', '-')}")
    known = {entry.name: entry for entry in fields(Settings) if entry.name != "home"}
    values: dict[str, Any] = {}
    for key, (value, origin) in found.items():
        if key not in known:
            near = get_close_matches(key, known, n=1)
            problems.append(Problem(f"{origin}: no such setting" + (f"; did you mean {near[0]}?" if near else "")))
            continue
        try:
            values[key] = _converted(known[key], value)
        except ValueError as cause:
            problems.append(Problem(f"{origin}: {cause}"))
    settings = Settings(home=home, **values)
    problems += _inconsistencies(settings)
    if problems:
        raise InvalidInput(source="settings", problems=problems)
    return settings


def _from_file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as cause:
        raise InvalidInput(source=str(path), problems=[Problem(f"cannot be read: {cause}")]) from cause


def _converted(entry: "Field[Any]", value: object) -> object:
    """`value` in the type of its setting; raises ValueError with a sentence."""
    kind: Any = type(entry.default)
    if kind is str:
        if not isinstance(value, str) or not value:
            raise ValueError("must be text")
        if entry.name in _CHOICES and value not in _CHOICES[entry.name]:
            raise ValueError(f"must be one of {', '.join(_CHOICES[entry.name])}, not {value!r}")
        return value
    if isinstance(value, bool):
        raise ValueError("must be a number")
    try:
        number = kind(str(value).replace("_", ""))
    except ValueError:
        raise ValueError(f"must be a {'whole ' if kind is int else ''}number, not {value!r}") from None
    low, high = entry.metadata["low"], entry.metadata["high"]
    if not low <= number <= high:
        raise ValueError(f"must be from {low} to {high}, not {number}")
    return number


def _inconsistencies(settings: Settings) -> list[Problem]:
    problems = []
    if not _NAME.fullmatch(settings.name):
        problems.append(Problem(f"name: {settings.name!r} is not lower-case letters, digits and '-'"))
    if not _PREFIX.fullmatch(settings.prefix) or len(settings.prefix) > 20:
        problems.append(Problem(f"prefix: {settings.prefix!r} is not a prefix such as cn.demo (at most 20 characters)"))
    if not re.fullmatch(r"[A-Z]{3}", settings.currency):
        problems.append(Problem(f"currency: {settings.currency!r} is not an ISO 4217 code such as CNY"))
    if settings.s3_bucket and not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", settings.s3_bucket):
        problems.append(
            Problem(f"s3_bucket: {settings.s3_bucket!r} is not 3 to 63 lower-case letters, digits, '.', '-'")
        )
    if settings.s3_endpoint and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?/?", settings.s3_endpoint):
        problems.append(Problem("s3_endpoint: is not an address such as https://s3.example:9000"))
    if not re.fullmatch(r"([A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*)?", settings.s3_prefix):
        problems.append(Problem(f"s3_prefix: {settings.s3_prefix!r} is not letters, digits, '-', '_' with '/' between"))
    if bool(settings.s3_access_key) != bool(settings.s3_secret_key):
        problems.append(Problem("s3_access_key and s3_secret_key: one without the other"))
    for folder in settings.shared_folders.split(":") if settings.shared_folders else ():
        if not re.fullmatch(r"(/[^/:\x00-\x1f]+)+", folder) or "/../" in f"{folder}/":
            problems.append(Problem(f"shared_folders: {folder!r} is not an absolute path without a trailing '/'"))
    for name in ("transfer_per_gb", "transfer_per_gb_1000_km"):
        if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", getattr(settings, name)):
            problems.append(Problem(f"{name}: {getattr(settings, name)!r} is not an amount from zero such as 0.05"))
    for part in settings.rates.split(",") if settings.rates.strip() else ():
        match = _RATE.fullmatch(part.strip())
        if match is None or not float(match[2]) or not _is_day(match[3]):
            problems.append(Problem(f"rates: {part.strip()!r} is not a rate and its date, such as USD=7.10@2026-05-01"))
    if not settings.lease_control_s < settings.lease_stop_s < settings.lease_replace_s <= settings.lease_wait_s:
        problems.append(
            Problem(
                "leases must grow: lease_control_s < lease_stop_s < lease_replace_s ≤ lease_wait_s, "
                "or a run could start elsewhere before its first site has stopped it"
            )
        )
    if settings.sync_hold_s >= settings.lease_control_s:
        problems.append(Problem("sync_hold_s must be shorter than lease_control_s, or idle sites would look lost"))
    return problems


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
