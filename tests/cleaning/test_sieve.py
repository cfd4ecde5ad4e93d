"""What the kernels keep back is nothing: asking every rule about every place finds the same."""

import random
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.adapters.tables import load_rules
from gridtie.cleaning import scan
from gridtie.cleaning.anchors import Anchors
from gridtie.cleaning.block import Block
from gridtie.cleaning.normal import normalised
from gridtie.cleaning.passes import swept
from gridtie.cleaning.rule import Example, Rule, RuleSet
from gridtie.cleaning.sieve import HEAD, MOST_DIGITS, MOST_RUNS, TAIL, TIGHT, Sieve
from gridtie.cleaning.spans import Span
from gridtie.cleaning.sweep import sweep

RULES = load_rules()
NUMBERS = [rule for rule in RULES.rules if rule.source == "digits"]
TOKENS = [rule for rule in RULES.rules if rule.source == "token"]
ANCHORS, SIEVE = Anchors(()), Sieve(RULES.rules)
EXAMPLES = [normalised(Example.read(said).text)[0] for rule in NUMBERS + TOKENS for said in (*rule.hits, *rule.misses)]
TEXTS = st.lists(
    st.one_of(st.sampled_from(EXAMPLES), st.text("0123456789 -.()AXx手机卡号tel", max_size=40)), max_size=4
).map("".join)


def everywhere(text: str, clusters: list[tuple[int, int]]) -> Iterator[Span]:
    """In plain Python, and without a thought of cost."""
    for start, end in clusters:
        runs = [match.span() for match in re.finditer("[0-9]+", text[:end]) if match.start() >= start]
        for first in range(len(runs)):
            for last in range(first, min(len(runs), first + MOST_RUNS)):
                parted = (first and text[runs[first - 1][1] : runs[first][0]] in [*TIGHT]) or (
                    last + 1 < len(runs) and text[runs[last][1] : runs[last + 1][0]] in [*TIGHT]
                )
                count = sum(b - a for a, b in runs[first : last + 1])
                if not parted and count <= MOST_DIGITS:
                    fitting = [rule for rule in NUMBERS if count in rule.digits]
                    yield from scan._numbers(text, runs[first][0], runs[last][1], fitting)
        past = -1
        for a, b in runs:
            if a >= past:
                head = re.search(f"[0-9A-Za-z]{{0,{HEAD}}}$", text[:a])
                tail = re.match(f"[0-9A-Za-z]{{0,{TAIL}}}", text[b:])
                assert head
                assert tail
                past = b + tail.end()
                yield from scan._token(text, head.start(), past, TOKENS)


@given(TEXTS)
def test_the_sieve_keeps_back_nothing_that_a_rule_would_find(text: str) -> None:
    block = Block.of([text])
    seen = ANCHORS.look(block)
    clusters = seen.clusters
    assert not seen.odd
    sifted = {
        span
        for _, kind, start, end, rules in SIEVE.sift(block, clusters)
        for span in (scan._numbers, scan._token)[kind](text, start, end, rules)
    }
    assert sifted == set(everywhere(text, [(a, b) for a, b in clusters.reshape(-1, 2).tolist()]))


def test_a_text_with_more_numbers_than_there_is_room_for_loses_none() -> None:
    text = "，".join(f"手机138{number:08d}" for number in range(500))
    assert len(scan.Scanner(RULES).scan(text)) == 500


def rule_with(anchor: str, then: str = "") -> Rule:
    head = "[[rule]]\nid = 'a'\nkind = 'A'\nfrom = 'pattern'\nshape = '.'\nscore = 60\nhit = ['⟦a⟧']\n"
    said = f"{head}anchors = ['{anchor}']\n"
    return RuleSet.read({"a": said + (f"then = '{then}'" if then else "")}).rules[0]


@pytest.mark.parametrize(
    "anchor",
    [
        r"re:\.[0-9]{1,3}\.[0-9]", "re:-[0-9A-F]{2}-[0-9A-F]{2}-", "re:[23][0-9A-F]{3}:[0-9A-F:]", r"re:\+[1-9]",
        "re:A{2,3}A",
        "re:[日号 ][0-9]", "at", "at)", "2-3-", "@",
    ],
)  # fmt: skip
def test_an_anchor_is_found_where_a_search_would_find_it(anchor: str) -> None:
    seed = random.Random(20261127)
    rule = rule_with(anchor)
    pattern = re.compile(anchor[3:] if anchor.startswith("re:") else re.escape(anchor))
    for _ in range(200):
        text = "".join(seed.choices("0123A-.:+at)@日号 ", k=60))
        for kernel in (sweep, swept):
            found = Anchors([rule], kernel).look(Block.of([text])).anchored
            assert {(start, end) for _, start, end, _ in found} == {one.span() for one in pattern.finditer(text)}, text


def test_what_must_stand_behind_an_anchor_spares_the_others() -> None:
    seen = Anchors([rule_with("St", "(?![a-z])")]).look(Block.of(["St. Stand St", "Stand", "a St"]))
    assert [(number, start) for number, start, _, _ in seen.anchored] == [(0, 0), (0, 10), (2, 2)]
