"""What spares a costly shape beside a finding, or in its line, refuses nothing that the shape would match."""

import re

import pytest

from gridtie.adapters.tables import load_rules
from gridtie.cleaning.beside import beside, by_kind, in_line
from gridtie.cleaning.rule import Example, Rule, RuleSet
from gridtie.cleaning.spans import Span

RULES = load_rules().rules
TEXTS = [Example.read(written).text for rule in RULES for written in (*rule.hits, *rule.misses)]
BESIDE = '[[rule]]\nid = "a"\nkind = "A"\nfrom = "{}"\nanchors = ["B"]\n{}\nscore = 60\nhit = ["⟦x⟧"]\n'


def rule_of(source: str, lines: str) -> Rule:
    (rule,) = RuleSet.read({"own": BESIDE.format(source, lines)}).rules
    return rule


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.way == "before"], ids=lambda rule: rule.id)
def test_what_a_shape_before_a_finding_ends_with_stands_at_the_end_of_every_match(rule: Rule) -> None:
    assert rule.ends is not None
    matched = 0
    for text in TEXTS:
        for end in range(1, len(text) + 1):
            if rule.shape.search(text, max(0, end - rule.before), end):
                matched += 1
                assert rule.ends.search(text, max(0, end - 2), end), text[:end]
    assert matched


@pytest.mark.parametrize(("shape", "ends"), [
    ("a[bc]?$", "abc"), ("(?:ab|c|)d{0,2}(?=e)$", None), ("x(?:ab|c)(?!e)$", "bc"), ("(?i:a)$", "aA"),
    ("[^a]$", None), ("ab", None), (r"(a)\1$", None), ("a{2}b*$", "ab"), ("(?>a)b+?$", "b"),
])  # fmt: skip
def test_what_a_match_ends_with_is_told_where_it_is_known(shape: str, ends: str | None) -> None:
    known = rule_of("beside", f"shape = '{shape}'\nway = \"before\"").ends
    assert (known and {letter for letter in map(chr, range(128)) if re.search(known, letter)}) == (ends and set(ends))


def test_a_shape_before_a_finding_may_end_before_the_last_line_break() -> None:
    rule = rule_of("beside", "shape = '(?P<it>x)$'\nway = \"before\"")
    found = list(beside("ax\nB", [Span(3, 4, "B", 90, "b")], {"B": [rule]}))
    assert [row[:2] for row in found] == [(1, 2)]


@pytest.mark.parametrize(("text", "found"), [("B, x1 of 7", [(3, 5)]), ("B, x1", []), ("B, x1\n7", [])])
def test_what_must_stand_in_a_line_spares_its_shape_where_it_does_not(text: str, found: list[tuple[int, int]]) -> None:
    rule = rule_of("line", "shape = '(?P<it>x[0-9])'\nthen = '7'")
    assert [row[:2] for row in in_line(text, [Span(0, 1, "B", 90, "b")], {"B": [rule]}, {})] == found


@pytest.mark.parametrize(("between", "found"), [("\n", [(2, 4)]), ("\n" * 700, [])])
def test_a_rule_for_texts_looks_at_all_lines_where_enough_is_personal(
    between: str, found: list[tuple[int, int]]
) -> None:
    rule = rule_of("line", "shape = '(?P<it>x[0-9])'\nway = \"text\"")
    text = f"B\nx1{between}C"
    spans = [Span(0, 1, "B", 90, "b"), Span(len(text) - 1, len(text), "C", 90, "c")]
    assert [row[:2] for row in in_line(text, spans, {"B": [rule]}, {"B": [rule]})] == found


def test_a_rule_for_full_texts_is_asked_of_no_other() -> None:
    rule = rule_of("line", "shape = '(?P<it>x[0-9])'\nway = \"full\"")
    assert by_kind([rule], "line") == {}
    for between, found in (("\n", [(2, 4)]), ("\n" * 700, [])):
        text = f"B x1{between}C"
        spans = [Span(0, 1, "B", 90, "b"), Span(len(text) - 1, len(text), "C", 90, "c")]
        assert [row[:2] for row in in_line(text, spans, {}, by_kind([rule], "line", full=True))] == found
