"""Bad files, full disks and files that change are outcomes, counted or named, and nothing personal slips through."""

import itertools
import json
import os
import pickle
import re
import resource
import signal
import subprocess
import sys
import time
import traceback
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.cleaner.test_run import KEY, POLICY, corpus, run, written

from gridtie.adapters.tables import names_text
from gridtie.cleaner.files import HALF
from gridtie.cleaner.report import keep_run, usual_pack, write_report
from gridtie.cleaner.run import Step, clean
from gridtie.cleaner.work import Task
from gridtie.cleaning.document import keys, leaves, with_leaves
from gridtie.errors import CleaningFault, InputChanged, InvalidInput, Problem, TableTooLarge

PLAIN = "[duplicates]\nexact = true\n"
BAD = {
    "empty.jsonl": (b"", {}),
    "empty.csv": (b"", {}),
    "empty.parquet": (b"", {"unreadable": 1}),
    "empty.jsonl.zst": (b"", {}),
    "not.parquet": (b"PAR1 not at all PAR1", {"unreadable": 1}),
    "nul.jsonl": (b'{"text":"a\\u0000b"}\n\0\0\n', {"nul-bytes": 1, "broken-json": 1}),
    "nul.csv": (b"a,b\n1,\0\n", {"nul-bytes": 1}),
    "utf16.jsonl": ('{"text":"张三"}\n'.encode("utf-16"), {"not-utf8": 1, "broken-json": 1}),
    "utf16.csv": ("a,b\n1,2\n".encode("utf-16"), {"not-utf8": 1, "no-head": 2}),
    "gbk.csv": ("姓名,电话\n".encode("gbk") + b"Li,13800138000\nWu,13800138001\n", {"not-utf8": 1, "no-head": 2}),
    "deep.jsonl": (b'{"text":' * 500 + b'"13800138000"' + b"}" * 500 + b"\n", {"too-deep": 1}),
    "same.csv": (b"a,a\n1,2\n", {"columns-of-one-name": 1}),
    "headless.csv": (b"Li,13800138000\nWu,13800138001\n", {"personal-key": 1}),
    "cut.jsonl.zst": (bytes.fromhex("28b52ffd2002"), {"truncated": 1}),
    "cut.jsonl.gz": (bytes.fromhex("1f8b0800000000000003"), {"truncated": 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_counted_and_none_of_it_is_written(tmp_path: Path, name: str) -> None:
    data, dropped = BAD[name]
    (tmp_path / name).write_bytes(data)
    (part,) = run(tmp_path / "out", tmp_path / name, policy=PLAIN).parts
    assert (part["counts"]["dropped"], part["counts"]["kept"]) == (dropped, 0)
    (made,) = written(tmp_path / "out").values()
    assert b"138" not in made


def test_numbers_maps_and_names_of_fields_are_looked_at(tmp_path: Path) -> None:
    rows = [
        {"phone": 13800138000, "gap": 13800138001.0, "small": 7, "flag": True, "text": "one"},
        {"13800138002": "x", "text": "two"},
        {"in": {"a@x.org": 1}, "text": "three"},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (part,) = run(tmp_path / "out", tmp_path / "a.jsonl", policy=PLAIN).parts
    assert part["counts"]["dropped"] == {"personal-key": 2}
    kept = json.loads(written(tmp_path / "out")["a-00000.jsonl"])
    assert kept == {"phone": "[PHONE]", "gap": "[PHONE]", "small": 7, "flag": True, "text": "one"}

    pairs = pa.array([[("phone", "13800138000")], []], pa.map_(pa.string(), pa.string()))
    table = pa.table({"map": pairs, "number": [13800138001, 13800], "deep": [[{"a": "x@y.org"}], None]})
    pq.write_table(table, tmp_path / "b.parquet")
    run(tmp_path / "parquet", tmp_path / "b.parquet", policy=PLAIN)
    found = pq.read_table(tmp_path / "parquet" / "data" / "b-00000.parquet")
    assert found.schema == table.schema
    assert found.to_pylist() == [
        {"map": [("phone", "[PHONE]")], "number": None, "deep": [{"a": "[EMAIL]"}]},
        {"map": [], "number": 13800, "deep": None},
    ]


def test_a_number_that_is_treated_stays_one_where_columns_have_types() -> None:
    record = {"a": 13800138000, "b": [1, 0.5, -123456], "c": ("x", None)}
    assert [text for _, text in leaves(record)] == ["13800138000", "-123456", "x"]
    assert with_leaves(record, lambda _place, text: text) == record
    assert with_leaves(record, lambda _place, text: "10012345678", typed=True)["a"] == 10012345678
    assert with_leaves(record, lambda _place, text: "<手机号>", typed=True)["a"] is None
    assert list(keys({"a": [{"b": ({"c": 1},)}]})) == ["a", "b", "c"]


def test_a_birthday_of_parquet_and_a_number_that_had_to_be_there_become_no_value(tmp_path: Path) -> None:
    utc = pa.timestamp("ms", "UTC")
    day, moment = date(1990, 1, 2), datetime(1990, 1, 2, 10, 30, tzinfo=UTC)
    must = [pa.field(name, kind, nullable=False) for name, kind in (
        ("phone", pa.int64()), ("birthday", pa.date32()), ("born", utc), ("at", utc),
        ("day", pa.date32()), ("all", pa.list_(pa.field("item", pa.int64(), nullable=False))),
        ("who", pa.struct([pa.field("phone", pa.int64(), nullable=False)])),
    )]  # fmt: skip
    row = [13800138000, day, datetime(1990, 1, 2, tzinfo=UTC), moment, day, [13800138000, 7], {"phone": 13800138000}]
    table = pa.table([pa.array([value], field.type) for value, field in zip(row, must, strict=True)], pa.schema(must))
    pq.write_table(table, tmp_path / "a.parquet")
    run(tmp_path / "out", tmp_path / "a.parquet", policy=PLAIN)
    made = pq.read_table(next((tmp_path / "out" / "data").iterdir()))
    assert made.to_pylist() == [{"phone": None, "birthday": None, "born": None, "at": moment, "day": day,
                                 "all": [None, 7], "who": {"phone": None}}]  # fmt: skip
    assert [field.type for field in made.schema][:5] == [field.type for field in must][:5]


def test_what_a_parquet_file_is_called_by_and_says_of_itself_is_looked_at(tmp_path: Path) -> None:
    schema = pa.schema([("text", pa.string()), ("deep", pa.struct([("13800138000", pa.int64())]))],
                       {"owner": "mail a@x.org", "pandas": "{}"})  # fmt: skip
    pq.write_table(pa.Table.from_pylist([{"text": "one", "deep": None}], schema), tmp_path / "a.parquet")
    (part,) = run(tmp_path / "out", tmp_path / "a.parquet", policy=PLAIN).parts
    assert part["counts"]["kept"] == 1
    (path,) = (tmp_path / "out" / "data").iterdir()
    for personal in (b"13800138000", b"a@x.org"):
        assert personal not in path.read_bytes()
    assert pq.read_schema(path).metadata == {b"pandas": b"{}"}
    pq.write_table(pa.table({"13800138000": ["one"], "b": [2]}), tmp_path / "b.parquet")
    (part,) = run(tmp_path / "named", tmp_path / "b.parquet", policy=PLAIN).parts
    assert part["counts"]["dropped"] == {"personal-key": 1}
    (path,) = (tmp_path / "named" / "data").iterdir()
    assert b"13800138000" not in path.read_bytes()
    assert pq.read_schema(path).names == ["b"]


def test_a_map_of_parquet_whose_key_had_to_go_becomes_no_value_and_types_of_extensions_stay(tmp_path: Path) -> None:
    flags = pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0, None], pa.int8()))
    pairs = pa.array([[(13800138000, "a")], [(7, "b")], None], pa.map_(pa.int64(), pa.string()))
    table = pa.table({"text": ["one", "two", "three"], "flag": flags, "map": pairs})
    pq.write_table(table, tmp_path / "a.parquet")
    run(tmp_path / "out", tmp_path / "a.parquet", policy=PLAIN)
    made = pq.read_table(tmp_path / "out" / "data" / "a-00000.parquet")
    assert made.schema.equals(table.schema)
    assert made["flag"].to_pylist() == [True, False, None]
    assert made["map"].to_pylist() == [None, [(7, "b")], None]


def test_a_text_that_a_parquet_file_has_as_bytes_is_treated_and_other_bytes_stay(tmp_path: Path) -> None:
    picture = b"\xff\xd8 13800138000"
    table = pa.table({"text": ["one", "two", "three"], "raw": [b"call 13800138000", picture, b"13800138000\0"],
                      "fixed": pa.array([b"13800138000", None, b"a" * 11], pa.binary(11))})  # fmt: skip
    pq.write_table(table, tmp_path / "a.parquet")
    run(tmp_path / "out", tmp_path / "a.parquet", policy=PLAIN)
    made = pq.read_table(tmp_path / "out" / "data" / "a-00000.parquet")
    assert made.schema.equals(table.schema)
    assert made["raw"].to_pylist() == [b"call [PHONE]", picture, b"13800138000\0"]
    assert made["fixed"].to_pylist() == [None, None, b"a" * 11]


def test_records_that_differ_in_numbers_alone_are_no_duplicates(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a":1,"b":"x"}\n{"a":2,"b":"x"}\n{"b":"x","a":1}\n{"a":true,"b":"x"}\n')
    (part,) = run(tmp_path / "out", tmp_path / "a.jsonl", policy=PLAIN).parts
    assert (part["counts"]["kept"], part["counts"]["dropped"]) == (3, {"duplicate": 1})


@pytest.mark.parametrize("stage", ["looking", "writing"])
def test_a_file_that_changes_while_it_is_read_is_refused_and_read_anew(tmp_path: Path, stage: str) -> None:
    path = tmp_path / "a.jsonl"
    corpus(path, 60)
    task = Task(
        out=tmp_path / "out",
        policy_text=PLAIN,
        policy_source="p",
        words_text="",
        names_text="",
        text_field="text",
        aside=False,
        keys={},
    )
    changed = []

    def change(step: Step) -> None:
        if step.stage == stage and not changed:
            changed.append(path.write_text(path.read_text() + '{"text":"mail a@x.org"}\n'))

    with pytest.raises(InputChanged):
        clean(task, [path], workers=1, progress=change)
    clean(task, [path], workers=1, progress=lambda _step: None)
    run(tmp_path / "whole", path, policy=PLAIN)
    assert written(tmp_path / "out") == written(tmp_path / "whole")


def cli(out: Path, *inputs: Path, limit: int | None = None, code: str = "") -> subprocess.CompletedProcess[str]:
    (out.parent / "p.toml").write_text(PLAIN)
    said = ["clean", *map(str, inputs), "--policy", str(out.parent / "p.toml"), "--out", str(out), "--workers", "1"]
    script = f"import sys\nfrom gridtie.cli.main import main\nrc = main({said!r})\n{code}\nsys.exit(rc)"
    return subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "K": KEY, "GRIDTIE_HOME": str(out.parent / "home")},
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_disk_without_room_is_named_leaves_nothing_finished_and_is_gone_on_from(tmp_path: Path) -> None:
    corpus(tmp_path / "a.jsonl", 200)
    failed = cli(tmp_path / "out", tmp_path / "a.jsonl", limit=100_000)
    assert failed.returncode == 1
    assert "File too large" in failed.stderr
    assert "run the same command again" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert list((tmp_path / "out" / "data").iterdir()) == []
    assert not (tmp_path / "out" / "audit.json").exists()
    assert list((tmp_path / "out" / "data").glob("[!.]*")) == []
    run(tmp_path / "out", tmp_path / "a.jsonl", policy=PLAIN)
    run(tmp_path / "whole", tmp_path / "a.jsonl", policy=PLAIN)
    assert written(tmp_path / "out") == written(tmp_path / "whole")


def test_a_line_of_100_mb_is_counted_and_takes_no_memory(tmp_path: Path) -> None:
    short, peak = tmp_path / "short.jsonl", "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    short.write_text('{"text":"one that is kept"}\n')
    with (tmp_path / "long.jsonl").open("w") as file:
        file.write('{"text":"')
        for _ in range(100):
            file.write("word " * 200_000)
        file.write('"}\n{"text":"one that is kept"}\n')
    took = [
        int(cli(tmp_path / name, tmp_path / f"{name}.jsonl", code=peak).stdout.split()[-1])
        for name in ("short", "long")
    ]
    report: dict[str, Any] = json.loads((tmp_path / "long" / "audit.json").read_bytes())
    assert report["counts"]["dropped"] == {"too-long": 1}
    assert report["counts"]["kept"] == 1
    assert took[1] - took[0] < 60_000  # kB: one line of the length that is read, and its copy


# ── kills, stops, and what stands where results go ────────────────────────────────────────────────────────────────
def whole_run(out: Path, *inputs: Path) -> None:
    said = run(out, *inputs)
    task = Task(out=out, policy_text=POLICY, policy_source="p.toml", words_text="", names_text=names_text(),
                text_field="text", aside=False, keys={})  # fmt: skip
    keep_run(task, said, "", usual_pack())
    write_report(out, said.parts, None)


def killed(out: Path, *inputs: Path, at: int, before: bool) -> bool:
    """Of a process of its own that is killed right before, or right after, its n-th rename: whether it got so far."""
    child = os.fork()
    if not child:
        rename, count = Path.replace, itertools.count(1)

        def counted(path: Path, target: Path) -> Path:
            now = next(count) == at
            if now and before:
                os.kill(os.getpid(), signal.SIGKILL)
            made = rename(path, target)
            if now:
                os.kill(os.getpid(), signal.SIGKILL)
            return made

        Path.replace = counted  # type: ignore[method-assign,assignment]
        try:
            whole_run(out, *inputs)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def all_of(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


@pytest.mark.parametrize("before", [True, False])
def test_killed_around_any_rename_the_next_run_ends_with_the_same_files(tmp_path: Path, before: bool) -> None:
    inputs = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for number, path in enumerate(inputs):
        corpus(path, 30, seed=number)
    whole_run(tmp_path / "whole", *inputs)
    for at in itertools.count(1):
        out = tmp_path / f"at-{at}"
        if not killed(out, *inputs, at=at, before=before):
            break
        whole_run(out, *inputs)
        assert all_of(out) == all_of(tmp_path / "whole"), f"killed at rename {at}"
    assert at > 15  # the digests, two looks of three files each, two results with their marks, the report


def test_results_of_another_policy_half_written_over_have_no_report_that_calls_them_finished(tmp_path: Path) -> None:
    inputs, out = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"], tmp_path / "out"
    for number, path in enumerate(inputs):
        corpus(path, 30, seed=number)
    whole_run(out, *inputs)
    before = all_of(out)

    def stop(step: Step) -> None:
        if step.stage == "writing" and step.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(out, *inputs, policy=PLAIN, progress=stop)
    after = all_of(out)
    assert after["data/a-00000.jsonl"] != before["data/a-00000.jsonl"]
    assert after["data/b-00000.jsonl"] == before["data/b-00000.jsonl"]
    assert [name for name in after if name.startswith("audit")] == []
    whole_run(out, *inputs)
    assert all_of(out).items() >= before.items()
    run(out, *inputs)  # which writes nothing
    assert (out / "audit.json").exists()


def test_what_the_machine_lost_when_it_went_down_is_made_again(tmp_path: Path) -> None:
    corpus(tmp_path / "a.jsonl", 30)
    whole_run(tmp_path / "out", tmp_path / "a.jsonl")
    whole = all_of(tmp_path / "out")
    for lost in (path for path in (tmp_path / "out" / "work").rglob("*") if path.is_file()):
        lost.write_bytes(b"")
        if lost.name.endswith(".npy") or lost.suffix == ".jsonl":
            lost.unlink()
        whole_run(tmp_path / "out", tmp_path / "a.jsonl")
        assert all_of(tmp_path / "out") == whole, lost.name


@pytest.mark.parametrize(
    ("number", "all_of_them", "code"),
    [
        (signal.SIGINT, True, 130),
        (signal.SIGTERM, False, 143),
        (signal.SIGTERM, True, 143),
        (signal.SIGHUP, False, 129),
    ],
)
def test_who_stops_a_run_is_told_what_is_kept_and_how_it_goes_on_and_no_process_is_left(
    number: signal.Signals, all_of_them: bool, code: int, tmp_path: Path
) -> None:
    process = begun(tmp_path)
    (os.killpg if all_of_them else os.kill)(process.pid, number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code, said
    assert re.fullmatch(
        r"stopped while looking, [0-9.]+ of 10\.9 MB done; the same command goes on\. Files in the middle begin "
        r"anew, an unpacked \.jsonl from its last 64 MB",
        said.splitlines()[-1],
    )
    for word in ("Traceback", "leaked", "Warning"):
        assert word not in said
    assert none_of(process.pid)


def test_a_run_that_is_killed_takes_its_workers_with_it(tmp_path: Path) -> None:
    process = begun(tmp_path)
    process.kill()
    process.communicate(timeout=60)
    assert none_of(process.pid)


def test_a_worker_that_is_ended_ends_the_run_by_name_and_leaves_no_half_file(tmp_path: Path) -> None:
    process = begun(tmp_path)
    (worker, *_) = [int(path.name) for path in Path("/proc").glob("[0-9]*") if _is_worker_of(path, process.pid)]
    os.kill(worker, signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "error: a process of this cleaning was ended from outside" in said
    assert "code: worker-lost" in said
    assert list((tmp_path / "out").rglob(f"{HALF}*")) == []
    assert none_of(process.pid)


def _is_worker_of(process: Path, parent: int) -> bool:
    try:
        mine = f"PPid:\t{parent}\n" in (process / "status").read_text()
        return mine and b"spawn_main" in (process / "cmdline").read_bytes()
    except FileNotFoundError:  # it has ended
        return False


def begun(folder: Path) -> "subprocess.Popen[str]":
    """A cleaning by two workers, which have begun."""
    corpus(folder / "0.jsonl", 300)
    for number in range(8):
        (folder / f"{number}.jsonl").write_text((folder / "0.jsonl").read_text() * (8 if number else 1))
    (folder / "p.toml").write_text(PLAIN)
    command = [sys.executable, "-m", "gridtie.cli.main", "clean", *map(str, folder.glob("*.jsonl"))]
    command += ["--policy", str(folder / "p.toml"), "--out", str(folder / "out"), "--workers", "2"]
    process = subprocess.Popen(command, start_new_session=True, text=True, stderr=subprocess.PIPE,
                               stdout=subprocess.DEVNULL)  # fmt: skip
    deadline = time.monotonic() + 60
    while not list((folder / "out").glob(f"work/looks/{HALF}*")) and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.01)
    return process


def none_of(group: int) -> bool:
    """Whether nothing of a session is left, within ten seconds: workers hear of the end of their parent."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def test_what_stands_where_results_go_is_neither_followed_nor_emptied_nor_removed(tmp_path: Path) -> None:
    corpus(tmp_path / "a.jsonl", 10)
    work, own = tmp_path / "out" / "work", tmp_path / "own"
    work.mkdir(parents=True)
    own.write_text("of somebody")
    (work / "lock").symlink_to(own)
    with pytest.raises(OSError, match="symbolic"):
        run(tmp_path / "out", tmp_path / "a.jsonl")
    (work / "lock").unlink()
    os.mkfifo(work / "lock")
    with pytest.raises(InvalidInput):
        run(tmp_path / "out", tmp_path / "a.jsonl")
    (work / "lock").unlink()
    data = tmp_path / "out" / "data"
    for name in (".mine", ".ipynb_checkpoints"):
        (data / name).mkdir() if "py" in name else (data / name).write_text("of somebody")
        with pytest.raises(InvalidInput) as refused:
            run(tmp_path / "out", tmp_path / "a.jsonl")
        assert name in str(refused.value.problems[0])
        assert (data / name).exists()
        (data / name).rmdir() if "py" in name else (data / name).unlink()
    (work / "inputs.json").unlink()
    os.mkfifo(work / "inputs.json")
    (data / "a-00000.jsonl").symlink_to(own)
    run(tmp_path / "out", tmp_path / "a.jsonl")
    assert own.read_text() == "of somebody"
    assert not (data / "a-00000.jsonl").is_symlink()


def test_the_words_of_an_exception_which_may_be_from_the_data_reach_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(record: Any, *_: Any) -> Any:
        raise ValueError(f"cannot treat {record}")

    monkeypatch.setattr("gridtie.cleaner.work.cleaned", broken)
    corpus(tmp_path / "a.jsonl", 5)
    with pytest.raises(CleaningFault) as refused:
        run(tmp_path / "out", tmp_path / "a.jsonl")
    told = "".join(traceback.format_exception(refused.value)) + str(pickle.loads(pickle.dumps(refused.value)))
    assert re.search(r"our fault: ValueError at test_luck\.py:[0-9]+ < work\.py:[0-9]+ < run\.py", told)
    assert "cannot treat" not in told.replace('f"cannot treat', "")
    assert "138" not in told


def test_an_error_of_a_worker_arrives_as_it_was() -> None:
    for error in (TableTooLarge(found="a", most="b"), InvalidInput(source="x", problems=[Problem("why", line=3)])):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.problems) == (type(error), str(error), error.problems)
