"""What an operator may choose, and where in his file he is told that he chose wrong."""

from datetime import timedelta

import pytest

from gridtie.errors import InvalidInput
from gridtie.market.entitlement import TokenPolicy
from gridtie.market.fairness import Fairness, parse

WHOLE = """\
[weights]
lab-one = 2
"teaching" = 0.5

[credits]
scale = 1000
hours = { cpu = 0.01, h100 = 1 }

[tokens]
refresh = "100"
every_hours = 168
carry_over = "50.5"
"""


def read(text: str, *, weighing: bool = True, currency: str = "XXX") -> Fairness:
    return parse(text, source="fair.toml", weighing=weighing, currency=currency)


def test_a_whole_file_is_read_exactly():
    found = read(WHOLE)
    assert found.weights == {"lab-one": 2, "teaching": 0.5}
    assert (found.credit_scale, found.hours) == (1000, {"cpu": 10_000, "h100": 1_000_000})
    assert found.tokens == TokenPolicy(refresh=100_000_000, carry_over=50_500_000, every=timedelta(days=7))
    assert found.places["weights", "teaching"] == (3, 1)


def test_an_empty_file_chooses_nothing():
    assert read("") == Fairness()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("[weights]\nlab = 0\n", (2, 1), "above 0"),
        ("[weights]\n  lab = nan\n", (2, 3), "nan"),
        ("[weights]\nlab = true\n", (2, 1), "True"),
        ("[weights]\nlab = 2_000_000\n", (2, 1), "1000000"),
        ("[weight]\nlab = 2\n", (1, 1), "did you mean weights?"),
        ("weights = 3\n", (1, 1), "is a table"),
        ("[weights]\nlab = \n", (2, 7), "Invalid value"),
        ("[weights]\nlab = 1\nlab = 2\n", (3, 8), "overwrite"),
        ("[credits]\nscale = 0\nhours = { cpu = 1 }\n", (2, 1), "from 1"),
        ("[credits]\nscale = 10\n", (1, 1), "hours says"),
        ("[credits]\nscale = 10\nhours = { cpu = -1 }\n", (3, 1), "above 0"),
        ("[credits]\nscale = 10\nhour = { cpu = 1 }\n", (3, 1), "did you mean hours?"),
        ('[tokens]\nrefresh = "0"\nevery_hours = 1\ncarry_over = "0"\n', (2, 1), "above 0"),
        ('[tokens]\nrefresh = 5\nevery_hours = 1\ncarry_over = "0"\n', (2, 1), "in quotes"),
        ('[tokens]\nrefresh = "5"\ncarry_over = "0"\n', (1, 1), "missing"),
        ('[tokens]\nrefresh = "5"\nevery_hours = 1.5\ncarry_over = "0"\n', (3, 1), "whole"),
        ('[tokens]\nrefresh = "1e99"\nevery_hours = 1\ncarry_over = "0"\n', (2, 1), "larger"),
    ],
)
def test_what_is_wrong_is_named_at_its_line_and_column(text, place, words):
    with pytest.raises(InvalidInput) as refused:
        read(text)
    assert [(p.line, p.column) for p in refused.value.problems if words in p.message] == [place], refused.value.problems


def test_weights_are_refused_where_the_rule_has_no_use_for_them():
    with pytest.raises(InvalidInput) as refused:
        read(WHOLE, weighing=False)
    assert [problem.line for problem in refused.value.problems] == [1, 5]


def test_tokens_are_never_made_beside_money():
    with pytest.raises(InvalidInput) as refused:
        read(WHOLE, currency="CNY")
    [problem] = refused.value.problems
    assert problem.line == 9
    assert "XXX" in problem.message
