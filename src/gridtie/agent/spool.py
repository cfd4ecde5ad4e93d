"""What the agent knows of its runs, on disk: it survives a crash of the agent at any instant."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gridtie.dispatch.placement import plan_from_json, plan_to_json
from gridtie.dispatch.run import RunPlan
from gridtie.errors import GridtieError


@dataclass
class RunFolder:
    """One run at one epoch. `save` writes everything atomically; a torn file cannot appear."""

    path: Path
    plan: RunPlan
    phase: str = "new"  # new | staged | started | ended | done
    next_seq: int = 0
    unsent: list[dict[str, Any]] = field(default_factory=list)  # reports the exchange has not acknowledged
    log_offsets: dict[str, int] = field(default_factory=dict)  # rank → bytes acknowledged
    checkpoints: dict[str, str] = field(default_factory=dict)  # rank → digest of the newest published listing
    checkpoint_sequence: int = 0
    devices: list[list[int]] = field(default_factory=list)  # per rank
    begun: str = ""  # RFC 3339, when the ranks started by this host's clock

    def rank(self, number: int) -> Path:
        return self.path / f"rank-{number}"

    def save(self) -> None:
        document = {
            "plan": plan_to_json(self.plan),
            "phase": self.phase,
            "next_seq": self.next_seq,
            "unsent": self.unsent,
            "log_offsets": self.log_offsets,
            "checkpoints": self.checkpoints,
            "checkpoint_sequence": self.checkpoint_sequence,
            "devices": self.devices,
            "begun": self.begun,
        }
        fresh = self.path / "state.new"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(document, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path / "state.json")


class Spool:
    """All runs of one agent below `folder`/runs, and the cache of files they were given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        for path in (folder / "runs", self.cache, folder / "scratch"):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)

    def open(self, plan: RunPlan) -> RunFolder:
        """The folder of this run and epoch, made if it is new."""
        path = self.folder / "runs" / f"{plan.run}-e{plan.epoch}"
        if (path / "state.json").exists():
            return self.load(path)
        for task in plan.tasks:
            (path / f"rank-{task.rank}").mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = RunFolder(path, plan)
        folder.save()
        return folder

    def load(self, path: Path) -> RunFolder:
        document = json.loads((path / "state.json").read_text(encoding="utf-8"))
        plan = plan_from_json(document.pop("plan"))
        return RunFolder(path, plan, **document)

    def all(self) -> Iterator[RunFolder]:
        """Every run that is not done; folders that cannot be read are set aside, not lost."""
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
        return self.folder / "scratch" / f"{run.path.name}-r{rank}"
