"""What an automaton refuses, its expression does not match."""

import json
import random
import re

import numpy as np
import pytest

from gridtie.adapters.tables import load_rules
from gridtie.cleaning import anchors
from gridtie.cleaning.refute import Refuter
from gridtie.cleaning.rule import Example, RuleSet
from gridtie.cleaning.scan import Scanner

RULES = load_rules()
TEXTS = [Example.read(said).text for one in RULES.rules for said in (*one.hits, *one.misses)]
WHERE = np.zeros(1, np.int64)


def refuter(shape: str, then: str = "", before: int = 8) -> Refuter:
    keys = {"id": "a", "kind": "A", "from": "pattern", "anchors": ["x"], "shape": shape, "score": 60, "hit": ["⟦x⟧"]}
    keys |= {"before": before, "after": 8} | ({"then": then} if then else {})
    lines = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in keys.items())
    return Refuter(RuleSet.read({"made": f"[[rule]]\n{lines}"}).rules)


def left(made: Refuter, text: str, at: int) -> bool:
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    rows = np.array([(0, at, at + 1)], np.int32)
    asked = made.left(codes, WHERE, WHERE + len(text), rows, np.array([0, 1], np.int32), np.zeros(1, np.int32))
    return len(asked) == 1


@pytest.mark.parametrize(
    ("shape", "texts", "refused"),
    [
        ("ax?b{2,3}", ["aabb", "axbbb"], ["axb", "xab"]),
        ("(?:ab|[cd]e)+x", ["abx", "cedex"], ["acx"]),
        ("(?i)aX", ["ax", "AX", "Ax"], ["bx"]),
        ("(?:(?i:a)|b)x", ["Ax", "ax", "bx"], ["Bx"]),
        (r"(?<!q)(a)\1x(?=y)", ["aaxy"], ["bx"]),
        (r"\d\s?x\w", ["1xa", "1 xé"], ["ax"]),
        ("(?>a{0,9})x{4}", ["aaaxxxx", "xxxx"], ["axaxa"]),
        ("a[^b]{3,5}x", ["acccx"], ["ab"]),
        ("(?:" + "|".join(f"[a-c]{{{n}}}{n:02d}" for n in range(1, 30)) + "|x)z", ["xz", "abc03z"], ["xq"]),
    ],
)
def test_what_an_expression_matches_is_left_and_what_it_cannot_is_refused(
    shape: str, texts: list[str], refused: list[str]
) -> None:
    made = refuter(shape)
    for text in texts:
        match = re.search(shape, text)
        assert match
        assert all(left(made, text, at) for at in range(*match.span()))
    assert not any(left(made, text, at) for text in refused for at in range(len(text)))


def test_what_must_stand_behind_an_anchor_is_asked_from_there_on() -> None:
    made = refuter("x.*", then="a[0-9]")
    assert left(made, "xa1", 0)
    assert not left(made, "xb1", 0)
    assert not left(made, "1xa", 1)


def test_a_scan_finds_the_same_with_a_refuter_as_without(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(5)
    texts = [*TEXTS, *("".join(chance.sample(text, len(text))) for text in TEXTS)]
    texts += [f"{one}{other}" for one, other in zip(TEXTS, chance.sample(TEXTS, len(TEXTS)), strict=True)]
    monkeypatch.setattr(anchors, "WORTH", 1 << 30)
    without = Scanner(RULES).scan_all(texts)
    monkeypatch.setattr(anchors, "WORTH", 0)
    assert Scanner(RULES).scan_all(texts) == without
