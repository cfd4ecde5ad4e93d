"""The kernels say what plain Python says of the same text."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gridtie.cleaning import kernels

TEXTS = st.text(st.sampled_from("aB1 。，的一あ가яع\u00e9\u3000\n\0😀𠀀"), max_size=80)


def squeezed(text: str) -> tuple[list[int], str]:
    counts, codes = kernels.squeezed(np.frombuffer(text.encode(), np.uint8))
    return counts, "".join(map(chr, codes))


@given(TEXTS)
def test_characters_are_counted_by_class_and_blanks_and_marks_are_squeezed_out(text: str) -> None:
    counts, left = squeezed(text)
    assert counts[kernels.CHARACTERS] == len(text) == sum(counts[1:])
    assert counts[kernels.LETTERS] == sum(letter in "aB\u00e9" for letter in text)
    assert counts[kernels.HAN] == sum(letter in "的一𠀀" for letter in text)
    assert left == "".join(letter for letter in text if letter not in " 。，\u3000\n\0😀").replace("B", "b")


@given(TEXTS, st.integers(1, 7))
def test_runs_of_characters_that_stood_before_are_counted(text: str, length: int) -> None:
    _, left = squeezed(text)
    runs = Counter(left[at : at + length] for at in range(len(left) - length + 1))
    codes = np.array([ord(letter) for letter in left], np.uint32)
    hashes = kernels.shingles(codes, length)
    assert Counter(Counter(hashes.tolist()).values()) == Counter(runs.values())
    again = runs.total() - len(runs)
    assert kernels.repeated(codes, length) == (again / runs.total() if runs else 0.0)


def test_a_signature_says_the_same_however_a_text_is_spaced_and_nothing_of_one_too_short() -> None:
    one, other, short = (
        kernels.squeezed(np.frombuffer(said.encode(), np.uint8))[1]
        for said in ("一二三四五六 Seven", "一二 三四，五六seven", "一二三")
    )
    assert np.array_equal(kernels.signature(one), kernels.signature(other))
    assert kernels.EMPTY not in kernels.signature(one)
    assert set(kernels.signature(short).tolist()) == {int(kernels.EMPTY)}


@given(
    st.lists(
        st.sampled_from(["", " ", "\u3000\t", "a", "ab", "a" * 8, "a" * 9, "a" * 16, "a" * 15 + "b", "张", "张\r"])
    )
)
def test_lines_are_counted_whole_and_blank_ones_not(lines: list[str]) -> None:
    said = [line for line in lines if line.strip()]
    assert kernels.lines_in(np.frombuffer("\n".join(lines).encode(), np.uint8)) == (len(said), len(set(said)))
