"""Reading a TOML text that people write: every problem gathered, each with its line and column."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NoReturn

from gridtie.errors import InvalidInput, Problem

_TABLE = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]")
# Of a key: reading it takes the square of its parts.
_ENDLESS = re.compile(r"(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_-]++[ \t]*+\.[ \t]*+){100}")
MOST = 50  # problems that are told at once
_DECODED = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
Place = tuple[int, int]


class TomlReader:
    """Checks one value after another and gathers what is wrong; `done` raises it all at once.

    Raises:
        InvalidInput: the text is no TOML, at the place where it stops being it.
    """

    def __init__(self, text: str, *, source: str) -> None:
        self.source, self.lines = source, text.split("\n")
        self.problems: list[Problem] = []
        self._places: dict[tuple[str, str], Place] = {}  # of what a line begins: (table, key), and (table, '') its head
        if endless := _ENDLESS.search(text):
            line, column = (
                text.count("\n", 0, endless.start()) + 1,
                endless.start() - text.rfind("\n", 0, endless.start()),
            )
            raise InvalidInput(
                source=source, problems=[Problem("a key of 100 parts or more", line=line, column=column)]
            )
        try:
            self.data: Mapping[str, Any] = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as cause:
            raise InvalidInput(source=source, problems=[self._undecoded(str(cause))]) from None

    def done(self) -> None:
        if self.problems:
            ordered = sorted(self.problems, key=lambda problem: (problem.line, problem.column))
            raise InvalidInput(source=self.source, problems=ordered)

    def table(self, name: str) -> Mapping[str, Any]:
        found = self.data.get(name, {})
        if isinstance(found, Mapping):
            return found
        self.wrong(f"{name} is a table: write [{name}] above its keys", name)
        return {}

    def only(self, given: Iterable[str], known: Iterable[str], table: str = "", inside: str = "") -> None:
        """Names every key that has no meaning, with the one that was probably meant. `inside`: the key of `table` that
        is a table on its own line."""
        listed = list(known)
        for name in sorted(set(given) - set(listed)):
            near = get_close_matches(name, listed, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(listed)}"
            whose = f"{inside}: " if inside else ""
            self.wrong(f"{whose}{name!r} has no meaning here; {hint}", table or name, inside or (name if table else ""))

    def wrong(self, message: str, table: str, key: str = "", said: str = "") -> None:
        """`table` may be 'name#3': the third of [[name]]. `said`: a text at or below the key that is meant.

        Raises InvalidInput when there is more than anybody reads."""
        line, column = self._below(self.place(table, key), said)
        self.problems.append(Problem(message, line=line, column=column, path=f"{table}.{key}" if key else table))
        if len(self.problems) == MOST:
            self.problems.append(Problem("and perhaps more: what follows was not looked at", line=len(self.lines) + 1))
            self.done()

    def refuse(self, message: str, table: str, key: str = "", said: str = "") -> NoReturn:
        """At once, with what was gathered before. Raises InvalidInput."""
        self.wrong(message, table, key, said)
        self.done()
        raise AssertionError("a problem was said")

    def place(self, table: str, key: str = "") -> Place:
        """Of the key in its table, else of the table's head; (0, 0) for one that is written in another way."""
        if not self._places:
            self._places = self._found()
        said = [(table, key)] if key else []
        known = [self._places[one] for one in (*said, ("", table), ("", f"{table}.{key}")) if one in self._places]
        heads = [self._places[one] for one in ((table, ""), (f"{table}#1", "")) if one in self._places]
        return min(known, default=min(heads, default=(0, 0)))

    def _below(self, place: Place, said: str) -> Place:
        for number, line in enumerate(self.lines[place[0] - 1 :], place[0]) if said and place[0] else ():
            if said in line:
                return number, line.index(said) + 1
        return place

    def _found(self) -> dict[tuple[str, str], Place]:
        inside, places = "", dict[tuple[str, str], Place]()
        count = Counter[str]()
        for number, line in enumerate(self.lines, 1):
            column = len(line) - len(line.lstrip()) + 1
            if match := _TABLE.match(line):
                inside = match[2]
                if match[1] == "[[":
                    count[inside] += 1
                    inside = f"{inside}#{count[inside]}"
                places[inside, ""] = number, column
            elif "=" in line:
                places.setdefault((inside, line.split("=", 1)[0].strip().strip("\"'")), (number, column))
        return places

    def _undecoded(self, message: str) -> Problem:
        match = _DECODED.fullmatch(message)
        if match is None:
            return Problem(message)
        end = (len(self.lines), len(self.lines[-1]) + 1)
        line, column = (int(match[2]), int(match[3])) if match[2] else end
        return Problem(match[1], line=line, column=column)
