"""What a Croissant description says, and what it leaves out."""

import json
from dataclasses import replace
from typing import Any

from tests.data.made import BASE, CARD, CLEANING, dataset, part, version

from gridtie.data.croissant import RECORD_SETS_MAX, croissant
from gridtie.data.dataset import Price


def columns(**kinds: Any) -> str:
    return json.dumps({"fields": [{"name": name, "type": kind} for name, kind in kinds.items()]})


def test_columns_that_croissant_has_no_word_for_are_left_out_and_named() -> None:
    nested = {"type": "struct", "fields": []}
    schema = columns(a="long", b="decimal(10,2)", c={"type": "array", "elementType": "string"}, d="binary", e=nested)
    made = croissant(dataset(price=Price()), version(part("x.parquet", schema=schema)), base=BASE)
    [records] = made["recordSet"]
    assert [(field["name"], field["dataType"]) for field in records["field"]] == [
        ("a", "sc:Integer"), ("b", "sc:Float"), ("c", "sc:Text"),
    ]  # fmt: skip
    assert records["field"][2]["repeated"]
    assert records["description"].endswith("Columns not told here: d, e.")


def test_paths_and_columns_of_any_signs_have_ids_of_their_own() -> None:
    parts = [part(path, schema=columns(**{"b#c": "long", "b c": "long"})) for path in ("a", "a#b", "a b", "a/b", "甲")]
    made = croissant(dataset(price=Price()), version(*parts), base=BASE)
    ids = [one["@id"] for one in made["distribution"] + made["recordSet"]]
    ids += [field["@id"] for one in made["recordSet"] for field in one["field"]]
    assert len(ids) == len(set(ids)) == 5 + 5 + 10
    assert all(" " not in one and one.isascii() for one in ids)
    assert made["distribution"][2]["contentUrl"] == f"{BASE}/datasets/aurora/court/resolve/v1/a%20b"


def test_a_description_of_many_files_has_record_sets_for_the_first_of_them() -> None:
    parts = [part(f"{number}.parquet", schema=columns(a="long")) for number in range(RECORD_SETS_MAX + 5)]
    made = croissant(dataset(price=Price()), version(*parts), base=BASE)
    assert (len(made["distribution"]), len(made["recordSet"])) == (RECORD_SETS_MAX + 5, RECORD_SETS_MAX)


def test_what_its_cleaning_report_says_is_told_and_what_nobody_said_is_not() -> None:
    cleaned = croissant(dataset(price=Price()), version(part("x"), cleaning=CLEANING), base=BASE)
    said = " ".join(cleaned["rai:dataPreprocessingProtocol"])
    assert "TC260-003: not every check of it held" in said
    assert "1200 records kept, 3 dropped; 7 personal values treated" in said
    assert "a" * 64 in said
    assert cleaned["rai:dataCollection"] == "register: public, licence open"
    bare = croissant(dataset(price=Price()), version(part("x", held_by="site_1")), base=BASE)
    assert "rai:dataPreprocessingProtocol" not in bare
    assert "rai:personalSensitiveInformation" not in bare
    assert "recordSet" not in bare
    assert "A site holds it" in bare["distribution"][0]["description"]


def test_a_licence_in_words_stays_words() -> None:
    made = croissant(dataset(price=Price(), card=replace(CARD, licence="our own words")), version(part("x")), base=BASE)
    assert made["license"] == "our own words"
    assert croissant(dataset(price=Price()), version(part("x")), base=BASE)["license"].endswith("/CC-BY-4.0")
