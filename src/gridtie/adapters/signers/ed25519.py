"""Ed25519 keys (RFC 8032) by the cryptography library, kept in files that only their owner can read."""

import contextlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature as _Mismatch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gridtie.errors import StorageDamaged
from gridtie.wholefile import write_whole


class Ed25519Signer:
    def __init__(self, seed: bytes) -> None:
        """`seed` is the 32-byte private key."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._key.public_key().public_bytes_raw()

    @property
    def public_key(self) -> bytes:
        return self._public

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (_Mismatch, ValueError):
        return False
    return True


def load_or_create(path: Path, fresh_seed: bytes) -> Ed25519Signer:
    """The key in `path`; made from `fresh_seed` (32 bytes) with mode 0600 when there is none yet."""
    if not path.exists():
        with contextlib.suppress(FileExistsError):  # somebody made one meanwhile
            write_whole(path, fresh_seed.hex() + "\n", over=False)
    try:
        return Ed25519Signer(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except ValueError as cause:
        raise StorageDamaged(path=path, reason="not a private key of 64 hex digits") from cause
