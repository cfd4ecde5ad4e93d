"""What a cleaning on the exchange runs at a site, from the files that `travel.py` sends: one rank's looks, or all that
comes after them. What is done is laid into the checkpoint part by part, and a run that begins again goes on there."""

import os
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from gridtie.cleaner.across import COMPARED
from gridtie.cleaner.files import scratch_of
from gridtie.cleaner.report import keep_run, write_report
from gridtie.cleaner.run import Step, clean, look_share
from gridtie.cleaner.work import Task

LOOK = "look"
INPUT, OUT = "input", "cleaned"  # folders of the work directory
KEY = "CLEANER_KEY_"  # and a number: the secrets of the job


def main(work: Mapping[str, Any], environment: Mapping[str, str]) -> None:
    """`work`: as `travel.work_of` makes it. Raises what a cleaning raises."""
    out, kept = Path(OUT), Path(environment["GRIDTIE_CHECKPOINT_DIR"])
    keys = {name: bytes.fromhex(environment[f"{KEY}{number}"]) for number, name in enumerate(work["keys"])}
    task = Task(out=out, policy_text=work["policy"], policy_source="policy", words_text=work["words"],
                names_text=work["names"], own_rules=work.get("rules") or {}, text_field=work["field"], aside=False,
                keys=keys)  # fmt: skip
    inputs = [Path(INPUT) / path for path in work["inputs"]]
    workers = int(environment.get("GRIDTIE_CPUS", "1"))
    carry = _carry_looks if work["step"] == LOOK else _carry_written
    carry(kept, out)
    told = partial(_told, carry, out, kept)
    if work["step"] == LOOK:
        rank, world = int(environment["GRIDTIE_RANK"]), int(environment["GRIDTIE_WORLD_SIZE"])
        look_share(task, inputs, rank=rank, world=world, workers=workers, progress=told)
        return
    for folder in sorted(Path().glob("rank-*")):  # what ranks of the job before left, but for the first
        _carry_looks(folder / OUT, out)
    named = dict(zip(inputs, work["inputs"], strict=True))
    cleaned = clean(task, inputs, workers=workers, progress=told, names=named)
    keep_run(task, cleaned, work["sources"], work["pack"])
    write_report(out, cleaned.parts, None)


def _told(carry: Any, out: Path, kept: Path, step: Step) -> None:
    """In the form in which `gridtie dataset clean` reads it from the log."""
    carry(out, kept)
    os.write(1, f"{step.stage} {step.done} of {step.size}\n".encode())


def _carry_looks(source: Path, target: Path) -> None:
    folder = Path("work", "looks")
    for marker in sorted((source / folder).glob("[!.]*.done.json")):
        key = marker.name.removesuffix(".done.json")
        for name in (f"{key}.jsonl", f"{key}.npy", marker.name):
            _copy(source, target, folder / name)


def _carry_written(source: Path, target: Path) -> None:
    folder = Path("work", "written")
    for marker in sorted((source / folder).rglob("[!.]*.json")):
        name = marker.relative_to(source / folder)
        output = name.with_name(name.name.rsplit(".", 2)[0])
        for path in (Path("data") / output, folder / name):
            _copy(source, target, path)
    for segment in sorted((source / COMPARED).glob("[!.]*.json")):
        _copy(source, target, COMPARED / segment.name)


def _copy(source: Path, target: Path, name: Path) -> None:
    """Whole or not there: what has a dot in front is no checkpoint."""
    if not (source / name).exists() or (target / name).exists():
        return
    scratch = scratch_of(target / name)
    scratch.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / name, scratch)
    scratch.replace(target / name)
