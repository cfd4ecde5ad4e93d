"""The part of a policy that treats records together: which columns are generalised, until no record stands alone.

[table]
k = 5                       records of each class at least, which nobody can tell apart
direct = ["name"]           columns that say by themselves who somebody is: emptied
plain = ["ward"]            columns that say nothing of that; what is declared nowhere keeps the grade at 2
sensitive = ["diagnosis"]   columns that nobody may learn of a person
l = 2                       values of each sensitive column in each class at least
suppressed_most = 0.05      share of records that may be left out; with more the run is refused
risk_most = 0.05            1 / smallest class up to which GB/T 42460 says grade 3

[table.quasi]               columns that together can say who somebody is
age = { form = "number", most = 20 }
birth = "date"
postcode = "prefix"
job = "tree"

[table.trees.job]
medical = ["nurse", "doctor"]
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from gridtie.cleaning.quasi import FORMS, Quasi
from gridtie.tomltext import TomlReader


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePolicy:
    k: int
    l: int  # noqa: E741  as everybody calls it
    quasi: tuple[Quasi, ...]
    sensitive: tuple[str, ...]
    direct: tuple[str, ...]
    plain: tuple[str, ...]
    suppressed_most: float
    risk_most: float

    @property
    def counted(self) -> tuple[str, ...]:
        """Columns that decide which class a record is in."""
        return (*(column.name for column in self.quasi), *self.sensitive)

    @property
    def declared(self) -> tuple[str, ...]:
        return (*self.counted, *self.direct, *self.plain)


class TableReader(TomlReader):
    def read_table(self) -> TablePolicy | None:
        given = self.table("table")
        if "table" not in self.data:
            return None
        self.only(
            given, ("k", "l", "sensitive", "suppressed_most", "risk_most", "quasi", "trees", "direct", "plain"), "table"
        )
        trees, quasi = self._tables(given, "trees"), self._tables(given, "quasi")
        columns = tuple(self._quasi(name, said, trees) for name, said in quasi.items())
        if not columns:
            self.wrong('name at least one column that generalises, such as age = "number"', "table.quasi")
        self.only(trees, [column.name for column in columns if column.form == "tree"], "table.trees")
        sensitive, direct, plain = (self._names(given, key) for key in ("sensitive", "direct", "plain"))
        for name in sorted(_twice([*quasi, *sensitive, *direct, *plain])):
            self.wrong(f"{name} is declared twice; a column is one of quasi, sensitive, direct and plain", "table")
        if "l" in given and not sensitive:
            self.wrong("l counts values of sensitive columns, and none is named", "table", "l")
        return TablePolicy(
            k=self._whole(given.get("k"), "k"), l=self._whole(given.get("l", 2), "l") if sensitive else 1,
            quasi=columns, sensitive=sensitive, direct=direct, plain=plain,
            suppressed_most=self._number(given.get("suppressed_most", 0.05), 0, 1, "table", "suppressed_most"),
            risk_most=self._number(given.get("risk_most", 0.05), 0, 1, "table", "risk_most"),
        )  # fmt: skip

    def _tables(self, given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        found = given.get(name, {})
        if isinstance(found, Mapping):
            return found
        self.wrong(f"{name} is a table: write [table.{name}] above its keys", "table", name)
        return {}

    def _quasi(self, name: str, said: object, trees: Mapping[str, Any]) -> Quasi:
        given: Mapping[str, Any] = {"form": said} if isinstance(said, str) else said if isinstance(said, dict) else {}
        self.only(given, ("form", "most"), "table.quasi", name)
        form = self._one_of(given.get("form"), tuple(FORMS), "table.quasi", name)
        most = self._number(given["most"], 0, 1e12, "table.quasi", name) if "most" in given else None
        paths: dict[str, tuple[str, ...]] = {}
        if form == "tree":
            if not isinstance(trees.get(name), Mapping):
                self.wrong(f"{name} is a tree, and [table.trees.{name}] does not stand there", "table.quasi", name)
            self._walk(name, trees.get(name, {}), (), paths)
        return Quasi(name=name, form=form, most=most, paths=paths)

    def _walk(self, name: str, branch: object, above: tuple[str, ...], paths: dict[str, tuple[str, ...]]) -> None:
        """Branches are values too: who says no more than "medical" stands there."""
        if isinstance(branch, Mapping):
            inner = list(branch.items())
        elif isinstance(branch, list) and all(isinstance(value, str) for value in branch):
            inner = [(value, {}) for value in branch]
        else:
            self.wrong(f"{name}: a branch is a list of values or a table of branches", f"table.trees.{name}")
            return
        for value, below in inner:
            if value in paths:
                self.wrong(f"{name}: {value!r} stands twice in the tree", f"table.trees.{name}", value)
            paths[value] = (*above, value)
            self._walk(name, below, paths[value], paths)

    def _names(self, given: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = given.get(key, [])
        if isinstance(value, list) and all(isinstance(name, str) for name in value):
            return tuple(value)
        self.wrong(f'{key} is a list of columns, such as ["one", "other"]', "table", key)
        return ()

    def _whole(self, value: object, key: str) -> int:
        if type(value) is int and 2 <= value <= 10**6:
            return value
        self.wrong(f"{key} must be a whole number from 2 to 1000000, not {value!r}", "table", key)
        return 2

    def _one_of(self, value: object, known: tuple[str, ...], table: str, key: str) -> str:
        if value in known:
            return str(value)
        near = get_close_matches(str(value), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
        self.wrong(f"{key}: {value!r} is not known; {hint}", table, key)
        return known[0]

    def _number(self, value: object, low: float, high: float, table: str, key: str) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.wrong(f"{key} must be a number from {low:g} to {high:g}, not {value!r}", table, key)
        return low


def _twice(names: list[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}
