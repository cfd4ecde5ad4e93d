"""What the actions leave of a value."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.adapters.tables import load_rules
from gridtie.cleaning.decide import decided
from gridtie.cleaning.look import Look
from gridtie.cleaning.policy import Policy
from gridtie.cleaning.rule import Example
from gridtie.cleaning.scan import Scanner
from gridtie.cleaning.treat import treated

SCANNER = Scanner(load_rules())
KINDS = load_rules().kinds | {"NAME", "ADDRESS"}
KEYS = {"k": bytes(range(32)), "other": bytes(32)}
EXAMPLES = [Example.read(hit).text for rule in load_rules().rules for hit in rule.hits]


def policy(kinds: str = "", default: str = "placeholder") -> Policy:
    text = f'[defaults]\naction = {default}\n[kinds]\n{kinds}\n[keys]\nk = {{ file = "k" }}\nother = {{ file = "o" }}\n'
    return Policy.read(
        text if default.startswith("{") else text.replace(default, f'"{default}"', 1), source="p", kinds=KINDS
    )


def made(text: str, kinds: str = "", default: str = "placeholder") -> str | None:
    spans, said = SCANNER.scan(text), policy(kinds, default)
    look = Look(size=len(text), spans=tuple((0, span) for span in spans))
    return None if decided(look, "", said).reason else treated(text, spans, said, KEYS)


@pytest.mark.parametrize(
    ("text", "kinds", "after"),
    [
        ("手机13800138000。", "", "手机<手机号>。"),
        ("mail joe@x.org now", "", "mail [EMAIL] now"),
        ("手机13800138000。", 'MOBILE = "remove"', "手机。"),
        ("手机13800138000。", 'MOBILE = "keep"', "手机13800138000。"),
        ("手机13800138000。", 'MOBILE = "drop"', None),
        ("手机138-0013-8000。", 'MOBILE = { action = "mask", keep = [3, 4] }', "手机138-****-8000。"),
        ("手机13800138000。", 'MOBILE = { action = "mask", keep = [9, 9] }', "手机***********。"),
        ("出生日期：1968.06.26", 'DOB = "generalise"', "出生日期：1968"),
        ("DOB: 04/12/1983", 'DOB = { action = "generalise", to = "five-years" }', "DOB: 1980–1984"),
        ("来自87.90.5.54的访问", 'IPV4 = "generalise"', "来自87.90.5.0/24的访问"),
    ],
)
def test_an_action_leaves_what_it_says(text: str, kinds: str, after: str | None) -> None:
    assert made(text, kinds) == after


def test_one_value_has_one_pseudonym_however_it_is_written_and_another_under_another_key() -> None:
    kinds = 'MOBILE = { action = "pseudonym", key = "k" }'
    one, two = made("手机13800138000", kinds), made("手机138-0013-8000", kinds)
    assert one == two != made("手机13800138000", kinds.replace('"k"', '"other"'))
    assert made("手机13800138001", kinds) != one


def test_encryption_keeps_shape_and_a_surrogate_is_found_by_no_rule() -> None:
    after = made("手机138-0013-8000", 'MOBILE = { action = "encrypt", key = "k" }')
    assert after is not None
    assert re.fullmatch("手机[0-9]{3}-[0-9]{4}-[0-9]{4}", after)
    for text in ("手机13800138000", "身份证号11010519491231002X", "来自87.90.5.54的访问", "MAC地址：58-7b-c7-bf-84-38"):
        stood = made(text, default='{ action = "surrogate", key = "k" }')
        assert stood is not None
        assert stood != text
        assert [s.kind for s in SCANNER.scan(stood) if s.kind not in ("MAC",)] == [], stood


@given(st.lists(st.sampled_from(EXAMPLES), min_size=1, max_size=5))
def test_nothing_that_was_found_can_be_read_afterwards(lines: list[str]) -> None:
    text = "\n。\n".join(lines)
    values = {text[span.start : span.end] for span in SCANNER.scan(text)}
    after = made(text)
    assert after is not None
    assert {value for value in values if value in after} == set()
