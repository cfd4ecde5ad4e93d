"""One envelope for everything that is signed: a payload, and signatures over its canonical bytes."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from gridtie.errors import InvalidSignature
from gridtie.values.canonical import canonical

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64


class Signer(Protocol):
    """Holds one Ed25519 private key."""

    @property
    def public_key(self) -> bytes:
        """32 raw bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 raw bytes (RFC 8032)."""
        ...


class Verify(Protocol):
    """Whether `signature` over `message` was made by the holder of `public_key` (all raw bytes). Never raises."""

    def __call__(self, public_key: bytes, message: bytes, signature: bytes) -> bool: ...


def encode(raw: bytes) -> str:
    """base64url without padding, the form of keys and signatures in JSON."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode(text: str, *, length: int, subject: str) -> bytes:
    """The raw bytes; raises InvalidSignature when `text` is not that many bytes of base64url."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raw = b""
    if len(raw) != length or encode(raw) != text:
        raise InvalidSignature(subject=subject, reason=f"not {length} bytes of base64url")
    return raw


def fingerprint(public_key: bytes) -> str:
    """Short form of a key that two people can compare by voice: '3f9a-01bc-77de-2c40'."""
    text = sha256(public_key).hexdigest()[:16]
    return "-".join(text[i : i + 4] for i in range(0, 16, 4))


@dataclass(frozen=True, slots=True)
class Signature:
    role: str  # in which capacity the key signs: issuer, owner, site, exchange
    key: str  # base64url of the public key
    value: str  # base64url of the signature


@dataclass(frozen=True, slots=True)
class Envelope:
    """`kind` is part of what is signed, so that a receipt can never pass for a certificate."""

    kind: str
    payload: Mapping[str, Any]
    signatures: tuple[Signature, ...] = ()

    def signed_bytes(self, role: str) -> bytes:
        return f"gridtie/{self.kind}/{role}\n".encode() + canonical(self.payload)

    def sign(self, role: str, signer: Signer) -> "Envelope":
        """With `role`'s signature added (replacing an older one of that role)."""
        signature = Signature(role, encode(signer.public_key), encode(signer.sign(self.signed_bytes(role))))
        kept = tuple(s for s in self.signatures if s.role != role)
        return Envelope(self.kind, self.payload, (*kept, signature))

    def signature_of(self, role: str) -> Signature:
        for signature in self.signatures:
            if signature.role == role:
                return signature
        raise InvalidSignature(subject=self.kind, reason=f"no signature by its {role}")

    def check(self, role: str, public_key: bytes, verify: Verify) -> None:
        """Raises InvalidSignature unless `public_key` signed this payload as `role`."""
        signature = self.signature_of(role)
        if signature.key != encode(public_key):
            raise InvalidSignature(subject=self.kind, reason=f"signed as {role} by another key")
        raw = decode(signature.value, length=SIGNATURE_BYTES, subject=self.kind)
        try:
            message = self.signed_bytes(role)
        except ValueError as cause:
            raise InvalidSignature(subject=self.kind, reason=f"its content cannot have been signed: {cause}") from cause
        if not verify(public_key, message, raw):
            raise InvalidSignature(subject=self.kind, reason=f"the {role}'s signature does not match the content")

    def to_json(self) -> dict[str, Any]:
        signatures = [{"role": s.role, "key": s.key, "value": s.value} for s in self.signatures]
        return {"kind": self.kind, "payload": dict(self.payload), "signatures": signatures}

    @staticmethod
    def from_json(data: object, *, kind: str) -> "Envelope":
        """Raises InvalidSignature when the shape is not an envelope of that kind."""
        if not isinstance(data, Mapping) or data.get("kind") != kind:
            raise InvalidSignature(subject=kind, reason=f"not a document of kind {kind}")
        payload, listed = data.get("payload"), data.get("signatures")
        if not isinstance(payload, Mapping) or not isinstance(listed, list):
            raise InvalidSignature(subject=kind, reason="payload or signatures are missing")
        signatures = []
        for entry in listed:
            if not isinstance(entry, Mapping):
                raise InvalidSignature(subject=kind, reason="a signature is not an object")
            parts = [entry.get(name) for name in ("role", "key", "value")]
            if not all(isinstance(part, str) for part in parts):
                raise InvalidSignature(subject=kind, reason="a signature lacks role, key or value")
            signatures.append(Signature(*(str(part) for part in parts)))
        return Envelope(kind, dict(payload), tuple(signatures))
