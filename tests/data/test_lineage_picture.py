"""The picture of a lineage is well-formed whatever it is told, and never larger than a page can bear."""

from dataclasses import replace
from xml.etree import ElementTree

from tests.data.made import CLEANING, ORIGIN, ancestor, delivery, lineage, part, version

from gridtie.data.lineage import graph
from gridtie.data.lineage_picture import COLUMN_MAX, LEFT_OUT, picture
from gridtie.values.ids import JobId

SVG = "{http://www.w3.org/2000/svg}"


def drawn(text: str) -> tuple[list[str], int, int]:
    """Its texts, and how many boxes and lines."""
    root = ElementTree.fromstring(text)
    texts = [one.text or "" for one in root.iter(f"{SVG}text")]
    return texts, len(list(root.iter(f"{SVG}rect"))), len(list(root.iter(f"{SVG}path")))


def test_sources_stand_to_the_left_of_the_version_and_uses_to_the_right() -> None:
    one = ancestor("k", "aurora/court@v1", version(part("a")), origins=(ORIGIN,))
    root = ElementTree.fromstring(picture(graph(lineage(one, uses=(delivery(1),)))))
    places = {box.get("class"): int(str(box.get("x"))) for box in root.iter(f"{SVG}rect")}
    assert places["source"] < places["version asked"] < places["use"]
    assert "version · 版本" in [text.text for text in root.iter(f"{SVG}text")]


def test_what_was_made_from_it_stands_to_the_right_in_its_order() -> None:
    one = ancestor("k", "a/raw@v1", version(part("a")))
    clean = ancestor("c", "a/clean@v1", version(part("b"), derived_from=("k",), cleaning=CLEANING), origins=(ORIGIN,))
    mixed = ancestor("m", "a/mixed@v1", version(part("c"), derived_from=("c", "k")))
    found = graph(replace(lineage(one), derived=(clean, mixed)))
    assert [node["id"] for node in found["nodes"]] == ["k", "c", "cleaning:c", "m"]
    boxes = [int(str(box.get("x"))) for box in ElementTree.fromstring(picture(found)).iter(f"{SVG}rect")]
    assert boxes == sorted(boxes)
    assert len(drawn(picture(found))[0]) > 0


def test_signs_that_are_markup_or_none_are_only_text() -> None:
    evil = "</text><script>\x00\x1b[2J\u202e判决" * 3
    one = ancestor("k", f"a/{evil}@v1", version(part("a")), origins=(replace(ORIGIN, name=evil),))
    texts, boxes, _ = drawn(picture(graph(lineage(one))))
    assert boxes == 2
    assert any(text.startswith("</text><script>��[2J�") for text in texts)


def test_a_circle_of_versions_is_drawn_once() -> None:
    first = ancestor("ds_1@v1", "a/b@v1", version(part("a"), derived_from=("ds_2@v1",)))
    other = ancestor("ds_2@v1", "a/c@v1", version(part("a"), derived_from=("ds_1@v1",)))
    _, boxes, lines = drawn(picture(graph(lineage(first, other))))
    assert (boxes, lines) == (2, 2)


def test_more_uses_than_a_column_holds_are_counted() -> None:
    uses = tuple(delivery(number, job=JobId(f"job_{number}")) for number in range(COLUMN_MAX + 60))
    one = ancestor("k", "a/b@v1", version(part("a")))
    texts, boxes, _ = drawn(picture(graph(lineage(one, uses=uses, complete=False))))
    assert boxes == COLUMN_MAX + 1
    assert any(text.startswith("and 61 more") for text in texts)
    assert texts[-1] == LEFT_OUT
