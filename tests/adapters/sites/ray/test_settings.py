"""What an operator may write, and what he hears of what he may not."""

from pathlib import Path
from typing import Any

import pytest

from gridtie.adapters.sites.kinds import SETTINGS, open_scheduler
from gridtie.adapters.sites.ray.settings import ABOUT, RaySettings
from gridtie.adapters.tables import load_chips
from gridtie.errors import InvalidInput

GOOD = {"url": "http://10.0.0.5:8265/", "shared": "/shared/gridtie"}


def test_the_needed_two_are_enough() -> None:
    read = RaySettings.read(GOOD)
    assert (read.url, read.shared, read.python, read.patience) == (
        "http://10.0.0.5:8265", Path("/shared/gridtie"), "python3", 600.0,
    )  # fmt: skip
    assert RaySettings.read({**GOOD, "nodes": " N1, 10.0.0.7 ,"}).only == {"n1", "10.0.0.7"}
    assert SETTINGS["ray"] is ABOUT


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"url": ""}, "url: missing: the cluster's dashboard"),
        ({"url": "10.0.0.5:8265"}, "url: '10.0.0.5:8265' is no address: http://HOST:PORT"),
        ({"url": "http://主机:端口"}, "url: 'http://主机:端口' is no address"),
        ({"url": "http://10.0.0.5:99999"}, "is no address"),
        ({"url": "ray://10.0.0.5:10001"}, "is no address"),
        ({"url": "http://user:word@10.0.0.5:8265"}, "a token goes into a file"),
        ({"url": "http://10.0.0.5:8265\nx"}, "url: one line of text"),
        ({"shared": "共享"}, "shared: an absolute path"),
        ({"shared": ["/a"]}, "shared: one line of text"),
        ({"token": "0123abcd"}, "token: an absolute path"),
        ({"令牌": "/x"}, "令牌: no such setting; there are url, shared"),
        ({"partition": "main"}, "partition: no such setting"),
        ({"chips": "nv-h200"}, "chips: write chips.TYPE=CHIP"),
        ({"every": "often"}, "every: a number of seconds"),
        ({"timeout": "-1"}, "timeout: a number of seconds above 0"),
        ({"patience": "nan"}, "patience: a number of seconds above 0"),
        ({"disk": "很大"}, "disk: "),
    ],
)
def test_what_cannot_be_right_is_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        RaySettings.read({**GOOD, **given})
    assert any(says in problem.message for problem in refused.value.problems), refused.value.problems


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        open_scheduler("ray", {"every": "0", "x": "y"}, chips=load_chips(), url="http://x", trusted=())
    assert [problem.path for problem in refused.value.problems] == ["url", "shared", "every", "x"]
