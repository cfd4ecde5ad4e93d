"""Whether a text is worth keeping, and in which language it speaks: counts first, then limits of the policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gridtie.cleaning import kernels

PHRASE = 20  # characters
# The words that any page of English has, whatever it is about.
_ENGLISH = kernels.packed(
    ("the", "of", "and", "to", "in", "is", "that", "for", "it", "as", "was", "with", "be", "by", "on")
)
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


def qualities(
    data: kernels.Bytes, counts: Sequence[int], squeezed: kernels.Codes, limits: Mapping[str, float]
) -> Qualities:
    """`data`: the text in UTF-8; `counts` and `squeezed` as `kernels.squeezed` has them of it. What costs a pass of its
    own is counted only where the policy limits it."""
    total = max(1, counts[kernels.CHARACTERS] - counts[kernels.SPACES])
    scripts = counts[kernels.LETTERS] + sum(counts[kernels.HAN : kernels.ARABIC + 1])
    return Qualities(
        characters=counts[kernels.CHARACTERS],
        letters=scripts / total,
        digits=counts[kernels.DIGITS] / total,
        symbols=counts[kernels.SYMBOLS] / total,
        repeated_lines=_repeated_lines(data) if limits["most_repeated_lines"] else 0.0,
        repeated_phrases=float(kernels.repeated(squeezed, PHRASE)) if limits["most_repeated_phrases"] else 0.0,
        language=_language(data, counts),
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


def _repeated_lines(data: kernels.Bytes) -> float:
    """The share of lines with something on them that stood before."""
    lines, different = kernels.lines_in(data)
    return 1 - different / lines if lines > 1 else 0.0


def _language(data: kernels.Bytes, counts: Sequence[int]) -> str:
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
        common, words = kernels.words_among(data, _ENGLISH, 8 * _WORDS_LOOKED_AT, _WORDS_LOOKED_AT)
        return "en" if common >= _ENGLISH_SHARE * words and common else "latin"
    return best
