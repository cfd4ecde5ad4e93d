"""The index by the command line and over HTTP: it says when there is nothing, or too little, to publish."""

import json
from functools import partial
from typing import Any

import pytest


@pytest.fixture
def run(run: Any, admin: Any) -> Any:
    return partial(run, admin, "market", "index")


def test_an_exchange_without_trades_says_so_and_names_its_guards(run: Any) -> None:
    code, out, err = run()
    assert code == 0
    assert out.split()[:3] == ["CHIP", "HUB", "PRICE"]
    assert "No trade was executed in this time." in err
    code, out, _ = run("--trades", "-o", "json")
    answer = json.loads(out)
    assert (code, answer["items"], answer["currency"]) == (0, [], "CNY")
    assert (answer["guards"]["buyers_min"], answer["guards"]["sellers_min"]) == (3, 3)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "2026-02-01T00:00:00Z", "--to", "2026-01-01T00:00:00Z"], "to lies before from"),
        (["--from", "yesterday"], "from: Invalid isoformat"),
        (["--to", "2026-02-01T00:00:00"], "no time zone"),
    ],
)
def test_a_window_that_is_none_is_said_so(run: Any, arguments: list[str], said: str) -> None:
    code, _, err = run(*arguments)
    assert (code, said in err) == (2, True), err


@pytest.mark.parametrize("chip", ["nv-h100", "H100", "H100/2", "cpu"])
def test_a_chip_is_named_as_everywhere_and_one_that_is_none_is_refused(run: Any, chip: str) -> None:
    assert run("--chip", chip, "--hub", "csjh")[0] == 0
    code, _, err = run("--chip", "H1000")
    assert (code, "no chip is called 'H1000'" in err) == (2, True), err
    for part in ("H100/6", "H100/x", "cpu/2"):
        code, _, err = run("--chip", part)
        assert (code, f"no chip is called '{part}'" in err) == (2, True), err
    code, _, err = run("--hub", "csj")
    assert (code, "no hub 'csj (did you mean csjh?)'" in err) == (3, True), err


def test_a_window_before_all_time_is_no_fault_of_ours(admin: Any) -> None:
    answer = admin.get("/v1/market/index?to=0001-01-02T00:00:00Z")
    assert answer.status_code == 422, answer.text
