"""Plans fit what they test, and come back from the store as they went."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.adapters.probes.tables import load_bands
from gridtie.certification import challenge as challenges
from gridtie.certification.bands import band_of
from gridtie.certification.challenge import Challenge
from gridtie.certification.plan import ResourceFacts, plan
from gridtie.certification.spread import spread
from gridtie.errors import InvalidInput
from gridtie.values.quantity import GIB

FACTS = ResourceFacts(resource="res", chip="cpu", machines=3, units=2, memory_bytes=4 * GIB)
CHIP = replace(FACTS, chip="nv-t4", units=8, chip_memory_bytes=16 * 10**9)


@pytest.mark.parametrize("facts", [FACTS, CHIP])
@pytest.mark.parametrize("profile", ["quick", "full"])
def test_a_challenge_survives_the_store(facts: ResourceFacts, profile: str) -> None:
    made = challenges.make(id="chal", resource="res", nonce=b"n" * 32, program_digest="d", plan=plan(facts, profile))
    assert Challenge.from_json(json.loads(json.dumps(made.to_json()))) == made
    assert 12_000 <= made.base_port < 28_000


@given(memory=st.integers(GIB // 2, 1024 * GIB), profile=st.sampled_from(["quick", "full"]))
def test_no_plan_fills_more_than_there_is(memory: int, profile: str) -> None:
    made = plan(replace(FACTS, memory_bytes=memory), profile)
    assert made.capacity_bytes + 3 * made.bandwidth_bytes < memory or profile == "full"
    assert made.capacity_bytes < memory
    assert made.capacity_bytes % (1 << 20) == 0


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(InvalidInput, match="profile"):
        plan(FACTS, "thorough")


def test_a_nonce_has_its_size() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        challenges.make(id="c", resource="r", nonce=b"short", program_digest="d", plan=plan(FACTS))


@pytest.mark.parametrize(
    ("item", "baseline", "passes"),
    [("matrix.fp32", False, 0.7), ("matrix.fp32", True, 0.6), ("memory.capacity", False, 0.93),
     ("peers.bandwidth", False, 0.7), ("storage.read", False, 0.7), ("memory.copy", False, 0.7)],
)  # fmt: skip
def test_every_item_has_its_band(item: str, baseline: bool, passes: float) -> None:
    assert band_of(load_bands(), item, baseline=baseline).passes == passes


def test_spread_is_by_nearest_rank() -> None:
    found = spread([float(value) for value in range(1, 101)])
    assert (found.n, found.median, found.min, found.max, found.p5, found.p95) == (100, 50.5, 1, 100, 5, 95)
    assert found.mad == 25
    assert spread([3.0]).to_json() == {
        "n": 1, "median": 3.0, "min": 3.0, "max": 3.0, "p5": 3.0, "p95": 3.0, "mad": 0.0
    }  # fmt: skip


def test_a_site_that_starts_jobs_slowly_is_given_the_time_that_its_exchange_allows() -> None:
    assert [plan(FACTS, profile).overhead_s for profile in ("quick", "full")] == [20, 120]
    slow = plan(FACTS, overhead_s=90)
    assert (slow.overhead_s, slow.time_limit_s - plan(FACTS).time_limit_s) == (90, 70)
    assert plan(FACTS, "full", overhead_s=90).overhead_s == 120
