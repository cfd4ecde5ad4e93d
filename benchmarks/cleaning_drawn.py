"""Documents of the seventh to eleventh unseen set, each a file in `unseen/`: `{TYPE}` is a labelled value, `{TYPE:a}`
one used again, `{~TYPE}` one written in an odd way, `{!kind}` a look-alike; all other braces stand as they are."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import cleaning_ways_drawn
from cleaning_drawn_look_alikes import DrawnKinds
from cleaning_drawn_values import DrawnValues
from cleaning_drawn_wider import WiderKinds
from cleaning_values import Document
from cleaning_ways import Way

SLOT = re.compile(r"\{([!~]?)([A-Za-z][A-Za-z_]*[0-9]*)(?::(\w+))?\}")
# Kinds whose slots only say more about the value.
PLAIN = {
    "MOBILE0": "MOBILE", "USPHONE0": "USPHONE", "BANK0": "BANK", "CARD0": "CARD", "CN_ID0": "CN_ID",
    "CN_IDWRONG": "CN_ID", "RESIDENCETW": "RESIDENCE", "MAINLAND_PASSTW": "MAINLAND_PASS", "DOB0": "DOB", "DOB8": "DOB",
    "ADDRESSLINES": "ADDRESS", "ANYPHONE": "PHONE", "UKPHONE": "PHONE", "WORLDPHONE": "PHONE",
    "NAMEREV": "NAME", "NAMEUP": "NAME", "FIRST": "NAME", "LAST": "NAME",
    "EMAILPERCENT": "EMAIL", "SSN0": "SSN", "USPASSPORT": "PASSPORT", "MEMBER": "LOCAL_NUMBER", "STREET": "ADDRESS",
}  # fmt: skip
HARD = "hard"
HERE = Path(__file__).parent / "unseen"
VALUES: dict[str, type[DrawnValues]] = {"drawn": DrawnKinds, "wider": WiderKinds}
A_ROUND = 50  # documents of each shape that other sets make while this one makes each of its own once


@dataclass(frozen=True)
class Drawn:
    """A set as its file has it, in the place of a `Batch`: its documents are many, so each is drawn a few times."""

    name: str

    def documents(self, count: int, seed: int) -> list[Document]:
        return [one for one in self._all(count, seed) if one.shape != HARD]

    def hard(self, count: int, seed: int) -> list[Document]:
        """The odd ways of the same drawing: `count` and `seed` are those that `bench_cleaning` makes of the others."""
        return [one for one in self._all(count // 5, seed - 1) if one.shape == HARD]

    def _all(self, count: int, seed: int) -> Iterator[Document]:
        said = read(self.name.split()[0])
        kinds = VALUES[said["values"]](Random(said["seed"] + seed - 1))
        for key, words in (read(said["words"]) if isinstance(said["words"], str) else said)["words"].items():
            setattr(kinds, key, words if isinstance(words, list) else words.split("|" if "|" in words else None))
        for _ in range(max(1, count // A_ROUND)):
            for language in ("zh", "en"):
                for shape, templates in said[language].items():
                    for template in templates:
                        yield filled(template, shape, language, kinds)
            for language in ("zh", "en"):
                for template in said[HARD][language]:
                    for way in odd_ways(said, template, language):
                        yield filled(template, HARD, language, kinds, way)
            for language in ("zh", "en"):
                for template in said["alike"][language]:
                    yield filled(template, "look-alike", language, kinds)


def read(name: str) -> dict[str, Any]:
    """A set's file. Its `words` may be those of another one, by its name."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def odd_ways(said: dict[str, Any], template: str, language: str) -> list[Way]:
    slot = re.search(r"\{~(\w+)\}", template)
    foreign = said["latin_only" if language == "zh" else "chinese_only"]
    named = [name for name in said["odd"][slot[1]] if name not in foreign] if slot else []
    return [getattr(cleaning_ways_drawn, name) for name in named]


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
