"""Another tool as a child process: what it finds is joined and reported; what goes wrong with it ends the run."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cleaner.test_run import written

from gridtie.cleaner import detector
from gridtie.cleaner.detector import BATCH_RECORDS, end_all, running
from gridtie.cleaner.files import digest_of
from gridtie.cleaner.report import differences, keep_run, usual_pack, write_report
from gridtie.cleaner.run import clean
from gridtie.cleaner.work import Task
from gridtie.errors import DetectorFailed, InvalidInput

EXAMPLES = Path(__file__).parents[2] / "examples" / "detectors"
PEERS = Path(__file__).parents[2] / ".peers" / "common" / "bin" / "python"
POLICY = '[detectors.other]\n[detectors.other.kinds]\nWORD = "NAME"\n[sample]\nmachine_share = 1.0\n'
# Finds every Ana, and Köln by another name; writes what it is asked into a file, where it is told to.
FINDS = f"""
import os, re, sys
sys.path.insert(0, {str(EXAMPLES)!r})
from answering import answer
def find(texts):
    for name in sys.argv[2:]:
        open(name, "a").write(str(len(texts)) + "\\n")
    for text in texts:
        print("noise", end="")
        yield [(*m.span(), "WORD" if m[0] == "Ana" else "CITY", 0.9) for m in re.finditer("Ana|Köln", text)]
answer("finder", sys.argv[1], "", find)
"""
HELLO = 'import sys\nprint(\'{"form": "gridtie/detector/1", "tool": "t", "version": "1"}\', flush=True)\n'


@pytest.fixture(autouse=True)
def _nothing_left_running() -> Iterator[None]:
    yield
    end_all()


def command(code: str, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-c", code, *words)


def run(
    folder: Path,
    said: tuple[str, ...],
    *,
    policy: str = POLICY,
    workers: int = 1,
    name: str = "other",
    out: str = "out",
) -> dict[str, Any]:
    task = Task(out=folder / out, policy_text=policy, policy_source="p", words_text="", names_text="",
                text_field="text", aside=False, keys={}, detectors={name: said})  # fmt: skip
    done = clean(task, sorted(folder.glob("*.jsonl")), workers=workers, progress=lambda _step: None)
    keep_run(task, done, "", usual_pack())
    return write_report(folder / out, done.parts, None)


def texts(folder: Path, count: int = 150) -> None:
    for half in range(2):
        lines = [
            {"id": number, "text": f"{number} 😀 Ana aus Köln", "tags": ["Ana", {"at": f"ana{number}@x.org"}]}
            for number in range(half * count // 2, (half + 1) * count // 2)
        ]
        (folder / f"{half}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + "{broken\n")


def test_what_a_tool_finds_is_treated_reported_and_verified_without_it(tmp_path: Path) -> None:
    texts(tmp_path)
    made = run(tmp_path, command(FINDS, "7"))
    line = json.loads(min(written(tmp_path / "out").items())[1].splitlines()[3])
    assert line == {"id": 3, "text": "3 😀 [NAME] aus Köln", "tags": ["[NAME]", {"at": "[EMAIL]"}]}
    assert made["counts"]["told"] == [["other", "CITY", "unknown", 150], ["other", "WORD", "NAME", 300]]
    (said,) = made["detectors"]
    assert (said["name"], said["tool"], said["version"]) == ("other", "finder", "7")
    assert differences(tmp_path / "out") == []
    assert "finder 7" in (tmp_path / "out" / "audit.html").read_text()


def test_a_finding_that_was_changed_after_the_run_is_named(tmp_path: Path) -> None:
    texts(tmp_path)
    run(tmp_path, command(FINDS, "7"))
    look = min((tmp_path / "out" / "work" / "looks").glob("*.jsonl"))
    mark, before = look.with_suffix(".done.json"), digest_of(look)
    look.write_text(look.read_text().replace('"CITY"', '"TOWN"', 1))
    [said] = differences(tmp_path / "out")
    assert said.endswith("was changed")
    mark.write_text(mark.read_text().replace(before, digest_of(look)))  # by somebody who knows how
    assert {line.split(":")[0] for line in differences(tmp_path / "out")} == {"counts.told", "detectors[0].sha256"}


def test_bytes_and_report_are_the_same_for_any_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts(tmp_path)
    one = run(tmp_path, command(FINDS, "7"))
    monkeypatch.setattr(detector, "BATCH_RECORDS", 7)
    assert run(tmp_path, command(FINDS, "7"), out="two") == one
    assert written(tmp_path / "out") == written(tmp_path / "two")


@pytest.mark.long
def test_bytes_and_report_are_the_same_for_any_workers(tmp_path: Path) -> None:
    texts(tmp_path)
    one = run(tmp_path, command(FINDS, "7"))
    assert run(tmp_path, command(FINDS, "7"), workers=2, out="two") == one
    assert written(tmp_path / "out") == written(tmp_path / "two")


def test_one_child_serves_all_parts_in_batches_and_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    texts(tmp_path)
    said = command(FINDS, "7", str(tmp_path / "asked"))
    run(tmp_path, said)
    asked = [int(line) for line in (tmp_path / "asked").read_text().split()]
    assert sum(asked) == 450
    assert max(asked) <= 3 * BATCH_RECORDS
    run(tmp_path, said)
    run(tmp_path, said, policy=POLICY.replace("NAME", "ADDRESS"))  # what it found is known
    assert sum(int(line) for line in (tmp_path / "asked").read_text().split()) == 450
    assert all(b"[ADDRESS]" in data for data in written(tmp_path / "out").values())


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (("/nowhere/tool",), "cannot be started: No such file or directory: /nowhere/tool"),
        (command("raise SystemExit(3)"), "ended with exit code 3"),
        (command("print('hello')"), "no JSON"),
        (command('print("{}")'), "does not begin with a line"),
        (command(HELLO + "sys.stdin.readline(); raise SystemExit(4)"), "ended with exit code 4"),
        (command(HELLO + "import os; sys.stdin.readline(); os.kill(os.getpid(), 9)"), "ended by signal 9"),
        (command(HELLO + 'sys.stdin.readline(); print(\'{"batch": 9, "spans": []}\', flush=True)'), "answers for 9"),
        (command(HELLO + 'sys.stdin.readline(); sys.stdout.write("{"); sys.stdout.flush()'), "ended with exit code 0"),
    ],
)
def test_a_tool_that_fails_ends_the_run_by_name_and_nothing_is_written(
    tmp_path: Path, said: tuple[str, ...], why: str
) -> None:
    texts(tmp_path, 2)
    with pytest.raises(DetectorFailed) as failed:
        run(tmp_path, said)
    assert str(failed.value).startswith("the detector other ")
    assert why in str(failed.value)
    assert written(tmp_path / "out") == {}


def test_parts_that_two_versions_looked_at_are_not_joined(tmp_path: Path) -> None:
    texts(tmp_path)
    (tmp_path / "version").write_text("1")
    code = FINDS.replace("sys.argv[1]", f"open({str(tmp_path / 'version')!r}).read()")
    kept = (tmp_path / "1.jsonl").read_text()
    run(tmp_path, command(code))
    (tmp_path / "version").write_text("2")
    (tmp_path / "1.jsonl").write_text(kept + '{"text": "more"}\n')
    with pytest.raises(InvalidInput) as refused:
        run(tmp_path, command(code))
    assert "another version of a detector" in refused.value.problems[0].message


def test_a_child_ends_with_its_run(tmp_path: Path) -> None:
    texts(tmp_path, 2)
    said = {"other": command(FINDS, "7")}
    (child,) = running(said)
    run(tmp_path, said["other"])
    assert child._process.returncode == 0


@pytest.mark.parametrize("name", ["with_presidio", "with_gliner"])
def test_a_detector_whose_package_is_missing_says_what_to_install(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py", "x", "y"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "pip install" in done.stderr


@pytest.mark.skipif(not PEERS.exists(), reason="no Presidio: make cleaning-peers")
def test_presidio_itself_finds_what_it_knows(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "😀 pay with 4111 1111 1111 1111, see http://lind.example.org/ana"}\n')
    policy = '[detectors.presidio]\nscore = 40\n[detectors.presidio.kinds]\nURL = "DEVICE_ID"\nCREDIT_CARD = "CARD"\n'
    made = run(tmp_path, (str(PEERS), os.fspath(EXAMPLES / "with_presidio.py")), policy=policy, name="presidio")
    assert ["presidio", "URL", "DEVICE_ID", 1] in made["counts"]["told"]
    (data,) = written(tmp_path / "out").values()
    assert b"see [DEVICE ID]" in data
    assert made["detectors"][0]["version"] == "2.2.366"
