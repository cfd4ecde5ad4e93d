"""A page that anybody may open: whole, the same every time, in two languages, and never obeying what a trace says."""

import hashlib
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from gridtie.simulator import formats, readers, report_names, report_words, trace
from gridtie.simulator.policies import ARRANGEMENTS, POLICIES
from gridtie.simulator.report import duration, page
from gridtie.simulator.report_data import ACCELERATORS, CORES, EqualWait, Gain, ReportData, Words

VOID = {"meta", "input", "br", "img", "link"}
SERIES = ("waits", "mobility", "usage", "prices", "sample", "gains", "laws")


class Reader(HTMLParser):
    """Every element must close where it opened; collects what a test asks about."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: dict[str, list[str]] = {"en": [], "zh": [], "": []}
        self.languages: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
            self.languages.append(dict(attrs).get("lang") or "" if tag == "span" else "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.languages.pop()

    def handle_data(self, data: str) -> None:
        language = next((known for known in reversed(self.languages) if known), "")
        if self.open and self.open[-1] not in ("style",):
            self.words[language].append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


def english(text: str) -> str:
    """What a reader of one language sees of a table."""
    text = re.sub(r'<span lang="zh">.*?</span>', "", text).replace("&nbsp;", " ")
    return re.sub(r'<span lang="en">(.*?)</span>', r"\1", text)


@pytest.fixture(scope="module")
def text(data: ReportData) -> str:
    return page(data)


def test_the_page_is_well_formed_and_every_id_is_there_once(text: str) -> None:
    reader = read(text)
    ids = [attrs["id"] for _, attrs in reader.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = {name for _, attrs in reader.elements for key, value in attrs.items()
             if key.startswith("aria-") and key.endswith("by") for name in str(value).split()}  # fmt: skip
    assert named <= set(ids)
    used = {str(attrs["href"]).removeprefix("#") for tag, attrs in reader.elements if tag == "use"}
    assert used
    assert used <= set(ids)


def test_the_same_figures_give_the_same_bytes_in_another_process_too(data: ReportData) -> None:
    first = page(data)
    assert page(data) == first
    program = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1]); import conftest\n"
        "from gridtie.simulator.report import page\n"
        "print(hashlib.sha256(page(conftest.full()).encode()).hexdigest())"
    )
    command = [sys.executable, "-c", program, str(Path(__file__).parent)]
    found = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )
    assert found.stdout.strip() == hashlib.sha256(first.encode()).hexdigest()


def test_nothing_is_loaded_from_outside_and_nothing_runs(text: str) -> None:
    reader = read(text)
    tags = {tag for tag, _ in reader.elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert not [attrs for _, attrs in reader.elements for key in attrs if key.startswith("on") or key == "src"]
    assert "http:" not in text
    assert "https:" not in text
    assert "@import" not in text
    assert all(found.startswith("#") for found in re.findall(r"url\((.*?)\)", text))


def test_waits_by_size_and_over_other_weeks_are_shown_in_both_languages(data: ReportData, text: str) -> None:
    for said in ("2–4", "7,777", "7,000 … 8,888", "other weeks, s", "其他周（秒）"):
        assert said in text
    assert "other weeks, s" not in page(replace(data, sizes=(), size_classes=()))


def test_hostile_names_stay_text(text: str, hostile: tuple[str, ...]) -> None:
    words = "".join(read(text).words[""] + read(text).words["en"])
    assert "<script>alert" not in text
    assert hostile[0] in words
    assert hostile[1] in words
    assert hostile[2] in words
    assert not set("\u202e\u0000\u2028") & set(text)


def test_each_language_says_everything_and_the_other_one_is_hidden(text: str) -> None:
    reader = read(text)
    spans = [attrs["lang"] for tag, attrs in reader.elements if tag == "span" and "lang" in attrs]
    assert spans == ["en", "zh"] * (len(spans) // 2)
    assert not re.search(r"[\u4e00-\u9fff]", "".join(reader.words["en"]).replace("上海实验室", ""))
    assert re.search(r"[\u4e00-\u9fff]", "".join(reader.words["zh"]))
    assert "#en:checked~main [lang=zh],#zh:checked~main [lang=en]{display:none}" in text
    radios = [attrs for tag, attrs in reader.elements if tag == "input"]
    assert [(one["type"], one["name"], "checked" in one) for one in radios] == [
        ("radio", "language", True), ("radio", "language", False),
    ]  # fmt: skip


def test_every_sentence_exists_in_both_languages() -> None:
    found = [value for value in vars(report_words).values() if isinstance(value, Words)]
    found += [
        *report_words.CAVEATS,
        *report_names.SHARING.values(),
        *(does for _, does in report_names.POLICIES.values()),
    ]
    assert len(found) > 40
    for words in found:
        assert words.en
        assert words.zh
        assert sorted(re.findall(r"\{\w+\}", words.en)) == sorted(re.findall(r"\{\w+\}", words.zh))


def test_every_policy_and_every_reason_to_leave_a_row_out_has_a_chinese_name() -> None:
    assert set(POLICIES) <= set(report_names.POLICIES)
    assert set(ARRANGEMENTS) == set(report_names.SHARING)
    sources = "".join(inspect.getsource(module) for module in (formats, readers, trace))
    given = set(
        re.findall(r'"((?:is a|has|was|never|ran|ended|started|bids|stands|submitted|its site has) [^"{}]+)"', sources)
    )
    assert {said for said in given if said not in ("has no site", "has no run time")} <= set(report_names.REASONS)
    assert len(given) > 10


def test_what_an_operator_typed_is_explained_in_both_languages() -> None:
    assert report_names.named("silo · easy") == Words("silo · easy", "独立 · 回填")
    assert report_names.lasting("21.8 min (1,307 s)") == Words("21.8 min (1,307 s)", "21.8 分钟（1,307 秒）")
    said = report_names.capacity(31, CORES, "load=0.6")
    assert said == Words("31 cores (load=0.6: mean demand over 0.6)", "31 核（load=0.6：平均需求除以 0.6）")
    assert report_names.capacity(31, ACCELERATORS, "my.csv").zh == "31 个加速器（my.csv）"
    left = report_names.left_out((("never started", 2), ("an unknown reason", 1)))
    assert left == Words("2 never started; 1 an unknown reason", "2 行从未开始；1 行an unknown reason")


def test_lines_that_hide_one_another_are_named(wait_point: Callable[..., Any]) -> None:
    points = tuple(
        wait_point(scope, "easy", capacity, mean)
        for scope, mean in (("silo", 9.0), ("federated", 0.0), ("merged", 0.0))
        for capacity in (8, 16)
    )
    text = page(ReportData(title="t", command="c", facts=(), waits=points))
    assert "Alike at every capacity: federated · easy, merged · easy." in text
    assert "各容量下等待相同：互联 · 回填、合池 · 回填。" in text


def test_a_policy_under_which_nobody_ran_has_no_wait_and_says_how_many_never_ran(
    data: ReportData, wait_point: Callable[..., Any]
) -> None:
    none = replace(
        wait_point("merged", "late", 900, 0.0), mean_s=None, median_s=None, p95_s=None, p99_s=None, low_s=None,
        high_s=None, never=189,
    )  # fmt: skip
    assert f">{report_words.NEVER.en}<" not in page(data)
    text = page(replace(data, waits=(*data.waits, none)))
    [row] = [row for row in re.findall(r"<tr>(.*?)</tr>", text) if ">late<" in row]
    assert re.findall(r"<td class=n>(.*?)</td>", row)[1:6] == ["–", "–", "–", "–", "–"]
    assert row.endswith(">189</td>")


@pytest.mark.parametrize("name", SERIES)
def test_an_empty_series_is_named_as_absent_and_not_drawn(data: ReportData, text: str, name: str) -> None:
    less = page(replace(data, **{name: ()}))
    assert report_words.ABSENT.en not in text
    assert less.count(report_words.ABSENT.en) == 1
    assert less.count("<svg") == text.count("<svg") - (name != "laws")


def test_a_page_with_no_series_at_all_still_stands(data: ReportData) -> None:
    empty = ReportData(title="t", command="c", facts=())
    text = page(empty)
    read(text)
    assert text.count(report_words.ABSENT.en) == len(SERIES)
    assert "<svg" not in text
    assert {entry.name for entry in fields(ReportData)} >= set(SERIES)


def test_caveats_stand_before_the_first_number_and_the_command_above_all(text: str) -> None:
    places = [text.index(part) for part in ("<pre>", 'id="caveats"', "Capacities are assumed.", 'id="waits"')]
    assert places == sorted(places)
    for caveat in report_words.CAVEATS:
        assert caveat.en in text
    assert text.count('class="caveat"') == 7  # one of them with the waits by size


def test_utilisation_is_never_without_the_wait_beside_it(text: str) -> None:
    for head in re.findall(r"<thead>(.*?)</thead>", text):
        if report_words.UTILISATION.en in head:
            assert report_words.MEAN.en in head


def test_losers_are_named_in_words(text: str, hostile: tuple[str, ...]) -> None:
    assert "3 organisations wait less, 1 the same, 1 longer." in text
    rows = re.findall(r"<tr>(.*?)</tr>", text)
    [loser] = [row for row in rows if f">{report_words.LOSES.en}<" in row]
    assert "&lt;script&gt;" in loser


def test_a_law_that_is_broken_says_no(text: str) -> None:
    assert text.count(f'lang="en">{report_words.NO.en}<') == 1
    assert text.count(f'lang="en">{report_words.YES.en}<') == 1


def test_capacity_at_equal_wait_is_the_least_simulated_one_that_waits_no_longer(wait_point: Callable[..., Any]) -> None:
    points = tuple(
        wait_point(scope, policy, capacity, mean)
        for scope, policy, capacity, mean in (
            ("silo", "easy", 900, 100.0), ("silo", "easy", 600, 1000.0), ("federated", "easy", 900, 1.0),
            ("federated", "easy", 600, 100.0), ("federated", "easy", 300, 5000.0), ("federated", "fifo", 300, 1.0),
            ("merged", "market", 300, 99.0), ("silo", "fifo", 300, 1e9),
        )
    )  # fmt: skip
    text = page(ReportData(title="t", command="c", facts=(), waits=points))
    table = text[text.index('id="equal"') :]
    table = english(table)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", table)[1:5]]
    assert cells == [
        ["silo · easy", "900", "100", "federated · easy", "600", "66.7 %", "100"],
        ["silo · easy", "900", "100", "merged · market", "≤ 300", "≤ 33.3 %", "99"],
        ["silo · easy", "600", "1,000", "federated · easy", "600", "100 %", "100"],
        ["silo · easy", "600", "1,000", "merged · market", "≤ 300", "≤ 50 %", "99"],
    ]


def test_where_no_capacity_suffices_the_table_says_so(wait_point: Callable[..., Any]) -> None:
    points = (
        wait_point("silo", "easy", 900, 1.0),
        wait_point("merged", "easy", 900, 2.0),
        wait_point("merged", "easy", 600, 3.0),
    )
    assert report_words.NO_MATCH.en in page(ReportData(title="t", command="c", facts=(), waits=points))


def test_what_a_search_found_stands_in_place_of_what_the_points_allow(data: ReportData) -> None:
    found = EqualWait(
        alone="silo · easy", alone_capacity=944, alone_mean_s=27_739.0, alone_utilisation=0.583,
        connected="federated · easy",
        capacity=623, mean_s=27_000.0, utilisation=0.886,
    )  # fmt: skip
    text = page(replace(data, equal=(found,)))
    table = text[text.index('id="equal"') : text.index('id="sizes"')]
    table = english(table)
    assert re.findall(r"<td[^>]*>(.*?)</td>", table) == [
        "silo · easy", "944", "27,739", "58.3 %", "federated · easy", "623", "66 %", "27,000", "88.6 %",
    ]  # fmt: skip
    assert report_words.EQUAL_FOUND.en in text
    assert report_words.EQUAL_CAVEAT.en not in text


def test_deadlines_have_columns_only_where_a_trace_has_them(data: ReportData) -> None:
    assert report_words.MISSED.en not in page(data)
    due = tuple(replace(point, missed_share=0.2, value_share=0.875) for point in data.waits)
    text = page(replace(data, waits=due))
    assert report_words.MISSED.en in text
    assert "87.5 %" in text


def test_what_is_counted_is_called_by_its_name(data: ReportData) -> None:
    text = page(replace(data, unit=CORES))
    assert "cores at work" in text
    assert "accelerator" not in text
    assert "加速器" not in text


def test_more_organisations_than_a_picture_holds_are_all_in_the_table(data: ReportData) -> None:
    many = tuple(Gain(organisation=f"o{n}", jobs=1, alone_s=float(n), connected_s=50.0) for n in range(100))
    text = page(replace(data, gains=many))
    assert "The picture shows 40 of 100" in text
    assert all(f"<td>o{n}</td>" in text for n in range(100))


def test_durations_are_read_in_the_unit_that_suits() -> None:
    assert [duration(s) for s in (0.0, 0.25, 36.0, 90.0, 27_739.0, 413_626.0)] == [
        "0 s", "0.25 s", "36 s", "1.5 min (90 s)", "7.71 h (27,739 s)", "4.79 d (413,626 s)",
    ]  # fmt: skip


def test_a_command_that_draws_nothing_does_not_load_the_drawing_library() -> None:
    program = "import gridtie.simulator.report, sys; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
