"""Where data comes from and by what right: declared sources, and the rule pack that they and the result are held to.

[[source]]
name = "court decisions"
files = ["court*.jsonl.gz"]
kind = "open"                 open, collected, bought, users
licence = "CC-BY-4.0"
record = "https://… , collected 2026-10-01"
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from gridtie.tomltext import TomlReader

KINDS = ("open", "collected", "bought", "users")
UNDECLARED = "undeclared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`record`: the licence text, contract or collection record that can be shown on demand."""

    name: str
    files: tuple[str, ...]
    kind: str
    licence: str
    record: str

    @classmethod
    def read_all(cls, text: str, *, source: str) -> "list[Source]":
        """Raises InvalidInput with every problem."""
        reader = TomlReader(text, source=source)
        reader.only(reader.data, ("source",))
        listed = reader.data.get("source", [])
        found = (
            [_source(reader, number, given) for number, given in enumerate(listed, 1)]
            if isinstance(listed, list)
            else []
        )
        if not found:
            reader.wrong("no [[source]] stands here", "source")
        names = [one.name for one in found]
        for name in sorted({name for name in names if names.count(name) > 1}):
            reader.wrong(f"two sources are called {name!r}", "source")
        reader.done()
        return found


def _source(reader: TomlReader, number: int, given: Any) -> Source:
    said: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    where = f"source#{number}"
    reader.only(said, ("name", "files", "kind", "licence", "record"), where)
    texts = {}
    for key in ("name", "kind", "licence", "record"):
        value = said.get(key)
        if not isinstance(value, str) or not value.strip():
            reader.wrong(f"source {number}: {key} is missing", where, key)
        texts[key] = str(value)
    if texts["kind"] not in KINDS and "kind" in said:
        reader.wrong(f"source {number}: kind {texts['kind']!r} is not known; one of {', '.join(KINDS)}", where, "kind")
    files = said.get("files")
    if not isinstance(files, list) or not files or not all(isinstance(name, str) for name in files):
        reader.wrong(f'source {number}: files is a list of names or patterns, such as ["court*.jsonl"]', where, "files")
        files = []
    return Source(files=tuple(files), **texts)


def source_of(name: str, sources: Sequence[Source]) -> str:
    """Of an input by what it is called, with its folders or without; the first that fits."""
    for one in sources:
        if any(fnmatchcase(said, pattern) for pattern in one.files for said in (name, name.rpartition("/")[2])):
            return one.name
    return UNDECLARED


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePack:
    """What a named rule asks for. Shares are parts of one."""

    name: str
    source_risky_most: float
    hand_items_least: int
    hand_passed_least: float
    machine_share_least: float
    machine_passed_least: float
    library_words_least: int
    risk_words_least: Mapping[str, int]

    @classmethod
    def read(cls, text: str, *, source: str) -> "RulePack":
        """Raises InvalidInput with every problem and its place."""
        reader = TomlReader(text, source=source)
        numbers = [
            "source_risky_most", "hand_items_least", "hand_passed_least", "machine_share_least",
            "machine_passed_least", "library_words_least",
        ]  # fmt: skip
        reader.only(reader.data, ("name", *numbers, "risk_words_least"))
        for key in numbers:
            value = reader.data.get(key)
            if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
                reader.wrong(f"{key} is a number of 0 or more", key)
        least = reader.table("risk_words_least")
        for key, value in least.items():
            if type(value) is not int:
                reader.wrong(f"{key} is a whole number", "risk_words_least", key)
        reader.done()
        said = {key: reader.data[key] for key in numbers}
        return cls(name=str(reader.data.get("name", source)), risk_words_least=dict(least), **said)
