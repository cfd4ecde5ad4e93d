"""Which Parquet parts of a version are one table, and how tables are called."""

from datetime import UTC, datetime

import pytest

from gridtie.data.dataset import Part, Version
from gridtie.data.tables import NAME_MAX, Table, dataset_name, schema_name, table_named, tables_of
from gridtie.errors import NotFound

A, B = '{"type":"struct","fields":[]}', '{"type":"struct","fields":[1]}'


def part(path: str, schema: str | None = A, *, records: int | None = 1, held_by: str = "") -> Part:
    return Part(path=path, sha256="0" * 64, size=1, media="x", records=records, schema=schema, held_by=held_by)


def version(*parts: Part | str) -> Version:
    whole = tuple(one if isinstance(one, Part) else part(one) for one in parts)
    return Version(number=1, parts=whole, made_at=datetime(2026, 1, 1, tzinfo=UTC), digest="0" * 64)


def names(*parts: Part | str) -> list[str]:
    return [table.name for table in tables_of(version(*parts))]


@pytest.mark.parametrize(
    ("paths", "tables"),
    [
        (["decisions.parquet"], ["decisions"]),
        (["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"], ["data_train"]),
        (["data/train-00000-of-00001.parquet", "data/test-00000-of-00001.parquet"], ["data_test", "data_train"]),
        (["train/0000.parquet", "train/part-1.parquet", "train/part-00002-5f-c000.snappy.parquet"], ["train"]),
        (["0000.parquet", "0001.PARQUET"], ["data"]),
        (["sales-2023.parquet", "sales-2024.parquet"], ["sales-2023", "sales-2024"]),
        (["数据/判决 一.parquet"], ["数据_判决_一"]),
        (["a.b.parquet", "a_b.parquet", "A/b.parquet"], ["A_b", "a_b_2", "a_b_3"]),
        (["notes.txt.parquet.gz", "parquet"], []),
        (["..parquet"], ["data"]),
    ],
)
def test_parts_of_one_folder_and_stem_are_one_table_whose_name_holds_no_dot(
    paths: list[str], tables: list[str]
) -> None:
    assert names(*paths) == tables


def test_parts_with_other_columns_are_another_table_and_what_a_site_holds_is_in_none() -> None:
    assert names(part("t/0.parquet"), part("t/1.parquet", B), part("t/2.parquet")) == ["t", "t_2"]
    assert names(part("held.parquet", held_by="site_x"), part("text.parquet", None)) == []


def test_a_table_is_found_in_large_letters_and_small_and_a_missing_one_named() -> None:
    assert table_named(version("Train.parquet"), "tRAIN").name == "Train"
    with pytest.raises(NotFound, match="nothing"):
        table_named(version("x.parquet"), "nothing")
    long = version("x" * 240 + ".parquet", "x" * 241 + ".parquet")
    assert [len(table.name) for table in tables_of(long)] == [NAME_MAX, NAME_MAX + 2]


def test_a_limit_takes_the_first_parts_that_suffice() -> None:
    parts = tuple(part(f"{n}.parquet", records=3) for n in range(3))
    table = Table(name="t", schema=A, parts=parts)
    assert [len(table.enough(limit)) for limit in (None, 0, 1, 3, 4, 100)] == [3, 0, 1, 1, 2, 3]
    unknown = Table(name="t", schema=A, parts=(part("0.parquet", records=None), *parts))
    assert len(unknown.enough(3)) == 2


def test_a_dot_in_the_name_of_a_dataset_is_written_so_that_clients_do_not_cut_there() -> None:
    assert schema_name("a.b_c") == "a~b_c"
    assert dataset_name("a~b_c") == "a.b_c"
