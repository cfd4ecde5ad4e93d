"""Where a hub lies, and what may be there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.adapters.tables import load_places
from gridtie.errors import InvalidInput, NotFound

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


@pytest.mark.parametrize(
    ("limits", "allowed"),
    [
        (["gz"], True),
        (["csjh", "gz"], True),
        (["csjh"], False),
        (["west"], True),
        (["east"], False),
        (["CN"], True),
        (["CN-52"], True),
        (["CN-520000"], True),
        (["CN-5201"], True),
        (["CN-520100"], True),
        (["CN-520102"], False),
        (["CN-53"], False),
        ([], False),
        ([""], False),  # an empty limit must not open every door
        (["C"], False),
        (["CN-"], False),
        (["CN-5"], False),
        (["cn-52"], False),
        (["GZ"], False),
    ],
)
def test_data_may_go_only_where_a_limit_says(limits: list[str], allowed: bool) -> None:
    assert PLACES.place_allowed("CN-520100", "gz", limits) is allowed


def test_a_country_is_not_the_beginning_of_another() -> None:
    assert PLACES.place_allowed("DE-BE", "eu", ["DE"])
    assert PLACES.place_allowed("DE-BE", "eu", ["eu"])
    assert PLACES.place_allowed("DE-BE", "eu", ["DE-BE"])
    assert not PLACES.place_allowed("DE-BEX", "eu", ["DE-BE"])


@given(st.text(max_size=12))
def test_a_limit_that_is_refused_allows_nothing(limit: str) -> None:
    try:
        PLACES.check_limit(limit)
    except InvalidInput:
        assert not PLACES.place_allowed("CN-520100", "gz", [limit])


def test_a_mistyped_limit_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidInput) as refused:
        PLACES.check_limit("wst")
    assert "did you mean west" in str(refused.value.problems[0])
    PLACES.check_limit("CN-52")
