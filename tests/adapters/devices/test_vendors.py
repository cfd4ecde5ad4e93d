"""Every vendor's parser against recorded output; see tests/golden/devices/SOURCES.md for where each comes from."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridtie.adapters.devices import (
    amd,
    ascend,
    cambricon,
    enflame,
    gaudi,
    hygon,
    iluvatar,
    kunlun,
    metax,
    moorethreads,
    nvidia,
    thead,
)
from gridtie.adapters.devices.probe import VENDORS
from gridtie.adapters.devices.tool import Parser
from gridtie.errors import UnreadableTool
from gridtie.registry.inventory import Accelerator

GOLDEN = Path(__file__).parents[2] / "golden/devices"
CASES: dict[str, tuple[Parser, tuple[str, ...]]] = {
    "nvidia/a100-mig": (nvidia.parse, ("query", "topo", "list")),
    "nvidia/a30-notes": (nvidia.parse, ("query",)),
    "nvidia/h100": (nvidia.parse, ("query", "topo")),
    "ascend/910b4": (ascend.parse, ("info",)),
    "ascend/910b3": (ascend.parse, ("info", "topo")),
    "ascend/910c": (ascend.parse, ("info", "topo")),
    "ascend/310p3-duo": (ascend.parse, ("info",)),
    "amd/rx7900xt": (amd.parse_rocm, ("rocm",)),
    "amd/mi250x": (amd.parse_rocm, ("rocm",)),
    "amd/mi250": (amd.parse_rocm, ("rocm",)),
    "amd/mi300x-data": (amd.parse, ("static",)),
    "amd/mi300x": (amd.parse, ("static", "list")),
    "hygon/bw": (hygon.parse, ("query", "version")),
    "hygon/k100ai": (hygon.parse, ("query",)),
    "cambricon/370x8": (cambricon.parse, ("overview",)),
    "cambricon/370x4-v4": (cambricon.parse, ("overview",)),
    "moorethreads/s4000": (moorethreads.parse, ("query",)),
    "moorethreads/s5000": (moorethreads.parse, ("query",)),
    "moorethreads/s4000-table": (moorethreads.parse_overview, ("overview",)),
    "metax/c500": (metax.parse, ("overview", "topo")),
    "metax/c500-board": (metax.parse, ("overview",)),
    "metax/n260": (metax.parse, ("overview",)),
    "kunlun/p800": (kunlun.parse, ("machine", "overview")),
    "iluvatar/bi-v150": (iluvatar.parse, ("overview",)),
    "iluvatar/bi-v100": (iluvatar.parse, ("overview", "query")),
    "enflame/s60": (enflame.parse, ("query",)),
    "enflame/s60g": (enflame.parse_overview, ("overview",)),
    "enflame/s60-v1": (enflame.parse_overview, ("overview",)),
    "gaudi/gaudi2": (gaudi.parse, ("query",)),
    "gaudi/gaudi3-query": (gaudi.parse, ("query",)),
    "gaudi/gaudi2-table": (gaudi.parse_overview, ("overview",)),
    "gaudi/gaudi3": (gaudi.parse_overview, ("overview",)),
    "thead/zw810e": (thead.parse, ("overview", "list")),
}


def texts_of(case: str) -> list[str]:
    return [(GOLDEN / f"{case}.{part}.txt").read_text() for part in CASES[case][1]]


def as_json(case: str) -> list[dict[str, Any]]:
    found = CASES[case][0](*texts_of(case))
    return json.loads(json.dumps([asdict(one) for one in found]))  # type: ignore[no-any-return]


@pytest.mark.parametrize("case", CASES)
def test_recorded_output_gives_the_expected_devices(case: str) -> None:
    assert as_json(case) == json.loads((GOLDEN / f"{case}.json").read_text())


def found_or_error(parse: Parser, *texts: str) -> tuple[Accelerator, ...] | UnreadableTool:
    try:
        return parse(*texts)
    except UnreadableTool as error:
        return error


def test_every_vendor_has_a_recording_and_every_recording_has_a_source() -> None:
    sources = (GOLDEN / "SOURCES.md").read_text()
    for vendor in VENDORS:
        for tool in vendor.tools:
            assert any(parser is tool.parse for parser, _ in CASES.values()), tool
    for file in GOLDEN.glob("*/*.txt"):
        assert f"`{file.parent.name}/{file.name}`" in sources, file


def test_a_910c_is_counted_once_with_both_its_dies() -> None:
    cards = ascend.parse(*texts_of("ascend/910c"))
    assert [(one.dies, one.memory_bytes, one.lookup) for one in cards] == [(2, 128 << 30, "Ascend 910C")] * 2
    assert [[(peer.to, peer.path) for peer in one.peers] for one in cards] == [
        [("NPU7", "HCCS_SW")],
        [("NPU0", "HCCS_SW")],
    ]


def test_a_lone_die_is_not_sold_as_its_package() -> None:
    whole, half = amd.parse_rocm(*texts_of("amd/mi250x"))
    assert (whole.dies, whole.lookup) == (2, "Instinct MI250X")
    assert (half.dies, half.lookup) == (1, "")


@pytest.mark.parametrize(("case", "memory_gib"), [("cambricon/370x8", 2 * 20638 / 1024), ("iluvatar/bi-v150", 64.0)])
def test_a_board_of_two_dies_is_counted_once(case: str, memory_gib: float) -> None:
    (board,) = CASES[case][0](*texts_of(case))
    assert (board.dies, board.memory_bytes) == (2, int(memory_gib * 1024) << 20)


def test_two_chips_of_one_board_that_are_sold_apart_stay_apart() -> None:
    assert [one.dies for one in ascend.parse(*texts_of("ascend/310p3-duo"))] == [1, 1]


def test_a_driver_that_finds_no_device_is_not_an_error() -> None:
    assert nvidia.parse("No devices were found\n") == ()


@pytest.mark.parametrize("case", CASES)
def test_output_cut_anywhere_gives_devices_or_the_typed_error(case: str) -> None:
    parse, _ = CASES[case]
    first, *rest = texts_of(case)
    whole = parse(first, *rest)
    for cut in range(0, len(first), max(1, len(first) // 97)):
        found = found_or_error(parse, first[:cut], *rest)
        if isinstance(found, UnreadableTool):
            assert found.problems[0].message in found.message
        else:
            assert len(found) <= len(whole)


def test_a_row_that_is_cut_off_is_named_by_its_line() -> None:
    text = texts_of("kunlun/p800")[0]
    with pytest.raises(UnreadableTool) as caught:
        kunlun.parse(text[: text.index("\n") + 60])
    assert caught.value.problems[0].line == 2


@pytest.mark.parametrize("parse", [tool.parse for vendor in VENDORS for tool in vendor.tools])
def test_another_program_of_the_same_name_is_refused(parse: Parser) -> None:
    for text in ("", " \n", "Usage: smi [options]\n", '{"error": "no"}', "[1, 2]", "| 0 x | y |\n| z |"):
        found = found_or_error(parse, text)
        assert found == () or isinstance(found, UnreadableTool)


PARSERS = sorted(
    {tool.parse for vendor in VENDORS for tool in vendor.tools}, key=lambda one: (one.__module__, one.__name__)
)
RECORDED = sorted(file.read_text() for file in GOLDEN.glob("*/*.txt"))
pieces = st.one_of(
    st.text(max_size=60),
    st.sampled_from(RECORDED).flatmap(
        lambda text: st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(
            lambda at: text[min(at) : max(at)]
        )
    ),
    st.sampled_from(["|", "\n", "{", "}", '"', "[", ":", " / ", "MiB", "\x1b[4m", "9" * 30, "²", "٣"]),
)


@settings(max_examples=300)
@given(
    parse=st.sampled_from(PARSERS), texts=st.lists(st.lists(pieces, max_size=5).map("".join), min_size=1, max_size=3)
)
def test_any_text_gives_devices_or_the_typed_error(parse: Parser, texts: list[str]) -> None:
    tool = next(one for vendor in VENDORS for one in vendor.tools if one.parse is parse)
    found = found_or_error(parse, *texts[: len(tool.commands)])
    assert isinstance(found, tuple | UnreadableTool)


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize(
    "part",
    [" ", "0 ", "| 0 x ", "|", "[", '{"a":', '"a" ', "1 / ", "DEV ID 1\n", "\x1b[", "NPU  Name |", ",", "0:", "x:"],
)
def test_a_megabyte_of_anything_is_read_or_refused_in_time(parse: Parser, part: str) -> None:
    head = next((text for text in RECORDED if isinstance(found_or_error(parse, text), tuple)), "")
    started = time.monotonic()
    for text in (part * (900_000 // len(part)), head + part * (900_000 // len(part))):
        assert isinstance(found_or_error(parse, text), tuple | UnreadableTool)
    assert time.monotonic() - started < 10


def test_more_than_a_megabyte_is_refused() -> None:
    assert isinstance(found_or_error(nvidia.parse, "x" * 2_000_000), UnreadableTool)
