"""The command line as a newcomer meets it: true examples, the word that was meant, one line for every fault."""

import argparse
import errno
import importlib
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridtie.cli.examples import NOUN_AND_VERB, ONE_COMMAND, examples
from gridtie.cli.main import COMMANDS, Parser, main


def gridtie(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "gridtie.cli.main", *arguments], capture_output=True, text=True, timeout=60,
        env={**os.environ, "GRIDTIE_TOKEN": "none", **environment}, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def parser_of(command: str) -> Parser:
    parser = Parser(prog="gridtie", add_help=False, allow_abbrev=False)
    verbs = parser.add_subparsers(dest="command", parser_class=Parser)
    importlib.import_module(COMMANDS[command][0]).register(verbs)
    return parser


def leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not inner:
        yield parser
    for action in inner:
        for leaf in action.choices.values():
            yield from leaves(leaf)


def test_every_command_shows_two_examples_and_its_own_parser_accepts_each() -> None:
    seen = set()
    for command in COMMANDS:
        for leaf in leaves(parser_of(command)):
            seen.add(leaf.prog)
            shown = examples(leaf.prog)
            assert len(shown) >= 2, leaf.prog
            assert leaf.format_help().startswith(f"examples:\n  {shown[0]}\n")
            for line in shown:
                _, *words = shlex.split(line)
                assert line.startswith(leaf.prog)
                assert callable(parser_of(words[0]).parse_args(words).run), line
    declared = {f"gridtie {name}" for name in ONE_COMMAND}
    declared |= {f"gridtie {noun} {verb}" for noun, verbs in NOUN_AND_VERB.items() for verb in verbs}
    assert declared <= seen


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["sumbit", "job.yaml"], "gridtie submit"),
        (["job", "lst"], "list"),
        (["submit", "job.yaml", "--detatch"], "--detach"),
        (["offer", "lst", "-o", "json"], "list"),
        (["status", "-o", "jsn"], "json"),
    ],
)
def test_a_mistyped_command_verb_flag_or_choice_gets_the_one_that_was_meant(arguments: list[str], meant: str) -> None:
    done = gridtie(*arguments)
    assert done.returncode == 2
    assert f"Did you mean {meant}?" in done.stderr or f"Did you mean: {meant}?" in done.stderr


def test_a_noun_without_a_verb_says_which_there_are() -> None:
    done = gridtie("market")
    assert (done.returncode, "say what to do: show, rounds, index, why, verify, replay" in done.stderr) == (2, True)


def test_a_file_that_cannot_be_written_is_one_line_and_no_traceback(tmp_path: Path) -> None:
    done = gridtie("job", "init", str(tmp_path / "nowhere" / "job.yaml"))
    assert done.returncode == 1
    assert "nowhere/job.yaml: No such file or directory" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_before_the_command_is_even_read_is_a_word_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "argparse.py").write_text("import time; print('reads', flush=True); time.sleep(60)")
    begun = subprocess.Popen(
        [sys.executable, "-m", "gridtie", "status"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
    )  # fmt: skip
    assert begun.stdout is not None
    assert begun.stdout.readline() == "reads\n"
    begun.send_signal(signal.SIGINT)
    _, said = begun.communicate(timeout=60)
    assert (begun.returncode, said) == (130, "\ninterrupted\n")


def test_a_fault_of_ours_is_named_and_its_traceback_kept_in_a_file(tmp_path: Path) -> None:
    broken = (
        "import gridtie.cli.main as m, gridtie.cli.local.doctor as d; d.data_home = lambda: 1 / 0; m.main(['doctor'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", broken], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert "this is our fault: ZeroDivisionError" in done.stderr
    assert "Traceback" not in done.stderr
    [kept] = tmp_path.glob("gridtie-fault-*.txt")
    assert str(kept) in done.stderr
    assert "ZeroDivisionError" in kept.read_text()


@pytest.mark.parametrize("url", ["http://nowhere.invalid", "foo", "http://127.0.0.1:1", "https://h:99999"])
def test_doctor_answers_whatever_stands_in_the_exchange_setting(url: str, tmp_path: Path) -> None:
    done = gridtie("doctor", "--exchange", url, "-o", "json", GRIDTIE_HOME=str(tmp_path))
    [found] = [item for item in json.loads(done.stdout) if item["check"] == "exchange"]
    assert found["state"] in ("bad", "warn")
    assert found["do"]


def test_the_hubs_that_a_site_can_stand_in_are_listed_without_an_exchange() -> None:
    rows = json.loads(gridtie("site", "hubs", "-o", "json").stdout)
    assert {"csjh", "nmg", "gz"} <= {row["id"] for row in rows}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_of_this_machine_is_not_laid_to_the_exchange(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> int:
        raise OSError(number, os.strerror(number), "/data/out")

    monkeypatch.setattr("gridtie.cli.main._run", full)
    assert main(["clean"]) == 1
    said = capsys.readouterr().err
    assert f"no room left for /data/out: {os.strerror(number)}" in said
    assert "Free space there and run the same command again." in said
    assert "writing resumes" not in said
