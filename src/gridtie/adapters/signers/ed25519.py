"""Ed25519 keys (RFC 8032) by the cryptography library, kept in files that only their owner can read."""

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature as _Mismatch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gridtie.errors import StorageDamaged


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
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        text = path.read_text(encoding="ascii").strip()
        try:
            return Ed25519Signer(bytes.fromhex(text))
        except ValueError as cause:
            raise StorageDamaged(path=path, reason="not a private key of 64 hex digits") from cause
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(fresh_seed.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return Ed25519Signer(fresh_seed)
