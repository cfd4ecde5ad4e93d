"""Runs of digits and numerals are read as plain digits; with a compiler and without, the same ones are found."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.cleaning.anchors import Anchors
from gridtie.cleaning.block import Block
from gridtie.cleaning.numerals import VALUES, Reader, Said, runs, words
from gridtie.cleaning.passes import ran
from gridtie.cleaning.rule import RuleSet

DIGITS = "0123456789"
WORDS = ", ".join(repr(letter) for letter in [*DIGITS, *VALUES])
ANYTHING = RuleSet.read({"a": f"""
[[rule]]
id = 'a'
kind = 'A'
from = 'spelled'
shape = '[0-9X]+'
left = [{WORDS}]
score = 0
hit = ['⟦12345⟧']
"""}).rules  # fmt: skip
LETTERS = st.text("0123456789零一二三幺①❷ -./_·\n（）<b>&;去元xA", max_size=60)
ANCHORS, COMPILED, PASSES = Anchors(()), Reader(ANYTHING, runs), Reader(ANYTHING, ran)


def said(reader: Reader, texts: list[str]) -> list[tuple[int, Said]]:
    block = Block.of(texts)
    return [(number, one) for number, one, _ in reader.read(block, ANCHORS.look(block).said)]


def read(text: str) -> set[tuple[str, str]]:
    return {(text[one.start : one.end], one.digits) for _, one in said(COMPILED, [text])}


@pytest.mark.parametrize(
    ("text", "piece", "digits"),
    [
        ("打幺三八洞洞幺三八洞洞洞吧", "幺三八洞洞幺三八洞洞洞", "13800138000"),
        ("1_3_8_0_0_1", "1_3_8_0_0_1", "138001"),
        ("①③⑧❶❷", "①③⑧❶❷", "13812"),
        ("138（去掉）00138000", "138（去掉）00138000", "13800138000"),
        ("138<b></b>0013 8000", "138<b></b>0013 8000", "13800138000"),
        ("4403041990\n0101123-X", "4403041990\n0101123-X", "44030419900101123X"),
        ("138-0013-8000 2025-03-02", "138-0013-8000", "13800138000"),
        ("一三八七八，20260302", "一三八七八", "13878"),
    ],
)
def test_a_run_is_read_whole_or_by_its_even_pieces(text: str, piece: str, digits: str) -> None:
    assert (piece, digits) in read(text)


def test_a_quantity_an_address_of_a_machine_and_a_part_of_a_longer_number_are_none() -> None:
    assert read("共一三八〇〇万元 192.168.154.50") == set()
    assert not any(digits == "13800138000" for _, digits in read("电话如下\n1380013\n8000,12"))


def test_words_are_read_with_digits_among_them() -> None:
    text = "call four one 5 double five zero please"
    assert [one.digits for one in words(text, text.index("zero"), len(text))] == ["415550"]


@given(st.lists(LETTERS, min_size=1, max_size=4))
def test_runs_are_the_same_without_a_compiler_and_in_any_company(texts: list[str]) -> None:
    together = said(COMPILED, texts)
    assert together == said(PASSES, texts)
    assert together == [(number, one) for number, text in enumerate(texts) for _, one in said(COMPILED, [text])]


@pytest.mark.parametrize("kernel", [runs, ran])
def test_a_word_of_one_character_asks_for_no_run_that_it_does_not_stand_by(kernel: Callable[..., int]) -> None:
    rules = RuleSet.read(
        {
            "a": """
[[rule]]
id = 'a'
kind = 'A'
from = 'spelled'
shape = '[0-9]+'
left = ['拨']
score = 0
adds = 50
hit = ['拨⟦1 2 3 4 5 6⟧']
"""
        }
    ).rules
    texts = ["拨1 2 3 4 5 6", "1 2 3 4 5 6", "1 2 3 4 5 6拨", "拨" + "。" * 40 + "1 2 3 4 5 6"]
    assert {number for number, _ in said(Reader(rules, kernel), texts)} == {0}
