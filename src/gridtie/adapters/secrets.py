"""Values sealed by AES-256-GCM; the key lies in a file beside the database, so a copied database says nothing."""

from base64 import b64decode, b64encode
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gridtie.errors import LocalFault

_VERSION = "1"
_NONCE_BYTES = 12


class AesSecretBox:
    """`context` is bound to the value: sealed for one job, it cannot be opened as another's."""

    def __init__(self, key: bytes, random_bytes: Callable[[int], bytes]) -> None:
        if len(key) != 32:
            raise ValueError("the key has 32 bytes")
        self._cipher = AESGCM(key)
        self._random_bytes = random_bytes

    def seal(self, plain: str, context: str) -> str:
        nonce = self._random_bytes(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, plain.encode(), context.encode())
        return f"{_VERSION}.{b64encode(nonce + sealed).decode('ascii')}"

    def unseal(self, sealed: str, context: str) -> str:
        """Raises LocalFault when the key, the context or the value is not the one it was sealed with."""
        version, _, body = sealed.partition(".")
        try:
            raw = b64decode(body, validate=True)
            plain = self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode())
        except (ValueError, InvalidTag) as cause:
            raise LocalFault(reason="a sealed value does not open; was secrets.key replaced?") from cause
        if version != _VERSION:
            raise LocalFault(reason=f"a sealed value has the unknown form {version!r}")
        return plain.decode()
