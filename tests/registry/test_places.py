"""Where a hub lies, and what may be there."""

import pytest

from gridtie.adapters.tables import load_places
from gridtie.errors import NotFound
from gridtie.registry.places import inside

PLACES = load_places()


def test_the_hubs_are_the_eight_of_the_national_plan() -> None:
    assert set(PLACES.hubs) == {"jjj", "csjh", "gba", "cy", "gz", "nmg", "gs", "nx"}
    assert {hub for hub in PLACES.hubs if PLACES.hub(hub).side == "east"} == {"jjj", "csjh", "gba"}


@pytest.mark.parametrize(
    ("hub", "place", "side"), [("csjh", "CN-310118", "east"), ("nmg", "CN-150100", "west"), ("gz", "CN-520100", "west")]
)
def test_a_hub_says_where_it_is(hub: str, place: str, side: str) -> None:
    found = PLACES.hub(hub)
    assert (found.place, found.side) == (place, side)
    assert 18 < found.latitude < 54
    assert 73 < found.longitude < 135
    assert found.hub_name.isascii()
    assert not found.hub_name_zh.isascii()


def test_an_unknown_hub_is_refused_with_the_nearest() -> None:
    with pytest.raises(NotFound, match="did you mean csjh"):
        PLACES.hub("csj")


@pytest.mark.parametrize(
    ("place", "hub"),
    [
        ("CN-520100", "gz"),
        ("CN-520302", "gz"),
        ("CN-110108", "jjj"),  # Beijing: the cluster lies in Hebei, the hub serves all three
        ("CN-320500", "csjh"),
        ("CN-340200", "csjh"),
        ("CN-500000", "cy"),
        ("CN-540000", None),
        ("DE-BE", None),
        ("", None),
    ],
)
def test_a_place_belongs_to_the_hub_of_its_province(place: str, hub: str | None) -> None:
    assert PLACES.hub_of(place) == hub


@pytest.mark.parametrize("cluster", PLACES.clusters, ids=lambda cluster: cluster.id)
def test_each_cluster_lies_in_its_own_hub(cluster: object) -> None:
    assert PLACES.hub_of(cluster.place) == cluster.hub  # type: ignore[attr-defined]


LIMITS = [
    ("CN", True),
    ("CN-52", True),
    ("CN-520000", True),
    ("CN-5201", True),
    ("CN-520100", True),
    ("CN-520102", False),
    ("CN-53", False),
    ("", False),  # an empty limit must not open every door
    ("C", False),
    ("CN-", False),
    ("CN-5", False),
    ("cn-52", False),
    ("GZ", False),
]


@pytest.mark.parametrize(("limit", "held"), LIMITS)
def test_a_limit_holds_what_lies_in_it_and_nothing_that_merely_begins_alike(limit: str, held: bool) -> None:
    assert inside("CN-520100", limit) is held


def test_a_country_is_not_the_beginning_of_another() -> None:
    assert inside("DE-BE", "DE")
    assert inside("DE-BE", "DE-BE")
    assert not inside("DE-BEX", "DE-BE")
    assert not inside("DEX-BE", "DE")


def test_ways_between_hubs_are_those_of_their_clusters_coordinates() -> None:
    """Zhangjiakou to Qingyang: 844 km as the crow flies, 1,098 km of fibre."""
    first, second = (next(c.hub for c in PLACES.clusters if c.id == cluster) for cluster in ("zjk", "qyg"))
    assert abs(PLACES.ways(first)[second] - 1098) <= 2
    assert PLACES.ways(first)[second] == PLACES.ways(second)[first]
    assert PLACES.ways(first).keys() == set(PLACES.hubs) - {first}
    assert PLACES.ways("atlantis") == {}
