"""Cells in quotes: however long, they are one cell, and a line of quotes that nothing closes is read once."""

import time

import pytest

from gridtie.adapters.tables import load_rules
from gridtie.cleaning.columns import below

NAME = next(rule for rule in load_rules().rules if rule.source == "column" and rule.shape.fullmatch("尤佳"))


def cells(head: str, rest: str) -> list[str]:
    text = f"姓名{head}\n{rest}"
    return [text[span.start : span.end] for span in below(text, 0, 2, NAME)]


@pytest.mark.parametrize("note", ["a,b", "a," * 2_000])
def test_a_mark_in_quotes_parts_no_cell(note: str) -> None:
    assert cells(",note,x", f'尤佳,"{note}",1\n"易小川","1","{note}"\n') == ["尤佳", "易小川"]


def test_a_line_of_quotes_that_nothing_closes_takes_time_by_its_length() -> None:
    before = time.process_time()
    assert cells("|x", '"a|' * 60_000) == []
    assert time.process_time() - before < 2


def test_a_table_above_what_is_inserted_by_sql_keeps_its_own_cells() -> None:
    rest = "尤佳,1\n易小川,2\n\nINSERT INTO people (id, dob) VALUES (1, '1941-06-27');\n"
    assert cells(",x", rest) == ["尤佳", "易小川"]
