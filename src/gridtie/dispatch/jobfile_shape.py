"""Shapes of a job file: one description that checks a tree of nodes at its places and is published as JSON Schema."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import yaml

from gridtie.dispatch.yaml_source import Reader, is_null

_NUMBER = re.compile(r"[+-]?(?:\d{1,18}(?:_?\d{1,18})*(?:\.\d{0,18})?|\.\d{1,18})(?:[eE][+-]?\d{1,3})?")


class Shape(Protocol):
    """What a value may look like. Null stands for a key that is not given, and always fits."""

    def check(self, reader: Reader, node: yaml.Node, path: str) -> None: ...

    def schema(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar. `pattern` must match the whole of it, `looks` says so in words; `choices` ignore case if `folded`."""

    pattern: str = ""
    looks: str = ""
    choices: tuple[str, ...] = ()
    folded: bool = False
    about: str = ""

    def check(self, reader: Reader, node: yaml.Node, path: str) -> None:
        text = reader.text(node, path)
        if reader.is_bad(node) or is_null(node):
            return
        if self.choices:
            given = text.lower() if self.folded else text
            if given not in {choice.lower() if self.folded else choice for choice in self.choices}:
                reader.wrong_choice(node, path, text, self.choices)
        elif self.pattern and not re.fullmatch(self.pattern, text):
            reader.problem(node, f"{path} must be {self.looks}, not {shown(text)}", path)

    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": ["string", "number", "boolean", "null"]}
        if self.choices and not self.folded:
            found = {"enum": [*self.choices, None]}
        elif self.pattern:
            found["pattern"] = f"^(?:{self.pattern})$"
        return _about(found, self.about)


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number within its bounds; `whole` refuses a fraction."""

    low: float = -1e18
    high: float = 1e18
    whole: bool = False
    about: str = ""

    def check(self, reader: Reader, node: yaml.Node, path: str) -> None:
        text = reader.text(node, path)
        if reader.is_bad(node) or is_null(node):
            return
        kind = "a whole number" if self.whole else "a number"
        fits = (re.fullmatch(r"[+-]?\d{1,18}", text) if self.whole else _NUMBER.fullmatch(text)) is not None
        if not fits or not self.low <= float(text) <= self.high:
            reader.problem(node, f"{path} must be {kind}{self._bounds()}, not {shown(text)}", path)

    def _bounds(self) -> str:
        if self.high < 1e18:
            return f" from {self.low:g} to {self.high:g}"
        return f" from {self.low:g}" if self.low > -1e18 else ""

    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": ["integer" if self.whole else "number", "null"]}
        if self.low > -1e18:
            found["minimum"] = int(self.low) if self.low == int(self.low) else self.low
        if self.high < 1e18:
            found["maximum"] = int(self.high) if self.high == int(self.high) else self.high
        return _about(found, self.about)


@dataclass(frozen=True, slots=True)
class Flag:
    about: str = ""

    def check(self, reader: Reader, node: yaml.Node, path: str) -> None:
        if not is_null(node):
            reader.boolean(node, path)

    def schema(self) -> dict[str, Any]:
        return _about({"type": ["boolean", "null"]}, self.about)


@dataclass(frozen=True, slots=True)
class Each:
    """A list of one shape; a single value counts as a list of one if `alone`."""

    item: Shape
    alone: bool = False
    most: int = 1024
    about: str = ""

    def check(self, reader: Reader, node: yaml.Node, path: str) -> None:
        if isinstance(node, yaml.SequenceNode):
            if len(node.value) > self.most:
                reader.problem(node, f"{path} has more than {self.most} entries", path)
                return
            for index, entry in enumerate(node.value):
                self.item.check(reader, entry, f"{path}[{index}]")
        elif self.alone and not is_null(node):
            self.item.check(reader, node, path)
        elif not is_null(node):
            reader.problem(node, f"{path} must be a list", path)

    def schema(self) -> dict[str, Any]:
        listed = {"type": ["array", "null"], "items": self.item.schema(), "maxItems": self.most}
        return _about({"anyOf": [listed, self.item.schema()]} if self.alone else listed, self.about)


@dataclass(frozen=True, slots=True)
class Keys:
    """A mapping with known keys; `others` is the shape of any other key, None refuses it. `gone` maps dropped keys."""

    known: Mapping[str, Shape] = field(default_factory=dict)
    others: Shape | None = None
    required: tuple[str, ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""  # what to say when it is no mapping
    about: str = ""

    def check(self, reader: Reader, node: yaml.Node, path: str) -> None:
        found = set()
        if self.otherwise and not isinstance(node, yaml.MappingNode) and not is_null(node):
            reader.problem(node, self.otherwise, path)
        for key, key_node, value in reader.pairs(node, path or "a job"):
            found.add(key)
            inner = f"{path}.{key}" if path else key
            if (shape := self.known.get(key, self.others)) is not None:
                shape.check(reader, value, inner)
            elif key in self.gone:
                reader.problem(key_node, f'"{key}" is not a key any more. Use "{self.gone[key]}"', inner)
            elif not key.startswith("_"):
                reader.unknown(key_node, key, tuple(self.known), self._where(path), inner, self.hints.get(key, ""))
        missing = [key for key in self.required if key not in found]
        if missing and isinstance(node, yaml.MappingNode):
            reader.problem(node, f'{path} needs "{missing[0]}"', path)

    @staticmethod
    def _where(path: str) -> str:
        return f"under {path}" if path else "in the job"

    def schema(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "type": ["object", "null"],
            "properties": {key: shape.schema() for key, shape in sorted(self.known.items())},
            "additionalProperties": self.others.schema() if self.others else False,
        }
        if self.others is None:
            made["patternProperties"] = {"^_": {}}
        if self.required:
            made["required"] = list(self.required)
        return _about(made, self.about)


@dataclass(frozen=True, slots=True)
class OneOf:
    """By kind of node: a mapping goes to the first shape that takes mappings, and so on; scalars may fit any."""

    shapes: Sequence[Shape]
    looks: str
    about: str = ""

    def check(self, reader: Reader, node: yaml.Node, path: str) -> None:
        if is_null(node):
            return
        kind = _kind_of(node)
        fitting = [shape for shape in self.shapes if kind in _kinds(shape)]
        for shape in fitting:
            trial = Reader()
            shape.check(trial, node, path)
            if not trial.problems:
                return
        if len(fitting) == 1:
            fitting[0].check(reader, node, path)
        else:
            text = f", not {shown(str(node.value))}" if kind == "scalar" else ""
            reader.problem(node, f"{path} must be {self.looks}{text}", path)

    def schema(self) -> dict[str, Any]:
        return _about({"anyOf": [shape.schema() for shape in self.shapes]}, self.about)


@dataclass(frozen=True, slots=True)
class Anything:
    about: str = ""

    def check(self, reader: Reader, node: yaml.Node, path: str) -> None:
        """Nothing to find fault with but a key that stands twice."""
        if isinstance(node, yaml.MappingNode):
            for _, _, value in reader.pairs(node, path):
                self.check(reader, value, path)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                self.check(reader, value, path)

    def schema(self) -> dict[str, Any]:
        return _about({}, self.about)


def shown(text: str) -> str:
    """A value as an error shows it: one line, short."""
    return f'"{text[:40]}…"'.replace("\n", " ") if len(text) > 40 else f'"{text}"'.replace("\n", " ")


def _kind_of(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "mapping"
    return "sequence" if isinstance(node, yaml.SequenceNode) else "scalar"


def _kinds(shape: Shape) -> frozenset[str]:
    match shape:
        case Keys():
            return frozenset({"mapping"})
        case Each():
            return frozenset({"sequence"}) | (_kinds(shape.item) if shape.alone else frozenset())
        case OneOf():
            return frozenset().union(*(_kinds(inner) for inner in shape.shapes))
        case Anything():
            return frozenset({"mapping", "sequence", "scalar"})
        case _:
            return frozenset({"scalar"})


def _about(schema: dict[str, Any], words: str) -> dict[str, Any]:
    return {**schema, "description": words} if words else schema
