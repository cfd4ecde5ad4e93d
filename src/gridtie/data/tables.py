"""Tables of a version, as those who share tables show them: Parquet parts of one folder and stem with the same columns.

    decisions.parquet                              decisions
    data/train-00000-of-00002.parquet, …           data_train
    train/0000.parquet, train/part-1.parquet       train
    0000.parquet                                   data

A name has no dot, since clients write share.schema.table; a dot in the name of a dataset is written '~' for them.
"""

import re
from dataclasses import dataclass

from gridtie.data.dataset import Part, Version
from gridtie.errors import NotFound

_SHARD = re.compile(r"(?:(?:^|[-_.])[0-9]+[-_]of[-_][0-9]+|^part[-_.]?[0-9].*|^[0-9]+)$")
_END = ".parquet"
NAME_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`schema`: its columns as Delta Sharing writes them."""

    name: str
    schema: str
    parts: tuple[Part, ...]

    def enough(self, records: int | None) -> tuple[Part, ...]:
        """The first parts that hold so many records together; all of them where it cannot be told."""
        if records is None:
            return self.parts
        taken: list[Part] = []
        for part in self.parts:
            if records <= 0:
                break
            taken.append(part)
            records -= part.records or 0
        return tuple(taken)


def tables_of(version: Version) -> tuple[Table, ...]:
    """By name. Parts that a site holds are in none. Names differ also for who does not tell large letters from small:
    where two would not, the later in the order of paths gets a number."""
    groups: dict[tuple[str, str], list[Part]] = {}
    for part in sorted(version.parts, key=lambda part: part.path):
        if part.schema is not None and not part.held_by and part.path.lower().endswith(_END):
            groups.setdefault((_stem(part.path), part.schema), []).append(part)
    made: dict[str, Table] = {}
    for (stem, schema), parts in groups.items():
        base = re.sub(r"[^\w-]+", "_", stem)[:NAME_MAX].strip("_-") or "data"
        name, number = base, 1
        while name.casefold() in made:
            number += 1
            name = f"{base}_{number}"
        made[name.casefold()] = Table(name=name, schema=schema, parts=tuple(parts))
    return tuple(sorted(made.values(), key=lambda table: table.name))


def table_named(version: Version, name: str) -> Table:
    """Large letters or small. Raises NotFound."""
    for table in tables_of(version):
        if table.name.casefold() == name.casefold():
            return table
    raise NotFound(noun="table", key=name[:200])


def schema_name(dataset: str) -> str:
    return dataset.replace(".", "~")


def dataset_name(schema: str) -> str:
    return schema.replace("~", ".")


def _stem(path: str) -> str:
    """Its folder and name without the end and without what numbers the parts of one whole."""
    folder, _, file = path.rpartition("/")
    return "/".join(filter(None, (folder, _SHARD.sub("", file[: -len(_END)]))))
