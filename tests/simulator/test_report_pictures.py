"""Pictures hold what the figures say: text as text, colours as names, the same bytes every time."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import matplotlib as mpl
import pytest

from gridtie.simulator import report_pictures as pictures
from gridtie.simulator.report_data import Bar, Gain, PricePath, ReportData, UsageSeries
from gridtie.values.money import Micros

DRAWN: tuple[tuple[Callable[[Any], str], str], ...] = (
    (pictures.wait_against_capacity, "waits"),
    (pictures.mobility_curve, "mobility"),
    (pictures.usage_over_time, "usage"),
    (pictures.price_paths, "prices"),
    (pictures.gantt, "sample"),
    (pictures.gains, "gains"),
)


def texts(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("text")]


@pytest.mark.parametrize(("draw", "name"), DRAWN, ids=lambda value: value if isinstance(value, str) else "")
def test_a_picture_is_xml_with_text_and_named_colours_and_the_same_bytes_under_other_settings(
    draw: Callable[[Any], str], name: str, data: ReportData
) -> None:
    svg = draw(getattr(data, name))
    assert svg.startswith("<svg viewBox=")
    assert texts(svg)
    assert "var(--ink)" in svg
    assert "#0a0b" not in svg
    assert "http" not in svg
    assert "<metadata" not in svg
    with mpl.rc_context({"svg.fonttype": "path", "font.size": 30, "lines.linewidth": 9, "svg.hashsalt": None}):
        assert draw(getattr(data, name)) == svg


def test_points_are_where_their_figures_are(data: ReportData) -> None:
    found = texts(pictures.wait_against_capacity(data.waits))
    assert {"400", "600", "900", "silo · easy", "federated · easy", "1 h", "6 h"} <= set(found)


def test_names_and_times_stand_in_both_languages_but_never_a_name_from_outside(data: ReportData) -> None:
    svg = pictures.wait_against_capacity(data.waits)
    assert '<text lang="zh"' in svg
    assert {"独立 · 回填", "1 小时"} <= set(texts(svg))
    bars = [Bar(site="silo", organisation="o", start_s=0.0, end_s=90.0, accelerators=1, home=True)]
    found = texts(pictures.gantt(bars))
    assert "独立" not in found
    assert {"silo", "at home", "本地作业", "from elsewhere", "来自别处"} <= set(found)


def test_whiskers_stay_within_the_picture(wait_point: Callable[..., Any]) -> None:
    far = replace(wait_point("silo", "easy", 8, 100.0), low_s=0.0, high_s=90_000.0)
    assert {"1 d", "6 h"} <= set(texts(pictures.wait_against_capacity([far])))


def test_capacities_that_are_close_have_labels_that_do_not_run_into_each_other() -> None:
    assert pictures._spaced([600, 608, 700, 1000]) == [608, 700, 1000]
    assert pictures._spaced([8]) == [8]


def test_many_policies_get_a_panel_for_each_scope(wait_point: Callable[..., Any]) -> None:
    points = [
        wait_point(scope, f"policy {n}", capacity, 100.0 * n + capacity)
        for scope in ("silo", "federated")
        for n in range(5)
        for capacity in (100, 200)
    ]
    found = texts(pictures.wait_against_capacity(points))
    assert found.count("policy 3") == 1
    more = [*points, *(wait_point("federated", "market", capacity, 9.0) for capacity in (100, 200))]
    assert texts(pictures.wait_against_capacity(more)).count("market") == 1  # only the second panel has it
    assert {"silo", "federated"} <= set(found)
    assert "silo · policy 3" in texts(pictures.wait_against_capacity(points[:8]))


def test_waits_of_nothing_and_of_years_have_a_place_on_the_axis(wait_point: Callable[..., Any]) -> None:
    still = texts(pictures.wait_against_capacity([wait_point("silo", "fifo", 8, 0.0)]))
    assert "0" in still
    long = texts(pictures.wait_against_capacity([wait_point("silo", "fifo", 8, 5e7)]))
    assert {"0", "1 a"} <= set(long)


def test_one_instant_and_one_job_can_be_drawn() -> None:
    assert pictures.usage_over_time(
        [UsageSeries(label="a", capacity=1, times_s=(0.0, 0.0), busy=(1.0, 1.0), waiting=(0.0, 0.0))]
    )
    assert pictures.price_paths([PricePath(label="a", times_s=(5.0,), prices=(Micros(0),))])
    assert pictures.gantt([Bar(site="s", organisation="o", start_s=0.0, end_s=0.0, accelerators=1, home=True)])
    assert pictures.gains([Gain(organisation="o", jobs=1, alone_s=0.0, connected_s=0.0)])


def test_runs_at_one_time_never_share_an_accelerator_in_the_picture() -> None:
    bars = [
        Bar(
            site="s",
            organisation="o",
            start_s=float(n % 3),
            end_s=float(n % 3 + n % 5 + 1),
            accelerators=n % 4 + 1,
            home=True,
        )
        for n in range(40)
    ]
    placed = pictures._stacked(bars)
    for slot, bar in placed:
        for other_slot, other in placed:
            if other is not bar and bar.start_s < other.end_s and other.start_s < bar.end_s:
                assert slot + bar.accelerators <= other_slot or other_slot + other.accelerators <= slot


def test_one_run_of_a_week_does_not_hide_those_of_minutes() -> None:
    bars = [
        Bar(site="s", organisation="o", start_s=60.0 * n, end_s=60.0 * n + 300, accelerators=1, home=True)
        for n in range(60)
    ]
    week = Bar(site="s", organisation="o", start_s=0.0, end_s=604_800.0, accelerators=1, home=False)
    assert not [text for text in texts(pictures.gantt([*bars, week])) if text.endswith((" d", " h"))]


def test_names_are_cut_to_what_fits_and_wide_signs_count_twice() -> None:
    assert pictures.label("short") == "short"
    assert pictures.label("x" * 30) == "x" * 21 + "…"
    assert pictures.label("实" * 30) == "实" * 10 + "…"
    assert pictures.label("a\u202eb\nc") == "a\ufffdb\ufffdc"


def test_no_two_series_of_a_picture_look_alike_in_grey() -> None:
    looks = {(pictures._style(n)["marker"], str(pictures._style(n)["linestyle"])) for n in range(28)}
    assert len(looks) == 28
