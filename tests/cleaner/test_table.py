"""A table over all inputs: no record stands alone in what is written, whoever cleans it and in whatever order."""

import csv
import json
import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest

from gridtie.cleaner import table as table_of
from gridtie.cleaner.report import differences, keep_run, read_report, usual_pack, write_report
from gridtie.cleaner.run import clean
from gridtie.cleaner.work import Task
from gridtie.cleaning.page import page
from gridtie.errors import InvalidInput, TableTooLarge, TooMuchLeftOut

POLICY = """\
[duplicates]
exact = false
[kinds]
CN_ID = "drop"
[table]
k = 4
l = 2
sensitive = ["diagnosis"]
direct = ["name"]
suppressed_most = 0.2
risk_most = 0.25
[table.quasi]
age = "number"
birth = "date"
postcode = { form = "prefix", most = 4 }
town = "set"
[sample]
hand = 20
"""
HEAD = ["name", "phone", "age", "birth", "postcode", "town", "diagnosis"]
QUASI = ("age", "birth", "postcode", "town")


def people(count: int = 300, seed: int = 20261127) -> list[dict[str, str]]:
    print("seed", seed)
    chance = random.Random(seed)
    made = []
    for number in range(count):
        year = chance.randrange(1950, 2005)
        made.append({
            "name": f"n{number}", "phone": f"138{number:08d}", "age": "" if number % 50 == 7 else str(2026 - year),
            "birth": f"{year}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}",
            "postcode": chance.choice(("5500", "5501", "1000")) + f"{chance.randrange(20):02d}",
            "town": chance.choice(("贵阳", "北京", "Paris")), "diagnosis": chance.choice(("flu", "cold", "")),
        })  # fmt: skip
    made[11]["age"] = "old"
    made[12]["birth"] = "03/04/1990"
    made[13]["age"] = "13800001234"  # a phone where an age should stand
    made[14]["phone"] = "11010519491231002X"  # dropped by the policy, so it makes no class larger
    return made


def put(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, HEAD)
        writer.writeheader()
        writer.writerows(rows)
    return path


def cleaned(out: Path, *inputs: Path, workers: int = 1, policy: str = POLICY) -> dict[str, Any]:
    task = Task(
        out=out, policy_text=policy, policy_source="p", words_text="", names_text="", text_field="text", aside=False,
        keys={},
    )  # fmt: skip
    done = clean(task, inputs, workers=workers, progress=lambda _step: None)
    keep_run(task, done, "", usual_pack())
    return write_report(out, done.parts, None)


def rows_of(out: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted((out / "data").iterdir()):
        if path.suffix == ".parquet":
            found += pq.read_table(path).to_pylist()
        else:
            found += csv.DictReader(path.open(newline=""))
    return found


def test_no_record_stands_alone_and_every_figure_is_that_of_the_files(tmp_path: Path) -> None:
    rows = people()
    made = cleaned(tmp_path / "out", put(tmp_path / "a.csv", rows))
    table, found = made["table"], rows_of(tmp_path / "out")
    classes = defaultdict(list)
    for row in found:
        classes[tuple(row[name] for name in QUASI)].append(row)
    assert min(map(len, classes.values())) == table["smallest"] >= 4
    assert (len(classes), len(found)) == (table["classes"], table["records"])
    least = min(len({row["diagnosis"] for row in rows} - {""}) for rows in classes.values())
    assert least == table["sensitive"][0]["values_least"] >= 2
    assert sum(one["classes"] for one in table["sizes"]) == len(classes)
    assert sum(one["records"] for one in table["sizes"]) == len(found)
    dropped = made["counts"]["dropped"]
    assert table["left_out"] == {"suppressed": dropped["suppressed"], "quasi-unreadable": 3}
    assert dropped["personal:CN_ID"] == 1
    assert len(found) + 1 + sum(table["left_out"].values()) == len(rows)
    assert {row["name"] for row in found} == {""}
    assert {row["phone"] for row in found} == {"[PHONE]"}
    assert not {"old", "13800001234"} & {row["age"] for row in found}
    assert "13800001234" not in "".join(row["age"] for row in found)
    assert differences(tmp_path / "out") == []


def test_labels_hold_the_values_of_their_record(tmp_path: Path) -> None:
    rows = {row["phone"]: row for row in people()}
    policy = POLICY.replace('CN_ID = "drop"', 'CN_ID = "drop"\nMOBILE = "keep"')
    cleaned(tmp_path / "out", put(tmp_path / "a.csv", list(rows.values())), policy=policy)
    for row in rows_of(tmp_path / "out"):
        was = rows[row["phone"]]
        low, *high = row["age"].split("–")
        assert row["age"] == "*" or was["age"] == row["age"] or int(low) <= int(was["age"]) <= int(high[0])
        low, *high = row["birth"].split("–")
        assert low <= was["birth"]
        assert was["birth"][: len(low)] <= (high or [low])[0]
        assert row["postcode"] == was["postcode"] or was["postcode"].startswith(row["postcode"].removesuffix("*"))
        assert was["town"] in row["town"].split(" | ")
        assert was["diagnosis"] == row["diagnosis"]


def test_workers_files_and_the_order_of_records_do_not_change_what_is_written(tmp_path: Path) -> None:
    rows = people()
    one = cleaned(tmp_path / "one", put(tmp_path / "a.csv", rows))
    random.Random(5).shuffle(rows)
    parts = [
        put(tmp_path / f"{name}.csv", rows[start : start + 75])
        for start, name in ((0, "d"), (75, "b"), (150, "c"), (225, "e"))
    ]
    other = cleaned(tmp_path / "other", *parts, workers=2)
    assert one["table"] == other["table"]
    told = [Counter(tuple(row.values()) for row in rows_of(tmp_path / name)) for name in ("one", "other")]
    assert told[0] == told[1]
    before = (tmp_path / "one" / "audit.json").read_bytes(), (tmp_path / "one" / "data" / "a-00000.csv").read_bytes()
    cleaned(tmp_path / "one", tmp_path / "a.csv")
    assert (
        (tmp_path / "one" / "audit.json").read_bytes(),
        (tmp_path / "one" / "data" / "a-00000.csv").read_bytes(),
    ) == before


def test_parquet_gives_what_csv_gives_with_texts_for_ranges(tmp_path: Path) -> None:
    rows = [row for number, row in enumerate(people()) if number not in (11, 12, 13)]
    source = put(tmp_path / "a.csv", rows)
    options = arrow_csv.ConvertOptions(
        column_types={"phone": pa.string(), "birth": pa.date32(), "postcode": pa.string()}
    )
    pq.write_table(arrow_csv.read_csv(source, convert_options=options), tmp_path / "a.parquet", row_group_size=70)
    schema = pq.read_schema(tmp_path / "a.parquet")
    assert (schema.field("age").type, schema.field("birth").type) == (pa.int64(), pa.date32())
    one = cleaned(tmp_path / "csv", source)
    other = cleaned(tmp_path / "parquet", tmp_path / "a.parquet")
    assert one["table"] == other["table"]
    told = [
        Counter(tuple(row[name] or "" for name in HEAD) for row in rows_of(tmp_path / name))
        for name in ("csv", "parquet")
    ]
    assert told[0] == told[1]


def test_more_left_out_than_is_allowed_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    source = put(tmp_path / "a.csv", people())
    with pytest.raises(TooMuchLeftOut) as refused:
        cleaned(tmp_path / "out", source, policy=POLICY.replace("suppressed_most = 0.2", "suppressed_most = 0.01"))
    assert "299 records" in str(refused.value)
    assert list((tmp_path / "out" / "data").iterdir()) == []
    with pytest.raises(TooMuchLeftOut):
        cleaned(tmp_path / "out", source, policy=POLICY.replace("k = 4", "k = 400"))


def test_a_table_without_a_declared_column_or_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for head, told in (("age,birth", "it has 2 others"), ("age, Postcode", "did you mean ' Postcode'?")):
        (tmp_path / "b.csv").write_text(f"{head}\n1,1990\n")
        with pytest.raises(InvalidInput) as refused:
            cleaned(tmp_path / "out", tmp_path / "b.csv")
        assert f"[table] names the column postcode, which is not there; {told}" in [
            str(problem) for problem in refused.value.problems
        ]
    assert not (tmp_path / "out").exists()
    (tmp_path / "c.txt").write_text("just text\n")
    with pytest.raises(InvalidInput):
        cleaned(tmp_path / "out", tmp_path / "c.txt")
    source = put(tmp_path / "a.csv", people())
    monkeypatch.setattr(table_of, "MOST_CELLS", 1000)
    with pytest.raises(TableTooLarge):
        cleaned(tmp_path / "out", source)
    monkeypatch.setattr(table_of, "MOST_CELLS", 10**6)
    monkeypatch.setattr(table_of, "MOST_VALUES", 10)
    with pytest.raises(TableTooLarge):
        cleaned(tmp_path / "out", source)


def test_a_grade_follows_from_risk_identifiers_and_what_is_declared(tmp_path: Path) -> None:
    source = put(tmp_path / "a.csv", people())

    def grade(policy: str) -> Any:
        return cleaned(tmp_path / "out", source, policy=policy)["table"]["grade"]

    whole = POLICY.replace('["name"]', '["name", "phone"]')
    assert grade(whole) == 3
    assert grade(POLICY) == 2  # nobody says what phone is
    assert grade(whole.replace("0.25", "0.05")) == 2
    assert grade(whole.replace('CN_ID = "drop"', 'CN_ID = "keep"')) == 1
    text = page(read_report(tmp_path / "out"))
    assert "GB/T 42460 grade 1" in text and "第 1 级" in text and "<td>4–7</td>" in text  # noqa: PT018
    assert "anonymi" not in text.lower() + json.dumps(read_report(tmp_path / "out")).lower()


def test_a_changed_label_is_found(tmp_path: Path) -> None:
    cleaned(tmp_path / "out", put(tmp_path / "a.csv", people()))
    path = tmp_path / "out" / "data" / "a-00000.csv"
    rows = rows_of(tmp_path / "out")
    rows[3]["town"] = "Lyon"
    put(path, rows)
    assert any(line.startswith("table.smallest: the report says") for line in differences(tmp_path / "out"))
