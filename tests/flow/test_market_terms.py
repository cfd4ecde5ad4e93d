"""An exchange whose ticks the large engine clears: its rounds, what is sold between them, and what quotes say."""

from datetime import timedelta
from typing import Any

import pytest

from gridtie.dispatch.job import JobDocument
from gridtie.flow.cancel_job import cancel_job
from gridtie.flow.quote_job import quote_jobs
from gridtie.market.book import book_from_json, clearing_from_json, clearing_to_json
from gridtie.market.rules import RULES
from gridtie.market.verification import faults
from gridtie.store.journal import load
from gridtie.values.canonical import canonical
from gridtie.values.money import format_money
from gridtie.values.period import from_us, to_text
from gridtie.views.market import explain_job, market_view, offers_view, round_view, rounds_page

YUAN = 1_000_000


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"auction_rule": "best-welfare"}


@pytest.fixture
def north(world: Any) -> Any:
    """Two cores for sale at 1.00 an hour each."""
    site = world.site("north", world.organisation("seller"), cpus=2)
    world.offer(site, YUAN)
    return site


def bid(world: Any, buyer: Any, yuan: int, **more: Any) -> Any:
    return world.submit(buyer, mode="auction", budget={"max_price": yuan * YUAN}, **more)


def newest(world: Any) -> Any:
    row = world.read(lambda unit: unit.market.rounds(before=None, limit=1)[0])
    _, book, clearing = world.read(lambda unit: unit.market.round(row.number))
    return row, book_from_json(load(book.decode())), clearing


@pytest.fixture
def crowded(world: Any, north: Any) -> Any:
    """Three bids for two cores, cleared."""
    buyers = [world.organisation(f"buyer{n}", balance=100 * YUAN) for n in range(3)]
    jobs = [bid(world, buyer, yuan) for buyer, yuan in zip(buyers, (9, 5, 3), strict=True)]
    world.alive()
    assert world.clear("auction") == 2
    return buyers, jobs


def test_the_list_of_rounds_says_what_each_sold_and_how_near_it_came_to_the_best(world: Any, crowded: Any) -> None:
    [line] = world.read(lambda unit: rounds_page(unit, before=None, limit=5))["items"]
    told = world.read(lambda unit: round_view(unit, line["number"]))["reckoning"]
    assert (line["trades"], line["refusals"], line["units"], line["volume_unit_hours"]) == (2, 1, 2, "2.000")
    assert line["gap_percent"] == told["gap_percent"]
    assert line["volume_unit_hours"] == told["volume_unit_hours"]


def test_the_highest_bids_win_at_one_price_that_the_best_loser_does_not_reach(world: Any, crowded: Any) -> None:
    _, jobs = crowded
    assert [world.job(job).state for job in jobs] == ["placed", "placed", "queued"]
    prices = {world.run(world.job(job).run).price for job in jobs[:2]}
    assert len(prices) == 1
    assert 3 * YUAN <= prices.pop() <= 5 * YUAN
    assert world.job(jobs[2]).reason_code == "outbid"


def test_its_round_replays_byte_for_byte_and_is_found_sound(world: Any, crowded: Any) -> None:
    row, book, stored = newest(world)
    assert row.rule == "best-welfare"
    assert canonical(clearing_to_json(RULES[row.rule](book))) == stored
    assert faults(row.rule, book, clearing_from_json(load(stored.decode()))) == ()


def test_the_next_round_starts_from_the_prices_of_the_last_and_records_them(world: Any, crowded: Any) -> None:
    _, jobs = crowded
    _, book, _ = newest(world)
    assert "prices_before" not in book.parameters["engine"]
    paid = world.run(world.job(jobs[0]).run).price
    world.report(world.job(jobs[0]).run, "accept", "start", "finish", "succeed", exit_code=0)
    world.alive()
    assert world.clear("auction") == 1
    _, book, stored = newest(world)
    [prices] = book.parameters["engine"]["prices_before"]["pools"].values()
    assert prices[0] == paid
    assert canonical(clearing_to_json(RULES["best-welfare"](book))) == stored


def test_between_ticks_a_posted_request_pays_what_its_place_cost_at_the_last(world: Any, crowded: Any) -> None:
    buyers, jobs = crowded
    paid = world.run(world.job(jobs[0]).run).price
    world.report(world.job(jobs[0]).run, "accept", "start", "finish", "succeed", exit_code=0)
    world.alive()
    low = world.submit(buyers[0], budget={"max_price": paid - 1})
    assert world.clear() == 0
    assert world.job(low).reason_code == "price"
    [product] = world.read(lambda unit: market_view(unit, world.exchange))["products"]
    assert (product["price"], product["ask"]) == (format_money(paid), "1.00")
    [shown] = world.read(lambda unit: offers_view(unit, world.exchange, unit.market.on_sale()))
    assert (shown["price"], shown["price_now"]) == ("1.00", format_money(paid))
    posted = world.submit(buyers[0])
    assert world.clear() == 1
    assert world.run(world.job(posted).run).price == paid


def test_a_tick_that_finds_a_pool_full_does_not_forget_what_it_cost(world: Any, crowded: Any) -> None:
    """Else whoever comes just as it gets free has it for what is asked, before a bid that has waited."""
    buyers, jobs = crowded
    paid = world.run(world.job(jobs[0]).run).price
    assert world.clear("auction") == 0
    assert world.job(jobs[2]).reason_code == "busy"
    world.report(world.job(jobs[0]).run, "accept", "start", "finish", "succeed", exit_code=0)
    world.alive()
    cheap, dear = world.submit(buyers[0], budget={"max_price": paid - 1}), world.submit(buyers[1])
    assert world.clear() == 1
    assert (world.job(cheap).state, world.run(world.job(dear).run).price) == ("queued", paid)
    world.clear("auction")
    row, book, stored = newest(world)
    assert canonical(clearing_to_json(RULES[row.rule](book))) == stored


def test_a_full_pool_keeps_its_price_and_its_time_through_ticks_that_change_nothing(world: Any, crowded: Any) -> None:
    buyers, jobs = crowded
    paid, row = world.run(world.job(jobs[0]).run).price, newest(world)[0]
    for _ in range(10):
        world.later(seconds=30)
        world.alive()
        assert world.clear("auction") == 0
    assert newest(world)[0].number <= row.number + 1  # that which told the loser that it is busy now
    [product] = world.read(lambda unit: market_view(unit, world.exchange))["products"]
    assert (product["price"], product["units_free"]) == (format_money(paid), 0)
    assert product["priced_at"] == to_text(from_us(row.at_us))
    world.report(world.job(jobs[0]).run, "accept", "start", "finish", "succeed", exit_code=0)
    world.alive()
    dear = world.submit(buyers[1])
    assert world.clear() == 1
    assert world.run(world.job(dear).run).price == paid


def test_a_pool_that_lies_free_for_two_ticks_costs_what_is_asked_whatever_is_bid_for_more_than_that(
    world: Any, crowded: Any
) -> None:
    buyers, jobs = crowded
    world.write(lambda unit: cancel_job(unit, jobs[2]))
    bid(world, buyers[0], 90, cpus=2)
    world.later(seconds=30)
    world.alive()
    assert world.clear("auction") == 0
    world.report(world.job(jobs[0]).run, "accept", "start", "finish", "succeed", exit_code=0)
    prices = []
    for _ in range(4):
        [product] = world.read(lambda unit: market_view(unit, world.exchange))["products"]
        prices.append(float(product["price"]))
        world.later(seconds=30)
        world.alive()
        assert world.clear("auction") == 0
    assert 3 <= prices[0] <= 5
    assert prices[-1] == 1
    assert product["priced_at"] is None
    quick = world.submit(buyers[1])
    assert world.clear() == 1
    assert world.run(world.job(quick).run).price == YUAN


def test_the_price_of_a_tick_is_forgotten_when_two_more_have_passed(world: Any, crowded: Any) -> None:
    buyers, jobs = crowded
    world.report(world.job(jobs[0]).run, "accept", "start", "finish", "succeed", exit_code=0)
    world.later(seconds=61)
    world.alive()
    posted = world.submit(buyers[0])
    assert world.clear() == 1
    assert world.run(world.job(posted).run).price == YUAN


def test_a_posted_request_that_found_no_room_is_decided_again_at_the_tick(world: Any, north: Any) -> None:
    buyer = world.organisation("buyer", balance=100 * YUAN)
    world.alive()
    first = [world.submit(buyer) for _ in range(3)]
    assert world.clear() == 2
    waiting = first[2]
    [before] = {world.job(waiting).reason_code}
    assert before == "busy"
    auctioned = bid(world, buyer, 4)
    world.report(world.job(first[0]).run, "accept", "start", "finish", "succeed", exit_code=0)
    world.alive()
    assert world.clear("auction") == 1
    assert world.job(auctioned).state == "placed"
    world.report(world.job(first[1]).run, "accept", "start", "finish", "succeed", exit_code=0)
    world.alive()
    assert world.clear("auction") == 1
    assert world.job(waiting).state == "placed"


def test_why_names_rank_what_is_scarce_the_smallest_winner_and_what_would_change_it(world: Any, crowded: Any) -> None:
    _, jobs = crowded
    lost = world.read(lambda unit: explain_job(unit, world.exchange, jobs[2]))
    assert "it was number 3 of 3 by its bid" in lost["lines"]
    assert "2 of 2 free units of north were sold; what is scarce there: units" in lost["lines"]
    assert any(row.startswith("smallest winning bid at north: 5.00") for row in lost["lines"])
    assert lost["lines"][-1].startswith("what would change it: bid more than")
    won = world.read(lambda unit: explain_job(unit, world.exchange, jobs[0]))
    assert "it was number 1 of 3 by its bid" in won["lines"]
    assert "nothing else fitted" in won["lines"]


def test_a_round_shows_its_bound_gap_prices_and_depth_and_names_nobody(world: Any, crowded: Any) -> None:
    row, _, _ = newest(world)
    shown = world.read(lambda unit: round_view(unit, row.number))
    assert shown["refused_because"] == {"outbid": 1}
    reckoning = shown["reckoning"]
    assert (reckoning["welfare"], reckoning["gap_percent"]) == ("12.00", "0")
    assert reckoning["utilisation_percent"] == "100"
    [pool] = reckoning["pools"]
    assert (pool["site"], pool["ask"], pool["sold"], pool["free"]) == ("north", "1.00", 2, 0)
    assert reckoning["depth"][0]["wanted"][1] == 2
    assert "req_" not in str(reckoning)


def test_a_quote_says_what_the_tick_would_decide_now(world: Any, crowded: Any, spec: Any) -> None:
    buyers, jobs = crowded
    world.report(world.job(jobs[0]).run, "accept", "start", "finish", "succeed", exit_code=0)
    world.alive()

    def quoted(yuan: int) -> dict[str, Any]:
        document = JobDocument(jobs=(spec(mode="auction", budget={"max_price": yuan * YUAN}),), kind="job")
        [made] = world.read(lambda unit: quote_jobs(unit, world.exchange, document, buyers[0]))
        told: dict[str, Any] = made["indicative"]
        assert f"  {told['text']}" in made["lines"]
        return told

    high, low = quoted(8), quoted(2)
    assert high["fits"]
    assert high["site"] == "north"
    assert 3 <= float(high["price"]) <= 8
    assert not low["fits"]
    assert "would wait: others bid as much or more" in low["text"]


@pytest.mark.parametrize("settings", [{"auction_rule": "best-welfare", "auction_slots": 4, "auction_slot_s": 1800}])
def test_with_several_slots_a_job_is_planned_for_when_running_work_should_end(world: Any, north: Any) -> None:
    buyer = world.organisation("buyer", balance=100 * YUAN)
    world.alive()
    running = bid(world, buyer, 9, cpus=2)
    assert world.clear("auction") == 1
    world.report(world.job(running).run, "accept", "start")
    world.later(minutes=20)
    world.alive()
    waiting = bid(world, buyer, 5, expected=timedelta(minutes=30))
    assert world.clear("auction") == 0
    assert world.job(waiting).reason_code == "later"
    assert world.job(waiting).reason.startswith("it is planned at north for about ")
