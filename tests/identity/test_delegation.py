"""A delegation only narrows; what does not is neither written nor read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.errors import GridtieError
from gridtie.identity.delegation import narrower, read_delegation, read_revocation

LABELS = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=3).map(".".join)
SCOPES = st.builds(lambda prefix, owner: prefix + owner, LABELS, st.sampled_from(["", "/a", "/b", "/a-b"]))


@given(SCOPES, SCOPES, SCOPES)
def test_narrower_is_a_strict_order_and_nothing_lies_below_an_owner(one: str, two: str, three: str) -> None:
    assert not narrower(one, one)
    assert not (narrower(one, two) and narrower(two, one))
    if narrower(one, two) and narrower(two, three):
        assert narrower(one, three)
    if narrower(one, two):
        assert "/" not in two
        assert one[len(two)] in "./"  # at a border of labels: cn.demo does not hold cn.demonstration


@pytest.mark.parametrize(
    ("scope", "issuer"),
    [("cn", "cn"), ("cn", "cn.demo"), ("cn.north", "cn.demo"), ("cn.demonstration", "cn.demo"),
     ("cn.demo/a", "cn.demo/a"), ("cn.demo/a/b", "cn.demo"), ("cn.Demo", "cn"), ("cn.", "cn"),
     ("cn.demo/aurora", "cn.demo/au")],
)  # fmt: skip
def test_a_delegation_that_does_not_narrow_is_neither_written_nor_read(world: Any, scope: str, issuer: str) -> None:
    with pytest.raises(GridtieError):
        world.delegation(scope, issuer, world.owner, world.demo)
    good = world.chain()[0].payload
    with pytest.raises(GridtieError):
        read_delegation({**good, "scope": scope, "issuer": issuer})


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "AAAA"},
        {"key": 7},
        {"scope": None},
        {"valid_from": "yesterday"},
        {"valid_until": "1999-01-01T00:00:00Z"},
    ],
)
def test_a_delegation_of_the_wrong_shape_is_refused(world: Any, changed: dict[str, Any]) -> None:
    with pytest.raises(GridtieError):
        read_delegation({**world.chain()[0].payload, **changed})


@pytest.mark.parametrize("changed", [{"subject": 7}, {"issuer": None}, {"at": "2026"}, {"reason": []}])
def test_a_revocation_of_the_wrong_shape_is_refused(world: Any, changed: dict[str, Any]) -> None:
    with pytest.raises(GridtieError):
        read_revocation({**world.revocation(world.name, "cn", world.national).payload, **changed})
