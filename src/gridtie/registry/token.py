"""API tokens: `gridtie_<kind>_<8-character id>_<43-character secret><6-character checksum>`.

The prefix and the checksum let a scanner find a leaked token without asking us; the secret itself is 256 bits.
"""

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest, digest
from zlib import crc32

from gridtie.errors import NotSignedIn

KINDS = ("user", "ci", "enrol")
DAYS = {"user": 90, "ci": 30}
DAYS_MAX = 366
SECRET_BYTES = 32
ID_LENGTH = 8
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID = "0123456789abcdefghjkmnpqrstvwxyz"
_FORM = re.compile(r"gridtie_(user|ci|enrol)_([0-9a-z]{8})_([A-Za-z0-9_-]{43})([0-9A-Za-z]{6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    id: str
    secret: str

    @property
    def text(self) -> str:
        body = f"gridtie_{self.kind}_{self.id}_{self.secret}"
        return body + _checksum(body)

    def __repr__(self) -> str:
        return f"Token({self.kind}, {self.id})"  # never the secret, not even in a traceback


def make_token(kind: str, randomness: bytes) -> Token:
    """From 40 fresh random bytes: 8 for the public id, 32 for the secret."""
    if len(randomness) != ID_LENGTH + SECRET_BYTES:
        raise ValueError("a token needs 40 random bytes")
    key = "".join(_ID[byte & 31] for byte in randomness[:ID_LENGTH])
    return Token(kind, key, urlsafe_b64encode(randomness[ID_LENGTH:]).rstrip(b"=").decode("ascii"))


def parse_token(text: str) -> Token:
    """Raises NotSignedIn for anything else than a whole token; a mistyped one never reaches the database."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise NotSignedIn(reason="this is not a Gridtie token, or part of it is missing")
    token = Token(match[1], match[2], match[3])
    if token.text != text:
        raise NotSignedIn(reason="the token's checksum is wrong, so a character was mistyped or lost")
    return token


def secret_hmac(token: Token, pepper: bytes) -> str:
    """What the database keeps. The kind is part of it: an enrolment token can never pass for a user's."""
    return digest(pepper, f"{token.kind}/{token.id}/{token.secret}".encode(), sha256).hex()


def matches(token: Token, pepper: bytes, kept: str) -> bool:
    """In constant time."""
    return compare_digest(secret_hmac(token, pepper), kept)


def _checksum(body: str) -> str:
    value = crc32(body.encode("ascii"))
    digits = []
    for _ in range(6):
        value, index = divmod(value, 62)
        digits.append(_BASE62[index])
    return "".join(reversed(digits))
