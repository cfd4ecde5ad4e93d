"""What the agent knows of its runs, on disk: it survives a crash of the agent at any instant."""

import json
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gridtie.dispatch.placement import plan_from_json, plan_to_json
from gridtie.dispatch.run import RunPlan
from gridtie.errors import GridtieError, InvalidInput, Problem

CACHE_BYTES_MAX = 20 << 30
HISTORY_S = 30 * 86400
_RUN_NAME = re.compile(r"run_[0-9A-Za-z]{1,40}")


@dataclass
class RunFolder:
    """One run at one epoch. `save` writes everything atomically; a torn file cannot appear.

    `marks` are times on the boot clock between which the exchange must have seen the run begin and end, kept to check
    receipts against: begun_min, begun_max (start reported, acknowledged), ended_min, ended_max (end likewise). And
    begun_at, the wall clock at begun_min: what is told of the run's length counts from there by the boot clock.
    """

    path: Path
    plan: RunPlan
    phase: str = "new"  # new | staged | started | finishing | ended | done
    next_seq: int = 0
    unsent: list[dict[str, Any]] = field(default_factory=list)  # reports the exchange has not acknowledged
    log_offsets: dict[str, int] = field(default_factory=dict)  # rank → bytes acknowledged
    checkpoints: dict[str, str] = field(default_factory=dict)  # rank → digest of the newest published listing
    checkpoint_sequence: int = 0
    devices: list[list[int]] = field(default_factory=list)  # per rank
    marks: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def rank(self, number: int) -> Path:
        return self.path / f"rank-{number}"

    @property
    def ranks(self) -> list[Path]:
        return [self.rank(task.rank) for task in self.plan.tasks]

    def save(self) -> None:
        with self._lock:
            document = {
                "plan": plan_to_json(self.plan),
                "phase": self.phase,
                "next_seq": self.next_seq,
                "unsent": self.unsent,
                "log_offsets": self.log_offsets,
                "checkpoints": self.checkpoints,
                "checkpoint_sequence": self.checkpoint_sequence,
                "devices": self.devices,
                "marks": self.marks,
            }
            _write_durably(self.path / "state.json", document)


class Spool:
    """All runs of one agent below `folder`/runs, the cache of files they were given, and what ran here lately."""

    def __init__(self, folder: Path, *, scratch: Path | None = None) -> None:
        """`scratch`: where the homes of ranks lie, where the machines that run them do not see `folder`."""
        self.folder = folder
        self.cache = folder / "cache"
        self._history = folder / "history"
        self._scratch = scratch or folder / "scratch"
        for path in (folder, folder / "runs", self.cache, self._history):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._scratch.mkdir(parents=True, exist_ok=True, mode=0o700 if scratch is None else 0o711)
        self._fetching: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def open(self, plan: RunPlan) -> RunFolder:
        """The folder of this run and epoch, made if it is new. Raises InvalidInput for an id that is not one."""
        if not _RUN_NAME.fullmatch(plan.run):
            raise InvalidInput(source="run plan", problems=[Problem(f"{plan.run!r} is not a run's id")])
        path = self.folder / "runs" / f"{plan.run}-e{plan.epoch}"
        if (path / "state.json").exists():
            return self.load(path)
        run = RunFolder(path, plan)
        for rank in run.ranks:
            rank.mkdir(parents=True, exist_ok=True, mode=0o700)
        run.save()
        return run

    def load(self, path: Path) -> RunFolder:
        document = json.loads((path / "state.json").read_text(encoding="utf-8"))
        plan = plan_from_json(document.pop("plan"))
        return RunFolder(path, plan, **document)

    def all(self) -> Iterator[RunFolder]:
        """Every run that is still here; folders that cannot be read are set aside, not lost."""
        for path in sorted((self.folder / "runs").iterdir()):
            if not path.is_dir():
                continue
            try:
                yield self.load(path)
            except (OSError, ValueError, TypeError, GridtieError):
                if not (path / "state.json").exists():
                    shutil.rmtree(path, ignore_errors=True)  # crashed before it was written: nothing had started
                else:
                    path.rename(self.folder / f"unreadable-{path.name}")

    def home(self, run: RunFolder, rank: int) -> Path:
        return self._scratch / f"{run.path.name}-r{rank}"

    def count_start(self) -> int:
        """The how manieth process works here: each call tells it, so that one of a process before is known."""
        path = self.folder / "starts.json"
        try:
            before = int(json.loads(path.read_text(encoding="utf-8"))["starts"])
        except (OSError, ValueError, KeyError, TypeError):
            before = 0  # then its calls count as late for a minute after a process before was heard
        with suppress(OSError):  # a full disk keeps no agent from its runs
            _write_durably(path, {"starts": before + 1})
        return before + 1

    # ── what ran here ─────────────────────────────────────────────────────────────────────────────────────────────
    def remember(self, run: RunFolder) -> None:
        """Before its folder goes: what a receipt for it is checked against."""
        record = {"plan": plan_to_json(run.plan), "marks": run.marks}
        _write_durably(self._history / f"{run.plan.run}.json", record)

    def finished(self, run: str) -> bool:
        """Whether it ran here, to its end, within thirty days."""
        return bool(_RUN_NAME.fullmatch(run)) and (self._history / f"{run}.json").exists()

    def remembered(self, run: str) -> tuple[RunPlan, dict[str, float]] | None:
        """(plan, marks) of a run that is here or was here within thirty days."""
        if not _RUN_NAME.fullmatch(run):
            return None
        here = [*(self.folder / "runs").glob(f"{run}-e*/state.json"), self._history / f"{run}.json"]
        for path in here:
            try:
                document = json.loads(path.read_text(encoding="utf-8"))
                return plan_from_json(document["plan"]), document["marks"]
            except (OSError, ValueError, KeyError, GridtieError):
                continue
        return None

    # ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def fetching(self, sha256: str) -> threading.Lock:
        """One download of a file at a time."""
        with self._lock:
            return self._fetching.setdefault(sha256, threading.Lock())

    def make_room(self, run: RunFolder) -> None:
        """On a full disk: what was laid out for `run`, which never started, its unfinished files, and the cache."""
        for task in run.plan.tasks:
            shutil.rmtree(self.home(run, task.rank), ignore_errors=True)
        unfinished = {f"{file.sha256}.part" for file in (*run.plan.files, *run.plan.checkpoint)}
        for path in self.cache.iterdir():
            if path.name in unfinished or "." not in path.name:
                path.unlink(missing_ok=True)

    def trim(self, *, cache_bytes_max: int = CACHE_BYTES_MAX) -> None:
        """Oldest files of the cache first when it outgrows its limit; old history too."""
        entries = []
        for path in self.cache.iterdir():
            try:
                status = path.stat()
            except OSError:
                continue
            entries.append((status.st_atime, status.st_size, path))
        total = sum(size for _, size, _ in entries)
        for _, size, path in sorted(entries):
            if total <= cache_bytes_max:
                break
            path.unlink(missing_ok=True)
            total -= size
        for path in self._history.iterdir():
            try:
                if time.time() - path.stat().st_mtime > HISTORY_S:
                    path.unlink()
            except OSError:
                continue


def _write_durably(path: Path, document: dict[str, Any]) -> None:
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(document, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
