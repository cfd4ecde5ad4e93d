"""A whole cleaning gives the same bytes for any number of workers and after any kill, and leaves nothing to be read."""

import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gridtie.adapters.tables import names_text
from gridtie.cleaner import across, files
from gridtie.cleaner.report import differences, write_report
from gridtie.cleaner.run import Cleaned, Progress, Step, clean
from gridtie.cleaner.work import Task
from gridtie.cli.main import main
from gridtie.errors import FolderInUse

KEY = "11" * 32
POLICY = """\
[kinds]
CN_ID = "drop"
MOBILE = { action = "mask", keep = [3, 4] }
EMAIL = { action = "pseudonym", key = "k" }
[keys]
k = { variable = "K" }
[duplicates]
near = 0.8
[quality]
least_characters = 5
[languages]
keep = ["zh", "en"]
"""
PHONES = [f"138{number:08d}" for number in range(40)]


def corpus(path: Path, count: int = 400, seed: int = 20261127) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    print("seed", seed)
    records: list[dict[str, Any]] = []
    for number in range(count):
        base = "".join(chance.choice("的一是在不了有和人这中大为上个国我以要他时来用们") for _ in range(200))
        record = {
            "id": number,
            "text": f"{base}。手机{chance.choice(PHONES)}，邮箱a{number}@x.org。",
            "contact": {"phone": chance.choice(PHONES)},
        }
        if number % 10 == 1:
            record["text"] = records[-1]["text"]
        if number % 10 == 2:
            record["text"] = records[-2]["text"].replace("。手机", "好。手机", 1)
        if number % 10 == 3:
            record["text"] = "身份证号11010519491231002X，" + base
        if number % 10 == 4:
            record["text"] = "短"
        records.append(record)
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records) + "\n{broken\n")
    return records


def run(
    out: Path, *inputs: Path, workers: int = 1, aside: bool = False, policy: str = POLICY,
    progress: Progress = lambda _step: None, key: str = KEY,
) -> Cleaned:  # fmt: skip
    task = Task(
        out=out, policy_text=policy, policy_source="p.toml", words_text="", names_text=names_text(),
        text_field="text", aside=aside,
        keys={"k": bytes.fromhex(key)},
    )  # fmt: skip
    return clean(task, inputs, workers=workers, progress=progress)


def written(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (out / "data").glob("[!.]*")}


def test_every_record_is_kept_or_counted_with_its_reason(tmp_path: Path) -> None:
    records = corpus(tmp_path / "a.jsonl")
    (part,) = run(tmp_path / "out", tmp_path / "a.jsonl", aside=True).parts
    counted = part["counts"]
    assert counted["records"] == len(records) + 1
    assert counted["kept"] + sum(counted["dropped"].values()) == counted["records"]
    assert counted["dropped"] == {
        "broken-json": 1, "duplicate": 40, "least_characters": 40, "near-duplicate": 40, "personal:CN_ID": 40,
    }  # fmt: skip
    kept = [json.loads(line) for line in (tmp_path / "out" / "data" / part["output"]).read_text().split("\n") if line]
    aside = (tmp_path / "out" / "dropped" / part["output"]).read_text().split("\n")
    assert len(kept) == counted["kept"]
    assert len(aside) - 1 == counted["records"] - counted["kept"] - 1  # a broken line has no value to be written


def test_nothing_personal_is_left_in_what_is_written_or_kept_beside_it(tmp_path: Path) -> None:
    corpus(tmp_path / "a.jsonl")
    run(tmp_path / "out", tmp_path / "a.jsonl")
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()).decode(
        "utf-8", "replace"
    )
    assert [phone for phone in PHONES if phone in everything] == []
    assert "@x.org" not in everything
    assert "11010519491231002X" not in everything
    assert "138****" in everything


def test_workers_and_sizes_of_parts_do_not_change_a_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus(tmp_path / "a.jsonl")
    corpus(tmp_path / "b.jsonl", 50, seed=2)
    inputs = (tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    run(tmp_path / "one", *inputs)
    run(tmp_path / "three", *inputs, workers=3)
    assert written(tmp_path / "one") == written(tmp_path / "three")
    monkeypatch.setattr(files, "PART", 50_000)
    run(tmp_path / "small", *inputs)
    parts = written(tmp_path / "small")
    assert len(parts) > 4
    for name, whole in written(tmp_path / "one").items():
        assert b"".join(parts[part] for part in sorted(parts) if part.startswith(name[:2])) == whole


def test_another_policy_for_kinds_needs_no_new_look(tmp_path: Path) -> None:
    corpus(tmp_path / "a.jsonl")
    run(tmp_path / "out", tmp_path / "a.jsonl")
    looks = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out" / "work" / "looks").iterdir()}
    before = written(tmp_path / "out")
    run(tmp_path / "out", tmp_path / "a.jsonl", policy=POLICY.replace('CN_ID = "drop"', 'CN_ID = "remove"'))
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out" / "work" / "looks").iterdir()} == looks
    assert written(tmp_path / "out") != before


def test_an_empty_file_is_cleaned_into_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("")
    (counted,) = run(tmp_path / "out", tmp_path / "a.txt").parts
    assert (counted["counts"]["records"], written(tmp_path / "out")) == (0, {"a-00000.txt": b""})


def test_a_run_that_is_killed_goes_on_where_it_was_and_ends_with_the_same_bytes(tmp_path: Path) -> None:
    for number in range(6):
        corpus(tmp_path / f"{number}.jsonl", 300, seed=number)
    inputs = sorted(tmp_path.glob("*.jsonl"))
    (tmp_path / "p.toml").write_text(POLICY)
    run(tmp_path / "whole", *inputs)
    command = [sys.executable, "-m", "gridtie.cli.main", "clean", *map(str, inputs)]
    command += ["--policy", str(tmp_path / "p.toml"), "--out", str(tmp_path / "out"), "--workers", "1"]
    environment = {**os.environ, "K": KEY}
    marks = tmp_path / "out" / "work"
    for least in (1, 4, 8):
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if len(list(marks.rglob("[!.]*.json"))) > least:
                break
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert written(tmp_path / "out").items() <= written(tmp_path / "whole").items()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert [path for path in (tmp_path / "out").rglob(".*") if path.is_file()] == []
    assert written(tmp_path / "out") == written(tmp_path / "whole")


def test_a_run_that_is_stopped_while_it_compares_decides_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = [tmp_path / f"{number}.jsonl" for number in range(3)]
    for number, path in enumerate(inputs):
        corpus(path, 100, seed=number)
    run(tmp_path / "whole", *inputs)
    monkeypatch.setattr(across, "TOGETHER", 3)
    monkeypatch.setattr(across, "SEGMENT", 6)
    seen: list[Step] = []

    def stop(step: Step) -> None:
        seen.append(step)
        if step.stage == "comparing" and step.done > step.size * 0.7:
            raise KeyboardInterrupt

    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run(out, *inputs, progress=stop)
    told = [step.done for step in seen if step.stage == "comparing"]
    assert told == sorted(told)
    assert len(set(told)) > 10
    decided = {path: path.stat().st_mtime_ns for path in (out / "work" / "compared").iterdir()}
    assert len(decided) >= 3
    run(out, *inputs)
    assert decided.items() <= {path: path.stat().st_mtime_ns for path in (out / "work" / "compared").iterdir()}.items()
    assert written(out) == written(tmp_path / "whole")
    monkeypatch.setattr(across, "shingles_in", None)  # with all decided no text is read again for comparing
    run(out, *inputs, policy=POLICY.replace('CN_ID = "drop"', 'CN_ID = "remove"'))


def test_what_leaves_memory_while_it_is_compared_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus(tmp_path / "a.jsonl")
    run(tmp_path / "whole", tmp_path / "a.jsonl")
    monkeypatch.setattr(across, "TOGETHER", 3)
    monkeypatch.setattr(across, "IN_MEMORY", 0)
    monkeypatch.setattr(across, "GROWS", 10_000)
    run(tmp_path / "out", tmp_path / "a.jsonl")
    assert written(tmp_path / "out") == written(tmp_path / "whole")
    assert [path for path in (tmp_path / "out" / "work" / "compared").iterdir() if path.suffix != ".json"] == []


def test_what_was_changed_after_it_was_written_is_made_anew_and_named(tmp_path: Path) -> None:
    corpus(tmp_path / "a.jsonl", 50)
    corpus(tmp_path / "b.jsonl", 50, seed=2)
    inputs, out = (tmp_path / "a.jsonl", tmp_path / "b.jsonl"), tmp_path / "out"
    run(out, *inputs, aside=True)
    whole = everything(out)
    looks = [name for name in whole if name.startswith("work/looks")]
    for changed in ("data/b-00000.jsonl", "dropped/a-00000.jsonl", *looks):
        (out / changed).write_bytes(whole[changed] + b'{"text":"one more"}\n')
        mended = run(out, *inputs, aside=True).mended
        assert everything(out) == whole, changed
        assert mended == ([] if changed in looks else [Path(changed).name])
    assert run(out, *inputs, aside=True).mended == []


def everything(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_parts_under_another_key_are_written_anew(tmp_path: Path) -> None:
    """Else the same value would have one pseudonym in what was finished before, and another behind it."""
    corpus(tmp_path / "a.jsonl", 20)
    run(tmp_path / "out", tmp_path / "a.jsonl")
    before = written(tmp_path / "out")
    run(tmp_path / "out", tmp_path / "a.jsonl", key="f" * 64)
    run(tmp_path / "other", tmp_path / "a.jsonl", key="f" * 64)
    assert written(tmp_path / "out") == written(tmp_path / "other") != before


def test_what_an_earlier_run_did_is_no_work_of_this_one(tmp_path: Path) -> None:
    """So that rate and time left are of what is to be done."""
    inputs = [tmp_path / f"{number}.jsonl" for number in range(3)]
    for number, path in enumerate(inputs):
        corpus(path, 50, seed=number)
    run(tmp_path / "out", *inputs)
    inputs[1].write_text(inputs[1].read_text() + '{"text":"one more line"}\n')
    seen: list[Step] = []
    run(tmp_path / "out", *inputs, progress=seen.append)
    size = sum(path.stat().st_size for path in inputs)
    for stage in ("looking", "writing"):
        told = [step.done for step in seen if step.stage == stage]
        assert told == [size - inputs[1].stat().st_size, size]
    seen.clear()
    run(tmp_path / "out", *inputs, progress=seen.append)
    for stage in ("looking", "comparing", "writing"):
        assert {step.done for step in seen if step.stage == stage} == {size}


def test_two_runs_do_not_write_into_one_folder(tmp_path: Path) -> None:
    corpus(tmp_path / "a.jsonl", 10)
    (tmp_path / "out" / "work").mkdir(parents=True)
    with (tmp_path / "out" / "work" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(FolderInUse):
            run(tmp_path / "out", tmp_path / "a.jsonl")


def test_no_other_run_begins_before_the_report_of_the_first_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus(tmp_path / "a.jsonl", 10)
    (tmp_path / "p.toml").write_text("")
    monkeypatch.setenv("GRIDTIE_HOME", str(tmp_path / "home"))
    refused = []

    def written_beside(*given: Any) -> dict[str, Any]:
        with pytest.raises(FolderInUse):
            run(tmp_path / "out", tmp_path / "a.jsonl")
        refused.append(1)
        return write_report(*given)

    monkeypatch.setattr("gridtie.cleaner.report.write_report", written_beside)
    said = ["clean", str(tmp_path / "a.jsonl"), "--policy", str(tmp_path / "p.toml"), "--out", str(tmp_path / "out")]
    assert main([*said, "--workers", "1"]) == 0
    assert refused == [1]
    assert "kept" in capsys.readouterr().out
    assert differences(tmp_path / "out") == []
