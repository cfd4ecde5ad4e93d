"""The identifier's grammar: `cn.demo/aurora/CN-520100/ai/0001-X`.

issuer prefix / owner / place / class / serial - check character. It names, and says nothing that can change: what the
resource has and what is free stands in the descriptor it resolves to. ASCII, at most 63 characters.

The check character is ISO/IEC 7064 MOD 37,36 over the letters and digits of everything before it, case-folded. It
catches every single mistyped letter or digit, and every swap of two adjacent ones except, in 1 case of 36, of two that
are next to each other in the alphabet (1 and 2, A and B, Z and 0). As in the standard, separators do not count.
"""

import re
from dataclasses import dataclass

from gridtie.errors import InvalidIdentifier

LENGTH_MAX = 63
CLASSES = ("general", "ai", "hpc", "edge", "quantum")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PREFIX = re.compile(r"[a-z0-9]+(\.[a-z0-9]+)*")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PLACE = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,9}")
_SERIAL = re.compile(r"[0-9a-z]{1,12}")


@dataclass(frozen=True, slots=True)
class Identifier:
    prefix: str
    owner: str
    place: str
    kind: str  # one of CLASSES
    serial: str

    @property
    def body(self) -> str:
        return f"{self.prefix}/{self.owner}/{self.place}/{self.kind}/{self.serial}"

    def __str__(self) -> str:
        return f"{self.body}-{check_character(self.body)}"


def check_character(body: str) -> str:
    """ISO/IEC 7064 hybrid system MOD 37,36. Characters outside A–Z and 0–9 are passed over."""
    modulus = len(_ALPHABET)
    product = modulus
    for char in body.upper():
        value = _ALPHABET.find(char)
        if value < 0:
            continue
        product = (product + value) % modulus or modulus
        product = product * 2 % (modulus + 1)
    return _ALPHABET[(modulus + 1 - product) % modulus]


def make(prefix: str, owner: str, place: str, kind: str, serial: str) -> Identifier:
    """Raises InvalidIdentifier naming the part that is wrong."""
    made = Identifier(prefix, owner, place, kind, serial)
    _check(made, str(made))
    return made


def parse(text: str) -> Identifier:
    """Case is folded: prefix, owner, class and serial to lower, place and check character to upper.

    Raises InvalidIdentifier naming the first part that is wrong; for a wrong check character the one expected.
    """
    shown = text if len(text) <= LENGTH_MAX else text[:LENGTH_MAX] + "…"
    if len(text) > LENGTH_MAX:
        raise InvalidIdentifier(text=shown, reason=f"longer than {LENGTH_MAX} characters")
    if not text.isascii():  # some letters outside ASCII fold onto a letter inside it
        raise InvalidIdentifier(text=shown, reason="it has characters other than ASCII")
    parts = text.strip().split("/")
    if len(parts) != 5:
        raise InvalidIdentifier(text=shown, reason=f"it has {len(parts)} parts between '/', not 5")
    serial, dash, check = parts[4].rpartition("-")
    if not dash or len(check) != 1:
        raise InvalidIdentifier(text=shown, reason="the serial has no '-' and check character")
    found = Identifier(parts[0].lower(), parts[1].lower(), parts[2].upper(), parts[3].lower(), serial.lower())
    _check(found, shown)
    expected = check_character(found.body)
    if check.upper() != expected:
        raise InvalidIdentifier(text=shown, reason=f"its check character is {check}, the rest asks for {expected}")
    return found


def _check(identifier: Identifier, shown: str) -> None:
    rules = (
        ("issuer prefix", identifier.prefix, _PREFIX, "lower-case words joined by '.'"),
        ("owner", identifier.owner, _NAME, "lower-case words joined by '-'"),
        ("place", identifier.place, _PLACE, "a country's two letters, '-', and its local code, as CN-520100"),
        ("serial", identifier.serial, _SERIAL, "1 to 12 lower-case letters or digits"),
    )
    for name, value, rule, words in rules:
        if not rule.fullmatch(value):
            raise InvalidIdentifier(text=shown, reason=f"its {name} {value!r} is not {words}")
    if identifier.place.startswith("CN-") and not re.fullmatch(r"CN-\d{6}", identifier.place):
        raise InvalidIdentifier(text=shown, reason="a place in China is CN- and the six digits of GB/T 2260")
    if identifier.kind not in CLASSES:
        raise InvalidIdentifier(text=shown, reason=f"its class {identifier.kind!r} is not one of {', '.join(CLASSES)}")
    if len(str(identifier)) > LENGTH_MAX:
        raise InvalidIdentifier(text=shown, reason=f"longer than {LENGTH_MAX} characters")
