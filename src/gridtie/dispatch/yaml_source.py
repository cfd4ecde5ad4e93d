"""YAML with places: nodes that remember line and column, and a reader that gathers every problem instead of the first.

Refused before anything is built: aliases and anchors (a few lines of them unfold into gigabytes), depth beyond 32,
more than 20,000 nodes, duplicate keys, NUL and undecodable bytes.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeVar

import yaml

from gridtie.errors import InputTooLarge, InvalidJobFile, Problem

BYTES_MAX = 256 * 1024
DEPTH_MAX = 32
NODES_MAX = 20_000
PROBLEMS_MAX = 50
NOTES_MAX = 200
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
T = TypeVar("T")


def documents(raw: bytes | str, source: str) -> list[yaml.Node]:
    """The root node of each document. Raises InputTooLarge, InvalidJobFile."""
    text = decoded(raw, source)
    _check_events(text, source)
    try:
        return [node for node in yaml.compose_all(text, Loader=_Loader) if node is not None]
    except yaml.YAMLError as cause:
        raise InvalidJobFile(source=source, problems=[_problem_of(cause)]) from None


def too_large(raw: bytes | str) -> bool:
    return len(raw) > BYTES_MAX or (isinstance(raw, str) and len(raw.encode("utf-8", "surrogatepass")) > BYTES_MAX)


def decoded(raw: bytes | str, source: str) -> str:
    """The text. Raises InputTooLarge, or InvalidJobFile for bytes that are not text."""
    if too_large(raw):
        raise InputTooLarge(source=source, limit="256 KiB")
    if isinstance(raw, bytes):
        try:
            raw = raw.decode("utf-8-sig")
        except UnicodeDecodeError as cause:
            raise InvalidJobFile(source=source, problems=[Problem.undecoded(cause)]) from None
    bad = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", raw)
    if bad:
        line = raw.count("\n", 0, bad.start()) + 1
        column = bad.start() - (raw.rfind("\n", 0, bad.start()) + 1) + 1
        raise InvalidJobFile(source=source, problems=[Problem("a control character is not allowed", line, column)])
    return raw.removeprefix("\ufeff")


def _check_events(text: str, source: str) -> None:
    """One pass over the event stream, which needs no memory for nesting or aliases."""
    depth = count = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            mark = event.start_mark
            place = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
            count += 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                problem = Problem("anchors and aliases (& and *) are not allowed; write the value out", *place)
                raise InvalidJobFile(source=source, problems=[problem])
            if isinstance(event, yaml.ScalarEvent) and re.search(r"[\x00\ud800-\udfff]", event.value):
                message = "a NUL or half a surrogate pair is not allowed, written as an escape neither"
                raise InvalidJobFile(source=source, problems=[Problem(message, *place)])
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > DEPTH_MAX or count > NODES_MAX:
                what = (
                    f"nested deeper than {DEPTH_MAX} levels" if depth > DEPTH_MAX else f"more than {NODES_MAX} values"
                )
                raise InvalidJobFile(source=source, problems=[Problem(what, *place)])
    except yaml.YAMLError as cause:
        raise InvalidJobFile(source=source, problems=[_problem_of(cause)]) from None
    except RecursionError:
        raise InvalidJobFile(source=source, problems=[Problem("nested too deeply")]) from None


def _problem_of(cause: yaml.YAMLError) -> Problem:
    mark = getattr(cause, "problem_mark", None) or getattr(cause, "context_mark", None)
    words = [getattr(cause, "problem", None), getattr(cause, "context", None)]
    message = "; ".join(word for word in words if word) or str(cause).splitlines()[0]
    return Problem(f"not YAML: {message}", mark.line + 1 if mark else 1, mark.column + 1 if mark else 1)


@dataclass
class Reader:
    """Turns nodes into values. What is wrong is noted at its place, and reading goes on with the default.

    One node has at most one problem: what a shape refused is not refused again where it is converted.
    """

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _bad: dict[int, yaml.Node] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """No further problem would be kept, so none need be looked for."""
        return len(self.problems) >= PROBLEMS_MAX

    def is_bad(self, node: yaml.Node) -> bool:
        return id(node) in self._bad

    def problem(self, node: yaml.Node, message: str, path: str = "") -> None:
        if self.is_bad(node) or self.full:
            return
        self._bad[id(node)] = node
        mark = node.start_mark
        self.problems.append(Problem(message, mark.line + 1, mark.column + 1, path[:200]))

    def note(self, node: yaml.Node, message: str) -> None:
        mark = node.start_mark
        words = f"{mark.line + 1}:{mark.column + 1} {message}"
        if words not in self.notes and len(self.notes) < NOTES_MAX:
            self.notes.append(words)

    def pairs(self, node: yaml.Node, what: str) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """(key, key node, value node) of a mapping; another kind of node, or a repeated key, is a problem."""
        if not isinstance(node, yaml.MappingNode):
            if not is_null(node):
                self.problem(node, f"{what} must be a mapping of key: value", what)
            return
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problem(key_node, f"a key of {what} must be plain text", what)
                continue
            key = str(key_node.value)
            if key in seen:
                self.problem(key_node, f'key "{key[:40]}" stands twice; first in line {seen[key]}', what)
                continue
            seen[key] = key_node.start_mark.line + 1
            yield key, key_node, value_node

    def unknown(
        self, node: yaml.Node, key: str, known: Sequence[str], where: str, path: str = "", hint: str = ""
    ) -> None:
        if self.full:
            return
        near = get_close_matches(key[:60].lower(), known, n=1, cutoff=0.6)
        hint = hint or (f'Did you mean "{near[0]}"?' if near else "")
        self.problem(node, f'unknown key "{key[:60]}" {where}{". " if hint else ""}{hint}', path or key)

    def wrong_choice(self, node: yaml.Node, what: str, text: str, allowed: Sequence[str]) -> None:
        if self.full:
            return
        near = get_close_matches(text[:60].lower(), allowed, n=1)
        hint = f'. Did you mean "{near[0]}"?' if near else f"; one of {', '.join(allowed)}"
        self.problem(node, f'{what} cannot be "{text[:40]}"{hint}', what)

    def text(self, node: yaml.Node, what: str, default: str = "") -> str:
        """Any scalar as it is written; numbers and booleans keep their spelling."""
        if is_null(node):
            return default
        if not isinstance(node, yaml.ScalarNode):
            self.problem(node, f"{what} must be text", what)
            return default
        return str(node.value)

    def integer(self, node: yaml.Node, what: str, *, low: int, high: int, default: int) -> int:
        text = self.text(node, what)
        if not re.fullmatch(r"[+-]?\d{1,12}", text) or not low <= int(text) <= high:
            self.problem(node, f'{what} must be a whole number from {low} to {high}, not "{text[:40]}"', what)
            return default
        return int(text)

    def boolean(self, node: yaml.Node, what: str, default: bool = False) -> bool:
        text = self.text(node, what)
        if text.lower() not in ("true", "false", "yes", "no", "on", "off"):
            self.problem(node, f'{what} must be true or false, not "{text[:40]}"', what)
            return default
        return text.lower() in ("true", "yes", "on")

    def choice(self, node: yaml.Node, what: str, allowed: Sequence[str], default: str) -> str:
        text = self.text(node, what)
        if text in allowed:
            return text
        self.wrong_choice(node, what, text, allowed)
        return default

    def texts(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        """A list of scalars; a single scalar counts as a list of one."""
        if is_null(node):
            return ()
        if isinstance(node, yaml.ScalarNode):
            return (str(node.value),)
        if not isinstance(node, yaml.SequenceNode):
            self.problem(node, f"{what} must be a list", what)
            return ()
        return tuple(self.text(item, f"an entry of {what}") for item in node.value)

    def converted(self, node: yaml.Node, what: str, convert: Callable[[str], T], default: T) -> T:
        """`convert` raises ValueError with a sentence."""
        try:
            return convert(self.text(node, what))
        except ValueError as cause:
            self.problem(node, f"{what}: {cause}", what)
            return default


def place_of(note: str) -> tuple[int, int]:
    """(line, column) of a note, to sort by."""
    line, _, column = note.partition(" ")[0].partition(":")
    return int(line), int(column)


def places_below(node: yaml.Node, keys: Collection[str]) -> dict[str, tuple[int, int]]:
    """Line and column of everything below these keys of a mapping, by its path: a.b[0].c."""
    found: dict[str, tuple[int, int]] = {}

    def look(path: str, place: yaml.Node, value: yaml.Node) -> None:
        found[path] = (place.start_mark.line + 1, place.start_mark.column + 1)
        if isinstance(value, yaml.MappingNode):
            for key, below in value.value:
                if isinstance(key, yaml.ScalarNode):
                    look(f"{path}.{key.value}", below, below)
        elif isinstance(value, yaml.SequenceNode):
            for number, below in enumerate(value.value):
                look(f"{path}[{number}]", below, below)

    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode) and key.value in keys:
            look(key.value, key, value)
    return found


def is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == _TAG + "null"


def is_mapping(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode)


def items(node: yaml.Node) -> list[yaml.Node]:
    """The entries of a sequence, else the node alone."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]
