"""What an automaton refuses, its expression does not match."""

import random
import re

import numpy as np
import pytest

from gridtie.adapters.tables import load_rules
from gridtie.cleaning.automata import thens_of
from gridtie.cleaning.block import Block
from gridtie.cleaning.passes import could_follow as by_passes
from gridtie.cleaning.rule import Example
from gridtie.cleaning.sweep import REACH, could_follow

RULES = load_rules().rules
TEXTS = [Example.read(said).text for one in RULES for said in (*one.hits, *one.misses)]


def could(then: str, text: str, behind: str = "") -> list[bool]:
    """At each place of the first text, whether it could stand there; `behind` is another one in the same block."""
    thens, sorts = thens_of([then])
    codes, places = Block.of([text, behind]).codes, np.arange(len(text))
    one_by_one = [bool(could_follow(codes, at, 0, thens, sorts)) for at in places]
    assert by_passes(codes, places, np.zeros_like(places), thens, sorts).tolist() == one_by_one
    return one_by_one


@pytest.mark.parametrize(
    ("then", "texts", "refused"),
    [
        ("ax?b{2,3}", ["aabb", "axbbb"], ["axb", "xab"]),
        ("(?:ab|[cd]e)+x", ["abx", "cedex"], ["acx"]),
        ("(?i)aX", ["ax", "AX", "Ax"], ["bx"]),
        ("(?:(?i:a)|b)x", ["Ax", "ax", "bx"], ["Bx"]),
        (r"(?<!q)(a)\1x(?=y)", ["aaxy"], ["bx"]),
        (r"\d\s?x\w", ["1xa", "1 xé"], ["ax"]),
        ("(?>a{0,9})x{4}", ["aaaxxxx", "xxxx"], ["axaxa"]),
        ("a[^b]{3,5}x", ["acccx"], ["ab"]),
        ("(?![ab])[a-c]", ["c"], ["a", "b"]),
        ("ab(?:" + "|".join(f"[a-c]{{{n}}}{n:02d}" for n in range(1, 30)) + "|x)z", ["abxz", "ababc03z"], ["axq"]),
    ],
)
def test_what_an_expression_matches_could_stand_and_what_it_cannot_is_refused(
    then: str, texts: list[str], refused: list[str]
) -> None:
    for text in texts:
        match = re.search(then, text)
        assert match
        assert could(then, text)[match.start()]
    assert not any(could(then, text)[at] for text in refused for at in range(len(text)))


def test_what_may_be_nothing_or_longer_than_anybody_looks_could_stand_anywhere() -> None:
    assert all(could("a?", "xyz"))
    assert could("a.*b", "a" + REACH * "x")[0]
    assert not could("a.*b", "a" + (REACH - 2) * "x")[0]


def test_nothing_reaches_into_the_text_behind() -> None:
    assert could("ab", "xa", "b") == [False, False]
    assert could("a[^x]*b", "xa", "b") == [False, False]


def test_no_rule_is_refused_what_it_finds() -> None:
    seed = random.randrange(1 << 32)
    print("seed", seed)
    chance = random.Random(seed)
    for then in dict.fromkeys(rule.then for rule in RULES if rule.then):
        for text in chance.sample(TEXTS, 40):
            told = could(then.pattern, text)
            assert all(told[at] for at in range(len(text)) if then.match(text, at)), (then.pattern, text)
