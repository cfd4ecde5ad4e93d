"""Card files are read whole, and everything that is wrong is said at its line and column."""

from datetime import UTC, datetime

import pytest

from gridtie.data.cardfile import check_name, read_card
from gridtie.data.dataset import ACCESS, Price
from gridtie.data.terms import COMPUTE, Release
from gridtie.errors import InvalidInput
from gridtie.values.money import Micros

HUBS = ("gz", "csjh")
WHOLE = """
title = "Court decisions"
description = "Decisions of 2024, cleaned."
licence = "CC-BY-4.0"
languages = ["zh", "en", "zh"]
keywords = ["law"]
grade = 3

[terms]
purposes = ["training"]
recipients = ["bison"]
places = ["CN-52", "csjh"]
not_after = 2027-01-01T00:00:00+08:00
count = 3
delivery = "compute"
delete_after_days = 30

[terms.release]
files = ["metrics.json"]
files_max = 1

[price]
kind = "access"
amount = "2.50"

[[source]]
name = "court decisions"
kind = "open"
licence = "CC-BY-4.0"
record = "collected 2026-10-01"
"""


def test_a_whole_card_is_read() -> None:
    made = read_card(WHOLE, source="card", hubs=HUBS)
    assert made.card.languages == ("zh", "en")
    assert made.card.origins[0].record == "collected 2026-10-01"
    assert made.price == Price(kind=ACCESS, amount=Micros(2_500_000))
    assert made.terms.not_after == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert (made.terms.delivery, made.terms.count) == (COMPUTE, 3)
    assert made.terms.release == Release(files=("metrics.json",), files_max=1)


@pytest.mark.parametrize(
    ("line", "instead", "at", "words"),
    [
        ('title = "Court decisions"', "", 0, "title is missing"),
        ("grade = 3", "grade = 5", 7, "between 1 and 4"),
        ("grade = 3", "grade = true", 7, "a whole number"),
        ('purposes = ["training"]', 'purpose = ["training"]', 10, "did you mean purposes?"),
        ('purposes = ["training"]', "purposes = [1]", 10, "at most 100 texts"),
        ('places = ["CN-52", "csjh"]', 'places = ["Guizhou"]', 12, "no hub and no place"),
        ("not_after = 2027-01-01T00:00:00+08:00", "not_after = 2027-01-01T00:00:00", 13, "no time zone"),
        ("count = 3", "count = 0", 14, "between 1 and"),
        ('delivery = "compute"', 'delivery = "courier"', 15, "one of copy, compute"),
        ('amount = "2.50"', 'amount = "cheap"', 24, "no amount"),
        ('amount = "2.50"', 'amount = "-1"', 24, "costs nothing"),
        ('kind = "access"', 'kind = "free"', 24, "costs nothing"),
        ('kind = "access"', 'kind = "subscription"', 23, "one of free"),
        ("grade = 3", "grade = 3\nopen = true", 8, "open data is free"),
        ('record = "collected 2026-10-01"', "", 0, "record is missing"),
        ("[price]", "[price", 22, "Expected"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(line: str, instead: str, at: int, words: str) -> None:
    assert line in WHOLE
    with pytest.raises(InvalidInput) as caught:
        read_card(WHOLE.replace(line, instead, 1), source="card", hubs=HUBS)
    problems = [problem for problem in caught.value.problems if words in problem.message]
    assert problems, [str(problem) for problem in caught.value.problems]
    assert at == 0 or problems[0].line == at


def test_signs_that_no_line_of_text_has_are_refused_and_ends_of_lines_are_not() -> None:
    for sign in (r"\u0000", r"\u001b[2J", r"\u0085"):
        for given in (WHOLE.replace("Court decisions", sign), WHOLE.replace('"training"', f'"{sign}"')):
            with pytest.raises(InvalidInput) as refused:
                read_card(given, source="card.toml", hubs=HUBS)
            assert "holds a control character" in refused.value.problems[0].message
    assert read_card(WHOLE.replace("2024, ", r"2024,\n\t"), source="card.toml", hubs=HUBS).card.description


def test_data_that_names_people_must_name_its_places() -> None:
    text = 'title = "a"\ndescription = "b"\nlicence = "c"\ngrade = 1\n'
    with pytest.raises(InvalidInput, match="1 problem"):
        read_card(text, source="card", hubs=HUBS)
    assert read_card(text + '[terms]\nplaces = ["CN"]\n', source="card", hubs=HUBS).terms.places == ("CN",)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "A", "-a", "a-", "a..b", "x" * 65, "ä", "a b"])
def test_a_name_that_could_be_anything_else_in_an_address_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        check_name(name)
