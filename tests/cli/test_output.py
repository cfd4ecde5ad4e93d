"""What a command prints, in every format, and that no stranger's name can do anything to a terminal."""

import argparse

import pytest
import yaml

from gridtie.cli.local.certificate import print_tests
from gridtie.cli.main import print_error
from gridtie.cli.output import print_record, print_rows, say
from gridtie.errors import InvalidInput, NotFound

EVIL = "job\x1b[2J\x07\x9b31m\u202eevil\x00"


def test_a_name_cannot_move_the_cursor_whichever_way_it_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    args = argparse.Namespace(output="table", columns=None)
    print_rows([{"name": EVIL}], ["name"], args)
    print_record({"name": EVIL, "more": [EVIL], "map": {"a": EVIL}}, args)
    say(EVIL)
    print_error(NotFound(noun="job", key=EVIL))
    shown = "".join(capsys.readouterr())
    assert not set(EVIL) & set(shown) - set("job[2J31mevil")
    assert shown.count(r"\x1b[2J") == 6


def test_a_name_of_two_lines_does_not_look_like_another_row(capsys: pytest.CaptureFixture[str]) -> None:
    args = argparse.Namespace(output="table", columns=None)
    print_rows([{"name": "a\nb\tc"}], ["name"], args)
    print_record({"name": "a\nb\tc"}, args)
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()] == ["NAME", *[r"a\nb\tc"] * 2]


def test_every_script_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_record({"name": "训练 é 😀"}, argparse.Namespace(output="table", columns=None))
    assert capsys.readouterr().out == "name  训练 é 😀\n"


def test_times_are_shown_to_the_second_to_people_and_whole_to_programs(capsys: pytest.CaptureFixture[str]) -> None:
    row = {"at": "2026-11-27T21:33:12.695758Z", "reason": "asked again at 2026-11-28T01:00:00Z"}
    print_rows([row], ["at", "reason"], asked("table"))
    print_record(row, asked("table"))
    shown = capsys.readouterr().out
    assert shown.count("2026-11-27 21:33:12 UTC") == 2
    assert shown.count("asked again at 2026-11-28 01:00:00 UTC") == 2
    say(f"valid until {row['at']}")
    assert capsys.readouterr().err == "valid until 2026-11-27 21:33:12 UTC\n"
    print_rows([row], ["at"], asked("csv"))
    assert capsys.readouterr().out.splitlines() == ["at", row["at"]]


ROWS = [{"id": "job_1", "name": "算力", "site": None}, {"id": "job_2", "name": "=x", "site": "aurora"}]


def asked(output: str, columns: str | None = None) -> argparse.Namespace:
    return argparse.Namespace(output=output, columns=columns)


def test_yaml_holds_what_the_rows_hold(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, ("id",), asked("yaml"))
    assert yaml.safe_load(capsys.readouterr().out) == ROWS


def test_wide_shows_every_column_and_table_only_the_usual_ones(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, ("id",), asked("table"))
    assert capsys.readouterr().out.splitlines()[0] == "ID"
    print_rows(ROWS, ("id",), asked("wide"))
    assert capsys.readouterr().out.splitlines()[0].split() == ["ID", "NAME", "SITE"]


def test_a_record_can_be_had_as_csv_too(capsys: pytest.CaptureFixture[str]) -> None:
    print_record(ROWS[1], asked("csv"))
    assert capsys.readouterr().out.splitlines() == ["id,name,site", "job_2,'=x,aurora"]


def test_a_column_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(InvalidInput) as refused:
        print_rows(ROWS, ("id",), asked("table", "id,stie"))
    assert "there are: id, name, site" in refused.value.problems[0].message


def test_an_owner_is_shown_by_name_and_other_nested_things_by_their_fields(capsys: pytest.CaptureFixture[str]) -> None:
    print_record({"organisation": {"id": "org_1", "name": "lab"}, "m": [{"cpus": 2}]}, asked("table"))
    assert capsys.readouterr().out == "organisation  lab (org_1)\nm             cpus=2\n"


def test_a_certificate_is_shown_test_by_test_with_its_spread(capsys: pytest.CaptureFixture[str]) -> None:
    spread = {"median": 2.5e9, "p5": 2e9, "p95": 3e9, "min": 1e9, "max": 3e9, "mad": 0.0, "n": 8}
    measured = {"name": "matrix.fp32", "state": "pass", "proof": "every-product", "reason": "", "unit": "FLOP/s"}
    missing = {"name": "peers.latency", "state": "not-measured", "proof": "", "reason": "one machine only", "unit": ""}
    print_tests([{**measured, "spread": spread}, {**missing, "spread": None}], asked("table"))
    _, first, second = capsys.readouterr().out.splitlines()
    assert "2.5 GFLOP/s" in first
    assert "1 GFLOP/s" in first
    assert "one machine only" in second
