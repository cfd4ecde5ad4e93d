"""Both sides make the same numbers, on every version of NumPy, because these bytes are written down."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.certification import generator
from gridtie.certification.generator import capacity_checksum, capacity_chunk, capacity_streams, residues, seed, words

KEY = bytes(range(32))


def test_the_stream_is_splitmix64_of_a_counter() -> None:
    """Against the published algorithm, in plain integers."""
    mask = (1 << 64) - 1
    state, expected = int.from_bytes(KEY[:8], "little"), []
    for _ in range(5):
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        expected.append(z ^ z >> 31)
    assert [int(word) for word in words(KEY, 5)] == expected
    # The first outputs of the reference implementation from state 0.
    assert [int(word) for word in words(bytes(32), 2)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]


def test_golden_digests() -> None:
    assert seed(b"nonce", "matrix", 0).hex() == "a75e0656ca8196c14a098cba67f830d01ea1cdd121006524ba68fa57210c0a38"
    assert (
        hashlib.sha256(residues(KEY, 1000, 521).astype("<i2").tobytes()).hexdigest()
        == "5c56630bf1f57e1dff51336e98b092b16a04c4ccfec8665897065a1f77b4d6b3"
    )
    base, weights = capacity_streams(KEY, 0)
    assert capacity_checksum(capacity_chunk(base, 7), weights) == -4877738535210511711


@given(start=st.integers(0, 5000), count=st.integers(1, 300))
def test_any_part_of_a_stream_is_that_part_of_the_whole(start: int, count: int) -> None:
    assert np.array_equal(words(KEY, count, start=start), words(KEY, start + count)[start:])


def test_a_seed_knows_where_its_parts_end() -> None:
    assert seed("ab", "c") != seed("a", "bc") != seed("abc")


@pytest.mark.parametrize("precision", sorted(generator.MODULUS))
def test_residues_are_symmetric_and_their_sums_stay_exact(precision: str) -> None:
    modulus, n = generator.MODULUS[precision], generator.INNER_MAX[precision]
    values = residues(KEY, 100_000, modulus).astype(np.int64)
    assert values.min() >= -(modulus // 2)
    assert values.max() <= modulus // 2
    assert set(np.unique(values)) == set(range(-(modulus // 2), modulus // 2 + 1)) or modulus > 10_000
    variance = ((modulus**2 - 1) / 12) ** 2 * n
    assert 8 * variance**0.5 <= generator.EXACT_MAX[precision]
    assert np.all(generator.units(KEY, 10_000, modulus) != 0)
