"""A GA4GH TES task (1.1) becomes a checked job, or every problem at its place in the document.

What a task may name: literal content, files of this exchange by address (…/v1/blobs/SHA256), http and https URLs (the
job then asks for a network), and file URLs below the folders that `Terms.folders` lists, which sites show to jobs.
Results are kept here (gridtie://…), put to http(s) URLs, or copied below those folders. dispatch/tes_script.py writes
the commands that do it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Any

from gridtie.dispatch.artefact import safe_path
from gridtie.dispatch.job import Budget, JobSpec
from gridtie.dispatch.resources_keys import ChipFinder
from gridtie.dispatch.tes_script import LOGS, UNDELIVERED, commands, staging
from gridtie.dispatch.tes_shape import Executor, Input, Output, Shape
from gridtie.errors import InvalidTask, UnknownChip, UnsafePath
from gridtie.market.request import Alternative
from gridtie.registry.parts import ways
from gridtie.registry.places import PLACE
from gridtie.values.money import parse_money
from gridtie.values.quantity import parse_duration

VERSION = "1.1.0"
KEPT = "gridtie://"  # results that this exchange keeps
PARAMETERS = ("accelerators", "expected", "gpu", "gpu_model", "max_price", "max_total", "network", "site",
              "time_limit", "voucher")  # fmt: skip
# Folders of the system that a sandbox shows; nothing of a task can be put there.
SYSTEM = frozenset({"bin", "boot", "dev", "etc", "job", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "sys",
                    "usr"})  # fmt: skip
ROOT = "root"  # below it, in the work directory, lies what the task finds below /
_BLOB = re.compile(r"(?:https?://[^/?#]+)?/v1/blobs/([0-9a-f]{64})")
_WILD = re.compile(r"[*?\[]")
_GB_MAX = 1_000_000
STATES = ("UNKNOWN", "QUEUED", "INITIALIZING", "RUNNING", "PAUSED", "COMPLETE", "EXECUTOR_ERROR", "SYSTEM_ERROR",
          "CANCELED", "PREEMPTED", "CANCELING")  # fmt: skip
_LIVE = {"queued": "QUEUED", "placed": "INITIALIZING", "running": "RUNNING"}
_ENDED = {"succeeded": "COMPLETE", "cancelled": "CANCELED"}
_OLD = {"CANCELING": "RUNNING", "PREEMPTED": "SYSTEM_ERROR"}  # what clients of 1.0 know instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the exchange knows and allows: chips, hubs, folders that sites share with their users."""

    chips: ChipFinder
    hubs: Sequence[str] = ()
    folders: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`contents` and `blobs` are files to lay into the work directory: (path there, text) and (path there, SHA-256).
    `document` is the task as it is kept and shown, `warnings` what it said without effect."""

    spec: JobSpec
    document: Mapping[str, Any]
    contents: tuple[tuple[str, str], ...]
    blobs: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]

    @property
    def tags(self) -> Mapping[str, str]:
        tags: Mapping[str, str] = self.document.get("tags", {})
        return tags


def state_of(state: str, reason_code: str, exit_code: int | None, *, old: bool = False) -> str:
    """A job's state in TES's words. `old`: in those that clients of 1.0 know."""
    if state in _LIVE:
        word = "CANCELING" if reason_code == "cancelling" else _LIVE[state]
    elif state in _ENDED:
        word = _ENDED[state]
    elif reason_code == "preempted":
        word = "PREEMPTED"
    else:
        own = reason_code in ("exit", "signal") and exit_code != UNDELIVERED
        word = "EXECUTOR_ERROR" if own else "SYSTEM_ERROR"
    return _OLD.get(word, word) if old else word


def job_states(wanted: str) -> tuple[str, ...]:
    """The states of jobs among which those of a TES state are found; none: no task is ever in it."""
    if wanted in ("EXECUTOR_ERROR", "SYSTEM_ERROR", "PREEMPTED"):
        return ("failed",)
    if wanted == "CANCELING":
        return ("placed", "running")
    return tuple(state for state, word in (_LIVE | _ENDED).items() if word == wanted)


def parse(document: object, terms: Terms, *, source: str = "task") -> Task:
    """Pure and bounded. Raises InvalidTask with up to 50 problems at once."""
    shape = Shape()
    task = shape.task(document)
    reader = _Reader(shape, terms)
    inputs = [reader.input(number, entry) for number, entry in enumerate(task.inputs)]
    outputs = [reader.output(number, entry) for number, entry in enumerate(task.outputs)]
    for number, executor in enumerate(task.executors):
        reader.executor(number, executor)
    for number, volume in enumerate(task.volumes):
        reader.place(volume, f"volumes[{number}]", folder=True)
    spec = reader.resources(task.resources)
    addresses = [*(entry.url for entry in inputs), *(entry.url for entry in outputs)]
    if any(address.startswith(("http://", "https://")) for address in addresses):
        spec = replace(spec, network="host")
    if shape.problems:
        raise InvalidTask(source=source, problems=shape.problems)
    kept = [entry for entry in outputs if entry.url.startswith(KEPT)]
    spec = replace(
        spec,
        name=re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", task.name)[:200] or "task",
        image=task.executors[0].image,
        image_needed=False,
        setup=staging(inputs, outputs, task.executors, task.volumes),
        run=commands(task.executors, [entry for entry in outputs if entry not in kept]),
        outputs=(LOGS, *dict.fromkeys(f"{ROOT}{_still(entry.path)}" for entry in kept)),
        mounts=tuple(sorted(reader.mounts)),
    )
    if len({executor.image for executor in task.executors}) > 1:
        shape.warnings.append("executors name several images; a job has one: the first")
    return Task(
        spec=spec,
        document=_shown(document, spec, task.parameters),
        contents=tuple((f"{ROOT}{entry.path}", entry.content) for entry in inputs if entry.content is not None),
        blobs=tuple((f"{ROOT}{entry.path}", entry.blob) for entry in inputs if entry.blob),
        warnings=tuple(shape.warnings),
    )


def _still(path: str) -> str:
    """The part of a path before its first wildcard, whole folders only."""
    parts = path.split("/")
    wild = next((number for number, part in enumerate(parts) if _WILD.search(part)), len(parts))
    return "/".join(parts[:wild])


def is_result(outputs: Sequence[Mapping[str, Any]], path: str) -> bool:
    """Whether a file that the job left at `path` belongs to one of a task's kept outputs."""
    return any(
        path == entry["path"] or path.startswith(entry["path"].rstrip("/") + "/") or matches(entry["path"], path)
        for entry in outputs
        if str(entry["url"]).startswith(KEPT)
    )


def matches(pattern: str, path: str) -> bool:
    """POSIX pattern matching: a wildcard never stands for a '/'; a folder that matches brings what is in it."""
    wanted, parts = pattern.split("/"), path.split("/")
    if len(parts) < len(wanted):
        return False
    return all(fnmatchcase(part, want) for part, want in zip(parts, wanted, strict=False))


def tags_match(tags: Mapping[str, str], wanted: Sequence[tuple[str, str]]) -> bool:
    """Every wanted key is there, with that value unless the value is empty."""
    return all(key in tags and value in ("", tags[key]) for key, value in wanted)


class _Reader:
    """From well-formed parts to what they mean here."""

    def __init__(self, shape: Shape, terms: Terms) -> None:
        self._shape, self._terms = shape, terms
        self.mounts: set[str] = set()
        self._taken: set[str] = set()

    def _wrong(self, path: str, message: str) -> None:
        self._shape.problem(path, message)

    # ── paths ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def place(self, path: str, where: str, *, folder: bool = False) -> str:
        """A path that the task may use, without a trailing slash; its first folder becomes the job's own."""
        try:
            inside = safe_path(path.removeprefix("/")) if path.startswith("/") else ""
        except UnsafePath:
            inside = ""
        if not inside:
            self._wrong(where, f"{path[:80]!r} must be an absolute path without '..' or '//'")
            return ""
        if self._shared(f"/{inside}"):
            return f"/{inside}"
        first, _, rest = inside.partition("/")
        if first in SYSTEM:
            self._wrong(where, f"{path[:80]!r} lies in /{first}, which is the site's; use a folder such as /data")
        elif not rest and not folder:
            self._wrong(where, f"{path[:80]!r} lies directly in /; put it into a folder such as /data")
        else:
            self.mounts.add(first)
        return f"/{inside}"

    def _shared(self, path: str) -> bool:
        return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in self._terms.folders)

    def _url(self, url: str, where: str, *, result: bool) -> str:
        """A URL as commands will use it: file URLs as paths. Refuses what nobody here can reach."""
        path = url.removeprefix("file://") if url.startswith("file://") else url
        if path.startswith("/") and not _BLOB.fullmatch(url):
            path = path.rstrip("/") or "/"
            if not self._shared(path) or "/../" in f"{path}/":
                known = ", ".join(self._terms.folders) or "none"
                self._wrong(where, f"{url[:120]!r} is not below a folder that sites here share (those are: {known})")
            return path
        if url.startswith(("http://", "https://")) or (result and url.startswith(KEPT)):
            return url
        ways = "gridtie://… (kept here), http(s)" if result else "content, an address of this exchange's files, http(s)"
        self._wrong(where, f"{url[:120]!r} cannot be used; possible are {ways} and file:// of shared folders")
        return url

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def input(self, number: int, entry: Input) -> Input:
        where = f"inputs[{number}]"
        path = self.place(entry.path, f"{where}.path", folder=entry.folder)
        if path in self._taken:
            self._wrong(f"{where}.path", f"{path[:80]!r} is there twice")
        self._taken.add(path)
        if entry.content is not None:
            if self._shared(path):
                self._wrong(f"{where}.path", f"{path[:80]!r} lies in a shared folder; give content another path")
            return replace(entry, path=path, url="")
        if not entry.url:
            self._wrong(where, "needs a url, or content")
            return replace(entry, path=path)
        if found := _BLOB.fullmatch(entry.url):
            return replace(entry, path=path, url="", blob=found[1])
        url = self._url(entry.url, f"{where}.url", result=False)
        if entry.folder and url.startswith(("http://", "https://")):
            self._wrong(f"{where}.type", "a DIRECTORY cannot be fetched over http")
        return replace(entry, path=path, url=url)

    def output(self, number: int, entry: Output) -> Output:
        where = f"outputs[{number}]"
        path = self.place(entry.path, f"{where}.path", folder=entry.folder)
        url = self._url(entry.url, f"{where}.url", result=True)
        wild = bool(_WILD.search(path))
        prefix = entry.prefix.rstrip("/")
        if wild and not prefix:
            self._wrong(f"{where}.path_prefix", "is required where the path has wildcards")
        elif wild and not path.startswith(prefix):
            self._wrong(f"{where}.path_prefix", f"{entry.prefix[:80]!r} is not the beginning of the path")
        if url.startswith(KEPT) and self._shared(path):
            self._wrong(f"{where}.url", "what lies in a shared folder is there already; it is not kept a second time")
        if wild and _still(path).count("/") < 2 and not _still(path):
            self._wrong(f"{where}.path", "a wildcard cannot stand for a folder directly in /")
        return replace(entry, path=path, url=url, prefix=prefix if wild else "")

    def executor(self, number: int, entry: Executor) -> None:
        where = f"executors[{number}]"
        for name in ("stdin", "stdout", "stderr"):
            if path := getattr(entry, name):
                self.place(path, f"{where}.{name}")
        folder = entry.workdir.removeprefix("/").partition("/")[0]
        if entry.workdir and not entry.workdir.startswith("/"):
            self._wrong(f"{where}.workdir", f"{entry.workdir[:80]!r} must be an absolute path")
        elif folder and folder not in SYSTEM:
            self.place(entry.workdir, f"{where}.workdir", folder=True)

    # ── resources ─────────────────────────────────────────────────────────────────────────────────────────────────
    def resources(self, given: Mapping[str, Any]) -> JobSpec:
        cpus = given.get("cpu_cores") or 1
        memory, disk = (self._gigabytes(given.get(key), f"resources.{key}") for key in ("ram_gb", "disk_gb"))
        if not 0 < cpus <= 4096:
            self._wrong("resources.cpu_cores", f"{cpus} must be from 1 to 4096")
        spec = JobSpec(
            preemptible=True if given.get("preemptible") else None,
            alternatives=(Alternative(chip="cpu", cpus=max(1, cpus), memory_bytes=memory, disk_bytes=disk),),
        )
        spec = self._zones(spec, given.get("zones", ()))
        return self._parameters(spec, given.get("backend_parameters", {}), bool(given.get("backend_parameters_strict")))

    def _gigabytes(self, value: float | None, where: str) -> int:
        if value is None:
            return 0
        if not 0 <= value <= _GB_MAX:
            self._wrong(where, f"{value} must be from 0 to {_GB_MAX}")
            return 0
        return int(value * 1_000_000_000)

    def _zones(self, spec: JobSpec, zones: Sequence[str]) -> JobSpec:
        """Any of these hubs, or of these places."""
        hubs = tuple(zone for zone in zones if zone in self._terms.hubs)
        places = tuple(zone for zone in zones if zone not in hubs and re.fullmatch(PLACE, zone))
        if unknown := [zone for zone in zones if zone not in hubs and zone not in places]:
            known = ", ".join(self._terms.hubs)
            self._wrong("resources.zones", f"{unknown[0][:40]!r} is neither a hub ({known}) nor a place such as CN-52")
        if hubs and places:
            self._wrong("resources.zones", "name hubs or places, not both: a job must be in all that it names")
        return replace(spec, hubs=hubs, places=places)

    def _parameters(self, spec: JobSpec, given: Mapping[str, str], strict: bool) -> JobSpec:
        values: dict[str, str] = {}
        for name, value in given.items():
            where = f"resources.backend_parameters.{name[:40]}"
            if name.lower() in PARAMETERS:
                values[name.lower()] = value
            elif strict:
                self._wrong(where, f"is not supported; supported are {', '.join(PARAMETERS)}")
            else:
                self._shape.warnings.append(f"{where} is not supported and was left out")
        spec = self._accelerators(spec, values)
        for name, value in values.items():
            try:
                spec = _with(spec, name, value)
            except ValueError as cause:
                self._wrong(f"resources.backend_parameters.{name}", str(cause))
        return spec

    def _accelerators(self, spec: JobSpec, values: Mapping[str, str]) -> JobSpec:
        """`accelerators`: H100:2, or `gpu_model`: H100 with `gpu`: 2; 0.5 is a part of one."""
        where = "resources.backend_parameters.accelerators"
        model, _, count = values.get("accelerators", "").partition(":")
        if not model:
            where = "resources.backend_parameters.gpu"
            model, count = values.get("gpu_model", ""), values.get("gpu", "")
            if count in ("", "0") and not model:
                return spec
            if not model:
                self._wrong(where, "name the model too, in gpu_model; the market sells models, not any GPU")
                return spec
        if not re.fullmatch(r"[1-9]\d{0,2}|0?\.(?=0*[1-9])\d{1,9}", count or "1"):
            self._wrong(where, f"{count[:40]!r} must be a whole number from 1 to 999, or below 1 for a part of one")
            return spec
        try:
            chip = self._terms.chips.find(model).id
        except UnknownChip as unknown:
            self._wrong(where, f"{unknown.message}. {unknown.reason}")
            return spec
        [shape] = spec.alternatives
        found = ways(chip, Fraction(count or 1))
        shapes = (replace(shape, chip=kind, accelerators=units, rank=int(later)) for kind, units, later in found)
        return replace(spec, alternatives=tuple(shapes))


def _with(spec: JobSpec, name: str, value: str) -> JobSpec:
    """`spec` with one backend parameter. Raises ValueError saying what is wrong."""
    match name:
        case "site":
            return replace(spec, alternatives=tuple(replace(shape, sites=(value,)) for shape in spec.alternatives))
        case "max_price" | "max_total":
            amount = parse_money(value)
            if amount <= 0:
                raise ValueError(f"{value[:40]!r} must be above zero")
            changed: dict[str, Any] = {name: amount}
            return replace(spec, budget=replace(spec.budget, **changed))
        case "voucher":
            return replace(spec, budget=Budget(max_price=spec.budget.max_price, max_total=spec.budget.max_total,
                                               pay_with=(f"voucher:{value}", "balance")))  # fmt: skip
        case "network":
            if value not in ("none", "host"):
                raise ValueError(f"{value[:40]!r} must be none or host")
            return replace(spec, network=value)
        case "time_limit":
            return replace(spec, time_limit=_span(value))
        case "expected":
            return replace(spec, expected=_span(value))
    return spec


def _span(text: str) -> timedelta:
    span = parse_duration(text)
    if not timedelta(0) < span <= timedelta(days=366):
        raise ValueError(f"{text[:40]!r} must be more than nothing and at most a year")
    return span


def _shown(document: object, spec: JobSpec, parameters: Mapping[str, str]) -> dict[str, Any]:
    """The task as it was given, less what is not the client's to say and what was not understood; types filled in."""
    assert isinstance(document, dict)
    keys = ("name", "description", "inputs", "outputs", "resources", "executors", "volumes", "tags")
    kept: dict[str, Any] = {key: document[key] for key in keys if document.get(key) is not None}
    for key in ("inputs", "outputs"):
        if key in kept:
            kept[key] = [{"type": "FILE", **_given(entry)} for entry in kept[key]]
    kept["executors"] = [_given(entry) for entry in kept["executors"]]
    shape = spec.alternatives[0]  # they differ in their accelerators alone
    sizes = {"cpu_cores": shape.cpus, "ram_gb": shape.memory_bytes / 1e9, "disk_gb": shape.disk_bytes / 1e9}
    resources = {name: value for name, value in sizes.items() if value} | _given(kept.get("resources", {}))
    if parameters:
        resources["backend_parameters"] = {k: v for k, v in parameters.items() if k.lower() in PARAMETERS}
    kept["resources"] = resources
    return kept


def _given(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if value is not None}
