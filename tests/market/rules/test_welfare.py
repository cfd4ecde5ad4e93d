"""The large engine as a rule, by hand: who runs where, what is paid, and what those left over are told."""

import subprocess
import sys
from dataclasses import replace

import pytest

from gridtie.errors import InvalidBook
from gridtie.market.laws import broken_laws
from gridtie.market.rules import RULES
from gridtie.market.rules.welfare import audit

M = 1_000_000


def cleared(book):
    clearing = RULES["best-welfare"](book)
    assert broken_laws(book, clearing) == ()
    assert audit(book, clearing) == ()
    return clearing


def paid(clearing) -> dict[str, int]:
    return {trade.request: trade.price for trade in clearing.trades}


def one_pool(made, bids, units: int = 2, reserve: int = M, **parameters):
    return made.book([made.capacity(units=units)], [made.offer(price=reserve)], bids, **parameters)


def refusal_of(clearing, request):
    return next(refusal for refusal in clearing.refusals if refusal.request == request)


def test_an_idle_market_sells_at_what_is_asked(made):
    result = cleared(one_pool(made, [made.bid(1, 9 * M), made.bid(2, 3 * M)]))
    assert paid(result) == {"req_1": M, "req_2": M}
    assert result.reckoning.welfare == result.reckoning.bound == 10 * M
    assert result.reckoning.gap_ppm == 0


def test_what_is_scarce_costs_all_the_same_between_the_lowest_winner_and_the_highest_loser(made):
    result = cleared(one_pool(made, [made.bid(1, 9 * M), made.bid(2, 5 * M), made.bid(3, 3 * M)]))
    [price] = set(paid(result).values())
    assert 3 * M <= price <= 5 * M
    assert result.prices[0].price == price
    refusal = refusal_of(result, "req_3")
    assert refusal.code == "outbid"
    assert refusal.change.startswith("bid more than ")


def test_depth_is_published_of_all_that_is_offered_bought_or_not(made):
    capacities = [
        made.capacity(units=2),
        made.capacity(1, units=3, hub="chengdu"),
        made.capacity(2, units=4, chip="h100"),
    ]
    offers = [made.offer(price=M), made.offer(1, price=2 * M, hub="chengdu"), made.offer(2, price=3 * M, chip="h100")]
    depth = cleared(made.book(capacities, offers, [made.bid(1, 9 * M)])).reckoning.depth
    assert [(one.chip, one.hub, one.price, one.wanted, one.offered) for one in depth] == [
        ("a100", "chengdu", 2 * M, (1, 1, 1), (0, 3, 3)),
        ("a100", "gui'an", M, (1, 1, 1), (0, 2, 2)),
        ("h100", "gui'an", 3 * M, (0, 0, 0), (0, 4, 4)),
    ]


def test_depth_of_what_everybody_was_outbid_for_stands_at_the_price_that_outbid_them(made):
    [depth] = cleared(one_pool(made, [made.bid(1, 5 * M, 3), made.bid(2, 4 * M, 3)], units=2)).reckoning.depth
    assert (depth.price, depth.offered) == (M, (0, 2, 2))


def test_a_gang_of_much_worth_in_all_beats_small_bids_of_more_worth_each_where_both_do_not_fit(made):
    """By density the two single units come first and strand half of the machine; in all the gang is worth more."""
    bids = [made.bid(1, 3 * M, 4), made.bid(2, 4 * M), made.bid(3, 2 * M)]
    result = cleared(one_pool(made, bids, units=4, reserve=0))
    assert paid(result).keys() == {"req_1"}
    assert {trade.request for trade in RULES["uniform-price"](one_pool(made, bids, units=4, reserve=0)).trades} == {
        "req_2", "req_3"
    }  # fmt: skip


def test_whoever_bids_above_the_price_without_room_for_his_gang_is_told_so(made):
    result = cleared(one_pool(made, [made.bid(1, 9 * M, 3), made.bid(2, 8 * M, 3), made.bid(3, 2 * M)], units=4))
    assert paid(result).keys() == {"req_1", "req_3"}
    assert refusal_of(result, "req_2").code == "paradoxical"
    assert result.reckoning.in_the_money == 1
    assert result.reckoning.forgone > 0


def test_the_sellers_ask_holds_also_where_he_is_not_the_cheapest(made):
    """Of one resource the cheaper offer is spot; who refuses spot takes the dearer one, and its seller gets it."""
    offers = [made.offer(0, spot=True, price=M), made.offer(1, resource="res_0", price=3 * M)]
    either, firm = made.request(1, made.wanted(use_spot=True), max_price=4 * M), made.request(2, max_price=4 * M)
    result = cleared(made.book([made.capacity(units=2)], offers, [either, firm]))
    assert paid(result) == {"req_1": M, "req_2": 3 * M}
    assert {share.offer: share.amount for share in result.shares} == {"offer_0": M, "offer_1": 3 * M}


def test_cores_are_priced_where_they_are_what_is_scarce(made):
    machine = replace(made.MACHINE, cpus=8, accelerators=8)
    capacity = made.capacity(machines=(machine,), machines_total=(machine,))
    hungry = made.request(1, made.wanted(cpus=8), max_price=5 * M, organisation="org_1")
    frugal = [made.request(n, made.wanted(cpus=2), max_price=4 * M, organisation=f"org_{n}") for n in range(2, 7)]
    result = cleared(made.book([capacity], [made.offer(price=0)], [hungry, *frugal]))
    assert len(result.trades) == 4
    assert "req_1" not in paid(result)
    [price] = result.reckoning.prices
    assert price.core[0] > 0
    assert refusal_of(result, "req_1").code == "outbid"


def test_a_total_budget_limits_what_is_bid_per_hour(made):
    asked = [made.bid(1, 9 * M, max_total=4 * M, expected_us=7_200_000_000), made.bid(2, 3 * M)]
    result = cleared(one_pool(made, asked, units=1))
    assert paid(result).keys() == {"req_2"}
    refusal = refusal_of(result, "req_1")
    assert refusal.code == "outbid"
    assert "it bids 2.00 there, by its other limits" in refusal.reason


def test_a_slower_site_is_worth_less_by_the_hour_and_never_below_what_it_asks(made):
    slow, fast = made.capacity(0, units=1, score=500), made.capacity(1, units=1, score=1000)
    third = made.capacity(2, units=1, score=1000, connected=False)
    offers = [made.offer(0, price=M), made.offer(1, price=M), made.offer(2)]
    result = cleared(made.book([slow, fast, third], offers, [made.bid(1, 4 * M), made.bid(2, 3 * M)]))
    assert {trade.request: trade.resource for trade in result.trades} == {"req_1": "res_1", "req_2": "res_0"}


def at_a_slow_site(made, bids, **parameters):
    """Two fast sites of one unit, and one of two units at a tenth of their speed."""
    capacities = [made.capacity(n, units=2 if n == 1 else 1, score=100 if n == 1 else 1000) for n in range(3)]
    return made.book(capacities, [made.offer(n, price=M) for n in range(3)], bids, **parameters)


def test_places_that_are_worth_to_nobody_what_they_ask_go_to_those_who_bid_most(made):
    """At a quarter of the speed every bid counts as what is asked; a gang of two machines can run nowhere else."""
    machines = tuple(replace(made.MACHINE, name=name, accelerators=1) for name in ("m0", "m1"))
    gang = made.bid(4, 2_500_000, needs={"machines": 2})
    bids = [made.bid(1, 3 * M), made.bid(2, 3 * M), made.bid(3, 2 * M), gang]
    book = at_a_slow_site(made, bids)
    slow = replace(book.capacities["res_1"], machines=machines, machines_total=machines)
    result = cleared(replace(book, capacities={**book.capacities, "res_1": slow}))
    assert paid(result).keys() == {"req_1", "req_2", "req_4"}
    assert paid(result)["req_4"] == M
    refusal = refusal_of(result, "req_3")
    assert "its bid of 2.00 counts as 1.00 there: that site is slower" in refusal.reason
    assert refusal.change == "bid more than 2.50: gridtie.budget.max_price"


@pytest.mark.parametrize("weights", [{}, {"org_5": 3}, {"org_3": 2, "org_5": 3}])
def test_a_bid_above_what_a_refused_bidder_is_told_is_enough(made, weights):
    """Also where others count for no more than is asked at a slow site, and where bids are weighed."""
    kept = [made.bid(n, price * M) for n, price in enumerate((9, 8, 5, 4))]
    for own in (M, 1_200_000, 1_300_000 if weights else 3_900_000):
        told = refusal_of(
            cleared(at_a_slow_site(made, [*kept, made.bid(5, own)], fair_weights=weights)), "req_5"
        ).change
        enough = round(float(told.split("bid more than ")[1].split(":")[0]) * M) + 1
        assert enough > own
        result = cleared(at_a_slow_site(made, [*kept, made.bid(5, enough)], fair_weights=weights))
        assert "req_5" in paid(result)


def test_other_limits_than_the_bid_are_named_as_what_stands_in_the_way(made):
    bids = [made.bid(1, 9 * M), made.bid(2, 8 * M), made.bid(3, 7 * M, max_total=2 * M)]
    refusal = refusal_of(cleared(one_pool(made, bids)), "req_3")
    assert refusal.reason.endswith("and it bids 2.00 there, by its other limits")
    assert refusal.change == "raise what limits it: max_total, max_hourly_cost or the voucher"


def test_the_volume_is_what_runs_take_where_they_were_sold_and_no_longer_than_their_limit(made):
    half, hour = made.capacity(0, units=2, score=500), 3_600_000_000
    bids = [made.bid(1, 4 * M), made.bid(2, 4 * M, limit_us=hour + hour // 2)]
    others = [made.capacity(n, score=1000, connected=False) for n in (1, 2)]
    book = made.book([half, *others], [made.offer(0, price=M)], bids)
    clearing = cleared(book)
    assert (clearing.reckoning.volume_unit_us, clearing.reckoning.paid) == (3 * hour + hour // 2, 7 * M // 2)
    longer = replace(clearing.reckoning, volume_unit_us=2 * hour, paid=2 * M)
    assert audit(book, replace(clearing, reckoning=longer)) == ("volume and payments are not those of the trades",)


def test_the_order_of_preference_decides_in_an_idle_market_and_the_other_place_when_it_is_taken(made):
    first, second = made.wanted(rank=0), made.wanted(chip="h100", rank=1)
    offers = [made.offer(0, price=3 * M), made.offer(1, chip="h100", price=M)]
    capacities = [made.capacity(0, units=1), made.capacity(1, units=1, chip="h100")]
    picky = made.request(1, first, second, max_price=5 * M)
    alone = cleared(made.book(capacities, offers, [picky]))
    assert paid(alone) == {"req_1": 3 * M}
    rival = made.request(2, first, max_price=9 * M, organisation="org_2")
    both = cleared(made.book(capacities, offers, [picky, rival]))
    assert {trade.request: trade.resource for trade in both.trades} == {"req_1": "res_1", "req_2": "res_0"}


def test_who_would_have_paid_more_elsewhere_bids_it_before_he_is_refused(made):
    """His favourite is sold out; what it left him is less than his limit, which still wins the other place."""
    first, second = made.wanted(rank=0), made.wanted(chip="h100", rank=1)
    offers = [made.offer(0, price=4 * M), made.offer(1, chip="h100", price=M)]
    capacities = [made.capacity(0, units=1), made.capacity(1, units=1, chip="h100")]
    picky = made.request(1, first, second, max_price=5 * M, organisation="org_1")
    rivals = [made.request(2, first, max_price=9 * M, organisation="org_2"),
              made.request(3, second, max_price=3 * M, organisation="org_3")]  # fmt: skip
    result = cleared(made.book(capacities, offers, [picky, *rivals]))
    assert {trade.request: trade.resource for trade in result.trades} == {"req_1": "res_1", "req_2": "res_0"}
    assert "req_1" in result.reckoning.restated


def test_a_gang_that_finds_no_machines_moves_to_its_next_place(made):
    """Eight units are free at the first site, one on each machine: a rank of four fits on none, the pool says yes."""
    ones = tuple(replace(made.MACHINE, name=f"m{n}", accelerators=3) for n in range(3))
    capacities = [made.capacity(0, machines=ones, machines_total=ones), made.capacity(1, units=8)]
    offers = [made.offer(0, price=M), made.offer(1, price=2 * M)]
    bids = [made.bid(n, 9 * M, 2) for n in range(4)]
    result = cleared(made.book(capacities, offers, bids))
    assert sorted(trade.resource for trade in result.trades) == ["res_0", "res_0", "res_0", "res_1"]
    assert result.reckoning.moved == 1


@pytest.mark.parametrize("mode", ["cost", "wait"])
def test_in_the_other_modes_everybody_pays_what_is_asked(made, mode):
    result = cleared(one_pool(made, [made.bid(n, (n + 2) * M) for n in range(4)], mode=mode))
    assert set(paid(result).values()) == {M}
    assert len(result.trades) == 2
    assert {refusal.code for refusal in result.refusals} == {"busy"}


def test_the_mode_cost_serves_most_units_where_they_are_cheapest(made):
    capacities = [made.capacity(n, units=2) for n in range(3)]
    offers = [made.offer(0, price=3 * M), made.offer(1, price=M), made.offer(2, price=2 * M)]
    result = cleared(made.book(capacities, offers, [made.bid(n, 9 * M, 2) for n in range(2)], mode="cost"))
    assert sorted(trade.resource for trade in result.trades) == ["res_1", "res_2"]


def test_the_mode_wait_serves_who_waited_long_for_a_short_run(made):
    from datetime import timedelta

    long = made.bid(1, 9 * M, arrived_at=made.AT - timedelta(hours=1), expected_us=36_000_000_000)
    short = made.bid(2, 2 * M, arrived_at=made.AT - timedelta(hours=1), expected_us=600_000_000)
    assert paid(cleared(one_pool(made, [long, short], units=1, mode="wait"))).keys() == {"req_2"}


def test_absurd_money_is_counted_as_far_as_it_can_be_counted_exactly(made):
    bids = [made.bid(1, 9 * 10**18), made.bid(2, 5 * M), made.bid(3, 9 * 10**18, 2)]
    assert "req_1" in paid(cleared(one_pool(made, bids)))
    dear = made.book([made.capacity(units=1)], [made.offer(price=10**16)], [made.bid(1, 10**17)])
    assert paid(cleared(dear)) == {"req_1": 10**16}


def test_an_empty_book_and_a_book_without_offers_are_cleared_too(made):
    assert cleared(made.book((), (), ())).trades == ()
    assert refusal_of(cleared(made.book((), (), [made.bid(1, M)])), "req_1").code == "no-offer"


@pytest.mark.parametrize("mode", ["welfare", "cost", "wait"])
def test_prices_before_of_a_round_in_which_other_things_were_scarce_lead_nobody_astray(made, mode):
    pools = {f"res_{n}": [394_401 * (1 - n), 0, 214_401, 214_401] for n in range(2)}
    before = {"memory_unit": 1 << 30, "disk_unit": 1 << 30, "pools": pools}
    bids = [made.bid(n, (9 - n) * 100_000, 1 + n % 2) for n in range(6)]
    offers = [made.offer(0, price=180_000), made.offer(1, price=420_000)]
    book = made.book([made.capacity(units=1), made.capacity(1, units=2)], offers, bids, mode=mode)
    fresh = cleared(book).reckoning
    led = cleared(replace(book, parameters={"mode": mode, "engine": {"prices_before": before}})).reckoning
    assert led.gap_ppm <= max(fresh.gap_ppm, 10_000)


def test_naming_the_rule_does_not_load_the_engine():
    code = "import sys, gridtie.market.rules, gridtie.flow.timetable, gridtie.cli.main; print('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize(
    "change",
    [{"mode": "cost"}, {"slots": 2}, {"slot_us": 1}, {"memory_unit": 3}, {"disk_unit": 3}, {"utilisation_ppm": 1},
     {"in_the_money": 9}, {"depth": ()}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_no_published_figure_of_a_round_can_be_changed_unseen(made, change):
    book = one_pool(made, [made.bid(1, 9 * M), made.bid(2, 5 * M), made.bid(3, 3 * M)])
    result = cleared(book)
    assert audit(book, replace(result, reckoning=replace(result.reckoning, **change)))


@pytest.mark.parametrize(
    "change", [{"free": 99}, {"ask": 2 * M}, {"sold": 1}, {"unit": ()}], ids=lambda c: next(iter(c))
)
def test_no_published_figure_of_a_pool_can_be_changed_unseen(made, change):
    book = one_pool(made, [made.bid(1, 9 * M), made.bid(2, 5 * M), made.bid(3, 3 * M)])
    result = cleared(book)
    [pool] = result.reckoning.prices
    assert audit(book, replace(result, reckoning=replace(result.reckoning, prices=(replace(pool, **change),))))


def test_a_price_published_above_what_anybody_pays_is_a_fault(made):
    book = one_pool(made, [made.bid(1, 9 * M), made.bid(2, 5 * M), made.bid(3, 3 * M)])
    result = cleared(book)
    [price] = result.prices
    assert audit(book, replace(result, prices=(replace(price, price=price.price + 1),)))
    assert audit(book, replace(result, prices=(replace(price, marginal="req_3"),)))


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"mode": "profit"}, "mode"),
        ({"slots": "many"}, "slots"),
        ({"engine": {"prices_before": {"pools": {"res_0": [1, 2]}, "memory_unit": 1, "disk_unit": 1}}}, "res_0"),
        ({"engine": {"prices_before": {"pools": {}, "memory_unit": 0, "disk_unit": 1}}}, "memory_unit"),
        ({"engine": {"prices_before": [1]}}, "prices_before"),
    ],
)
def test_parameters_of_a_foreign_round_that_mean_nothing_are_refused_by_name(made, parameters, field):
    with pytest.raises(InvalidBook) as refused:
        RULES["best-welfare"](one_pool(made, [made.bid(1, 9 * M)], **parameters))
    assert field in refused.value.params["field"]


@pytest.mark.parametrize("rule", ["best-welfare", "uniform-price", "posted-price"])
def test_a_run_that_is_expected_to_take_no_time_breaks_no_law(made, rule):
    book = one_pool(made, [made.bid(1, 9 * M, expected_us=0)])
    clearing = RULES[rule](book)
    assert broken_laws(book, clearing) == ()
    assert len(clearing.trades) == 1


def test_whose_bid_is_larger_than_can_be_counted_is_told_so_and_not_that_the_site_is_slow(made):
    book = one_pool(made, [made.bid(n, 10**16) for n in range(2)], units=1)
    clearing = cleared(book)
    assert broken_laws(book, clearing) == ()
    [refusal] = clearing.refusals
    assert refusal.reason.endswith("no bid counts for more where so many are cleared together")
