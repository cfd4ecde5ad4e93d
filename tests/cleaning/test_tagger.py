"""Names that nothing announces are found where they stand; what only looks like one, and what no one owns, is left."""

import base64
import json
import time
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.adapters.tables import load_rules, names_text
from gridtie.cleaning import plain, tagging
from gridtie.cleaning.block import Block
from gridtie.cleaning.scan import Scanner
from gridtie.cleaning.spans import Span
from gridtie.cleaning.tagger import EASE, SHORT, NamesModel, Tagger, written
from gridtie.cleaning.training import Labelled, Trained, labelled, train
from gridtie.errors import InvalidInput

MODEL = NamesModel.read(names_text(), source="built-in")
SCANNER = Scanner(load_rules(), Tagger(MODEL))
EVERYWHERE = Scanner(load_rules(), Tagger(MODEL, everywhere=True))


def names(text: str, scanner: Scanner = SCANNER) -> list[str]:
    return [text[span.start : span.end] for span in scanner.scan(text) if span.kind == "NAME"]


@given(st.text("王欧阳小明JohnSmith van, .\n1😀", max_size=24), st.integers(0, 24), st.integers(0, 24))
def test_candidates_begin_at_the_same_places_with_a_compiler_and_without(text: str, low: int, high: int) -> None:
    low, high = min(low, len(text)), min(high, len(text))
    codes = Block.of([text]).codes
    made = [np.empty(max(0, high - low), np.int32) for _ in range(2)]
    found = [
        look(codes, low, max(low, high), tagging.FLAGS, out)
        for look, out in zip((tagging.beginnings, plain.beginnings), made, strict=True)
    ]
    assert made[0][: found[0]].tolist() == made[1][: found[1]].tolist()


@given(st.lists(st.text("王欧阳小明JohnSmith van, .\n1", max_size=12), max_size=8))
def test_names_are_the_same_in_any_company(texts: list[str]) -> None:
    tagger = Tagger(MODEL, everywhere=True)
    alone = {number: tagger.spans(text, []) for number, text in enumerate(texts)}
    together = tagger.spans_of(Block.of(texts), [[] for _ in texts], frozenset()) if texts else {}
    assert together == {number: names for number, names in alone.items() if names}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("昨天陈晓梅打来电话说换成13900139000了", ["陈晓梅"]),
        ("赵建国,13912345678,已签收", ["赵建国"]),
        ("抄送：刘志强、王丽华 liuzq@corp.example.com", ["刘志强", "王丽华"]),
        ("Spoke to Priya Nair, call back on +1 415-555-2671", ["Priya Nair"]),
        ("| Maria Garcia | m.garcia@mail.example.org |", ["Maria Garcia"]),
        ("Best,\nMaria van den Berg\nm.berg@mail.example.org", ["Maria van den Berg"]),
        ("陈\u200b晓梅的手机13900139000", ["陈\u200b晓梅"]),
    ],
)
def test_a_name_beside_other_personal_data_needs_no_announcement(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "高度重视，联系13900139000", "周末发货，电话13900139000", "New York office, +1 415-555-2671",
        "Visual Studio bug, mail me at a.b@mail.example.org", "General Motors 415-555-2671", "微博@陈晓梅 13900139000",
    ],
)  # fmt: skip
def test_words_that_begin_like_a_name_and_handles_are_no_names(text: str) -> None:
    assert names(text) == []


LEASE = (
    "LEASE\nbetween Jun Salazar and Rohan Malik, who keep the garden in good order and pay on the first\n\n"
    "Notices by telephone alone:\n{}\n"
)


def test_a_name_in_a_text_about_people_need_not_be_close_to_anything_else_of_them() -> None:
    dense, sparse = LEASE.format("415-555-2671\na.b@mail.example.org"), LEASE.format("415-555-2671\nnobody else")
    assert names(dense) == ["Jun Salazar", "Rohan Malik"]
    assert names(sparse + "Water the garden when it is dry. " * 12) == []


def test_a_long_text_about_people_is_looked_at_whole() -> None:
    rows = "".join(f"415-555-2{number:03d}\n" for number in range(150))
    text = "lent to Jun Salazar by the garden club\n" + "the list of all its telephones is below\n" * 7 + rows
    assert len(text) > SHORT
    assert names(text) == ["Jun Salazar"]


def test_a_name_far_from_personal_data_is_found_where_the_policy_asks_for_it() -> None:
    text = "会上由陈晓梅介绍了情况。" + "其他内容。" * 500
    assert names(text) == []
    assert names(text, EVERYWHERE) == ["陈晓梅"]


@given(
    st.lists(
        st.sampled_from(["陈晓梅", "王", "John", "Smith, ", "O'Neil-", "van ", "Q. ", "13900139000", "\n", "𠀀", "，"])
    )
)
def test_any_text_is_judged_and_again_alike(pieces: list[str]) -> None:
    text = "".join(pieces)
    spans = EVERYWHERE.scan(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert EVERYWHERE.scan(text) == spans


def taught(count: int) -> Trained:
    """Of a firm whose people are called by surname and number, as no built-in name is."""
    texts = []
    for number in range(count):
        name = f"{'王李赵'[number % 3]}{'工总科'[number % 3]}"
        head = f"第{number}单 "
        text = f"{head}{name}到场，王道乐土，李代桃僵 1390013{number % 10000:04d}"
        texts.append(Labelled(text, frozenset({(len(head), len(head) + 2)})))
    return train(texts, Scanner(load_rules()), MODEL, precision=0.95, made="test")


def test_own_labels_teach_a_model_in_seconds_the_same_each_time() -> None:
    taught(20)  # on a fresh machine it compiles first
    began = time.process_time()
    one = taught(400)
    assert time.process_time() - began < 10
    assert one == taught(400)
    assert (one.names, one.found, one.false) == (80, 80, 0)
    scanner = Scanner(load_rules(), Tagger(NamesModel.read(one.model, source="one")))
    text = "第9单 王工到场 13900139000"
    assert names(text) == []
    assert names(text, scanner) == ["王工"]


def test_too_few_labels_leave_the_limit_as_it_was() -> None:
    assert NamesModel.read(taught(20).model, source="few").least == MODEL.least


@pytest.mark.parametrize(
    ("value", "problem", "says"),
    [
        ({"text": "王小明"}, "", 'needs {"text": "…", "labels": [[start, end, "NAME"], …]}'),
        ("王小明", "", "needs {"),
        (
            {"text": "王小明", "labels": [[0, 9, "NAME"]]},
            "",
            "label 1, 0 to 9, is no part of its text of 3 code points",
        ),
        ({"text": "王小明", "labels": [[0, 3, "NAME"], [0]]}, "", 'label 2 is not [start, end, "NAME"]'),
        ({"text": "王小明", "labels": [["0", 3, "NAME"]]}, "", "label 1 is not [start, end"),
        ({"text": "王小明", "labels": [[0, 3, "EMAIL"]]}, "", "no text has a label"),
        (None, "broken-json", "cannot be read: broken-json"),
    ],
)
def test_labels_that_fit_no_text_are_refused_with_their_line(value: object, problem: str, says: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        labelled([(7, value, problem)], source="mine.jsonl")
    assert says in str(caught.value.problems[0])
    assert "no text" in says or caught.value.problems[0].line == 7


def test_a_file_of_wrong_labels_is_told_by_the_first_of_them() -> None:
    with pytest.raises(InvalidInput) as caught:
        labelled([(line, {}, "") for line in range(1, 1001)], source="mine.jsonl")
    assert len(caught.value.problems) == 51
    assert str(caught.value.problems[-1]) == "51:1 and 950 more lines"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"form": "gridtie/names/1"}, "of another version of this software (gridtie/names/1, not gridtie/names/2)"),
        ({"form": "x"}, "no model of names; make one"), ({"weights": "AAAA"}, "no model"),
        ({"weights": base64.b64encode(zlib.compress(bytes(5))).decode()}, "no model"), ({"least": "x"}, "no model"),
    ],
)  # fmt: skip
def test_what_is_no_model_is_refused_with_the_command_that_makes_one(change: dict[str, str], says: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        NamesModel.read(json.dumps(json.loads(names_text()) | change), source="m")
    assert says in str(caught.value.problems[0])
    assert "gridtie clean train" in str(caught.value.problems[0])


@pytest.mark.parametrize("text", ["", "{broken", "[]", '"a"', "{}"])
def test_a_file_of_something_else_is_no_model_in_plain_words(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        NamesModel.read(text, source="m")
    words = "no model of names; make one with gridtie clean train LABELLED.jsonl --out MODEL"
    assert str(caught.value.problems[0]) == words


def test_an_empty_model_finds_nothing_and_overlaps_go_to_the_likelier() -> None:
    empty = NamesModel.read(written(np.zeros(tagging.SIZE, np.int8), EASE + 1, "nothing"), source="empty")
    assert Tagger(empty, everywhere=True).spans("陈晓梅 met John Smith", [Span(0, 1, "X", 60, "x")]) == []


def test_a_latin_name_right_beside_other_personal_data_on_its_line_needs_less() -> None:
    eased = NamesModel.read(written(np.zeros(tagging.SIZE, np.int8), EASE, "nothing"), source="eased")
    text = "John Smith 13800138000, 陈晓梅\nMary Jones"
    assert [text[one.start : one.end] for one in Tagger(eased).spans(text, [Span(11, 22, "MOBILE", 90, "x")])] == [
        "John Smith"
    ]
