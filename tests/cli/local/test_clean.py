"""`gridtie clean`: what it reads and leaves out; with another tool the policy says what its findings mean, the command
line what runs."""

import json
import os
import re
import sys
from pathlib import Path

import pytest

from gridtie.cleaner.run import Step
from gridtie.cli.local.clean import Shown
from gridtie.cli.main import main

POLICY = '[detectors.ner]\nkinds = { PERSON = "NAME" }\n'
TOOL = """
import json, sys
print(json.dumps({"form": "gridtie/detector/1", "tool": "t", "version": "1", "model": "m"}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    found = [{"text": n, "start": 0, "end": 3, "found": text[:3], "entity": "PERSON", "score": 1}
             for n, text in enumerate(asked["texts"])]
    print(json.dumps({"batch": asked["batch"], "spans": found}), flush=True)
"""


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("GRIDTIE_HOME", str(tmp_path / "home"))
    (tmp_path / "a.jsonl").write_text('{"text": "Ana was here"}\n')
    (tmp_path / "p.toml").write_text(POLICY)
    (tmp_path / "tool.py").write_text(TOOL)
    policy, out = str(tmp_path / "p.toml"), str(tmp_path / "out")
    return ["clean", str(tmp_path / "a.jsonl"), "--policy", policy, "--out", out, "--workers", "1"]


@pytest.mark.parametrize(
    ("detectors", "why"),
    [
        ([], "names the detector ner; say what runs with --detector ner=COMMAND"),
        (["ner"], "'ner' is not NAME=COMMAND"),
        (["ner='"], "ner: no closing quotation in its command"),
        (["other=x"], "the policy has no [detectors.other]"),
        (["ner=x", "ner=y"], "ner is given twice"),
    ],
)
def test_a_detector_without_its_counterpart_is_refused_before_anything_is_read(
    detectors: list[str], why: str, given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*given, *(word for said in detectors for word in ("--detector", said))]) == 2
    assert why in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_tool_that_is_given_is_asked_and_verifying_says_that_it_was_not(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tool = f"'{sys.executable}' -I '{tmp_path / 'tool.py'}'"
    assert main([*given, "--detector", f"ner={tool}"]) == 0
    assert "[NAME] was here" in next((tmp_path / "out" / "data").iterdir()).read_text()
    capsys.readouterr()
    assert main(["clean", "verify", str(tmp_path / "out")]) == 0
    assert "what ner (t 1) found is taken as it lies in work/: it was not asked" in capsys.readouterr().err


def test_a_folder_that_holds_the_results_is_cleaned_again_and_what_is_left_out_is_said(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "texts"
    (folder / "below").mkdir(parents=True)
    (folder / "a.jsonl").write_text('{"text": "Bea was here"}\n')
    (folder / "below" / "a.jsonl").write_text('{"text": "Ana was here"}\n')
    for name in (".hidden.jsonl", ".git"):
        (folder / name).symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "zero.jsonl").symlink_to("/dev/zero")
    (folder / "nowhere.jsonl").symlink_to("nothing")
    (folder / "below" / "above").symlink_to("..")
    (tmp_path / "p.toml").write_text("")
    rest = 'kind = "users"\nlicence = "own"\nrecord = "7"\n'
    sources = "".join(f'[[source]]\nname = "{name}"\nfiles = ["{files}"]\n{rest}'
                      for name, files in (("below", "below/*"), ("else", "a.jsonl")))  # fmt: skip
    (tmp_path / "s.toml").write_text(sources)
    command = ["clean", str(folder), *given[2:4], "--out", str(folder / "out"), "--workers", "1",
               "--sources", str(tmp_path / "s.toml")]  # fmt: skip
    for _ in range(2):
        assert main(command) == 0
        said = capsys.readouterr().err
        assert f"left out: {folder}/.git and 1 more: hidden" in said
        assert f"left out: {folder}/nowhere.jsonl and 2 more: no file" in said
        assert f"left out: {folder}/below/above: a link to a folder" in said
        results = {path.relative_to(folder / "out").as_posix(): path.read_text()
                   for path in (folder / "out" / "data").rglob("*.jsonl")}  # fmt: skip
        assert results == {"data/a-00000.jsonl": '{"text":"Bea was here"}\n',
                           "data/below/a-00000.jsonl": '{"text":"Ana was here"}\n'}  # fmt: skip
    said_of = json.loads((folder / "out" / "audit.json").read_bytes())
    assert [one["path"] for one in said_of["inputs"]] == ["a.jsonl", "below/a.jsonl"]
    assert [(one["name"], one["records"]) for one in said_of["sources"]] == [("below", 1), ("else", 1)]
    assert main(["clean", "verify", str(folder / "out")]) == 0
    (folder / "out" / "data" / "below" / "strange.jsonl").write_text("")
    assert main(["clean", "verify", str(folder / "out")]) == 1
    assert "outputs: below/strange.jsonl is no result of this cleaning" in capsys.readouterr().out


def test_a_file_that_is_called_by_personal_data_is_refused_in_words_that_do_not_repeat_it(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "texts"
    (folder / "13912345678").mkdir(parents=True)
    for name in ("张三13800138000.jsonl", "13912345678/a.jsonl", ".13712345678.jsonl", "part-00001-of-00002.jsonl"):
        (folder / name).write_text('{"text": "plain words"}\n')
    (tmp_path / "p.toml").write_text("")
    command = ["clean", str(folder), *given[2:]]
    assert main(command) == 2
    said = capsys.readouterr().err
    assert not re.search("13[789][0-9]{8}|张三", said)
    assert "**.jsonl has personal data in its name (MOBILE, NAME), which results and report would repeat" in said
    assert "***********/a.jsonl has personal data in its name (MOBILE)" in said
    assert "2 problems" in said
    assert not (tmp_path / "out").exists()
    (tmp_path / "p.toml").write_text('[kinds]\nMOBILE = "keep"\nNAME = "keep"\n')
    assert main(command) == 0


def test_a_folder_with_an_earlier_cleaning_of_other_inputs_is_refused_as_that(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.toml").write_text("")
    assert main(given) == 0
    (tmp_path / "b.jsonl").write_text('{"text": "Bea was here"}\n')
    assert main(["clean", str(tmp_path / "b.jsonl"), *given[2:]]) == 2
    said = capsys.readouterr().err
    assert "holds an earlier cleaning of other inputs (data/a-00000.jsonl); name another folder with --out" in said


def test_the_checks_that_do_not_hold_are_named(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.toml").write_text("")
    assert main(given) == 0
    said = capsys.readouterr().out
    assert "1 held, 2 not held (sources-declared, hand-items-least), 7 not looked at" in said


def test_what_could_not_be_read_is_told_by_its_file_with_what_may_help(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.toml").write_text("")
    (tmp_path / "a.jsonl").write_text('[\n {"text": "Ana"}\n]\n')
    (tmp_path / "b.txt").write_bytes("联系电话".encode("gb18030"))
    assert main([given[0], str(tmp_path / "b.txt"), *given[1:]]) == 0
    said = capsys.readouterr().err
    assert "not read of b.txt: not-utf8 1, write it in UTF-8 first" in said
    assert "not read of a.jsonl: broken-json 2, a line is one JSON object" in said


@pytest.mark.parametrize(
    ("policy", "more", "why"),
    [
        ('[words]\nlibrary = "w.toml"\n', (), "the word library w.toml cannot be read: No such file"),
        ('[names]\nmodel = "m.json"\n', (), "the model of names m.json cannot be read: No such file"),
        ("", ("--workers", "-1"), "is 1 or more; without it one a core"),
    ],
)
def test_what_a_command_lacks_is_told_before_anything_is_read(
    policy: str, more: tuple[str, ...], why: str, given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.toml").write_text(policy)
    assert main([*given, *more]) == 2
    assert why in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_model_is_not_written_over_what_teaches_it_nor_into_a_folder(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labelled = tmp_path / "a.jsonl"
    labelled.write_text('{"text": "Ana was here", "labels": [[0, 3, "NAME"]]}\n')
    for out, why in ((labelled, "is one of the labelled files"), (tmp_path, "is a folder")):
        assert main(["clean", "train", str(labelled), "--out", str(out)]) == 2
        assert f"{out} {why}: name another file for the model" in capsys.readouterr().err
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a.jsonl").write_text(labelled.read_text())
    assert main(["clean", "train", str(labelled), str(tmp_path / "below"), "--out", str(tmp_path / "m.json")]) == 0


def test_what_is_no_file_and_files_whose_results_would_be_one_are_refused(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "p.toml").write_text("")
    (tmp_path / "a.ndjson").write_text('{"text": "Bea was here"}\n')
    for inputs, why in (
        (["pipe.jsonl"], "no file but a pipe or a device"), (["nothing"], "no such file or folder"),
        (["a.jsonl", "a.ndjson"], "a.ndjson would have one result, a-00000.jsonl: rename one"),
    ):  # fmt: skip
        assert main(["clean", *(str(tmp_path / name) for name in inputs), *given[2:]]) == 2
        assert why in capsys.readouterr().err
    assert main(["clean", given[1], "--policy", "/dev/zero", *given[4:]]) == 2
    assert "/dev/zero is larger than" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_key_without_an_end_is_not_read_to_its_end(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.toml").write_text('[keys]\nm = { file = "/dev/zero" }\n[kinds]\n'
                                     'EMAIL = { action = "pseudonym", key = "m" }\n')  # fmt: skip
    assert main(given) == 2
    assert "/dev/zero is larger than" in capsys.readouterr().err


def test_progress_says_a_stage_at_the_rate_of_its_own_work_and_nothing_twice(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [100.0]
    monkeypatch.setattr("gridtie.cli.local.clean.time.monotonic", lambda: now[0])
    shown = Shown()
    for at, step in (
        (100, Step("looking", 90_000_000, 100_000_000)), (140, Step("looking", 94_000_000, 100_000_000)),
        (150, Step("looking", 100_000_000, 100_000_000)), (152, Step("looking", 100_000_000, 100_000_000)),
        (190, Step("writing", 0, 1_000_000)), (290, Step("writing", 500_000, 1_000_000)),
    ):  # fmt: skip
        now[0] = at
        shown(step)
    assert capsys.readouterr().err.splitlines() == [
        "looking: 90.0 of 100.0 MB",
        "looking: 94.0 of 100.0 MB at 0.1 MB/s, 60 s left",
        "looking: 100.0 of 100.0 MB at 0.2 MB/s",
        "writing: 0.0 of 1.0 MB",
        "writing: 0.5 of 1.0 MB at 5.0 kB/s, 100 s left",
    ]
