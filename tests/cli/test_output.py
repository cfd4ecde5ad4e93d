"""What stands on a terminal is what the commands wrote, not what a stranger's name would do to it."""

import argparse

import pytest

from gridtie.cli.main import print_error
from gridtie.cli.output import print_record, print_rows, say
from gridtie.errors import NotFound

EVIL = "job\x1b[2J\x07\x9b31m\u202eevil\x00"


def test_a_name_cannot_move_the_cursor_whichever_way_it_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    args = argparse.Namespace(output="table", columns=None)
    print_rows([{"name": EVIL}], ["name"], args)
    print_record({"name": EVIL, "more": [EVIL], "map": {"a": EVIL}}, args)
    say(EVIL)
    print_error(NotFound(noun="job", key=EVIL))
    shown = "".join(capsys.readouterr())
    assert not set(EVIL) & set(shown) - set("job[2J31mevil")
    assert shown.count(r"\x1b[2J") == 5


def test_every_script_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_record({"name": "训练 é 😀"}, argparse.Namespace(output="table"))
    assert capsys.readouterr().out == "name  训练 é 😀\n"
