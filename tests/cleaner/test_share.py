"""Ranks that look apart, and one that writes what they found, leave what one machine leaves; killed, they go on."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.cleaner.test_run import KEY, POLICY, corpus

from gridtie.adapters.tables import names_text
from gridtie.cleaner import files, travel
from gridtie.cleaner.report import keep_run, usual_pack, write_report
from gridtie.cleaner.run import clean, share_of
from gridtie.cleaner.work import Task

RULE = """\
[[rule]]
id = "staff"
kind = "STAFF"
from = "pattern"
anchors = ["GT-"]
shape = "GT-[0-9]{6}"
score = 80
hit = ["⟦GT-123456⟧"]
"""
RULES = {"ours.toml": RULE}
GIVEN = {"policy": POLICY, "words": "", "names": names_text(), "rules": RULES, "field": "text", "sources": "",
         "pack": usual_pack()}  # fmt: skip
NAMES = ["a.jsonl", "below/a.jsonl", "c.csv"]


def inputs_in(folder: Path) -> list[Path]:
    (folder / "below").mkdir(parents=True)
    corpus(folder / "a.jsonl", count=60)
    corpus(folder / "below" / "a.jsonl", count=60, seed=7)
    (folder / "c.csv").write_text("text,n\n手机13800000001是一个号码 GT-654321,1\n短,2\n")
    return [folder / name for name in NAMES]


def here(out: Path, inputs: list[Path]) -> dict[str, bytes]:
    task = Task(out=out, policy_text=POLICY, policy_source="p", words_text="", names_text=names_text(),
                own_rules=RULES, text_field="text", aside=False, keys={"k": bytes.fromhex(KEY)})  # fmt: skip
    cleaned = clean(task, inputs, workers=1, progress=lambda _: None, names=dict(zip(inputs, NAMES, strict=True)))
    keep_run(task, cleaned, "", usual_pack())
    write_report(out, cleaned.parts, None)
    return results(out)


def results(out: Path) -> dict[str, bytes]:
    data = [path for path in (out / "data").rglob("[!.]*") if path.is_file()]
    paths = [*data, *(out / name for name in ("audit.json", "audit.html")),
             out / "review" / "sample.jsonl"]  # fmt: skip
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def rank(home: Path, step: str, inputs: list[Path], *, number: int = 0, world: int = 1, **more: str) -> Path:
    """Runs as a site would: the files of the job, the data beside them, and an environment of its own."""
    work = home / "sky_workdir"
    (home / "checkpoints").mkdir(parents=True, exist_ok=True)
    (work / "input" / "below").mkdir(parents=True, exist_ok=True)
    for path, name in zip(inputs, NAMES, strict=True):
        shutil.copyfile(path, work / "input" / name)
    keys = ["k"] if step == "write" else []
    (work / travel.ARCHIVE).write_bytes(travel.archive())
    (work / travel.PROGRAM).write_bytes(travel.program())
    (work / travel.WORK).write_bytes(travel.work_of(step, NAMES, share_bytes=0, given=GIVEN,
                                                    keys=keys))  # fmt: skip
    environment = {
        "PATH": os.environ["PATH"], "GRIDTIE_RANK": str(number), "GRIDTIE_WORLD_SIZE": str(world), "GRIDTIE_CPUS": "1",
        "GRIDTIE_CHECKPOINT_DIR": str(home / "checkpoints"), **({"CLEANER_KEY_0": KEY} if keys else {}), **more,
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-I", travel.PROGRAM], cwd=work, env=environment, capture_output=True,
                          text=True)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
    return work / "cleaned"


def test_two_ranks_without_a_compiler_and_one_that_writes_leave_the_bytes_of_one_machine(
    tmp_path: Path,
) -> None:
    inputs = inputs_in(tmp_path / "in")
    wanted = here(tmp_path / "here", inputs)
    assert "<STAFF>" in wanted["data/c-00000.csv"].decode(), "rules of one's own were used"
    looked = [rank(tmp_path / f"r{number}", "look", inputs, number=number, world=2) for number in (0, 1)]
    found = [set((one / "work" / "looks").glob("[!.]*.done.json")) for one in looked]
    assert sorted(map(len, found)) == [1, 2], "each part fell to one rank"
    home = tmp_path / "write"
    target = home / "sky_workdir" / "cleaned" / "work" / "looks"
    target.mkdir(parents=True)
    for one in looked:
        for path in (one / "work" / "looks").glob("[!.]*"):
            shutil.copyfile(path, target / path.name)
    out = rank(home, "write", inputs)
    assert results(out) == wanted
    assert KEY.encode() not in b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())

    # What was done lies in the checkpoints: another run with nothing else looks at nothing, and writes the same.
    marks = {path: path.stat().st_mtime_ns for path in (tmp_path / "r0" / "checkpoints").rglob("*.done.json")}
    shutil.rmtree(tmp_path / "r0" / "sky_workdir")
    again = rank(tmp_path / "r0", "look", inputs, number=0, world=2)
    assert {path.name for path in (again / "work" / "looks").glob("[!.]*.done.json")} == {path.name for path in marks}
    assert marks == {path: path.stat().st_mtime_ns for path in marks}
    shutil.rmtree(home / "sky_workdir" / "cleaned" / "data")
    assert results(rank(home, "write", inputs)) == wanted


@pytest.mark.parametrize("world", [1, 2, 3, 7])
def test_every_part_falls_to_one_rank_and_none_has_more_than_its_share_and_the_largest(world: int) -> None:
    seed = 20261127 + world
    print("seed", seed)
    chance = random.Random(seed)
    parts = [files.Part(f"{n}.jsonl", f"{n}.jsonl", "jsonl", "", 0, 0, chance.randrange(1, 64)) for n in range(40)]
    shares = [share_of(parts, number, world) for number in range(world)]
    assert sorted((part for share in shares for part in share), key=parts.index) == parts
    total, largest = sum(part.end for part in parts), max(part.end for part in parts)
    assert all(sum(part.end for part in share) <= total / world + largest for share in shares)


def test_the_archive_is_the_same_for_the_same_code_and_a_site_that_lacks_something_says_what(tmp_path: Path) -> None:
    assert travel.archive() == travel.archive()
    work: dict[str, Any] = json.loads(travel.work_of("look", ["a.parquet"], share_bytes=0, given=GIVEN, encrypts=True))
    assert work["needs"] == ["cryptography", "numpy", "orjson", "pyarrow"]
    (tmp_path / travel.WORK).write_text(json.dumps({**work, "needs": ["numpy", "no_such_thing"]}))
    (tmp_path / travel.PROGRAM).write_bytes(travel.program())
    (tmp_path / travel.ARCHIVE).write_bytes(travel.archive())
    done = subprocess.run([sys.executable, "-I", travel.PROGRAM], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "needs Python 3.11 or newer with numpy, no_such_thing; here is Python 3." in done.stderr
    assert "without no_such_thing" in done.stderr
