"""Near-duplicates: what is dropped is like something that stays, however the records are dealt and compared."""

import json
import random
import subprocess
import sys

import numpy as np
import pytest

from gridtie.cleaning import kernels, plain
from gridtie.cleaning.duplicates import STAYS, UNDECIDED, Candidates, Comparison, keys_of, shingles

LEAST, SEED = 0.8, 20261127
WORDS = [f"{head}{tail}" for head in ("ko", "mi", "ra", "tse", "blu") for tail in ("ran", "pol", "dik", "mese", "fo")]


def texts(count: int) -> list[str]:
    """Letters of one template, of which every fourth is an earlier text with some letters changed."""
    chance, made = random.Random(SEED), list[str]()
    body = [chance.choice(WORDS) for _ in range(45)]
    for number in range(count):
        if number % 4 == 3:
            letters = list(chance.choice(made))
            for _ in range(chance.randrange(1, 4)):
                letters[chance.randrange(len(letters))] = chance.choice("abcdefg")
            made.append("".join(letters))
            continue
        filled = [chance.choice(WORDS) + str(chance.randrange(10_000)) if chance.random() < 0.06 else word
                  for word in body]  # fmt: skip
        made.append(" ".join(filled))
    return made


def signed(some: list[str]) -> np.ndarray:
    return np.array([kernels.signature(kernels.squeezed(np.frombuffer(one.encode(), np.uint8))[1]) for one in some])


def compared(some: list[str], together: int, decided: dict[int, int] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Places of the candidates, and what was decided on each."""
    signatures = signed(some)
    found = Candidates.of(keys_of(signatures), np.ones(len(some), np.bool_))
    comparison, made = Comparison(found, LEAST), [np.zeros(0, np.int32)]
    for at in range(0, found.places.size, together):
        places = found.places[at : at + together]
        known = np.array([(decided or {}).get(at + step, UNDECIDED) for step in range(places.size)], np.int32)
        said = [np.zeros(0, np.uint32) if one >= 0 else shingles(some[place].encode())
                for one, place in zip(known.tolist(), places.tolist(), strict=True)]  # fmt: skip
        made.append(comparison.take(signatures[places], said, known))
    return found.places, np.concatenate(made)


def like(one: str, other: str) -> bool:
    mine, theirs = ({text[at : at + 5] for at in range(len(text) - 4)}
                    for text in (one.replace(" ", ""), other.replace(" ", "")))  # fmt: skip
    return len(mine & theirs) >= LEAST * len(mine | theirs)


def test_what_is_dropped_is_like_what_it_is_said_to_be_like_and_that_one_stays() -> None:
    some = texts(600)
    places, decided = compared(some, 1000)
    stay = places[decided == STAYS]
    dropped = [(some[place], some[stay[one]]) for place, one in zip(places, decided, strict=True) if one != STAYS]
    assert len(dropped) > 100
    assert all(like(one, other) for one, other in dropped)


def test_hardly_anything_is_missed_that_comparing_all_with_all_would_find() -> None:
    some = texts(600)
    places, decided = compared(some, 1000)
    stays: list[str] = []
    expected = set()
    for number, one in enumerate(some):
        if any(like(one, other) for other in stays):
            expected.add(number)
        else:
            stays.append(one)
    dropped = set(places[decided != STAYS].tolist())
    print("seed", SEED, "all with all", len(expected), "found of them", len(expected & dropped))
    assert len(expected & dropped) >= 0.98 * len(expected)


@pytest.mark.parametrize("together", [1, 7, 256])
def test_how_many_are_compared_at_once_changes_nothing(together: int) -> None:
    some = texts(300)
    whole, other = compared(some, 1000), compared(some, together)
    assert all(map(np.array_equal, whole, other))


def test_what_was_decided_before_is_taken_over() -> None:
    some = texts(300)
    _, whole = compared(some, 1000)
    assert np.array_equal(compared(some, 50, dict(enumerate(whole[:120].tolist())))[1], whole)


def test_the_passes_of_numpy_agree_with_the_kernels() -> None:
    some = texts(40)
    signatures, said = signed(some), [shingles(one.encode()) for one in some]
    assert np.array_equal(plain.keyed(signatures, 16), kernels.keyed(signatures, 16))
    rows = np.arange(0, 40, 3, dtype=np.int32)
    assert np.array_equal(plain.agreements(signatures, rows, signatures[1]),
                          kernels.agreements(signatures, rows, signatures[1]))  # fmt: skip
    for one in said:
        both = np.intersect1d(one, said[0]).size
        assert plain.common(one, said[0], 0) == kernels.common(one, said[0], both) == both
        assert kernels.common(one, said[0], both + 1) <= both


def test_without_numba_the_same_are_dropped() -> None:
    look = (
        "import json, sys\n"
        "if sys.argv[1]: sys.modules['numba'] = None\n"
        "from tests.cleaning.test_duplicates import compared, texts\n"
        "places, decided = compared(texts(120), 1000)\n"
        "print(json.dumps([places.tolist(), decided.tolist()]))\n"
    )
    said = [subprocess.run([sys.executable, "-c", look, bare], capture_output=True, text=True, check=True).stdout
            for bare in ("", "1")]  # fmt: skip
    assert said[0] == said[1]
    assert any(one >= 0 for one in json.loads(said[0])[1])
