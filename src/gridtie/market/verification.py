"""What is wrong with a stored round, without clearing it again: the laws of the market, and the engine's own audit."""

from gridtie.market.clearing import Book, Clearing
from gridtie.market.laws import broken_laws
from gridtie.market.owner_first import of_everybody
from gridtie.market.rules.welfare import audit
from gridtie.values.rule_names import BEST_WELFARE


def faults(rule: str, book: Book, clearing: Clearing) -> tuple[str, ...]:
    """A sentence per fault; () when the round is sound."""
    broken = broken_laws(book, clearing)
    if broken or rule != BEST_WELFARE:
        return broken
    return audit(*of_everybody(book, clearing))
