"""The shape of a TES task: types, lengths and what must be there. What it means is decided in dispatch/tes.py."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gridtie.errors import Problem

PROBLEMS_MAX = 50
LIST_MAX = 10_000
CONTENT_MAX = 8 << 20  # bytes of one literal file; the standard asks for at least 128 KiB
TEXT_MAX = 1 << 20
PATH_MAX = 4096
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_KNOWN = {
    "": ("id", "state", "name", "description", "inputs", "outputs", "resources", "executors", "volumes", "tags",
         "logs", "creation_time"),
    "inputs": ("name", "description", "url", "path", "type", "content", "streamable"),
    "outputs": ("name", "description", "url", "path", "path_prefix", "type"),
    "executors": ("image", "command", "workdir", "stdin", "stdout", "stderr", "env", "ignore_error"),
    "resources": ("cpu_cores", "preemptible", "ram_gb", "disk_gb", "zones", "backend_parameters",
                  "backend_parameters_strict"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    path: str
    url: str = ""
    content: str | None = None
    folder: bool = False
    blob: str = ""  # SHA-256 of a file that this exchange has


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    path: str
    url: str
    prefix: str = ""
    folder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    image: str
    command: tuple[str, ...]
    workdir: str = ""
    stdin: str = ""
    stdout: str = ""
    stderr: str = ""
    env: tuple[tuple[str, str], ...] = ()
    ignore_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A task as it was written, every part of its type."""

    name: str = ""
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    executors: tuple[Executor, ...] = ()
    volumes: tuple[str, ...] = ()
    resources: Mapping[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> Mapping[str, str]:
        parameters: Mapping[str, str] = self.resources.get("backend_parameters", {})
        return parameters


class Shape:
    """Collects problems and warnings; what is wrong is read as absent. null is absent, as clients write it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[str] = []

    def problem(self, path: str, message: str) -> None:
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(Problem(f"{path}: {message}" if path else message, path=path))

    def task(self, document: object) -> Given:
        if not isinstance(document, dict):
            self.problem("", "a task is a JSON object")
            return Given()
        fields = self._mapping(document, "", "")
        self._text(fields, "", "description")
        inputs = [self._input(entry, f"inputs[{n}]") for n, entry in enumerate(self._list(fields, "", "inputs"))]
        outputs = [self._output(entry, f"outputs[{n}]") for n, entry in enumerate(self._list(fields, "", "outputs"))]
        executors = [
            self._executor(entry, f"executors[{n}]") for n, entry in enumerate(self._list(fields, "", "executors"))
        ]
        if not executors:
            self.problem("executors", "at least one is needed")
        self._texts_by_name(fields, "", "tags")
        return Given(
            name=self._text(fields, "", "name"),
            inputs=tuple(entry for entry in inputs if entry),
            outputs=tuple(entry for entry in outputs if entry),
            executors=tuple(entry for entry in executors if entry),
            volumes=self._texts(fields, "", "volumes"),
            resources=self._resources(fields),
        )

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _input(self, value: object, where: str) -> Input | None:
        fields = self._mapping(value, where, "inputs")
        self._text(fields, where, "name")
        self._text(fields, where, "description")
        self._flag(fields, where, "streamable")
        content = self._text(fields, where, "content", most=CONTENT_MAX) if "content" in fields else None
        url = self._text(fields, where, "url", most=PATH_MAX)
        return Input(
            path=self._needed(fields, where, "path"),
            url=url,
            content=content if content or not url else None,  # a content that is not empty wins
            folder=self._is_folder(fields, where),
        )

    def _output(self, value: object, where: str) -> Output | None:
        fields = self._mapping(value, where, "outputs")
        self._text(fields, where, "name")
        self._text(fields, where, "description")
        return Output(
            path=self._needed(fields, where, "path"),
            url=self._needed(fields, where, "url"),
            prefix=self._text(fields, where, "path_prefix", most=PATH_MAX),
            folder=self._is_folder(fields, where),
        )

    def _executor(self, value: object, where: str) -> Executor | None:
        fields = self._mapping(value, where, "executors")
        command = self._texts(fields, where, "command")
        if not command or not command[0]:
            self.problem(f"{where}.command", "is needed: the program and its arguments")
        env = self._texts_by_name(fields, where, "env")
        for name in env:
            if not _NAME.fullmatch(name):
                self.problem(f"{where}.env", f"{name[:40]!r} is not a name of an environment variable")
        names = ("workdir", "stdin", "stdout", "stderr")
        return Executor(
            image=self._needed(fields, where, "image"),
            command=command,
            **{name: self._text(fields, where, name, most=PATH_MAX) for name in names},
            env=tuple(env.items()),
            ignore_error=self._flag(fields, where, "ignore_error"),
        )

    def _resources(self, task: Mapping[str, Any]) -> Mapping[str, Any]:
        where = "resources"
        fields = self._mapping(task.get(where, {}), where, where)
        found: dict[str, Any] = {}
        for name, whole in (("cpu_cores", True), ("ram_gb", False), ("disk_gb", False)):
            value = fields.get(name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
                self.problem(f"{where}.{name}", f"must be a {'whole ' if whole else ''}number")
            else:
                found[name] = value
        for name in ("preemptible", "backend_parameters_strict"):
            found[name] = self._flag(fields, where, name)
        found["zones"] = self._texts(fields, where, "zones")
        found["backend_parameters"] = self._texts_by_name(fields, where, "backend_parameters")
        return found

    # ── types ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _mapping(self, value: object, where: str, kind: str) -> dict[str, Any]:
        """The names of `kind` that have a value; other names are warned of."""
        if not isinstance(value, dict):
            self.problem(where, "must be an object")
            return {}
        for name in value:
            if name not in _KNOWN[kind] and len(self.warnings) < PROBLEMS_MAX:
                self.warnings.append(f"{where}.{name[:40]} is not known and was left out".lstrip("."))
        return {name: entry for name, entry in value.items() if entry is not None and name in _KNOWN[kind]}

    def _list(self, fields: Mapping[str, Any], where: str, name: str) -> list[object]:
        value = fields.get(name, [])
        place = f"{where}.{name}".lstrip(".")
        if not isinstance(value, list) or len(value) > LIST_MAX:
            self.problem(place, f"must be a list of at most {LIST_MAX}")
            return []
        return value

    def _text(self, fields: Mapping[str, Any], where: str, name: str, *, most: int = TEXT_MAX) -> str:
        return self._checked(fields.get(name, ""), f"{where}.{name}".lstrip("."), most)

    def _needed(self, fields: Mapping[str, Any], where: str, name: str) -> str:
        text = self._text(fields, where, name, most=PATH_MAX)
        if not text and isinstance(fields.get(name, ""), str):
            self.problem(f"{where}.{name}", "is needed")
        return text

    def _checked(self, value: object, place: str, most: int = TEXT_MAX) -> str:
        if not isinstance(value, str):
            self.problem(place, "must be text")
            return ""
        if len(value) > most:
            self.problem(place, f"has more than {most} characters")
        elif "\0" in value or (not value.isascii() and _lone(value)):
            self.problem(place, "holds a character that no file or program can take")
        else:
            return value
        return ""

    def _texts(self, fields: Mapping[str, Any], where: str, name: str) -> tuple[str, ...]:
        place = f"{where}.{name}".lstrip(".")
        return tuple(self._checked(entry, f"{place}[{n}]") for n, entry in enumerate(self._list(fields, where, name)))

    def _texts_by_name(self, fields: Mapping[str, Any], where: str, name: str) -> dict[str, str]:
        value, place = fields.get(name, {}), f"{where}.{name}".lstrip(".")
        if not isinstance(value, dict) or len(value) > LIST_MAX:
            self.problem(place, f"must be an object of at most {LIST_MAX} names")
            return {}
        return {
            self._checked(key, place): self._checked(entry, f"{place}.{key[:40]}")
            for key, entry in value.items()
            if entry is not None
        }

    def _flag(self, fields: Mapping[str, Any], where: str, name: str) -> bool:
        value = fields.get(name, False)
        if not isinstance(value, bool):
            self.problem(f"{where}.{name}".lstrip("."), "must be true or false")
            return False
        return value

    def _is_folder(self, fields: Mapping[str, Any], where: str) -> bool:
        kind = fields.get("type", "FILE")
        if kind not in ("FILE", "DIRECTORY"):
            self.problem(f"{where}.type", "must be FILE or DIRECTORY")
        return bool(kind == "DIRECTORY")


def _lone(text: str) -> bool:
    """Whether it holds half a surrogate pair, as JSON can write and UTF-8 cannot."""
    return any(0xD800 <= ord(char) <= 0xDFFF for char in text)
