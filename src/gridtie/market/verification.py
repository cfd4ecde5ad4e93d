"""What is wrong with a stored round, without clearing it again: the laws of the market, and the engine's own audit."""

from gridtie.market.clearing import Book, Clearing
from gridtie.market.laws import broken_laws
from gridtie.market.owner_first import kept_units
from gridtie.market.rules.welfare import NAME, audit


def faults(rule: str, book: Book, clearing: Clearing) -> tuple[str, ...]:
    """A sentence per fault; () when the round is sound."""
    broken = broken_laws(book, clearing)
    if broken or rule != NAME or any(kept_units(capacity) for capacity in book.capacities.values()):
        return broken  # beside owners' reserves the audit would see more free than part 2 of the round did
    return audit(book, clearing)
