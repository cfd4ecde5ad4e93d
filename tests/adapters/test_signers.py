"""Ed25519 as RFC 8032 has it, in files that only their owner can read."""

import stat
from pathlib import Path

import pytest

from gridtie.adapters.signers.ed25519 import Ed25519Signer, load_or_create, verify
from gridtie.adapters.signers.kept import derive, owner_signer
from gridtie.errors import StorageDamaged

# RFC 8032 §7.1: secret key, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2465"
        "5141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb0"
        "0d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc0"
        "27beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("seed", "public", "message", "signature"), VECTORS)
def test_keys_and_signatures_are_those_of_the_rfc(seed: str, public: str, message: str, signature: str) -> None:
    signer = Ed25519Signer(bytes.fromhex(seed))
    assert signer.public_key.hex() == public
    assert signer.sign(bytes.fromhex(message)).hex() == signature
    assert verify(signer.public_key, bytes.fromhex(message), bytes.fromhex(signature))
    for at in range(0, 64, 7):
        broken = bytearray.fromhex(signature)
        broken[at] ^= 1
        assert not verify(signer.public_key, bytes.fromhex(message), bytes(broken))


@pytest.mark.parametrize(("public", "signature"), [(b"", b""), (b"\xff" * 32, b"\0" * 64), (b"\1" * 31, b"\0" * 63)])
def test_what_is_no_key_or_signature_verifies_nothing_and_raises_nothing(public: bytes, signature: bytes) -> None:
    assert not verify(public, b"message", signature)


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "key"
    first = load_or_create(path, b"\1" * 32)
    again = load_or_create(path, b"\2" * 32)
    assert again.public_key == first.public_key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "zz", "00" * 31])
def test_a_damaged_key_file_is_named_and_never_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key"
    path.write_text(text)
    with pytest.raises(StorageDamaged, match="key"):
        load_or_create(path, b"\1" * 32)
    assert path.read_text() == text


def test_each_owner_has_a_key_of_its_own_that_follows_from_the_master() -> None:
    keys = owner_signer(b"\7" * 32)
    assert keys("org_a").public_key != keys("org_b").public_key
    assert owner_signer(b"\7" * 32)("org_a").public_key == keys("org_a").public_key
    assert owner_signer(b"\x08" * 32)("org_a").public_key != keys("org_a").public_key
    assert derive(b"\7" * 32, "owner/org_a") != derive(b"\7" * 32, "owner/org_b")
