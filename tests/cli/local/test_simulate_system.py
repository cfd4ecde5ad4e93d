"""`gridtie simulate --depth system` plays a log through the whole exchange, says what it found, and repeats itself."""

import json
from pathlib import Path

import pytest

from gridtie.cli.main import main

LOG = "submit_s,duration_s,gpus,vc\n" + "".join(
    f"{10 * n},{300 + n},{1 + n % 4},{'ab'[n % 5 > 3]}\n" for n in range(25)
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    return path


def simulate(log: Path, *more: str) -> int:
    return main(["simulate", str(log), "--depth", "system", "--capacity", "load=0.9", *more])


def test_a_log_is_played_and_every_law_is_shown_to_hold(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate(log) == 0
    shown = capsys.readouterr().out
    assert "books balance" in shown
    assert "book depth starts every job at the same moment" in shown
    assert "BROKEN" not in shown


def test_both_files_are_the_same_bytes_again_and_name_the_command(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two"):
        assert simulate(log, "--out", str(tmp_path / name)) == 0
    for name in ("study.json", "report.html"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    record = json.loads((tmp_path / "one" / "study.json").read_text(encoding="utf-8"))
    assert record["command"] == f"gridtie simulate {log} --depth system --capacity load=0.9"
    assert all(law["holds"] for law in record["laws"])
    assert record["command"] in (tmp_path / "one" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", ["auction", "welfare"])
def test_another_rule_can_be_asked_for(log: Path, rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate(log, "--rule", rule, "-o", "json") == 0
    assert json.loads(capsys.readouterr().out)["mode"] == rule


@pytest.mark.parametrize(
    "flags",
    [("--policies", "easy"), ("--equal-wait",), ("--seeds", "3"), ("--estimates", "error=1"), ("--delay", "5"),
     ("--factors", "0.5"), ("--mobility", "0,1"), ("--arrangements", "merged")],
    ids=lambda flags: flags[0],
)  # fmt: skip
def test_what_only_book_depth_can_do_is_refused_by_name(
    log: Path, flags: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulate(log, *flags) == 2
    assert flags[0] in capsys.readouterr().err


def test_nothing_is_said_to_be_played_before_it_is_refused(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sites = tmp_path / "sites.csv"
    sites.write_text("site,units,speed\na,8,1\nb,8,2\n", encoding="utf-8")
    assert main(["simulate", str(log), "--depth", "system", "--capacity", str(sites)]) == 2
    told = capsys.readouterr().err
    assert "sites of different speeds" in told
    assert "playing" not in told


def test_a_rule_without_system_depth_is_refused(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", str(log), "--rule", "auction"]) == 2
    assert "--depth system" in capsys.readouterr().err
