"""Keys derived from one master key: the owners' keys, which the exchange keeps for them in this version."""

from collections.abc import Callable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gridtie.adapters.signers.ed25519 import Ed25519Signer
from gridtie.identity.signing import Signer


def derive(master: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose (RFC 5869); knowing one says nothing about the others."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"gridtie/{purpose}".encode()).derive(master)


def owner_signer(master: bytes) -> Callable[[str], Signer]:
    """The key of each organisation. An owner who brings his own key later gets a delegation to that one instead."""
    made: dict[str, Signer] = {}

    def signer(organisation: str) -> Signer:
        if organisation not in made:
            made[organisation] = Ed25519Signer(derive(master, f"owner/{organisation}"))
        return made[organisation]

    return signer
