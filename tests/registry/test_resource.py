"""What an agent declares is read strictly, and slices of one host never sum above it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.errors import InvalidInput
from gridtie.registry.resource import Claim, Machine, counted_twice, overclaims, parse_declarations, to_json

CHIPS = frozenset({"cpu", "nv-h100"})
HOST = "sha256:" + "0" * 64


def machine(cpus: int, memory: int = 1, name: str = "m") -> Machine:
    return Machine(name=name, cpus=cpus, memory_bytes=memory, disk_bytes=0)


@given(
    st.lists(st.integers(min_value=1, max_value=64), min_size=1, max_size=8), st.integers(min_value=1, max_value=256)
)
def test_slices_fit_exactly_when_their_sum_does(cpus: list[int], have: int) -> None:
    claims = [Claim(f"s{i}", f"p{i}", (machine(n),), have, 1000) for i, n in enumerate(cpus)]
    assert bool(overclaims(HOST, claims)) is (sum(cpus) > have)


def test_two_stories_about_one_host_are_noticed() -> None:
    claims = [Claim("a", "x", (machine(1),), 8, 100), Claim("b", "y", (machine(1),), 16, 100)]
    assert "described differently" in overclaims(HOST, claims)[0]


@given(st.lists(st.tuples(st.integers(0, 3), st.sets(st.sampled_from("abcd"))), max_size=5))
def test_accelerators_fit_exactly_when_there_is_one_for_each(lent: list[tuple[int, set[str]]]) -> None:
    claims = [
        Claim(f"s{i}", f"p{i}", (replace(machine(1), accelerators=count),), 8, 100, tuple(sorted(devices)))
        for i, (count, devices) in enumerate(lent)
    ]  # fmt: skip
    known = [(count, devices) for count, devices in lent if devices]
    assert bool(counted_twice(claims)) is (sum(n for n, _ in known) > len(set().union(*(one for _, one in known))))


@pytest.mark.parametrize("devices", ["ab", ["x" * 64], ["ab"], [1], {}])
def test_what_is_not_a_list_of_fingerprints_is_refused(devices: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_declarations([{"devices": devices}], CHIPS)
    assert "resources[0].devices" in {problem.path for problem in caught.value.problems}


def test_everything_wrong_with_a_declaration_is_said_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_declarations([{"name": "Ä", "class": "x", "chip": "abacus", "machines": [{"cpus": 0}]}], CHIPS)
    paths = {problem.path for problem in caught.value.problems}
    assert {"resources[0].name", "resources[0].class", "resources[0].chip", "resources[0].machines[0].cpus"} <= paths


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_no_document_breaks_the_reader(data: object) -> None:
    with pytest.raises(InvalidInput):
        parse_declarations(data, CHIPS)


def test_a_declaration_survives_the_wire() -> None:
    data = {
        "name": "pool", "class": "ai", "chip": "nv-h100", "chip_memory_bytes": 80, "isolation": "sandbox",
        "machines": [{"name": "m0", "cpus": 1, "memory_bytes": 1, "disk_bytes": 0, "accelerators": 8}],
        "host_digest": HOST, "host_cpus": 8, "host_memory_bytes": 8, "simulated_machines": False,
    }  # fmt: skip
    [declared] = parse_declarations([data], CHIPS)
    assert to_json(declared) == data
