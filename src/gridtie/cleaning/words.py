"""Libraries of words that make a text risky: versions, risk classes, and which of them a text holds.

A library is a TOML file:

    version = "2026-11-27"
    [risks]
    "A.1.6" = ["…", "…"]        by the class of a rule pack, such as the 31 risks of TC260-003 and GB/T 45654
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from gridtie.cleaning.kernels import pair_hash, pairs_at
from gridtie.tomltext import TomlReader

_FILTER = 1 << 20
LEAST = 2  # characters of a word: one alone means nothing


@dataclass(frozen=True, slots=True)
class WordLibrary:
    version: str
    risks: Mapping[str, tuple[str, ...]]
    digest: str

    @classmethod
    def read(cls, text: str, *, source: str) -> "WordLibrary":
        """Raises InvalidInput with every problem and its place."""
        reader = TomlReader(text, source=source)
        reader.only(reader.data, ("version", "risks"))
        version = reader.data.get("version")
        if not isinstance(version, str) or not version:
            reader.wrong('version says which library this is, such as "2026-11-27"', "version")
        risks = {}
        for risk, words in reader.table("risks").items():
            listed = words if isinstance(words, list) else [""]
            if not all(isinstance(word, str) and len(word.strip()) >= LEAST for word in listed):
                reader.wrong(f"{risk} is a list of words of at least {LEAST} characters", "risks", risk)
                continue
            risks[risk] = tuple(sorted({word.strip().lower() for word in words}))
        reader.done()
        return cls(str(version), risks, sha256(text.encode()).hexdigest())


class WordFinder:
    """A library made ready: pairs of characters are looked up in a filter, and where one is known, in the words."""

    def __init__(self, library: WordLibrary) -> None:
        self.library = library
        self._filter = np.zeros(_FILTER, np.bool_)
        self._by_pair: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for risk, words in library.risks.items():
            for word in words:
                self._by_pair[word[:2]].append((word, risk))
                self._filter[pair_hash(ord(word[0]), ord(word[1])) & (_FILTER - 1)] = True

    def risks(self, text: str) -> Counter[str]:
        """How often words of each risk class stand in the text."""
        small = text.lower()
        codes = np.frombuffer(small.encode("utf-32-le"), np.uint32)
        places = np.empty(codes.size, np.int64)
        found: Counter[str] = Counter()
        for place in places[: pairs_at(codes, self._filter, places)].tolist():
            for word, risk in self._by_pair.get(small[place : place + 2], ()):
                if small.startswith(word, place):
                    found[risk] += 1
        return found
