"""Sealed values open with their key and their context only."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.adapters.secrets import AesSecretBox
from gridtie.adapters.signers.kept import derive, owner_signer
from gridtie.errors import LocalFault

BOX = AesSecretBox(b"k" * 32, secrets.token_bytes)


@given(st.text(), st.text())
def test_a_value_comes_back_and_is_not_seen_meanwhile(plain: str, context: str) -> None:
    sealed = BOX.seal(plain, context)
    assert BOX.unseal(sealed, context) == plain
    assert sealed != BOX.seal(plain, context)
    assert len(plain) < 8 or plain not in sealed


@pytest.mark.parametrize("change", ["key", "context", "value", "version", "garbage"])
def test_anything_else_does_not_open(change: str) -> None:
    sealed, box, context = BOX.seal("canary", "job/name"), BOX, "job/name"
    if change == "key":
        box = AesSecretBox(b"x" * 32, secrets.token_bytes)
    elif change == "context":
        context = "other/name"
    elif change == "value":
        sealed = sealed[:-6] + ("AAAAAA" if not sealed.endswith("AAAAAA") else "BBBBBB")
    elif change == "version":
        sealed = "2" + sealed[1:]
    else:
        sealed = "1.?"
    with pytest.raises(LocalFault):
        box.unseal(sealed, context)


def test_each_owner_has_a_key_of_his_own_that_stays_the_same() -> None:
    first, again = owner_signer(b"m" * 32), owner_signer(b"m" * 32)
    assert first("org_a").public_key == again("org_a").public_key != first("org_b").public_key
    assert derive(b"m" * 32, "secrets") != derive(b"m" * 32, "owner/secrets")
