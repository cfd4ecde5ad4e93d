"""What a reader of a cleaned table can tell apart: its classes, counted from what was written and from nothing else."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gridtie.cleaning.quasi import ANYTHING
from gridtie.cleaning.table_policy import TablePolicy

SUPPRESSED = "suppressed"  # why a record is left out: it would stand alone, or be generalised too far
UNREADABLE = "quasi-unreadable"  # a quasi-identifier is no value of the form that was declared
PPM = 1_000_000


@dataclass(slots=True)
class Groups:
    """`sizes`: records of each class. `values`: those of each sensitive column that a class has; no value is none."""

    table: TablePolicy
    sizes: Counter[tuple[str, ...]] = field(default_factory=Counter)
    values: dict[tuple[str, ...], tuple[set[str], ...]] = field(default_factory=dict)
    hidden: Counter[str] = field(default_factory=Counter)
    columns: set[str] = field(default_factory=set)

    def add(self, record: Any) -> None:
        given: Mapping[str, Any] = record if isinstance(record, Mapping) else {}
        said = tuple("" if (value := given.get(one.name)) is None else str(value) for one in self.table.quasi)
        self.sizes[said] += 1
        self.columns.update(given)
        self.hidden.update(one.name for one, label in zip(self.table.quasi, said, strict=True) if label == ANYTHING)
        if self.table.sensitive:
            sets = self.values.setdefault(said, tuple(set() for _ in self.table.sensitive))
            for name, found in zip(self.table.sensitive, sets, strict=True):
                if given.get(name) not in (None, ""):
                    found.add(str(given[name]))

    def as_json(self, dropped: Mapping[str, int], direct_left: Mapping[str, int]) -> dict[str, Any]:
        """`dropped`: records by reason. `direct_left`: what was seen that says directly who somebody is, by where.

        Risk is that of being found by somebody who knows a person's quasi-identifiers and that the person is in the
        table: 1 / size of the class. Grades are those of GB/T 42460-2023; 4 is for sums over people, which a record
        never is, and 3 is said only where every column that was written is declared.
        """
        records, smallest = sum(self.sizes.values()), min(self.sizes.values(), default=0)
        left_out = {reason: dropped.get(reason, 0) for reason in (SUPPRESSED, UNREADABLE)}
        whole = records + sum(left_out.values())
        risk = round(PPM / smallest) if smallest else 0
        undeclared = sorted(self.columns - set(self.table.declared))
        return {
            "k": self.table.k, "l": self.table.l, "records": records, "classes": len(self.sizes), "smallest": smallest,
            "quasi": [{"column": one.name, "form": one.form, "most": None if one.most is None else f"{one.most:g}",
                       "hidden": self.hidden[one.name]} for one in self.table.quasi],
            "sensitive": [{"column": name, "values_least": self._values_least(place)}
                          for place, name in enumerate(self.table.sensitive)],
            "direct": list(self.table.direct), "plain": list(self.table.plain), "undeclared": undeclared,
            "sizes": self._histogram(),
            "left_out": left_out, "left_out_ppm": round(sum(left_out.values()) * PPM / whole) if whole else 0,
            "left_out_most_ppm": round(self.table.suppressed_most * PPM),
            "risk": {"most_ppm": risk, "mean_ppm": round(len(self.sizes) * PPM / records) if records else 0,
                     "threshold_ppm": round(self.table.risk_most * PPM)},
            "direct_left": dict(direct_left),
            "grade": _grade(records, sum(direct_left.values()), bool(undeclared) or risk > self.table.risk_most * PPM),
        }  # fmt: skip

    def _values_least(self, place: int) -> int:
        return min((len(sets[place]) for sets in self.values.values()), default=0)

    def _histogram(self) -> list[dict[str, int]]:
        """Classes by size: from each power of two to below the next."""
        bins: dict[int, list[int]] = {}
        for size in self.sizes.values():
            here = bins.setdefault(1 << (size.bit_length() - 1), [0, 0])
            here[0] += 1
            here[1] += size
        return [{"from": low, "to": 2 * low - 1, "classes": count, "records": records}
                for low, (count, records) in sorted(bins.items())]  # fmt: skip


def _grade(records: int, direct: int, risky: bool) -> int | None:
    if not records:
        return None
    return 1 if direct else 2 if risky else 3
