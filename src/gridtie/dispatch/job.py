"""One portable description of work, as a job file says it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import timedelta
from typing import Any

from gridtie.dispatch.run import Release
from gridtie.errors import Problem
from gridtie.market.request import Alternative
from gridtie.values.money import Micros

GB = 1_000_000_000


def usual_memory(cpus: int, accelerators: int, share: int = 1) -> int:
    """What a job gets that names none. `share`: in how many parts a card is lent, where `accelerators` are such."""
    return max(512_000_000 * cpus, 4 * GB * accelerators // share)


def usual_disk(cpus: int, accelerators: int, share: int = 1) -> int:
    """What a job gets that names none."""
    return max(GB * cpus, 10 * GB * accelerators // share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    max_price: Micros | None = None  # per unit-hour
    max_total: Micros | None = None
    pay_with: tuple[str, ...] = ("balance",)  # 'balance' or 'voucher:<id or name>', in this order; or 'bank' alone

    @property
    def by_bank(self) -> bool:
        """The job is a withdrawal from the compute bank: paid in hours, not in money."""
        return "bank" in self.pay_with


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    on: tuple[str, ...] = ("site_lost", "preempted")  # also: failure, out_of_memory
    limit: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMount:
    """`target` in the job from `source`: a path below the submitter's folder, or a URI."""

    target: str
    source: str
    mode: str = "COPY"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataUse:
    """A dataset the job reads, the places (hubs or place prefixes) it may not leave (empty: anywhere), and the hub
    where it lies ('': nobody said) with its size as `inputs` says it.

    The rest is known of one in the catalogue: its id, version and size, the contract by which it is read ('': open data
    or one's own), and the site that holds it with its name ('': the exchange does).
    """

    name: str
    target: str = ""
    stays_in: tuple[str, ...] = ()
    at: str = ""
    gb: float = 0.0
    dataset: str = ""
    version: int = 0
    size_bytes: int = 0
    contract: str = ""
    held_by: str = ""
    held_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """How the job differs on one software stack (cuda, cann, rocm, musa, maca, corex, xpu, cpu)."""

    stack: str
    setup: str | None = None
    run: str | None = None
    image: str | None = None
    envs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSpec:
    """A checked job. Everything has its final value except null envs, which a submit must give."""

    name: str = ""
    run: str = ""
    setup: str = ""
    machines: int = 1  # num_nodes
    alternatives: tuple[Alternative, ...] = (Alternative(chip="cpu"),)
    envs: tuple[tuple[str, str], ...] = ()
    envs_required: tuple[str, ...] = ()  # null in the file: must be given at submit
    secrets: tuple[str, ...] = ()  # names only; values travel apart and are never stored in the job
    workdir: str | None = None
    file_mounts: tuple[FileMount, ...] = ()
    outputs: tuple[str, ...] = ()  # files or folders below the work directory to bring back
    data: tuple[DataUse, ...] = ()
    input_gb: float = 0.0  # SkyPilot's `inputs`: what moving the data to a site costs
    image: str | None = None
    image_needed: bool = True  # False: it also runs where no container images do, on the site's own system
    variants: tuple[Variant, ...] = ()
    budget: Budget = field(default_factory=Budget)
    hubs: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    max_latency_us: int | None = None
    isolation: str = "sandbox"
    network: str = "none"  # none | host
    certified: bool = True
    retry: Retry = field(default_factory=Retry)
    on_disconnect: str = "wait"  # wait | stop | replace
    time_limit: timedelta | None = None
    expected: timedelta = timedelta(hours=1)
    deadline: str | None = None  # RFC 3339
    start_at: str | None = None  # RFC 3339: books capacity from then on, for the expected time
    start_by: str | None = None  # RFC 3339: or from any time until then, which the exchange picks
    mode: str = "posted"  # posted | auction
    priority: int = 0
    preemptible: bool | None = None  # may be displaced by a higher bid; None: where it runs as spot
    purpose: str = ""
    ports: tuple[int, ...] = ()
    mounts: tuple[str, ...] = ()  # 'data': the job finds root/data of its work directory as /data
    interactive: bool = False  # its owner may run commands beside it and reach its ports
    release: Release | None = None  # it comes to data that may not leave: what else than this stays at the site


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDocument:
    """What a file holds: one job, a chain (one after another) or a group (side by side)."""

    jobs: tuple[JobSpec, ...]
    kind: str = "job"  # job | chain | group
    name: str = ""
    notes: tuple[str, ...] = ()  # keys that load but have no meaning here yet, each with its place
    source: str = field(default="job", repr=False, compare=False)  # the file, as its owner calls it
    places: tuple[Mapping[str, tuple[int, int]], ...] = field(default=(), repr=False, compare=False)
    """Of each job: line and column of what stands under `gridtie` and `resources`, by its path."""
    secret_values: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # that stood in the file; never stored

    def placed(self, number: int, problems: Sequence[Problem]) -> list[Problem]:
        """Problems of a job that were found beyond its file, with the place of what they name, or of what holds it."""
        known = self.places[number] if number < len(self.places) else {}
        found = []
        for problem in problems:
            path = problem.path
            while path and path not in known:
                path = path[: max(path.rfind("."), path.rfind("["), 0)]
            line, column = known.get(path, (problem.line, problem.column))
            found.append(replace(problem, line=line, column=column))
        return found


def spec_to_json(spec: JobSpec) -> dict[str, Any]:
    """As it is stored; durations in whole microseconds."""
    data = asdict(spec)
    data["time_limit"] = None if spec.time_limit is None else _us(spec.time_limit)
    data["expected"] = _us(spec.expected)
    if spec.image_needed:  # said only where it says something
        del data["image_needed"]
    if spec.start_by is None:
        del data["start_by"]
    return data


def spec_from_json(data: Mapping[str, Any]) -> JobSpec:
    """The inverse of spec_to_json, exactly."""
    values = _tuples(JobSpec, data)
    values["alternatives"] = tuple(Alternative(**_tuples(Alternative, item)) for item in data["alternatives"])
    values["envs"] = tuple((str(key), str(value)) for key, value in data["envs"])
    values["file_mounts"] = tuple(FileMount(**item) for item in data["file_mounts"])
    values["data"] = tuple(DataUse(**_tuples(DataUse, item)) for item in data["data"])
    values["variants"] = tuple(
        Variant(**{**item, "envs": tuple((str(key), str(value)) for key, value in item["envs"])})
        for item in data["variants"]
    )
    values["budget"] = Budget(**_tuples(Budget, data["budget"]))
    values["retry"] = Retry(**_tuples(Retry, data["retry"]))
    release = data.get("release")
    values["release"] = None if release is None else Release(**_tuples(Release, release))
    limit = data["time_limit"]
    values["time_limit"] = None if limit is None else timedelta(microseconds=limit)
    values["expected"] = timedelta(microseconds=data["expected"])
    return JobSpec(**values)


def _us(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _tuples(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    known = {entry.name for entry in fields(kind)}
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items() if key in known}
