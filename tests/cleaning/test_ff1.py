"""FF1 against the samples that NIST publishes beside SP 800-38G, and there and back for any number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.cleaning.ff1 import decrypt, encrypt, least_length

KEY = "2B7E151628AED2A6ABF7158809CF4F3C"
LONG = KEY + "EF4359D8D580AA4F7F036D6F04FC6A94"
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("key", "radix", "tweak", "plain", "cipher"),
    [
        (KEY, 10, "", "0123456789", "2433477484"),
        (KEY, 10, "39383736353433323130", "0123456789", "6124200773"),
        (KEY, 36, "3737373770717273373737", "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
        (LONG, 10, "", "0123456789", "6657667009"),
        (LONG, 10, "39383736353433323130", "0123456789", "1001623463"),
        (LONG, 36, "3737373770717273373737", "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
    ],
)
def test_the_published_samples_come_out(key: str, radix: int, tweak: str, plain: str, cipher: str) -> None:
    numerals = [LETTERS.index(letter) for letter in plain]
    made = encrypt(bytes.fromhex(key), bytes.fromhex(tweak), numerals, radix)
    assert "".join(LETTERS[number] for number in made) == cipher
    assert decrypt(bytes.fromhex(key), bytes.fromhex(tweak), made, radix) == numerals


@given(
    st.lists(st.integers(0, 9), min_size=6, max_size=40), st.binary(max_size=40), st.binary(min_size=16, max_size=16)
)
def test_every_number_comes_back_and_keeps_its_length(numerals: list[int], tweak: bytes, key: bytes) -> None:
    made = encrypt(key, tweak, numerals)
    assert len(made) == len(numerals)
    assert decrypt(key, tweak, made) == numerals


def test_fewer_than_a_million_values_are_not_offered() -> None:
    assert (least_length(10), least_length(36)) == (6, 4)
