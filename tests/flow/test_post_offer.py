"""Offers: put up by who may, held back, taken back, and over when their window is over."""

from datetime import timedelta
from typing import Any

import pytest

from gridtie.access import Actor, Scope, roles_of
from gridtie.errors import Ambiguous, ForbiddenMove, GateClosed, InvalidInput, NotAllowed, NotFound
from gridtie.flow.issue_identifier import revoke_identifier
from gridtie.flow.move_offer import move_offer
from gridtie.flow.post_offer import OfferTerms, expire_offers, post_offer
from gridtie.market.offer import Tranche
from gridtie.values.money import Micros
from gridtie.values.period import Period
from gridtie.views.market import market_view, offers_view

YUAN = 1_000_000


@pytest.fixture
def north(world: Any) -> Any:
    return world.site("north", world.organisation("seller"))


def state(world: Any, offer: Any) -> str:
    return str(world.read(lambda unit: unit.market.offer_row(offer.id).state))


@pytest.mark.parametrize("before_end", ["open", "paused"])
def test_an_offer_expires_with_its_window_also_when_it_is_held_back(world: Any, north: Any, before_end: str) -> None:
    offer, longer = world.offer(north, YUAN, hours=1), world.offer(north, YUAN, hours=3)
    if before_end == "paused":
        world.write(lambda unit: move_offer(unit, offer, "pause"))
    world.later(minutes=59)
    assert world.write(expire_offers) == 0
    world.later(minutes=1)
    assert world.write(expire_offers) == 1
    assert (state(world, offer), state(world, longer)) == ("expired", "open")
    assert world.kinds(offer.id)[-1] == "offer.expired"
    before = world.rows()
    assert world.write(expire_offers) == 0
    for event in ("resume", "pause", "withdraw"):
        with pytest.raises(ForbiddenMove):
            world.write(lambda unit, event=event: move_offer(unit, offer, event))
    assert world.rows() == before


def test_what_runs_goes_on_when_its_offer_is_taken_back(world: Any, north: Any) -> None:
    offer = world.offer(north, YUAN)
    buyer = world.organisation("buyer", balance=10 * YUAN)
    job, run = world.placed(buyer)
    world.write(lambda unit: move_offer(unit, offer, "withdraw"))
    world.report(run, "accept", "start", "finish", "succeed", exit_code=0)
    assert world.job(job).state == "succeeded"
    other = world.submit(buyer)
    assert world.clear() == 0
    assert world.job(other).reason


def wish(world: Any, site: Any, actor: Actor, scope: Scope, **changes: Any) -> Any:
    now = world.clock.now()
    terms = {"price": Micros(YUAN), "window": Period(now, now + timedelta(hours=1)), "units_min": 1,
             "units_max": None, "spot": False, "terms": "", **changes}  # fmt: skip
    return world.write(lambda unit: post_offer(unit, actor, scope, site.resource, OfferTerms(**terms)))


def test_only_its_owner_sells_a_resource_and_only_what_makes_sense(world: Any, north: Any) -> None:
    owner = Actor(name="o", organisation=north.owner, roles=roles_of("owner"))
    viewer = Actor(name="v", organisation=north.owner, roles=roles_of("viewer"))
    stranger = Actor(name="s", organisation=world.organisation("other"), roles=roles_of("owner"))
    own = Scope(north.owner)
    over = Period(world.clock.now() - timedelta(hours=2), world.clock.now() - timedelta(hours=1))
    before = world.rows()
    for error, actor, scope, changes in (
        (NotFound, stranger, Scope(stranger.organisation), {}),
        (NotFound, stranger, Scope(None), {}),
        (NotAllowed, viewer, own, {}),
        (InvalidInput, owner, own, {"units_min": 3, "units_max": 2}),
        (InvalidInput, owner, own, {"window": over}),
    ):
        with pytest.raises(error):
            wish(world, north, actor, scope, **changes)
    assert world.rows() == before
    assert wish(world, north, owner, own).state == "open"


def test_a_resource_whose_identifier_is_void_is_not_sold(world: Any, north: Any) -> None:
    owner = Actor(name="o", organisation=north.owner, roles=roles_of("owner"))
    world.write(lambda unit: revoke_identifier(unit, world.exchange, north.resource, "sold"))
    with pytest.raises(GateClosed):
        wish(world, north, owner, Scope(north.owner))


def test_a_site_with_one_resource_lends_it_its_name(world: Any, north: Any) -> None:
    find = lambda text: world.read(lambda unit: unit.resources.find(text, Scope(None)).id)  # noqa: E731
    assert find("north") == find(north.resource) == north.resource
    with pytest.raises(NotFound):
        find("nort")
    with pytest.raises(NotFound):
        world.read(lambda unit: unit.resources.find("north", Scope(world.organisation("stranger"))))
    world.write(lambda unit: unit.resources.add("res_" + "0" * 26, north.id, **other_pool(world, north)))
    with pytest.raises(Ambiguous):
        find("north")


def other_pool(world: Any, site: Any) -> dict[str, Any]:
    """The columns of the site's own resource, under another name and without an identifier."""
    row = world.read(lambda unit: unit.resources.of_site(site.id)[0])._mapping
    kept = {key: value for key, value in row.items() if key not in ("id", "site", "state", "updated_us")}
    return {**kept, "name": "second", "identifier": None}


def test_in_tranches_each_job_pays_the_next_units_and_what_ends_is_the_cheapest_again(world: Any) -> None:
    site = world.site("wide", world.organisation("seller"), cpus=4)
    owner = Actor(name="o", organisation=site.owner, roles=roles_of("owner"))
    steps = (Tranche(after=1, price=Micros(2 * YUAN)), Tranche(after=3, price=Micros(9 * YUAN)))
    offer = wish(world, site, owner, Scope(site.owner), tranches=steps)
    buyer = world.organisation("buyer", balance=100 * YUAN)
    shown = lambda: world.read(lambda unit: offers_view(unit, world.exchange, [offer])[0])  # noqa: E731
    assert (shown()["price_now"], shown()["tranches"][1]) == ("1.00", {"after": 3, "price": "9.00"})
    first, second = world.placed(buyer)[1], world.placed(buyer, cpus=2)[1]
    assert [world.run(run).price for run in (first, second)] == [YUAN, 2 * YUAN]
    assert (shown()["price"], shown()["price_now"]) == ("1.00", "9.00")
    assert world.read(lambda unit: market_view(unit, world.exchange))["products"][0]["price"] == "9.00"
    world.report(first, "accept", "start", "finish", "succeed", exit_code=0)
    assert shown()["price_now"] == "2.00"  # two are in use: the first unit is sold again at what the third costs


@pytest.mark.parametrize(
    ("steps", "path"),
    [([(3, 2), (3, 3)], "tranches[1].after"), ([(3, 2), (5, 2)], "tranches[1].price"), ([(1, 1)], "tranches[0].price")],
)
def test_tranches_that_do_not_rise_are_refused_where_they_stop(world: Any, north: Any, steps: Any, path: str) -> None:
    owner = Actor(name="o", organisation=north.owner, roles=roles_of("owner"))
    made = tuple(Tranche(after=after, price=Micros(price * YUAN)) for after, price in steps)
    with pytest.raises(InvalidInput) as refused:
        wish(world, north, owner, Scope(north.owner), tranches=made)
    assert refused.value.problems[0].path == path
