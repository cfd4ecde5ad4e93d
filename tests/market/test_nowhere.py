"""A request that no resource could take, idle and for sale as all may be, is told so by the names of what is there."""

import pytest

from gridtie.market.nowhere import CODE, nowhere

WALLS = {
    "a chip that nobody has": ({"wanted": {"chip": "h100"}}, "no site here has h100, only: a100", "accept"),
    "a gang larger than any pool": ({"needs": {"machines": 3}}, "aurora has 1 of the 3 machines wanted at once",
                                    "num_nodes: 1"),
    "a machine larger than any": ({"wanted": {"cpus": 65}}, "no machine of aurora is that large", "ask for less"),
    "a site that is not there": ({"wanted": {"sites": ("borealis",)}}, "no site here is called borealis", "name one"),
    "a place where nobody is": ({"needs": {"places": ("CN-31",)}}, "aurora is in CN-520100, the job wants", "add"),
}  # fmt: skip


@pytest.mark.parametrize("name", WALLS)
def test_each_wall_is_named_with_what_would_change_it(made, name):
    asked, reason, change = WALLS[name]
    wish = made.request(0, made.wanted(**asked.get("wanted", {})), needs=asked.get("needs"))
    wall = nowhere(wish, [made.capacity()])
    assert wall is not None
    assert wall.code == CODE
    assert wall.reason.startswith(f"as the sites of this exchange stand it can run nowhere: {reason}")
    assert wall.change.startswith(change)
    assert "until a site joins" in wall.change


def test_what_is_busy_untested_silent_dear_or_not_offered_is_no_wall(made):
    busy = made.capacity(machines=(), connected=False, in_market=False, score=None)
    assert nowhere(made.request(max_price=1), [busy]) is None


def test_of_several_resources_each_kind_of_obstacle_is_named_once_and_the_largest_gang(made):
    one, two = made.capacity(1), made.capacity(2, machines_total=(made.MACHINE, made.MACHINE))
    far = made.capacity(3, hub="inner")
    wish = made.request(needs={"machines": 9, "hubs": ("gui'an",)})
    wall = nowhere(wish, [one, two, far])
    assert wall is not None
    assert "site2 has 2 of the 9 machines wanted at once; site3 is in hub inner" in wall.reason
    assert "site1" not in wall.reason


def test_one_alternative_that_fits_somewhere_is_enough(made):
    wish = made.request(0, made.wanted(chip="h100"), made.wanted())
    assert nowhere(wish, [made.capacity()]) is None


def test_an_exchange_without_sites_has_no_chip_at_all(made):
    wall = nowhere(made.request(), [])
    assert wall is not None
    assert wall.reason.endswith("no site here has a100")


def test_work_that_may_stay_longer_than_a_site_is_ever_lent_is_told_and_what_is_only_closed_now_is_no_wall(made):
    night = made.capacity(opening=made.opening(5))
    hour_us = 3_600_000_000
    assert nowhere(made.request(limit_us=11 * hour_us), [night]) is None
    for more in ({}, {"limit_us": 12 * hour_us}, {"start_at": made.AT, "expected_us": 12 * hour_us}):
        wall = nowhere(made.request(**more), [night])
        assert wall is not None
        assert "aurora lends for 12 h at a time at most" in wall.reason
