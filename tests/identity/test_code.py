"""The grammar, and what the check character catches."""

from contextlib import suppress
from itertools import pairwise, product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gridtie.errors import InvalidIdentifier
from gridtie.identity.code import CLASSES, LENGTH_MAX, Identifier, check_character, make, parse

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WORD = st.from_regex(r"[a-z0-9]{1,7}", fullmatch=True)
IDENTIFIERS = st.builds(
    make,
    st.lists(WORD, min_size=1, max_size=2).map(".".join),
    st.lists(WORD, min_size=1, max_size=2).map("-".join),
    st.from_regex(r"CN-[0-9]{6}|(DE|FR)-[A-Z0-9]{1,3}", fullmatch=True),
    st.sampled_from(CLASSES),
    st.from_regex(r"[0-9a-z]{1,8}", fullmatch=True),
)


def test_the_check_character_is_that_of_the_standard() -> None:
    """The example printed with the Global Release Identifier, which uses the same system: A1-2425G-ABC1234002-M."""
    assert check_character("A12425GABC1234002") == "M"
    assert check_character("a1-2425g-abc1234002") == "M"


@given(IDENTIFIERS)
def test_what_is_printed_is_read_back(made: Identifier) -> None:
    assert parse(str(made)) == made
    assert len(str(made)) <= LENGTH_MAX
    assert parse(f" {made}\n".upper()) == parse(str(made).lower()) == made


@given(IDENTIFIERS, st.data())
def test_every_single_mistyped_letter_or_digit_is_caught(made: Identifier, data: st.DataObject) -> None:
    text = str(made)
    for at, old in enumerate(text):
        if not old.isalnum():
            continue
        new = data.draw(st.sampled_from([char for char in ALPHABET if char != old.upper()]))
        with pytest.raises(InvalidIdentifier):
            parse(text[:at] + new + text[at + 1 :])


def test_of_swapped_neighbours_only_those_next_to_each_other_in_the_alphabet_can_pass_and_they_in_one_state_of_36() -> (
    None
):
    """Counted whole: the first of three characters brings the sum into each of its 36 states once."""
    missed = [
        (first, left, right)
        for first, left, right in product(ALPHABET, repeat=3)
        if left < right and check_character(first + left + right) == check_character(first + right + left)
    ]
    neighbours = {*pairwise(ALPHABET), ("0", "Z")}
    assert {(left, right) for _, left, right in missed} == neighbours
    assert len(missed) == len(neighbours)  # of 36 states × 630 pairs


@given(IDENTIFIERS, st.data())
def test_a_swap_within_an_identifier_is_caught_or_is_of_alphabet_neighbours(
    made: Identifier, data: st.DataObject
) -> None:
    text = str(made)
    spots = [at for at in range(len(text) - 1) if text[at : at + 2].isalnum() and text[at] != text[at + 1]]
    assume(spots)
    at = data.draw(st.sampled_from(spots))
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    gap = abs(ALPHABET.index(text[at].upper()) - ALPHABET.index(text[at + 1].upper()))
    if gap not in (1, 35):
        with pytest.raises(InvalidIdentifier):
            parse(swapped)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it has 1 parts between '/', not 5"),
        ("cn.demo/aurora/CN-520100/ai", "it has 4 parts"),
        ("cn.demo/aurora/CN-520100/ai/0001", "no '-' and check character"),
        ("cn.demo/aurora/CN-520100/ai/0001-", "no '-' and check character"),
        ("cn..demo/aurora/CN-520100/ai/0001-K", "its issuer prefix 'cn..demo'"),
        ("cn.demo/-aurora/CN-520100/ai/0001-K", "its owner '-aurora'"),
        ("cn.demo/aurora/520100/ai/0001-K", "its place '520100'"),
        ("cn.demo/aurora/CN-5201/ai/0001-K", "six digits of GB/T 2260"),
        ("cn.demo/aurora/CN-520100/gpu/0001-K", "its class 'gpu' is not one of general, ai, hpc, edge, quantum"),
        ("cn.demo/aurora/CN-520100/ai/00_1-K", "its serial '00_1'"),
        ("cn.demo/aurora/CN-520100/ai/0001-!", "its check character is !, the rest asks for "),
        ("cn.demo/\u212aurora/CN-520100/ai/0001-K", "characters other than ASCII"),  # the Kelvin sign folds to k
        ("c" * 100, "longer than 63 characters"),
    ],
)
def test_a_refusal_says_which_part_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(InvalidIdentifier) as refused:
        parse(text)
    assert reason in refused.value.message
    assert len(refused.value.message) < 200


def test_a_wrong_check_character_is_told_the_right_one() -> None:
    right = str(make("cn.demo", "aurora", "CN-520100", "ai", "0001"))
    wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
    with pytest.raises(InvalidIdentifier, match=f"its check character is {wrong[-1]}, the rest asks for {right[-1]}"):
        parse(wrong)


def test_the_example_in_the_advice_is_a_real_one() -> None:
    with pytest.raises(InvalidIdentifier) as refused:
        parse("?")
    assert parse(refused.value.remedy.removeprefix("An identifier looks like ").removesuffix(".")).owner == "aurora"


def test_nothing_is_made_that_could_not_be_read() -> None:
    for parts in (
        ("cn demo", "aurora", "CN-520100", "ai", "1"),
        ("cn", "Aurora", "CN-520100", "ai", "1"),
        ("cn", "aurora", "cn-520100", "ai", "1"),
        ("cn", "a" * 50, "CN-520100", "quantum", "1"),
    ):
        with pytest.raises(InvalidIdentifier):
            make(*parts)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InvalidIdentifier):
        assert parse(str(parse(text))) == parse(text)
