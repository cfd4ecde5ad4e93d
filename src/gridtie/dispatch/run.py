"""One attempt at a job: what a site is told, and what it may answer."""

from dataclasses import dataclass
from datetime import datetime

from gridtie.values.ids import JobId, OrganisationId, RunId, SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTask:
    """One rank of a run on one machine, with the limits it may use there."""

    rank: int
    machine: str
    cpus: int
    memory_bytes: int
    disk_bytes: int
    accelerators: int  # or parts of one
    share: int = 1  # in how many parts the card that it lies on is lent; 1: whole ones


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobFile:
    """A file of the work directory: where it goes, what it holds."""

    path: str
    sha256: str
    size: int
    executable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """A file of a dataset, read-only in the job. `places`: where its site may find it below the folder of its own data;
    (): the exchange has it, and gives it to who holds the run."""

    path: str
    sha256: str
    size: int
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What may leave a job that came to the data: files of these patterns, so many, so large, nothing else and no log.

    `figures`: a file must hold figures alone (JSON whose texts are keys and short words), not records.
    """

    files: tuple[str, ...] = ("*.json",)
    files_max: int = 16
    bytes_max: int = 1_000_000
    figures: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """Everything a site needs to run it. Secrets are fetched apart, by the holder of the current epoch."""

    run: RunId
    job: JobId
    job_name: str
    epoch: int
    organisation: OrganisationId
    site: SiteId
    setup: str
    command: str
    envs: tuple[tuple[str, str], ...]
    secret_names: tuple[str, ...]
    tasks: tuple[RunTask, ...]
    files: tuple[BlobFile, ...]  # work directory and mounts
    checkpoint: tuple[BlobFile, ...]  # of the last published checkpoint, restored before the start
    outputs: tuple[str, ...]
    isolation: str
    network: str
    on_disconnect: str
    time_limit_us: int | None
    lease_stop_us: int  # without a good renewal for so long, the agent's keeper must stop the run
    checkpoint_sync_us: int
    log_limit_bytes: int
    mounts: tuple[str, ...] = ()  # as in JobSpec
    interactive: bool = False
    variant: str = ""  # the software stack whose variant of the job this is; '': the job as it stands
    image: str | None = None  # that the job names for it
    data: tuple[DataFile, ...] = ()
    release: Release | None = None  # it came to data that may not leave: what else than this stays at the site


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One event as an agent reports it; `seq` counts from 0 within (run, epoch) without gaps."""

    seq: int
    event: str  # accept | reject | start | finish | succeed | fail | cancel | lose
    at: datetime  # the agent's clock: informative only
    exit_code: int | None = None
    reason: str = ""  # exit, out_of_memory, time_limit, disk_limit, signal, sandbox, lease, preempted, site
    detail: str = ""
    cpu_us: int = 0
    memory_peak_bytes: int = 0
