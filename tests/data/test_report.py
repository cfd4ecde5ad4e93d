"""A report of a cleaning is what an owner sends: what it says is held to what a report can say."""

import json
from typing import Any

import pytest

from gridtie.cleaning.page import FORM
from gridtie.data.dataset import Part
from gridtie.data.report import read_report
from gridtie.errors import InvalidInput

PART = Part(path="a.jsonl", sha256="a" * 64, size=1, media="application/x-ndjson")
SAID = {"form": FORM, "outputs": [{"sha256": PART.sha256}], "pack": "p", "sources": [],
        "counts": {"kept": 3, "found": [["EMAIL", "mask", 2], ["URL", "keep", 9]], "dropped": {"nul-bytes": 1}},
        "checks": [{"held": True}]}  # fmt: skip


def read(**other: Any) -> Any:
    return read_report(json.dumps({**SAID, **other}).encode(), "d" * 64, [PART], source="report")[0]


def test_its_figures_are_sums_and_it_passed_only_what_it_was_held_against() -> None:
    made = read()
    assert (made.kept, made.treated, made.dropped, made.passed) == (3, 2, 1, True)
    assert not read(checks=[]).passed


SOURCE = {"name": "n", "kind": "users", "licence": "l", "record": "r"}


@pytest.mark.parametrize(
    "other",
    [
        {"counts": {**SAID["counts"], "kept": float("inf")}},  # type: ignore[dict-item]
        {"counts": {**SAID["counts"], "kept": 10**30}},  # type: ignore[dict-item]
        {"counts": {**SAID["counts"], "kept": -1}},  # type: ignore[dict-item]
        {"pack": "x" * 10_001},
        {"pack": "\ud800"},
        {"pack": {}},
        {"sources": [{**SOURCE, "name": "x" * 10_001}]},
        {"sources": [SOURCE] * 101},
        {"outputs": []},
    ],
)
def test_what_no_report_says_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        read(**other)
