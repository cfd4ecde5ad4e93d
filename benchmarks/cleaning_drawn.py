"""Documents of the seventh and eighth unseen set: `{TYPE}` is a labelled value, `{TYPE:a}` one used again, `{~TYPE}`
one written in an odd way, `{!kind}` a look-alike; all other braces stand as they are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from types import ModuleType
from typing import Any

from cleaning_values import Document
from cleaning_ways import Way

SLOT = re.compile(r"\{([!~]?)([A-Za-z][A-Za-z_]*[0-9]*)(?::(\w+))?\}")
# Kinds whose slots only say more about the value.
PLAIN = {
    "MOBILE0": "MOBILE", "USPHONE0": "USPHONE", "BANK0": "BANK", "CARD0": "CARD", "CN_ID0": "CN_ID",
    "CN_IDWRONG": "CN_ID", "RESIDENCETW": "RESIDENCE", "MAINLAND_PASSTW": "MAINLAND_PASS", "DOB0": "DOB", "DOB8": "DOB",
    "ADDRESSLINES": "ADDRESS", "ANYPHONE": "PHONE",
}  # fmt: skip
HARD = "hard"
A_ROUND = 50  # documents of each shape that other sets make while this one makes each of its own once


@dataclass(frozen=True)
class Drawn:
    """A set as `said` has it, in the place of a `Batch`: its documents are many, so each is drawn a few times."""

    name: str
    said: ModuleType

    def documents(self, count: int, seed: int) -> list[Document]:
        return [one for one in self._all(count, seed) if one.shape != HARD]

    def hard(self, count: int, seed: int) -> list[Document]:
        """The odd ways of the same drawing: `count` and `seed` are those that `bench_cleaning` makes of the others."""
        return [one for one in self._all(count // 5, seed - 1) if one.shape == HARD]

    def _all(self, count: int, seed: int) -> Iterator[Document]:
        said, kinds = self.said, self.said.VALUES(Random(self.said.SEED + seed - 1))
        for _ in range(max(1, count // A_ROUND)):
            for language, shapes in (("zh", said.CHINESE), ("en", said.LATIN)):
                for shape, templates in shapes.items():
                    for template in templates:
                        yield filled(template, shape, language, kinds)
            for language, lines in (("zh", said.HARD_CHINESE), ("en", said.HARD_LATIN)):
                for template in lines:
                    for way in self._ways(template, language):
                        yield filled(template, HARD, language, kinds, way)
            for language, lines in (("zh", said.LOOK_ALIKES_CHINESE), ("en", said.LOOK_ALIKES_LATIN)):
                for template in lines:
                    yield filled(template, "look-alike", language, kinds)

    def _ways(self, template: str, language: str) -> list[Way]:
        slot = re.search(r"\{~(\w+)\}", template)
        foreign = self.said.LATIN_ONLY if language == "zh" else self.said.CHINESE_ONLY
        return [way for way in self.said.ODD[slot[1]] if way not in foreign] if slot else []


def filled(template: str, shape: str, language: str, kinds: Any, way: Way | None = None) -> Document:
    made, kept, at = Document(shape, language), dict[tuple[str, str], str](), 0
    for slot in SLOT.finditer(template):
        sort, kind, again = slot.groups()
        if sort != "!" and not kind[0].isupper():
            continue
        made.text += template[at : slot.start()]
        at = slot.end()
        if sort == "!":
            made.text += getattr(kinds, f"not_{kind}")(language)
            continue
        value = kept.get((kind, again)) if again else None
        if value is None:
            value = str(getattr(kinds, f"a_{kind.lower()}")(language))
            while kind == "NAME" and value in kept.values():
                value = str(kinds.a_name(language))
            kept[kind, again] = value
        odd = way if sort == "~" else None
        value = odd(value, kinds.chance) if odd else value
        made.labels.append(
            (len(made.text), len(made.text) + len(value), PLAIN.get(kind, kind), odd.__name__ if odd else "")
        )
        made.text += value
    made.text += template[at:]
    return made
