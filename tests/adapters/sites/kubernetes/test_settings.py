"""What an operator may write, and what he hears of what he may not."""

from pathlib import Path
from typing import Any

import pytest

from gridtie.adapters.sites.kinds import SETTINGS, open_scheduler
from gridtie.adapters.sites.kubernetes.settings import ABOUT, KubernetesSettings
from gridtie.adapters.tables import load_chips
from gridtie.errors import InvalidInput

GOOD = {"state": "/var/lib/gridtie/kubernetes", "image": "registry.example/ranks:1"}


def test_the_needed_two_are_enough() -> None:
    read = KubernetesSettings.read(GOOD)
    assert (read.state, read.prefix, read.uid, read.disk_bytes, read.queue) == (
        Path("/var/lib/gridtie/kubernetes"), "gridtie", 65532, 20 * 10**9, "",
    )  # fmt: skip
    assert SETTINGS["kubernetes"] is ABOUT


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"image": ""}, "image: missing: container image of the ranks"),
        ({"state": "状态"}, "state: an absolute path"),
        ({"命名空间": "x"}, "命名空间: no such setting; there are state, image"),
        ({"image": "a\nb"}, "image: one line of text"),
        ({"chips": "nv-h200"}, "chips: write chips.NODE-OR-PRODUCT=CHIP"),
        ({"quota": {"pods": ""}}, "quota: write quota.NAME=QUANTITY"),
        ({"uid": "0"}, "uid: a number above 0"),
        ({"uid": "٣"}, "uid: a number above 0"),
        ({"prefix": "Grid_Tie"}, "prefix: up to 24 of a-z, 0-9 and -"),
        ({"prefix": "网格"}, "prefix: up to 24 of a-z, 0-9 and -"),
        ({"every": "nan"}, "every: a number of seconds above 0"),
        ({"timeout": "soon"}, "timeout: a number of seconds"),
        ({"disk": "很大"}, "disk: "),
    ],
)
def test_what_cannot_be_right_is_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        KubernetesSettings.read({**GOOD, **given})
    assert any(says in problem.message for problem in refused.value.problems), refused.value.problems


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        open_scheduler("kubernetes", {"every": "0", "x": "y"}, chips=load_chips(), url="http://x", trusted=())
    assert [problem.path for problem in refused.value.problems] == ["state", "image", "every", "x"]
