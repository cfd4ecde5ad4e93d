"""The price index follows executed trades, and what is done to move it for nothing does not."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.market.index import EVERYWHERE, GUARDS, HOUR_US, Entry, Judged, Sale, entry, price_index, without_rings

AT = datetime(2026, 5, 1, tzinfo=UTC)
YUAN = 1_000_000
CHIP = "nv-h100"
REFERENCES = {CHIP: 1000, "nv-a100": 500}


def sale(buyer: str, seller: str, price: float, hours: float = 10, **to: object) -> Sale:
    made = Sale(
        at=AT, chip=CHIP, hub="gz", buyer=buyer, seller=seller, unit_us=round(hours * HOUR_US),
        amount=round(price * YUAN * hours), score=1000,
    )  # fmt: skip
    return replace(made, **to)


# Four buyers and four sellers that have nothing to do with each other, at 10 a unit-hour and a little around it.
HONEST = [
    sale(f"b{buyer}", f"s{seller}", 10 + 0.1 * ((buyer + 2 * seller) % 3 - 1), 10 + buyer)
    for buyer in range(4)
    for seller in range(4)
]


def published(sales: list[Sale], chip: str = CHIP, hub: str = EVERYWHERE) -> Entry:
    [found] = [one for one in price_index(sales, REFERENCES) if (one.chip, one.hub) == (chip, hub)]
    return found


BASE = published(HONEST)


def test_the_index_is_what_was_paid_for_an_hour_weighted_by_volume() -> None:
    paid, volume = sum(one.amount for one in HONEST), sum(one.unit_us for one in HONEST)
    assert BASE.price == BASE.normalised == round(paid * HOUR_US / volume)
    assert (BASE.trades, BASE.buyers, BASE.sellers, BASE.unit_us) == (16, 4, 4, volume)
    assert (BASE.thin, BASE.excluded) == ("", {})


def test_slower_units_at_a_lower_price_have_the_same_normalised_price() -> None:
    slow = [replace(one, score=800, amount=one.amount * 8 // 10, hub="csjh") for one in HONEST]
    there = published([*HONEST, *slow], hub="csjh")
    assert there.normalised == BASE.normalised
    assert abs(price_of(there) - price_of(BASE) * 8 // 10) <= 1
    both = published([*HONEST, *slow])
    assert both.normalised == BASE.normalised
    assert (both.trades, both.excluded) == (32, {})


def test_each_hub_has_its_own_index_beside_the_one_over_all() -> None:
    dear = [replace(one, hub="csjh", amount=one.amount * 105 // 100) for one in HONEST]
    found = {one.hub: one for one in price_index([*HONEST, *dear], REFERENCES)}
    assert set(found) == {EVERYWHERE, "gz", "csjh"}
    assert found["gz"].price == BASE.price
    assert price_of(found["gz"]) < price_of(found[EVERYWHERE]) < price_of(found["csjh"])


# ── what must not move it ─────────────────────────────────────────────────────────────────────────────────────────
ATTACKS = {
    "an owner buys from himself at ten times the price": [sale("b0", "b0", 100, 5000)],
    "a member of a company group sells to itself for next to nothing": [sale("x", "x", 0.001, 5000)],
    "two trade to and fro": [sale("x", "y", 100, 5000), sale("y", "x", 100, 5000)],
    "three in a ring": [sale("x", "y", 100, 900), sale("y", "z", 100, 900), sale("z", "x", 100, 900)],
    "five in a ring, cheap": [sale(f"r{i}", f"r{(i + 1) % 5}", 1, 9000) for i in range(5)],
    "the way back is over another chip": [
        sale("x", "y", 100, 900), sale("y", "x", 50, 1800, chip="nv-a100", score=500),
    ],
    "the way back is in another hub": [sale("x", "y", 100, 900), sale("y", "x", 100, 900, hub="csjh")],
    "ten thousand trades of a second": [sale(f"t{i % 7}", "y", 100, 1 / 3600) for i in range(10_000)],
    "gifts": [sale(f"g{i}", "y", 0, 500) for i in range(9)],
    "one buyer pays three times the price for most of the volume": [sale("x", "y", 30, 50_000)],
    "one buyer is sold most of the volume for a third": [sale("x", "y", 3.3, 50_000)],
    "a machine without a certificate": [sale("x", "y", 100, 500, score=None)],
    "all of it was given back": [sale("x", "y", 100, 0)],
    "a machine that certified a thousandfold score": [sale("x", "y", 10, 50_000, score=1_000_000)],
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_the_index_stays_where_it_was_when(attack: list[Sale]) -> None:
    found = published([*HONEST, *attack])
    assert (found.price, found.normalised, found.trades) == (BASE.price, BASE.normalised, BASE.trades)
    assert sum(found.excluded.values()) == sum(one.chip == CHIP for one in attack)


@pytest.mark.parametrize("dodge", ["tiny parties", "one owner's two sides", "a ring among strangers"])
def test_a_thin_product_is_not_made_to_look_liquid(dodge: str) -> None:
    two = [one for one in HONEST if one.buyer in ("b0", "b1")]
    assert published(two).thin == "too thin: 2 of 3 buyers"
    more = {
        "tiny parties": [sale(f"x{i}", "s0", 10, 0.05) for i in range(5)],
        "one owner's two sides": [sale("s0", "s0", 10, 50)],
        "a ring among strangers": [sale(f"x{i}", f"x{(i + 1) % 4}", 10, 50) for i in range(4)],
    }[dodge]
    found = published([*two, *more])
    assert (found.price, found.normalised) == (None, None)
    assert found.thin == "too thin: 2 of 3 buyers"


def test_one_buyer_with_any_volume_at_any_price_moves_it_by_half_the_window_of_outliers_at_most() -> None:
    """Said plainly: real money at a price that is not far off counts, and this is how much it can do."""
    rng = random.Random(5)
    most = 0.0
    for _ in range(500):
        attack = sale("x", "y", rng.uniform(8, 12), 10 ** rng.uniform(-3, 6))
        moved = abs(price_of(published([*HONEST, attack])) / price_of(BASE) - 1)
        most = max(most, moved)
    print(f"moved at most {most:.2%}")
    assert 0.04 < most <= 0.055


def price_of(found: Entry) -> int:
    assert found.price is not None, found.thin
    return found.price


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────────────────────
PARTIES = st.sampled_from(["a", "b", "c", "d", "e", "f"])
SALES = st.lists(
    st.builds(
        sale, PARTIES, PARTIES, st.floats(0, 50), st.floats(0, 30), hub=st.sampled_from(["gz", "csjh"]),
        chip=st.sampled_from([CHIP, "nv-a100"]), score=st.sampled_from([None, 500, 1000, 1500]),
    ),
    max_size=25,
)  # fmt: skip


@given(SALES, st.randoms(use_true_random=False))
def test_the_order_of_the_trades_is_irrelevant(sales: list[Sale], rng: random.Random) -> None:
    shuffled = list(sales)
    rng.shuffle(shuffled)
    assert price_index(shuffled, REFERENCES) == price_index(sales, REFERENCES)


@given(SALES)
def test_labels_in_the_order_of_the_names_change_nothing(sales: list[Sale]) -> None:
    renamed = [replace(one, buyer=f"p{one.buyer}", seller=f"p{one.seller}") for one in sales]
    strip = [replace(one, sales=()) for one in price_index(renamed, REFERENCES)]
    assert strip == [replace(one, sales=()) for one in price_index(sales, REFERENCES)]


@given(SALES)
def test_every_published_figure_follows_from_the_sales_shown_with_it(sales: list[Sale]) -> None:
    for one in price_index(sales, REFERENCES):
        # What a reader has: each sale, and what of it was no wash. The verdict on outliers he finds by himself.
        shown = [replace(j, excluded="" if j.excluded == "outlier" else j.excluded) for j in one.sales]
        again = entry(one.chip, one.hub, shown, REFERENCES[one.chip])
        assert (again.price, again.normalised, again.unit_us, again.buyers) == (
            one.price, one.normalised, one.unit_us, one.buyers,
        )  # fmt: skip
        assert sum(j.counts for j in one.sales) == one.trades


@given(SALES)
def test_a_published_price_lies_among_the_prices_that_count(sales: list[Sale]) -> None:
    for one in price_index(sales, REFERENCES):
        prices = [j.amount * HOUR_US / j.unit_us for j in one.sales if j.counts]
        if one.price is not None:
            assert min(prices) - 1 <= one.price <= max(prices) + 1
            assert one.buyers >= GUARDS.buyers_min
            assert one.sellers >= GUARDS.sellers_min


EDGES = st.dictionaries(
    st.tuples(PARTIES, PARTIES).filter(lambda pair: pair[0] != pair[1]), st.integers(1, 10**9), max_size=20
)


@given(EDGES)
def test_without_rings_nothing_comes_back_and_nobody_gained_or_lost(edges: dict[tuple[str, str], int]) -> None:
    left = without_rings(edges)
    assert all(0 < amount <= edges[pair] for pair, amount in left.items())
    reached = {payer: {b for a, b in left if a == payer} for payer, _ in left}
    for _ in range(6):
        reached = {a: tos | {c for b in tos for c in reached.get(b, ())} for a, tos in reached.items()}
    assert not any(payer in tos for payer, tos in reached.items())

    def net(flows: dict[tuple[str, str], int], party: str) -> int:
        return sum(amount * ((party == b) - (party == a)) for (a, b), amount in flows.items())

    assert all(net(left, party) == net(edges, party) for party in "abcdef")


def test_honest_trade_that_goes_round_loses_volume_but_not_its_price() -> None:
    rng = random.Random(3)
    sales = []
    for buyer in range(100):
        for seller in rng.sample([n for n in range(100) if n != buyer], 5):
            sales.append(sale(f"p{buyer:02}", f"p{seller:02}", rng.uniform(9.5, 10.5), rng.uniform(1, 50)))
    found = published(sales)
    kept = found.unit_us / sum(one.unit_us for one in sales)
    print(f"kept {kept:.1%} of the volume")
    assert kept > 0.1
    assert abs(price_of(found) - 10 * YUAN) < YUAN // 10


def test_a_market_of_many_small_parties_is_not_thin() -> None:
    many = [sale(f"b{n}", f"s{n}", 10) for n in range(500)]
    assert (published(many).buyers, published(many).thin) == (500, "")


def test_of_money_that_came_back_in_part_the_rest_counts() -> None:
    partly = [sale("b0", "s0", 10, 100), sale("s0", "b0", 10, 40)]
    judged: tuple[Judged, ...] = published([*HONEST, *partly]).sales
    kept = {(j.sale.buyer, j.sale.seller): j.unit_us for j in judged if j.excluded == "circular"}
    assert kept["s0", "b0"] == 0
    both = sum(one.unit_us for one in [*HONEST, *partly] if (one.buyer, one.seller) == ("b0", "s0"))
    counted = sum(j.unit_us for j in judged if (j.sale.buyer, j.sale.seller) == ("b0", "s0"))
    paid_back = 40 * 10 * YUAN
    whole = sum(one.amount for one in [*HONEST, *partly] if (one.buyer, one.seller) == ("b0", "s0"))
    assert abs(counted - both * (whole - paid_back) / whole) <= 2


def test_no_trades_no_index_and_a_chip_without_a_reference_has_no_price() -> None:
    assert price_index([], REFERENCES) == ()
    [everywhere, here] = price_index(HONEST, {})
    assert (everywhere.price, here.price) == (None, None)
    assert everywhere.excluded == {"unscored": 16}
    assert everywhere.sales[0].sale.at - AT == timedelta(0)
