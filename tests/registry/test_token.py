"""Tokens: found by a scanner, refused when mistyped, compared by an HMAC that knows their kind."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.errors import NotSignedIn
from gridtie.registry.token import KINDS, Token, make_token, matches, parse_token, secret_hmac

random_bytes = st.binary(min_size=40, max_size=40)
PEPPER = b"p" * 32


@given(st.sampled_from(KINDS), random_bytes)
def test_a_token_survives_print_and_parse(kind: str, raw: bytes) -> None:
    token = make_token(kind, raw)
    assert parse_token(token.text) == token
    assert len(token.text) == len(f"gridtie_{kind}_") + 8 + 1 + 43 + 6
    assert token.secret not in repr(token)


@given(random_bytes, st.integers(min_value=0, max_value=69), st.sampled_from(string.ascii_letters + string.digits))
def test_one_wrong_character_is_noticed_without_the_database(raw: bytes, place: int, char: str) -> None:
    text = make_token("user", raw).text
    place %= len(text)
    broken = text[:place] + char + text[place + 1 :]
    if broken != text:
        with pytest.raises(NotSignedIn):
            parse_token(broken)


@given(random_bytes, random_bytes)
def test_only_the_same_token_matches_its_hash(first: bytes, second: bytes) -> None:
    token = make_token("user", first)
    kept = secret_hmac(token, PEPPER)
    assert matches(token, PEPPER, kept)
    assert not matches(token, b"q" * 32, kept)
    assert not matches(Token("enrol", token.id, token.secret), PEPPER, kept)
    if first != second:
        assert not matches(make_token("user", second), PEPPER, kept)


@given(st.text(max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    with pytest.raises(NotSignedIn):
        parse_token(text)
