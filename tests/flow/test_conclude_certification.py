"""A certificate counts when both have signed, until it expires, is replaced, or the host changes."""

from typing import Any

import pytest
from tests.certification.conftest import small_challenge

from gridtie.errors import InvalidSignature, NotFound
from gridtie.flow.conclude_certification import _most_flops_per_s, countersign_certificate, judge_tests
from gridtie.flow.move_site import revoke_site
from gridtie.identity.signing import Envelope
from gridtie.registry.inventory import ceiling_flops_per_s
from gridtie.values.ids import ChallengeId

YUAN = 1_000_000


@pytest.fixture
def north(world: Any) -> Any:
    return world.site("north", world.organisation("seller"))


def state(world: Any, key: Any) -> str:
    return str(world.read(lambda unit: unit.certificates.get(key).state))


def newest(world: Any, site: Any) -> Any:
    return world.read(lambda unit: unit.resources.get(site.resource).certificate)


def sign(world: Any, site: Any, key: Any, envelope: Any) -> bool:
    return bool(world.write(lambda unit: countersign_certificate(unit, world.exchange, site.id, key, envelope)))


def test_the_second_signature_opens_the_gate_and_replaces_the_certificate_before(world: Any, north: Any) -> None:
    old = newest(world, north)
    key = world.awaiting_certificate(north)
    assert (state(world, key), newest(world, north)) == ("awaiting-site", old)
    envelope = world.signed(north, key)
    assert sign(world, north, key, envelope)
    assert (state(world, key), state(world, old), newest(world, north)) == ("valid", "revoked", key)
    before = world.rows()
    assert sign(world, north, key, envelope)
    assert world.rows() == before


def test_a_signature_of_another_site_or_under_other_content_changes_nothing(world: Any, north: Any) -> None:
    south = world.site("south", world.organisation("other"))
    key = world.awaiting_certificate(north)
    good = world.signed(north, key)
    better = Envelope("certificate", {**good.payload, "score": 9999}).sign("site", north.signer)
    before = world.rows()
    for site, envelope, error in (
        (south, good, NotFound),
        (north, better, InvalidSignature),
        (north, good.sign("site", south.signer), InvalidSignature),
        (north, Envelope("certificate", good.payload), InvalidSignature),
    ):
        with pytest.raises(error):
            sign(world, site, key, envelope)
    assert world.rows() == before


def test_a_revoked_certificate_cannot_be_signed_into_life(world: Any, north: Any) -> None:
    key = world.awaiting_certificate(north)
    envelope = world.signed(north, key)
    world.write(lambda unit: revoke_site(unit, world.exchange, north.id, "stolen"))
    assert state(world, key) == "revoked"
    before = world.rows()
    assert not sign(world, north, key, envelope)
    assert world.rows() == before


def test_a_test_that_was_judged_twice_at_the_same_time_is_concluded_once(world: Any, north: Any) -> None:
    """Its challenge, and the nonce in it, is used up by the first."""
    world.offer(north, YUAN)
    job, run = world.placed(world.organisation("buyer", balance=10 * YUAN))
    world.ran(run, minutes=1)
    challenge = small_challenge(bytes(range(32)))

    def ask(unit: Any) -> None:
        key = ChallengeId(challenge.id)
        unit.certificates.add_challenge(
            key, resource=north.resource, nonce=challenge.nonce.hex(), plan=challenge.to_json()
        )
        unit.certificates.bind_job(key, job)

    world.write(ask)
    first, second = judge_tests(world.exchange), judge_tests(world.exchange)
    world.write(lambda unit: first(unit, world.exchange))
    assert world.job(job).reason == "no certificate: no evidence came back"
    before = world.rows()
    world.write(lambda unit: second(unit, world.exchange))
    world.write(lambda unit: judge_tests(world.exchange)(unit, world.exchange))
    assert world.rows() == before


def test_a_changed_host_leaves_the_market_until_it_is_tested_again(world: Any, north: Any) -> None:
    world.offer(north, YUAN)
    old = newest(world, north)
    world.greet(north, cpus=2)
    assert state(world, old) == "revoked"
    job = world.submit(world.organisation("buyer", balance=10 * YUAN))
    assert world.clear() == 0
    assert world.job(job).state == "queued"
    world.certify(north)
    assert world.clear() == 1


def test_a_greeting_that_says_nothing_new_writes_nothing(world: Any, north: Any) -> None:
    before = world.rows()
    world.greet(north)
    assert world.rows() == before


@pytest.mark.parametrize("described", [None, "fast", {}, {"cores": "many"}, [1]])
def test_a_processor_that_nobody_can_read_is_held_to_what_any_can_do(described: object) -> None:
    assert _most_flops_per_s(described, 2) == ceiling_flops_per_s(2)


def test_a_description_with_more_cores_than_are_declared_raises_no_limit() -> None:
    cpu = {"model": "", "vendor": "", "architecture": "x86_64", "sockets": 1, "cores": 10**9, "threads": 10**9}
    for more in ({"flags": ["avx512f"]}, {"flags": [{}]}, {"max_mhz": "9"}):
        assert _most_flops_per_s({**cpu, **more}, 2) == ceiling_flops_per_s(2)
