"""The index on the database: of what receipts billed in money and was not given back, with the scores of that day."""

from datetime import timedelta
from typing import Any

import pytest

from gridtie.flow.refund_receipt import refund_receipt
from gridtie.flow.watch_budgets import watch_budgets
from gridtie.market.index import EVERYWHERE, Judged, Sale, entry, price_index
from gridtie.values.money import parse_money
from gridtie.values.period import Period, from_text
from gridtie.views.index import index_view, labelled

YUAN = 1_000_000


@pytest.fixture
def sites(world: Any) -> list[Any]:
    """Three owners sell a core each at 1.00; the third machine is a quarter faster and dearer."""
    made = [world.site(f"n{i}", world.organisation(f"seller{i}"), score=(1000, 1000, 1250)[i]) for i in range(3)]
    for site, price in zip(made, (YUAN, YUAN, 1_250_000), strict=True):
        world.offer(site, price)
    return made


@pytest.fixture
def buyers(world: Any) -> list[Any]:
    return [world.organisation(f"buyer{i}", balance=100 * YUAN) for i in range(3)]


def trade(world: Any, buyers: list[Any], *, hours: float = 1) -> list[Any]:
    """Each buyer runs one job, all at once, so that every seller gets one."""
    jobs = [world.submit(buyer) for buyer in buyers]
    world.alive()
    world.clear()
    runs = [world.job(job).run for job in jobs]
    assert None not in runs
    for run in runs:
        world.report(run, "accept", "start")
    world.later(hours=hours * 0.75)
    for _ in range(15):
        world.write(lambda unit: watch_budgets(unit, world.exchange))  # more is held for who takes longer than expected
        world.later(hours=hours / 60)
    for run in runs:
        world.report(run, "finish", "succeed", exit_code=0)
    return jobs


def view(world: Any, *, days: float = 7, **more: Any) -> dict[str, Any]:
    window = Period(world.clock.now() - timedelta(days=days), world.clock.now())
    given = {"chip": None, "hub": None, "trades": True, "all_trades": False, **more}
    return world.read(lambda unit: index_view(unit, world.exchange, window, **given))


def test_executed_trades_give_a_price_and_the_same_normalised_price_for_a_faster_machine(
    world: Any, sites: list[Any], buyers: list[Any]
) -> None:
    trade(world, buyers)
    world.later(seconds=1)
    [everywhere, here] = view(world)["items"]
    assert (everywhere["hub"], here["hub"]) == (None, "gz")
    assert everywhere["state"] == here["state"] == "published"
    assert (everywhere["trades"], everywhere["buyers"], everywhere["sellers"]) == (3, 3, 3)
    assert abs(parse_money(everywhere["normalised"]) - YUAN) < 20  # a receipt is capped at what was held
    assert abs(parse_money(everywhere["price"]) - 3_250_000 // 3) < 20


def test_what_is_shown_is_enough_to_compute_it_again(world: Any, sites: list[Any], buyers: list[Any]) -> None:
    for _ in range(2):
        trade(world, buyers)
    world.later(seconds=1)
    answer = view(world)
    for shown in answer["items"]:
        judged = [
            Judged(
                sale=Sale(
                    at=from_text(row["at"]), chip=row["chip"], hub=row["hub"], buyer=row["buyer"],
                    seller=row["seller"], unit_us=int(row["unit_us"]), amount=parse_money(row["paid"]),
                    score=row["score"],
                ),
                unit_us=int(row["unit_us_kept"]), amount=parse_money(row["paid_kept"]), excluded=row["excluded"],
            )
            for row in shown["sales"]
        ]  # fmt: skip
        again = entry(shown["chip"], shown["hub"] or EVERYWHERE, judged, shown["reference"])
        assert (again.price, again.normalised) == (parse_money(shown["price"]), parse_money(shown["normalised"]))
        whole = price_index([one.sale for one in judged], {shown["chip"]: shown["reference"]})
        assert (whole[0].price, whole[0].trades) == (again.price, again.trades)
    assert view(world) == answer | {"from": view(world)["from"], "to": view(world)["to"]}


def test_nobody_is_named_and_a_thin_products_trades_are_not_shown(
    world: Any, sites: list[Any], buyers: list[Any]
) -> None:
    trade(world, buyers[:2])
    world.later(seconds=1)
    [everywhere, _] = view(world)["items"]
    assert everywhere["state"] == "too thin: 2 of 3 buyers, 2 of 3 sellers"
    assert (everywhere["price"], everywhere["normalised"], everywhere["sales"]) == (None, None, None)
    [shown, _] = view(world, all_trades=True)["items"]
    assert {row["buyer"] for row in shown["sales"]} <= {f"p{n:06d}" for n in range(1, 5)}
    assert "org_" not in str(shown)


def test_what_was_given_back_wholly_does_not_count_and_in_part_counts_for_less(
    world: Any, sites: list[Any], buyers: list[Any]
) -> None:
    jobs = trade(world, buyers)
    [first], [second] = (world.read(lambda unit, job=job: unit.receipts.of_job(job)) for job in jobs[:2])
    world.write(lambda unit: refund_receipt(unit, first.id, lost=None, reason="agreed"))
    half = Period(world.clock.now() - timedelta(minutes=30), world.clock.now())
    world.write(lambda unit: refund_receipt(unit, second.id, lost=half, reason="it stood still"))
    world.later(seconds=1)
    [everywhere, _] = view(world, all_trades=True)["items"]
    assert everywhere["excluded"] == {"refunded": 1}
    assert (everywhere["trades"], everywhere["state"]) == (2, "too thin: 2 of 3 buyers, 2 of 3 sellers")
    assert 1.45 < float(everywhere["volume"]) < 1.55


def test_the_score_is_that_of_the_day_of_the_trade(world: Any, sites: list[Any], buyers: list[Any]) -> None:
    trade(world, buyers)
    world.later(seconds=1)
    before = view(world)["items"][0]["normalised"]
    for site in sites:
        world.certify(site, score=4000)
    assert view(world)["items"][0]["normalised"] == before


def test_tests_and_withdrawals_from_the_compute_bank_are_no_sales(
    world: Any, sites: list[Any], buyers: list[Any]
) -> None:
    world.deposit(sites[0])
    world.lend(sites[1].owner, 5 * YUAN)
    job = world.submit(sites[1].owner, budget={"pay_with": ("bank",)})
    world.alive()
    world.clear("bank")
    world.ran(world.job(job).run, hours=1)
    assert len(world.paid(job)) == 1
    world.later(seconds=1)
    assert view(world)["items"] == []


def test_only_what_was_settled_within_the_window_counts(world: Any, sites: list[Any], buyers: list[Any]) -> None:
    trade(world, buyers)
    world.later(hours=1)
    assert view(world, days=1)["items"]
    assert view(world, days=1 / 48)["items"] == []


def test_labels_keep_who_is_who() -> None:
    at = from_text("2026-05-01T00:00:00Z")
    sales = [
        Sale(at=at, chip="cpu", hub="gz", buyer=buyer, seller=seller, unit_us=1, amount=1, score=1)
        for buyer, seller in (("org_b", "org_a"), ("org_a", "org_c"))
    ]
    assert [(one.buyer, one.seller) for one in labelled(sales)] == [("p000002", "p000001"), ("p000001", "p000003")]
