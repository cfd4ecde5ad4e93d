"""Each obstacle between a request and an offer: found, named, in the one order, with what would change it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.market.conftest import opening

from gridtie.market.eligibility import CHECKS, Fit, Ineligible, first_reason, limit_of, nearness, place_gang
from gridtie.market.laws import broken_laws
from gridtie.market.offer import MachineShape
from gridtie.market.request import Rest
from gridtie.market.rules import RULES
from gridtie.values.money import MICROS_MAX
from gridtie.values.period import Period

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)

# code → (what stands in the way, beginning of the reason, whether somebody could change it)
OBSTACLES = {
    "chip": ({"wanted": {"chip": "h100"}}, "aurora sells a100, the job wants 1 × h100", True),
    "listed-only": ({"listed": True, "offer": {"resource": None}}, "it is a price list entry", True),
    "offer-closed": ({"offer": {"state": "withdrawn"}}, "the offer is withdrawn", False),
    "not-schedulable": ({"capacity": {"depth": "orderable"}}, "aurora is orderable", True),
    "not-admitted": ({"capacity": {"in_market": False}}, "aurora has no valid test certificate", True),
    "owner-policy": ({"capacity": {"allowed_organisations": ("org_x",)}}, "the owner of aurora", True),
    "chip-memory": ({"wanted": {"chip_memory_bytes": 96 << 30}}, "a chip of aurora has 80 GiB", False),
    "variant": ({"needs": {"variants": ("cann", "musa"), "plain": False}, "capacity": {"stack": "cuda"}},
                "the chips of aurora are programmed by cuda, the job has variants for cann or musa", True),
    "image": ({"needs": {"images": (("", "a/b:1"),)}}, "aurora runs no container images, the job wants a/b:1", True),
    "place": ({"needs": {"hubs": ("inner",)}}, "aurora is in hub gui'an, the job wants inner", True),
    "data-place": ({"needs": {"data_places": ("CN-15",), "data_names": ("scans",)}}, "scans may not", True),
    "data-site": ({"needs": {"data_sites": ("site_9",), "data_at": "lab/scans@v1 lies at borealis"}},
                  "lab/scans@v1 lies at borealis, and jobs come to it there, not to aurora", True),
    "site": ({"wanted": {"sites": ("borealis", "res_9")}}, "the job asks for borealis or res_9", True),
    "isolation": ({"needs": {"isolation_min": "vm"}}, "aurora isolates by container", True),
    "certificate": ({"capacity": {"score": None}}, "aurora has no measured throughput", True),
    "latency": ({"needs": {"max_latency_us": 1000}}, "aurora's round trip is 5.0 ms, the job", True),
    "spot": ({"offer": {"spot": True}}, "aurora may take this capacity back", True),
    "size": ({"wanted": {"cpus": 65}}, "no machine of aurora is that large: 1 × a100, 65 core(s)", True),
    "gang": ({"needs": {"machines": 2}}, "aurora has 1 of the 2 machines wanted at once", True),
    "units": ({"offer": {"units_min": 2}}, "the offer of aurora sells 2 to all units, the job wants 1", False),
    "price": ({"request": {"max_price": 1_999_999}}, "it costs 2.00 per unit-hour, over your limit", True),
    "hourly-cost": ({"wanted": {"max_hourly_cost": 1_999_999}}, "a machine costs 2.00 an hour", True),
    "voucher-price": ({"request": {"unit_price_cap": 1_500_000}}, "it costs 2.00 per unit-hour", True),
    "deadline": ({"request": {"deadline": AT}}, "its deadline, 2026-05-01 12:00:00 UTC, is over", True),
    "excluded": ({"needs": {"excluded_sites": ("aurora",)}}, "a run of this job was lost or", True),
    "shared": ({"request": {"start_at": AT}, "capacity": {"bookable": False}},
               "aurora shares its machines with its own users: nothing can be booked there", True),
    "hours": ({"capacity": {"opening": opening(5, longest=None)}}, "aurora lends nothing until Fri 17:00 (UTC)", True),
    "resting": ({"needs": {"resting": (Rest(site="site_0", until=AT + timedelta(seconds=9.4)),)}},
                "aurora refused it and is asked again at 2026-05-01 12:00:10 UTC", True),
    "disconnected": ({"capacity": {"connected": False}}, "aurora is silent at the moment", True),
    "busy": ({"capacity": {"machines": ()}}, "aurora is busy just now", True),
}  # fmt: skip


def found(made, *codes: str) -> Fit | Ineligible:
    """first_reason with all of these obstacles at once."""
    parts = {"wanted": {}, "needs": {}, "request": {}, "offer": {}, "capacity": {}}
    listed = False
    for code in codes:
        for part, changes in OBSTACLES[code][0].items():
            if part == "listed":
                listed = True
            else:
                parts[part] |= changes
    request = made.request(0, made.wanted(**parts["wanted"]), needs=parts["needs"], **parts["request"])
    capacity = None if listed else made.capacity(**parts["capacity"])
    return first_reason(request, made.offer(**parts["offer"]), capacity, made.AT)


def test_the_offer_of_a_site_that_was_revoked_is_no_price_list_entry(made):
    reason = first_reason(made.request(0, made.wanted()), made.offer(), None, made.AT)
    assert reason == Ineligible("offer-closed", "its site is not active in this exchange", "name another site")


def test_with_no_obstacle_it_fits_and_says_where(made):
    assert found(made) == Fit(0, ("m0",), 1)


@pytest.mark.parametrize("code", OBSTACLES)
def test_an_obstacle_is_named_with_its_reason_and_what_would_change_it(made, code):
    missed = found(made, code)
    _, reason, changeable = OBSTACLES[code]
    assert missed.code == code
    assert missed.reason.startswith(reason)
    assert bool(missed.change) == changeable


def test_every_check_has_its_test_and_the_rest_are_outcomes_of_whole_rounds():
    assert [code for code in CHECKS if code in OBSTACLES] == list(OBSTACLES)
    assert set(CHECKS) - set(OBSTACLES) == {"no-offer", "reserved", "outbid", "paradoxical"}


@pytest.mark.parametrize("first", range(len(OBSTACLES)))
def test_of_two_obstacles_the_earlier_check_is_the_reason(made, first):
    codes = list(OBSTACLES)
    for later in codes[first + 1 :]:
        assert found(made, codes[first], later).code == codes[first]


def test_of_several_alternatives_the_one_that_came_furthest_gives_the_reason(made):
    other_site, too_dear = made.wanted(sites=("x",)), made.wanted(max_hourly_cost=1)
    for alternatives in ((other_site, too_dear), (too_dear, other_site)):
        missed = first_reason(made.request(0, *alternatives), made.offer(), made.capacity(), made.AT)
        assert missed.code == "hourly-cost"
    assert nearness("hourly-cost") > nearness("site")


def test_of_several_alternatives_that_fit_the_users_order_then_fewer_units_decide(made):
    two, one, later = made.wanted(accelerators=2), made.wanted(), made.wanted(rank=1)
    for alternatives, best in (((two, one), 1), ((later, two), 1), ((later, one, two), 1)):
        fit = first_reason(made.request(0, *alternatives), made.offer(), made.capacity(), made.AT)
        assert fit.alternative == best


@pytest.mark.parametrize(
    ("window", "reason"),
    [((1, 2), "it is sold from 2026-05-01 13:00:00 UTC on"), ((-2, 0), "the offer's window is over")],
)
def test_a_window_is_open_from_its_start_to_just_before_its_end(made, window, reason):
    start, end = (made.AT + timedelta(hours=hours) for hours in window)
    missed = first_reason(made.request(), made.offer(window=Period(start, end)), made.capacity(), made.AT)
    assert (missed.code, missed.reason) == ("offer-closed", reason)
    assert isinstance(first_reason(made.request(), made.offer(window=Period(start, end)), made.capacity(), start), Fit)


def test_an_offer_whose_resource_has_other_chips_by_now_is_closed(made):
    missed = first_reason(made.request(), made.offer(), made.capacity(chip="h100"), made.AT)
    assert missed.code == "offer-closed"
    assert "has h100 now, not the a100 offered" in missed.reason


def test_an_owner_may_always_use_his_own_resource(made):
    capacity = made.capacity(allowed_organisations=("org_x",))
    assert isinstance(first_reason(made.request(organisation="org_owner"), made.offer(), capacity, made.AT), Fit)
    assert isinstance(first_reason(made.request(organisation="org_x"), made.offer(), capacity, made.AT), Fit)


def test_data_may_be_where_its_hub_or_a_prefix_of_its_place_is_named(made):
    for places in (("gui'an",), ("CN",), ("CN-52",), ("CN-520000",), ("CN-520100",), ("US", "CN-520100")):
        assert isinstance(
            first_reason(made.request(needs={"data_places": places}), made.offer(), made.capacity(), made.AT), Fit
        )


@pytest.mark.parametrize("limit", ["", "C", "CN-", "CN-5", "CN-53", "CN-520102", "gui"])
def test_what_merely_begins_like_its_place_lets_no_data_go_there(made, limit):
    request = made.request(needs={"data_places": (limit,)})
    missed = first_reason(request, made.offer(), made.capacity(), made.AT)
    assert isinstance(missed, Ineligible)
    assert missed.code == "data-place"


@pytest.mark.parametrize(("isolation", "goes"), [("none", False), ("scheduler", False), ("sandbox", True)])
def test_data_that_may_not_leave_goes_only_where_a_job_has_no_network(made, isolation, goes):
    request = made.request(needs={"guarded": ("lab/scans@v1",), "isolation_min": "none"})
    missed = first_reason(request, made.offer(), made.capacity(isolation=isolation), made.AT)
    assert isinstance(missed, Fit) == goes
    if not goes:
        assert missed.code == "isolation"
        assert "lab/scans@v1 may not leave" in missed.reason


def test_data_that_may_not_leave_does_not_go_to_machines_of_whoever_uses_it_unless_it_lies_there(made):
    capacity = made.capacity()
    request = made.request(organisation=capacity.owner, needs={"guarded": ("lab/scans@v1",)})
    missed = first_reason(request, made.offer(), capacity, made.AT)
    assert (missed.code, missed.reason) == ("data-site", "lab/scans@v1 may be used and not had; aurora is your own")
    there = made.request(organisation=capacity.owner, needs={"guarded": ("a/b@v1",), "data_sites": (capacity.site,)})
    assert isinstance(first_reason(there, made.offer(), capacity, made.AT), Fit)


def test_an_unknown_round_trip_does_not_pass_for_a_short_one(made):
    request, capacity = made.request(needs={"max_latency_us": 10**9}), made.capacity(latency_us=None)
    assert first_reason(request, made.offer(), capacity, made.AT).code == "latency"


def test_a_total_that_cannot_be_booked_is_refused(made):
    request = made.request(expected_us=3_600_000_000 * 2)
    missed = first_reason(request, made.offer(price=MICROS_MAX), made.capacity(), made.AT)
    assert missed.code == "price"
    assert "more than can be booked" in missed.reason


def test_the_lowest_of_all_limits_is_the_limit(made):
    hourly = made.wanted(accelerators=4, max_hourly_cost=10_000_003)
    assert limit_of(made.request(), made.wanted()) is None
    assert limit_of(made.request(), hourly) == 2_500_000
    assert limit_of(made.request(max_price=2_400_000, unit_price_cap=2_600_000), hourly) == 2_400_000
    assert limit_of(made.request(max_price=2_600_000, unit_price_cap=2_300_000), hourly) == 2_300_000


def test_each_rank_of_a_gang_has_a_machine_of_its_own_the_fullest_first(made):
    def machine(name: str, accelerators: int, cpus: int = 8) -> MachineShape:
        return replace(made.MACHINE, name=name, accelerators=accelerators, cpus=cpus)

    free = [machine("wide", 8), machine("b", 2), machine("a", 2), machine("tight", 2, 4), machine("none", 1)]
    wanted = made.wanted(accelerators=2, cpus=2)
    assert place_gang(free, wanted, 1) == ("tight",)
    assert place_gang(free, wanted, 4) == ("tight", "a", "b", "wide")
    assert place_gang(free, wanted, 5) is None


def test_a_price_at_the_limit_is_within_it(made):
    at_limit = made.request(0, made.wanted(max_hourly_cost=2_000_000), max_price=2_000_000, unit_price_cap=2_000_000)
    assert isinstance(first_reason(at_limit, made.offer(), made.capacity(), made.AT), Fit)


def test_the_image_that_counts_is_that_of_the_variant_the_chips_choose(made):
    needs = {"variants": ("cann", "cuda"), "images": (("cann", "a/cann:8"), ("", "a/any:1"))}
    request, offer = made.request(0, needs=needs), made.offer()
    for stack, images, missing in (
        ("cann", False, "a/cann:8"), ("cuda", False, ""), ("rocm", False, "a/any:1"), ("cann", True, ""),
        ("rocm", True, ""),
    ):  # fmt: skip
        found = first_reason(request, offer, made.capacity(stack=stack, images=images), made.AT)
        assert (isinstance(found, Fit), missing) == (not missing, missing)
        assert isinstance(found, Fit) or (found.code == "image" and found.reason.endswith(f"the job wants {missing}"))


@pytest.mark.parametrize("rule", sorted(RULES))
def test_no_rule_sells_at_an_ask_that_a_slow_place_would_take_beyond_what_can_be_booked(made, rule):
    places = [made.capacity(0, units=1, score=100), made.capacity(1, score=1000), made.capacity(2, score=1000)]
    requests = [made.request(n) for n in range(2)]
    book = made.book(places, [made.offer(0, price=MICROS_MAX // 2)], requests)
    clearing = RULES[rule](book)
    assert clearing.trades == ()
    for refusal in clearing.refusals:
        assert refusal.code == "price"
        assert "could be more than can be booked" in refusal.reason
    cheaper = made.book(places, [made.offer(0, price=10**6)], [replace(one, max_price=10**15) for one in requests])
    clearing = RULES[rule](cheaper)
    assert len(clearing.trades) == 1
    assert broken_laws(cheaper, clearing) == ()


HOUR_US = 3_600_000_000
STAY = "(with 5 min to come and go)"


def test_the_wait_in_a_sites_own_queue_counts_against_its_closing(made):
    def judged(wait_s, **more):
        capacity = made.capacity(opening=opening(0, 4), queue_wait_s=wait_s)
        return first_reason(made.request(limit_us=2 * HOUR_US, **more), made.offer(), capacity, made.AT)

    fits = 4 * 3600 - 2 * 3600 - 300
    assert all(isinstance(judged(wait_s), Fit) for wait_s in (None, 0, fits))
    late = judged(fits + 1)
    words = f"aurora lends until Fri 16:00 (UTC), and the job may be there for 2 h 5 min {STAY} after its wait in"
    assert late.reason == f"{words} the site's own queue"
    assert late.reason == judged(fits + 2).reason, "it would be written anew whenever the queue moves"
    assert isinstance(judged(fits + 1, organisation="org_owner"), Fit)


@pytest.mark.parametrize(
    ("lent", "more", "reason", "change"),
    [
        (opening(5), {"limit_us": HOUR_US}, "aurora lends nothing until Fri 17:00 (UTC)", "wait until then"),
        (opening(5), {"limit_us": 12 * HOUR_US}, f"aurora lends for 12 h at a time at most, and the job may be there "
         f"for 12 h 5 min {STAY}", "a shorter gridtie.time_limit"),
        (opening(0, 4), {"limit_us": 4 * HOUR_US}, "aurora lends until Fri 16:00 (UTC), and the job may be there for "
         f"4 h 5 min {STAY}", "a shorter gridtie.time_limit, or wait until Sat 12:00 (UTC)"),
        (opening(0, 4), {}, "aurora lends for 12 h at a time at most, and the job has no time limit", "set gridtie."),
        (opening(0, 4, longest=None), {}, "aurora lends until Fri 16:00 (UTC), and the job has no time limit", "set"),
        (opening(0, 1), {"start_at": AT, "expected_us": HOUR_US}, "aurora lends until Fri 13:00 (UTC), and the job may "
         f"be there for 1 h 5 min {STAY}", "a shorter gridtie.expected, or another gridtie.start_at"),
        (opening(1), {"start_at": AT, "expected_us": HOUR_US}, "aurora lends nothing until",
         "another gridtie.start_at"),
        (opening(0, 4), {"limit_us": 235 * HOUR_US // 60}, "", ""),
        (opening(0, 4), {"start_at": AT, "expected_us": HOUR_US}, "", ""),
        (opening(0, None, longest=None), {}, "", ""),
        (opening(5), {"organisation": "org_owner"}, "", ""),
        (opening(0, 4), {"organisation": "org_owner"}, "", ""),
    ],
)  # fmt: skip
def test_all_the_time_that_a_job_of_others_may_be_there_has_to_be_lent(made, lent, more, reason, change):
    found = first_reason(made.request(**more), made.offer(), made.capacity(opening=lent), made.AT)
    if not reason:
        assert isinstance(found, Fit)
        return
    assert (found.code, found.reason[: len(reason)]) == ("hours", reason)
    assert found.change.startswith(change)


@pytest.mark.parametrize(
    ("needs", "classes", "kind"),
    [
        ({}, ("gang", "interactive"), "batch"),
        ({"interactive": True}, ("batch", "gang"), "interactive"),
        ({"machines": 2}, ("batch",), "gang"),
        ({"machines": 2, "interactive": True}, ("gang",), "interactive"),
    ],
)
def test_an_owner_chooses_the_classes_of_work_of_others(made, needs, classes, kind):
    two = tuple(replace(made.MACHINE, name=name) for name in ("m0", "m1"))
    site = {"machines": two, "machines_total": two}
    request, offer = made.request(needs=needs), made.offer()
    missed = first_reason(request, offer, made.capacity(work_classes=classes, **site), made.AT)
    assert missed.code == "owner-policy"
    assert missed.reason == f"the owner of aurora lends for {' or '.join(classes)} work, not {kind} work"
    for fits in ({"work_classes": (kind,)}, {"work_classes": classes, "owner": request.organisation}):
        assert isinstance(first_reason(request, offer, made.capacity(**fits, **site), made.AT), Fit)
