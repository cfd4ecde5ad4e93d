"""`gridtie market show ROUND`: the engine's record stands in tables for people, and in one piece for programs."""

import inspect
import json
import re
from argparse import Namespace
from typing import Any

import pytest
from market_books import small_auction

from gridtie.cli import market
from gridtie.cli.market import EXCLUDED, _excluded, _show_round
from gridtie.market import index as market_index
from gridtie.market.rules import RULES
from gridtie.values.money import format_money
from gridtie.views.reckoning import reckoning_view


@pytest.fixture
def found() -> dict[str, Any]:
    book = small_auction(3)
    clearing = RULES["best-welfare"](book)
    assert clearing.reckoning is not None
    prices = [
        {"chip": p.chip, "hub": p.hub, "isolation": p.isolation, "price": format_money(p.price), "units": p.units,
         "marginal": p.marginal}
        for p in clearing.prices
    ]  # fmt: skip
    sites = {key: capacity.site_name for key, capacity in book.capacities.items()}
    return {"number": 3, "rule": "best-welfare", "trades": len(clearing.trades), "prices": prices,
            "refused_because": {"outbid": len(clearing.refusals)},
            "reckoning": reckoning_view(clearing.reckoning, sites)}  # fmt: skip


def test_people_read_the_gap_the_products_with_their_depth_and_the_pools(
    found: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    _show_round(found, Namespace(output="table", columns=None))
    shown = capsys.readouterr().out
    rows = [line.split() for line in shown.splitlines()]
    assert ["gap_percent", found["reckoning"]["gap_percent"]] in rows
    assert ["CHIP", "HUB", "ISOLATION", "PRICE", "UNITS", "WANTED", "OFFERED"] in rows
    assert ["SITE", "UNIT", "CORE", "MEMORY", "GIB", "ASK", "SOLD", "FREE"] in rows
    assert len(rows) == rows.index(["SITE", "UNIT", "CORE", "MEMORY", "GIB", "ASK", "SOLD", "FREE"]) + 4


def test_where_the_shortest_wait_decides_what_is_scarce_is_not_called_a_price(
    found: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    for mode, called in (
        ("wait", "not in money"),
        ("cost", "what is asked is paid"),
        ("welfare", "Prices of each pool's"),
    ):
        _show_round(
            {**found, "reckoning": {**found["reckoning"], "mode": mode}}, Namespace(output="table", columns=None)
        )
        assert called in capsys.readouterr().out


def test_a_program_reads_all_of_it(found: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    _show_round(found, Namespace(output="json", columns=None))
    assert json.loads(capsys.readouterr().out) == found


def test_a_round_of_another_rule_is_shown_as_before(found: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    _show_round({**found, "reckoning": None}, Namespace(output="table", columns=None))
    shown = capsys.readouterr().out
    assert "SITE" not in shown
    assert ["CHIP", "HUB", "ISOLATION", "PRICE", "UNITS", "MARGINAL"] in [line.split() for line in shown.splitlines()]


def test_trades_that_an_index_leaves_out_are_told_in_words() -> None:
    assert _excluded({"excluded": {"tiny": 5, "outlier": 1}}) == "5 of less than a unit-minute, 1 far from all others"
    assert _excluded({"excluded": {}}) == "–"
    told = re.findall(r'"([a-z-]+)"', inspect.getsource(market_index._by_itself))
    assert {*told, market_index.OUTLIER, market_index.UNSCORED, "circular"} == set(EXCLUDED)


def test_the_list_of_rounds_begins_with_when_and_keeps_its_digests_for_who_asks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = {"number": 7, "rule": "posted-price", "at": "2026-05-01T00:00:00.665823Z", "trades": 2, "refusals": 1,
            "book_digest": "sha256:b", "digest": "sha256:d", "units": 3, "volume_unit_hours": None,
            "gap_percent": None}  # fmt: skip
    monkeypatch.setattr(market, "connect", lambda args: Namespace(call=lambda *_, **__: {"items": [line]}))
    market.rounds(Namespace(output="table", columns=None, limit=20))
    table = capsys.readouterr().out
    assert "2026-05-01 00:00:00 UTC" in table
    assert "sha256" not in table
    market.rounds(Namespace(output="wide", columns=None, limit=20))
    assert "sha256:d" in capsys.readouterr().out
    market.rounds(Namespace(output="json", columns=None, limit=20))
    assert json.loads(capsys.readouterr().out) == [line]


def test_what_is_closed_now_is_told_below_the_products_with_the_hour_at_which_it_opens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"chip": "nv-a100", "hub": "gz", "isolation": "sandbox", "price": "2.00", "ask": "2.00", "units_free": 8,
           "units_closed": 0, "units_total": 16, "offers": 2, "opens": None}  # fmt: skip
    closed = {**row, "hub": "nmg", "units_free": 0, "units_closed": 8, "opens": "Mon 2026-11-30 19:00 (Asia/Shanghai)"}
    answer = {"products": [row, closed], "fairness": None}
    monkeypatch.setattr(market, "connect", lambda args: Namespace(call=lambda *_: answer))
    for output in ("table", "json"):
        market.show(Namespace(round=None, output=output, columns=None))
    shown = capsys.readouterr()
    assert shown.err == (
        "nv-a100 in nmg (sandbox): 8 more would be free, and are lent to others from Mon 2026-11-30 19:00 "
        "(Asia/Shanghai) on\n"
    )
    assert '"units_closed": 8' in shown.out
