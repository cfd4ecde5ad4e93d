"""Whatever a user or a disk hands to a command: one line that says what it is and what to do, and never a traceback."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gridtie.cli.main import main
from gridtie.cli.workdir import walk

URLS = ["http://[::1", "http://x:99999999", "x", "http://a:b", "http://" + "é" * 300 + "/", "ftp://x"]

JSON_READERS = (
    "certificate verify {}", f"ledger check {{}} --exchange-key {'A' * 43}", "market replay 1 --file {}",
    f"identifier resolve cn.demo/demo/CN-310118/general/0001-1 --from {{}} --root cn={'A' * 43}", "dataset terms {}",
)  # fmt: skip
READERS = (
    *JSON_READERS, "quote {}", "submit {}", "dataset publish x --card {}", "agent join {}", "whoami --token-file {}",
    "login --token-file {}", "clean x --policy {} --out o", "clean rules test {}",
    "agent join gridtie_enrol_t --config {}",
)  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs one command that must fail; what it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRIDTIE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GRIDTIE_TOKEN", "gridtie_user_x")

    def go(*arguments: str) -> str:
        assert main(arguments) not in (0, 130)
        said = "".join(capsys.readouterr())
        assert "Traceback" not in said
        assert "our fault" not in said
        return said

    return go


@pytest.mark.parametrize("url", URLS)
def test_an_address_that_is_none_is_said_so(run: Callable[..., str], url: str) -> None:
    assert "is not an http or https URL" in run("status", "--exchange", url)


@pytest.mark.parametrize("url", URLS[:4])
def test_the_doctor_survives_what_it_is_to_find(run: Callable[..., str], url: str) -> None:
    assert "is not an http or https URL" in run("doctor", "--exchange", url)
    assert main(["doctor", "--exchange", "http://no-such-host.invalid"]) == 0


def test_files_without_end_are_not_read_to_their_end(run: Callable[..., str]) -> None:
    assert "is larger than" in run("submit", "/dev/zero")
    assert "is larger than" in run("offer", "import", "/dev/zero")


@pytest.mark.parametrize("command", READERS)
def test_a_file_that_is_none_of_text_is_said_so_at_its_place(
    run: Callable[..., str], tmp_path: Path, command: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "bytes").write_bytes(b"{\n  \xff\xfe")
    assert "folder: 1 problem\n  cannot be read: Is a directory" in run(*command.format("folder").split())
    assert "bytes:2:3: not UTF-8" in run(*command.format("bytes").split())


@pytest.mark.parametrize("command", JSON_READERS)
@pytest.mark.parametrize("text", ["5", "null", '"x"', "[" * 100_000, "", "1" * 5000, "[1,\n 2,]", "{}"])
def test_json_of_any_shape_is_refused_in_words(
    run: Callable[..., str], tmp_path: Path, command: str, text: str
) -> None:
    (tmp_path / "any.json").write_text(text)
    said = run(*command.format("any.json").split())
    assert said.startswith("error: any.json: 1 problem") or text in ("5", "null", '"x"', "{}")
    assert ("any.json:2:4: not JSON" in said) == (text == "[1,\n 2,]")


def test_a_file_whose_name_is_not_utf_8_is_called_by_its_bytes(
    run: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = os.fsdecode(b"a\xff")
    for command in (["quote", odd], ["offer", "import", odd]):
        (tmp_path / odd).write_text("name: x\nrun: true\n")
        assert "cannot reach the exchange" in run(*command, "--exchange", "http://127.0.0.1:1")


@pytest.mark.parametrize("text", ["\ufeffgridtie_user_x y", "a\nb", "令牌"])
def test_what_is_no_token_is_said_so_also_to_who_signs_in(run: Callable[..., str], tmp_path: Path, text: str) -> None:
    (tmp_path / "token").write_text(text)
    for command in ("login", "status"):
        said = run(command, "--token-file", "token", "--exchange", "http://127.0.0.1:1")
        assert "token holds is not a token" in said or text.startswith("\ufeff")


def test_a_token_with_a_line_break_never_becomes_a_header(
    run: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDTIE_TOKEN", "gridtie_user_a\nX-Evil: b")
    assert "GRIDTIE_TOKEN holds is not a token" in run("status")


def test_a_scheduler_that_does_not_answer_a_join_has_cost_no_token_and_nothing_is_said_of_runs(
    run: Callable[..., str], tmp_path: Path
) -> None:
    settings = ("partition=p", f"shared={tmp_path}", "url=http://127.0.0.1:1", f"token={tmp_path / 'token'}")
    (tmp_path / "token").write_text("x")
    said = run("agent", "join", "t", "--scheduler", "slurm", *(word for s in settings for word in ("--set", s)))
    assert "slurmrestd does not answer" in said
    assert "not joined; the token is still good" in said
    assert "runs" not in said


def test_settings_nested_without_end_are_refused(run: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "gridtie.toml").write_text("x=" + "[" * 3000)
    assert "cannot be read" in run("serve", "--port", "0")


def test_a_kept_token_that_is_no_text_is_named_with_its_file(
    run: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "admin.token").write_bytes(b"\xff")
    monkeypatch.delenv("GRIDTIE_TOKEN")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert "home/admin.token:1:1: not UTF-8" in run("status")


def test_a_folder_that_cannot_be_listed_is_said_and_not_left_out(tmp_path: Path) -> None:
    (tmp_path / "in" / "shut").mkdir(parents=True)
    for path in (tmp_path / "in" / "a.jsonl", tmp_path / "in" / "shut" / "b.jsonl"):
        path.write_text('{"text": "x"}\n')
    (tmp_path / "p.toml").write_text("")
    (tmp_path / "in" / "shut").chmod(0)
    nobody = ("dac_override", "dac_read_search")  # what lets root in everywhere
    lowered = [f"--{which}=-{',-'.join(nobody)}" for which in ("bounding-set", "inh-caps")]
    before = ["setpriv", *lowered] if os.getuid() == 0 else []
    for command in ("clean in --policy p.toml --out out", "dataset publish x in --card p.toml"):
        done = subprocess.run(
            [*before, sys.executable, "-m", "gridtie", *command.split()], cwd=tmp_path, capture_output=True, text=True,
            env={**os.environ, "GRIDTIE_HOME": str(tmp_path), "GRIDTIE_TOKEN": "gridtie_user_x",
                 "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert done.returncode == 1
        assert "in/shut: Permission denied" in done.stderr


def test_a_link_to_a_folder_is_left_out_aloud_and_an_ignore_list_of_any_bytes_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kept").write_text("x")
    (tmp_path / "etc").symlink_to("/etc")
    (tmp_path / ".gridtieignore").write_bytes(b"\xff\nkept2\n")
    assert [name for _, name in walk(tmp_path, "")] == [".gridtieignore", "kept"]
    assert "etc is a link to a folder" in capsys.readouterr().err
