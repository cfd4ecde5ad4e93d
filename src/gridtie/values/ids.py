"""One typed id per kind of record: a prefix that says the kind, then a UUIDv7 in Crockford base32."""

from hashlib import sha256
from typing import NewType

OrganisationId = NewType("OrganisationId", str)  # org_…
MemberId = NewType("MemberId", str)  # member_…
TokenId = NewType("TokenId", str)  # token_…
SiteId = NewType("SiteId", str)  # site_…
ResourceId = NewType("ResourceId", str)  # res_…
CertificateId = NewType("CertificateId", str)  # cert_…
ChallengeId = NewType("ChallengeId", str)  # chal_…
OfferId = NewType("OfferId", str)  # offer_…
RequestId = NewType("RequestId", str)  # req_…
TradeId = NewType("TradeId", str)  # trade_…
JobId = NewType("JobId", str)  # job_…
RunId = NewType("RunId", str)  # run_…
ReceiptId = NewType("ReceiptId", str)  # rcpt_…
TransferId = NewType("TransferId", str)  # tx_…
VoucherId = NewType("VoucherId", str)  # voucher_…

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
BODY_LENGTH = 26


def uuid7_text(unix_ms: int, randomness: int) -> str:
    """A UUIDv7 of `unix_ms` (48 bits) and 74 bits of `randomness`, as 26 Crockford base32 characters.

    Ids made later sort later, so a listing by id is a listing by age.
    """
    value = (unix_ms & (1 << 48) - 1) << 80
    value |= 0x7 << 76
    value |= (randomness >> 62 & 0xFFF) << 64
    value |= 0b10 << 62
    value |= randomness & (1 << 62) - 1
    return "".join(ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


def derived_id(prefix: str, *parts: object) -> str:
    """An id that follows from `parts` alone: made again from the same parts it is the same, so a repeat is harmless.

    Each part is written with its length, so ("ab", "c") and ("a", "bc") differ. 130 bits of SHA-256.
    """
    texts = [str(part) for part in parts]
    value = int.from_bytes(sha256("".join(f"{len(t)}:{t}" for t in texts).encode()).digest(), "big") >> 126
    return f"{prefix}_" + "".join(ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


def is_id(prefix: str, text: str) -> bool:
    """Whether `text` is a whole id of that kind (short forms are resolved by the store, not here)."""
    head, _, body = text.partition("_")
    return head == prefix and len(body) == BODY_LENGTH and all(c in ALPHABET for c in body)
