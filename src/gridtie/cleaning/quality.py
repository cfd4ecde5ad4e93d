"""Whether a text is worth keeping, and in which language it speaks: counts first, then limits of the policy."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gridtie.cleaning import kernels

PHRASE = 20  # characters
# The words that any page of English has, whatever it is about.
_ENGLISH = frozenset({"the", "of", "and", "to", "in", "is", "that", "for", "it", "as", "was", "with", "be", "by", "on"})
_ENGLISH_SHARE = 0.03
_WORDS_LOOKED_AT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualities:
    """Shares of characters between 0 and 1. `symbols` are marks, emoji and what is no letter of any script."""

    characters: int
    letters: float
    digits: float
    symbols: float
    repeated_lines: float
    repeated_phrases: float
    language: str


def qualities(text: str, encoded: bytes, limits: Mapping[str, float]) -> Qualities:
    """`encoded` is the text in UTF-8. What costs a pass of its own is counted only where the policy limits it."""
    data = np.frombuffer(encoded, np.uint8)
    counts = kernels.classes(data)
    total = max(1, int(counts[kernels.CHARACTERS]) - int(counts[kernels.SPACES]))
    scripts = counts[kernels.LETTERS] + counts[kernels.HAN : kernels.ARABIC + 1].sum()
    return Qualities(
        characters=int(counts[kernels.CHARACTERS]),
        letters=float(scripts) / total,
        digits=float(counts[kernels.DIGITS]) / total,
        symbols=float(counts[kernels.SYMBOLS]) / total,
        repeated_lines=_repeated_lines(text) if limits["most_repeated_lines"] else 0.0,
        repeated_phrases=float(kernels.repeated(data, PHRASE)) if limits["most_repeated_phrases"] else 0.0,
        language=_language(text, counts.tolist()),
    )


def reason_to_drop(found: Qualities, limits: Mapping[str, float]) -> str:
    """The first limit that the text breaks, as `name`; '' when it keeps them all. A limit of 0 is none."""
    broken = {
        "least_characters": found.characters < limits["least_characters"],
        "most_characters": found.characters > limits["most_characters"],
        "least_letters": found.letters < limits["least_letters"],
        "most_digits": found.digits > limits["most_digits"],
        "most_symbols": found.symbols > limits["most_symbols"],
        "most_repeated_lines": found.repeated_lines > limits["most_repeated_lines"],
        "most_repeated_phrases": found.repeated_phrases > limits["most_repeated_phrases"],
    }
    return next((name for name, wrong in broken.items() if wrong and limits[name]), "")


def _repeated_lines(text: str) -> float:
    """The share of lines with something on them that stood before."""
    lines = [line for line in text.split("\n") if line and not line.isspace()]
    return 1 - len(set(lines)) / len(lines) if len(lines) > 1 else 0.0


def _language(text: str, counts: list[int]) -> str:
    """By script: zh, ja, ko, ru, ar; of Latin script en by its commonest words, else latin; `other` without letters."""
    scripts = {
        "zh": counts[kernels.HAN], "ja": counts[kernels.KANA] * 3, "ko": counts[kernels.HANGUL],
        "ru": counts[kernels.CYRILLIC], "ar": counts[kernels.ARABIC], "latin": counts[kernels.LETTERS] // 4,
    }  # fmt: skip
    best = max(scripts, key=lambda name: scripts[name])
    if not scripts[best]:
        return "latin" if counts[kernels.LETTERS] else "other"
    if best == "zh" and counts[kernels.KANA] * 8 > counts[kernels.HAN]:
        return "ja"  # Japanese writes Han characters too, but never without kana
    if best == "latin":
        words = text[: 8 * _WORDS_LOOKED_AT].lower().split()[:_WORDS_LOOKED_AT]
        common = sum(word in _ENGLISH for word in words)
        return "en" if common >= _ENGLISH_SHARE * len(words) and common else "latin"
    return best
