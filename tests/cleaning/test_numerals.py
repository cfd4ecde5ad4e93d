"""Runs of digits and numerals are read as plain digits; with a compiler and without, the same ones are found."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.cleaning.block import Block
from gridtie.cleaning.numerals import numbers, words

ANYTHING = re.compile("")
LETTERS = st.text("0123456789零一二三幺①❷٣ -./_·\n（）<b>&;去元xA", max_size=60)


def read(text: str) -> set[tuple[str, str]]:
    return {
        (text[said.start : said.end], said.digits) for _, said in numbers(Block.of([text]), ANYTHING, compiled=True)
    }


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
    assert [said.digits for said in words(text, text.index("zero"), len(text))] == ["415550"]


@given(st.lists(LETTERS, min_size=1, max_size=4))
def test_runs_are_the_same_without_a_compiler_and_in_any_company(texts: list[str]) -> None:
    together = list(numbers(Block.of(texts), ANYTHING, compiled=True))
    assert together == list(numbers(Block.of(texts), ANYTHING, compiled=False))
    alone = [(number, said) for number, text in enumerate(texts)
             for _, said in numbers(Block.of([text]), ANYTHING, compiled=True)]  # fmt: skip
    assert together == alone
