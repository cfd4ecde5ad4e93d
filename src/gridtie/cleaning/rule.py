"""A rule as a compliance officer reads it: one table of a TOML file, with its own positive and negative examples.

`from` says where candidates come from:

- `digits`: groups of digits, as people part them (`138 0013 8000`); `shape` is held against the bare digits, `written`
  against the lengths of the groups (`3-4-4`; without it any grouping by blanks or hyphens, each group of two or more);
  `unparted = false` where it must be written in groups.
- `token`: a run of letters and digits in or beside a group of digits; `shape` is held against it. `lengths` says how
  many letters and digits it has, at least and at most; without it any number.
- `pattern`: `shape` is searched around every place of one of `anchors`, from `before` to `after` code points, and must
  cover it. Where the shape has a group `it`, that is what is found. An anchor is a word, or a regular expression behind
  `re:`, and should begin with a rare character, for that is what every text is searched for. `then` is what must stand
  right behind an anchor: a cheap expression that spares a costly shape; it may name pieces, too.
- `spelled`: numbers however they are written: digits of any script, numerals, words, parted by anything. `shape` is
  held against them as plain digits. `way` is how one must be written, `numerals` or `words`; without it in any way.
  `anchors` are words that such a row begins at or holds.
- `column`: an anchor is the head of a column, in a first line parted by commas, tabs, bars, semicolons or blanks; every
  cell of the lines below that is wholly of the `shape` is a candidate.
- `beside`: `anchors` are kinds; `shape` stands right behind what was found of one of them, or with `way` = `before`
  right before it, up to its own end. What is found is its group `it`.
- `line`: `anchors` are kinds; `shape` stands anywhere in a line in which something of one of them was found, or with
  `way` = `text` in any line of a text that holds something personal for every 300 of its code points, or with `full`
  in such texts alone. `then` is what must stand somewhere in what is looked at: a cheap expression that spares a costly
  shape.

`shape`, `tail` and expressions behind `re:` may name pieces of `[pieces]`, of any file: `⟨day⟩` stands for the
expression `day`. `tail` is what right behind a candidate belongs to it, such as an extension. A word of `left` or
`right` may stand for several: `{staff,payroll} {no,id}` are four.

A candidate that has the shape starts with `score`. A word of `left` that ends within `gap` before it, or of `right`
behind it, adds `adds`; a word of `refuse` that stands nearer takes the candidate away, unless the rule is `sure`; there
and in `refuse_right`, `re:` makes an expression of it: `re:天(?!津)`. With `headed` the head of its column is asked
for these words, too. A failed `check` takes it away too, unless `unchecked` says what is left of the score. It counts
from 50 on.

In the examples `⟦…⟧` stands around everything that all rules together find: in those of `hit` something at least, in
those of `miss` nothing or what another rule finds.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import product
from math import prod
from typing import Any, NoReturn

import numpy as np

from gridtie.cleaning.checks import CHECKS
from gridtie.cleaning.expected import ASCII, Table, ends, items, parsed, walk
from gridtie.cleaning.spans import Span
from gridtie.tomltext import TomlReader

COUNTS_FROM = 50
LEFT, RIGHT = 32, 20  # code points in which a word counts as context
_PIECE, _DEEPEST, _LONGEST = re.compile("⟨([a-z-]+)⟩"), 8, 50_000  # characters of a shape with all its pieces
_KIND, _MARK = re.compile("[A-Z][A-Z0-9_]*"), re.compile("⟦[^⟦⟧]+⟧")
_ONE_OF, _MOST_WORDS = re.compile(r"\{([^{}]*)\}"), 5_000
_BEGINS_WITH_ONE_OF = re.compile(r"\(\?:([^\\()\[\]{}.*+?^$]+)\)(?![*+?{])([^|]*)")
# An expression that begins with a letter and is no choice by itself: that letter, and the rest.
_INSIDE = r"[^|()\[\\]|\\.|\[[^\]\\]*\]"
_BEGINS_WITH_A_LETTER = re.compile(rf"([^\W\d_])(?![*+?{{])((?:{_INSIDE}|\((?:{_INSIDE}|\|)*\))*)")
_BEYOND = "\x80-\U0010ffff"  # what is no ASCII
_FAR = 70  # code points before an anchor from which on a search is as fast
_LISTS = ("left", "right", "refuse", "refuse_right")
_SOURCES = ("digits", "token", "pattern", "column", "spelled", "beside", "line")
_FIELDS = {
    "id": str, "kind": str, "from": str, "shape": str, "score": int, "check": str, "unchecked": int, "adds": int,
    "digits": list, "lengths": list, "written": list, "anchors": list, "then": str,
    "before": int, "after": int, "gap": int,
    "left": list, "right": list, "refuse": list, "refuse_right": list, "sure": bool, "headed": bool, "unparted": bool,
    "tail": str, "way": str,
    "hit": list, "miss": list,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Its expressions are compiled when they are first asked for, for most of them never are in a small text."""

    id: str
    kind: str
    source: str
    shape_text: str
    score: int
    check: str
    unchecked: int
    adds: int
    digits: tuple[int, ...]
    lengths: tuple[int, ...]
    written: frozenset[str]
    anchors: tuple[str, ...]
    then_text: str
    tail_text: str
    before: int
    after: int
    gap: int
    lists: Mapping[str, Sequence[str]]  # the words of `left`, `right`, `refuse` and `refuse_right`
    sure: bool
    headed: bool
    unparted: bool
    way: str
    hits: tuple[str, ...]
    misses: tuple[str, ...]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Of `left` and `right`, in lower case."""
        return tuple(word.lower() for key in ("left", "right") for word in self.lists[key])

    @cached_property
    def shape(self) -> re.Pattern[str]:
        return re.compile(self.shape_text)

    @cached_property
    def led(self) -> re.Pattern[str] | None:
        return _led(self.shape_text, self.before) if self.source == "pattern" else None

    @cached_property
    def looking(self) -> tuple[Callable[..., re.Match[str] | None], str | int, str | int]:
        """How the shape is looked for from a place on; the group that it is there, and the one that is found."""
        look, it = (self.led.match, "_at") if self.led else (self.shape.search, 0)
        return look, it, "it" if "it" in self.shape.groupindex else it

    @cached_property
    def ends(self) -> re.Pattern[str] | None:
        """What a match ends with that must reach the end of what is looked at; None where that can be anything."""
        return _ends(self.shape_text)

    @cached_property
    def then(self) -> re.Pattern[str] | None:
        return re.compile(self.then_text) if self.then_text else None

    @cached_property
    def tail(self) -> re.Pattern[str] | None:
        return re.compile(self.tail_text) if self.tail_text else None

    @cached_property
    def context(self) -> re.Pattern[str] | None:
        return self._any_of("left")

    @cached_property
    def right(self) -> re.Pattern[str] | None:
        return self._any_of("right")

    @cached_property
    def refuse(self) -> re.Pattern[str] | None:
        return self._any_of("refuse")

    @cached_property
    def refuse_right(self) -> re.Pattern[str] | None:
        return self._any_of("refuse_right")

    def _any_of(self, key: str) -> re.Pattern[str] | None:
        return _any_of(self.lists[key]) if self.lists[key] else None

    def expressions(self) -> list[re.Pattern[str] | None]:
        """Raises what `re` raises for what is none."""
        return [self.shape, self.led, self.then, self.tail, self.context, self.right, self.refuse, self.refuse_right]


@dataclass(frozen=True, slots=True)
class Example:
    """A text of a rule file, with the marked places taken out of it: `⟦…⟧` stands around what must be found."""

    text: str
    marked: tuple[tuple[int, int], ...]

    @staticmethod
    def wrong(written: str, *, hit: bool) -> str:
        """What makes it prove nothing, in words; '' for one that is held to its marks."""
        left = _MARK.sub("", written)
        if "⟦" in left or "⟧" in left:
            return "has a ⟦ or a ⟧ without the other, or nothing between them"
        return "marks nothing: put ⟦ and ⟧ around what must be found" if hit and left == written else ""

    @classmethod
    def read(cls, written: str) -> "Example":
        marked: list[tuple[int, int]] = []
        text = ""
        for piece in re.split("(⟦.*?⟧)", written, flags=re.DOTALL):
            if piece.startswith("⟦"):
                marked.append((len(text), len(text) + len(piece) - 2))
                piece = piece[1:-1]
            text += piece
        return cls(text, tuple(marked))

    def differs(self, found: list[Span]) -> bool:
        return self.marked != tuple((span.start, span.end) for span in found)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules that a scan applies. `digest` names exactly these files, for reports; `places` says of each rule by its
    id in which file it stands, and at which line and column; `own` are the ids of those that are not built in."""

    rules: tuple[Rule, ...]
    digest: str
    places: Mapping[str, tuple[str, int, int]]
    own: frozenset[str]

    @classmethod
    def read(cls, files: Mapping[str, str], own: Mapping[str, str] | None = None, *, proven: bool = False) -> "RuleSet":
        """The rules of several files, by name, and of `own` ones beside them, which may have the same names.

        `[words]` of any of them names lists of words that all rules may use: `left = ["@order"]` stands for the list
        `order`. So does `[pieces]` with parts of shapes. `proven`: of `files` it is known that their expressions are
        some, so they need not be tried.

        Raises:
            InvalidInput: no TOML, or a rule that could never be applied as it is written; with its file and id.
        """
        texts = [*sorted(files.items()), *sorted((own or {}).items())]
        readers = [TomlReader(text, source=name) for name, text in texts]
        words: dict[str, list[str]] = {}
        pieces: dict[str, str] = {}
        for reader in readers:
            reader.only(reader.data, ("rule", "words", "pieces"))
            if not reader.data:
                reader.refuse("holds no rule: write [[rule]] above the keys of each", "rule")
            for key, listed in reader.table("words").items():
                if key in words or not _strings(listed):
                    reader.refuse(f"the words {key!r} must be one list of words, named once", "words", key)
                words[key] = listed
            for key, piece in reader.table("pieces").items():
                if key in pieces or not isinstance(piece, str):
                    reader.refuse(f"the piece {key!r} must be one expression, named once", "pieces", key)
                pieces[key] = f"(?:{piece})"
            reader.done()
        rules: dict[str, Rule] = {}
        places: dict[str, tuple[str, int, int]] = {}
        mine: set[str] = set()  # not told by the name of the file, which may be that of a built-in one
        for which, reader in enumerate(readers):
            listed = reader.data.get("rule", [])
            if not isinstance(listed, list) or not all(isinstance(table, Mapping) for table in listed):
                reader.refuse("rule is a list of tables: write [[rule]] above the keys of each", "rule")
            for number, table in enumerate(listed, start=1):
                where = _Where(reader, f"rule#{number}", table.get("id", number))
                rule = _rule(table, _Named(words, pieces), where, proven=proven and which < len(files))
                if rule.id in rules:
                    reader.refuse(f"a second rule with the id {rule.id!r}; give each its own", f"rule#{number}", "id")
                rules[rule.id] = rule
                places[rule.id] = (reader.source, *reader.place(f"rule#{number}"))
                mine.update([rule.id] if which >= len(files) else [])
        digest = sha256("\0".join(f"{name}\0{text}" for name, text in texts).encode()).hexdigest()
        return cls(tuple(rules.values()), digest, places, frozenset(mine))

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(rule.kind for rule in self.rules)


@dataclass(frozen=True, slots=True)
class _Where:
    """The rule that is read: its file, which of them it is, and its id or number."""

    reader: TomlReader
    table: str
    name: object

    def refuse(self, message: str, key: str = "", said: str = "") -> NoReturn:
        self.reader.refuse(f"rule {self.name!r}: {message}", self.table, key, said)


def _spelled_out(word: str) -> list[str]:
    """All that it stands for: `{staff,payroll} no` is `staff no` and `payroll no`."""
    parts = [part.split(",") if number % 2 else [part] for number, part in enumerate(_ONE_OF.split(word))]
    return list(dict.fromkeys(map("".join, product(*parts))))


def _strings(listed: object) -> bool:
    return isinstance(listed, list) and all(isinstance(word, str) and word for word in listed)


def _check(table: Mapping[str, Any], where: _Where) -> None:
    """That each key is known and of its form. Raises InvalidInput."""
    for key, value in table.items():
        if key not in _FIELDS:
            where.refuse(f"unknown key {key!r}; known: {', '.join(sorted(_FIELDS))}", key)
        if type(value) is not _FIELDS[key]:
            where.refuse(f"{key} must be {_FIELDS[key].__name__}", key)
    for key in ("id", "kind", "from", "shape", "score", "hit"):
        if key not in table:
            where.refuse(f"{key} is missing; id, kind, from, shape, score and hit are needed")
    if not _KIND.fullmatch(table["kind"]):
        where.refuse(f"kind {table['kind']!r} is no name of one: capital letters, digits and _", "kind")
    if table["from"] not in _SOURCES:
        where.refuse(f"from {table['from']!r} is unknown; one of {', '.join(_SOURCES)}", "from")
    needs = {"digits": "digits", "pattern": "anchors", "column": "anchors", "beside": "anchors", "line": "anchors"}.get(
        table["from"]
    )
    if needs and needs not in table:
        where.refuse(f"{needs} is missing; a rule from {table['from']} needs it")
    for key in ("written", "anchors", "left", "right", "refuse", "refuse_right", "hit", "miss"):
        if key in table and not _strings(table[key]):
            where.refuse(f"{key} must be a list of words", key)
    for key in ("hit", "miss"):
        for number, written in enumerate(table.get(key, ()), start=1):
            if why := Example.wrong(written, hit=key == "hit"):
                where.refuse(f"example {number} of {key} {why}", key, written)
    if not table["hit"]:
        where.refuse("hit is empty; give it a text in which the rule finds something", "hit")
    if len(table.get("lengths", (1, 1))) != 2:
        where.refuse("lengths must be the least and the most", "lengths")
    for key in ("digits", "lengths"):
        if not all(type(number) is int and number > 0 for number in table.get(key, ())):
            where.refuse(f"{key} must be a list of whole numbers from 1 on", key)
    if table.get("check", "") and table["check"] not in CHECKS:
        where.refuse(f"no check {table['check']!r}; known: {', '.join(sorted(CHECKS))}", "check")


@dataclass(frozen=True, slots=True)
class _Named:
    """What rules may name: lists of words, and pieces of expressions."""

    words: Mapping[str, list[str]]
    pieces: Mapping[str, str]

    def listed(self, key: str, said: Iterable[str], where: _Where) -> list[str]:
        """All words that a key of a rule stands for."""
        found: list[str] = []
        for word in said:
            if word.startswith("@") and word[1:] not in self.words:
                where.refuse(f"{key} names the list {word[1:]!r}, which [words] does not have", key)
            found.extend(self.words[word[1:]] if word.startswith("@") else [word])
        if key not in ("left", "right"):
            return [self.whole(word, where) if word.startswith("re:") else word for word in found]
        if any(word.startswith("re:") for word in found):
            where.refuse(f"{key} takes words; an expression behind re: may stand in refuse and refuse_right", key)
        for word in found:
            if prod(len(listed.split(",")) for listed in _ONE_OF.findall(word)) > _MOST_WORDS:
                where.refuse(f"{word!r} stands for more than {_MOST_WORDS} words", key, word)
        return [one for word in found for one in _spelled_out(word)]

    def whole(self, written: str, where: _Where, deep: int = 0) -> str:
        """An expression with its pieces."""

        def piece(named: re.Match[str]) -> str:
            if named[1] not in self.pieces or deep == _DEEPEST:
                where.refuse(f"the piece {named[1]!r} is not in [pieces], or made of itself", "shape")
            return self.whole(self.pieces[named[1]], where, deep + 1)

        made = _PIECE.sub(piece, written) if len(written) <= _LONGEST else written
        if len(made) > _LONGEST:
            where.refuse(f"its shape is longer than {_LONGEST} characters, with all pieces", "shape")
        return made


def _rule(table: Mapping[str, Any], named: _Named, where: _Where, *, proven: bool) -> Rule:
    _check(table, where)
    rule = Rule(
        id=table["id"], kind=table["kind"], source=table["from"], shape_text=named.whole(table["shape"], where),
        score=table["score"], check=table.get("check", ""), unchecked=table.get("unchecked", 0),
        adds=table.get("adds", 20), digits=tuple(table.get("digits", ())), lengths=tuple(table.get("lengths", ())),
        written=frozenset(table.get("written", ())), anchors=tuple(table.get("anchors", ())),
        then_text=named.whole(table.get("then", ""), where), tail_text=named.whole(table.get("tail", ""), where),
        before=table.get("before", 40), after=table.get("after", 40), gap=table.get("gap", 32),
        lists={key: named.listed(key, table.get(key, ()), where) for key in _LISTS}, sure=table.get("sure", False),
        headed=table.get("headed", False), unparted=table.get("unparted", True), way=table.get("way", ""),
        hits=tuple(table["hit"]), misses=tuple(table.get("miss", ())),
    )  # fmt: skip
    if not proven:
        _try(rule, where)
    return rule


def _try(rule: Rule, where: _Where) -> None:
    """That its expressions are some, and none fits nothing."""
    try:
        for key, said in (("anchors", rule.anchors), *rule.lists.items()):
            for word in said:
                if word.startswith("re:") and re.search(word[3:], ""):
                    where.refuse(f"{key} has {word!r}, which fits where nothing stands, so in every text", key, word)
        rule.expressions()
    except (re.error, OverflowError, RecursionError) as error:
        where.refuse(f"not a regular expression: {error}", "shape")


def _led(shape: str, before: int) -> re.Pattern[str] | None:
    """The shape, as the group `_at`, behind as few of `before` characters as may be: one match looks at no place that
    is too late, where a search would. None where that gains nothing, or would change what a group's number means."""
    if before >= _FAR or re.search(r"\\[1-9]|\(\?\(", shape):
        return None
    tree, small = parsed(shape)
    at = f"{_first(tree, small)}(?P<_at>{shape.removeprefix('(?i)')})"
    return re.compile(f"(?s:.{{0,{before}}}?){at}", re.IGNORECASE if small else 0)


def _first(tree: Any, small: bool) -> str:
    """That there stands what a match can begin with: sooner seen than what it costs to look back, and at all ways."""
    stands = np.zeros((1, ASCII + 1), np.bool_)
    walk(tree, 1, stands, small)
    if tree.getwidth()[0] == 0 or stands.all():
        return ""
    return f"(?={_any_in(stands[0])})" if stands.any() else ""


def _ends(shape: str) -> re.Pattern[str] | None:
    tree, small = parsed(shape)
    stands = np.zeros((1, ASCII + 1), np.bool_)
    if [(name, str(said)) for name, said in items(tree)][-1:] != [("AT", "AT_END")]:
        return None
    return re.compile(f"{_any_in(stands[0])}$") if ends(tree, stands, small) and not stands.all() else None


def _any_in(stands: Table) -> str:
    letters = "".join(rf"\x{code:02x}" for code in np.flatnonzero(stands[:ASCII]).tolist())
    return f"[{letters}{_BEYOND if stands[ASCII] else ''}]"


def _each_of(expression: str) -> list[str]:
    """`(?:a|b)c` as `ac` and `bc`, so that each begins with a letter; any other expression as it is."""
    match = _BEGINS_WITH_ONE_OF.fullmatch(expression)
    return [first + match[2] for first in match[1].split("|")] if match else [expression]


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the words, in text of lower case; one behind `re:` is an expression, as it is written. A short Latin word
    counts only where no letter touches it.

    By their first letters, and no guard before these, so that a search can pass over all that begins none of them."""
    expressions = sorted((word[3:] for word in words if word.startswith("re:")), key=len, reverse=True)
    for one in expressions:
        re.compile(one)  # alone, too: `a)|(b` is none
    expressions = [each for one in expressions for each in _each_of(one)]
    # Case is ignored only where it must be: such an expression gives a search no first letter to pass over text by.
    begin = [_BEGINS_WITH_A_LETTER.fullmatch(one) if one == one.lower() else None for one in expressions]
    alone = max(
        (number for number, match in enumerate(begin, start=1) if match is None), default=0
    )  # their order counts
    any_of = [f"(?{'' if one == one.lower() else 'i'}:{one})" for one in expressions[:alone]]
    by_letter: dict[str, list[str]] = {}
    for match in begin[alone:]:
        if match:
            by_letter.setdefault(match[1], []).append(match[2])
    plain = (word.lower() for word in words if not word.startswith("re:"))
    for word in sorted(plain, key=len, reverse=True):
        short = word.isascii() and len(word) < 5
        head = f"(?<![a-z]{re.escape(word[0])})" if short and word[0].isalpha() else ""
        tail = "(?![a-z])" if short and word[-1].isalpha() else ""
        by_letter.setdefault(word[0], []).append(head + re.escape(word[1:]) + tail)
    any_of.extend(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in by_letter.items())
    return re.compile("|".join(any_of))
