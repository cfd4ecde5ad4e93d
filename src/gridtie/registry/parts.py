"""Parts of a chip. An owner lends each card of a pool in so many equal parts, and such a part is a product of its own:
`nv-a100/4` is a quarter of an A100. Everything that counts units of a chip counts its parts, in whole numbers."""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil

from gridtie.registry.chips import CPU

SHARES = (2, 3, 4, 5, 7, 8, 10)
"""In how many parts a card may be lent: few, so that offers and jobs meet. Sevenths are what MIG cuts."""


def part_of(chip: str, share: int) -> str:
    return f"{chip}/{share}" if share > 1 else chip


def whole_of(chip: str) -> str:
    """The chip that it is a part of, or it itself."""
    return chip.partition("/")[0]


def share_of(chip: str) -> int:
    """In how many parts its cards are lent; 1 where they are lent whole."""
    return int(chip.partition("/")[2] or 1)


def is_part(text: str, chips: Iterable[str]) -> bool:
    """Whether it names a part of one of these chips, in the one way that it is written."""
    chip, _, share = text.partition("/")
    return chip != CPU and share in {str(one) for one in SHARES} and chip in chips


def needed(fraction: Fraction, share: int) -> int:
    """Parts of one card that hold at least so much of it."""
    return ceil(fraction * share)


def ways(chip: str, amount: Fraction) -> list[tuple[str, int, bool]]:
    """[(what is sold, how many, taken only where nothing before it is)]: less than one card in any of the parts that
    owners lend, else a whole one."""
    parts = [(part_of(chip, share), needed(amount, share), False) for share in SHARES] if amount < 1 else []
    return [*parts, (chip, ceil(amount), bool(parts))]


def cards(units: int, chip: str) -> int:
    """Whole cards that so many units of a chip lie on."""
    return -(-units // share_of(chip))


def unit_of(chip: str) -> str:
    """What is sold by the hour."""
    return "core-hour" if chip == CPU else "part-hour" if share_of(chip) > 1 else "accelerator-hour"
