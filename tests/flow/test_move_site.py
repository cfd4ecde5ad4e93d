"""A site's doors: compared before it is let in, drained, put in quarantine, and shut for good."""

import hashlib
from typing import Any

import pytest

from gridtie.adapters.signers.ed25519 import Ed25519Signer
from gridtie.errors import ForbiddenMove, InvalidSignature, NotSignedIn, Refused
from gridtie.flow.agent_gate import quarantine_site
from gridtie.flow.approve_site import approve_site
from gridtie.flow.enrol_site import Application, enrol_site, invite_site, start_enrolment
from gridtie.flow.move_site import drain_site, resume_site, revoke_site
from gridtie.identity.signing import encode, fingerprint
from gridtie.lifecycle import SITE
from gridtie.registry.site import signed_site_proof

YUAN = 1_000_000
SIGNER = Ed25519Signer(hashlib.sha256(b"a key of its own").digest())
WAY = {
    "declared": (),
    "pending": ("enrol",),
    "active": ("enrol", "approve"),
    "draining": ("enrol", "approve", "drain"),
    "quarantined": ("enrol", "approve", "quarantine"),
    "revoked": ("revoke",),
}


@pytest.fixture
def declare(world: Any) -> Any:
    owner = world.organisation("seller")
    return lambda name: world.declared_site(name, owner)


def do(world: Any, key: Any, event: str) -> None:
    """The verb behind an event of the table."""
    exchange = world.exchange
    match event:
        case "enrol":
            world.enrol(key, Ed25519Signer(hashlib.sha256(str(key).encode()).digest()), ())
        case "approve":
            public = Ed25519Signer(hashlib.sha256(str(key).encode()).digest()).public_key
            world.write(lambda unit: approve_site(unit, exchange, key, fingerprint(public)))
        case "drain":
            world.write(lambda unit: drain_site(unit, key))
        case "resume":
            world.write(lambda unit: resume_site(unit, key))
        case "quarantine":
            world.write(lambda unit: quarantine_site(unit, key, "two agents use one key"))
        case "revoke":
            world.write(lambda unit: revoke_site(unit, exchange, key, "stolen"))


def state(world: Any, key: Any) -> str:
    return str(world.read(lambda unit: unit.sites.get(key).state))


@pytest.mark.parametrize("begin", WAY)
def test_each_verb_does_what_the_table_allows_and_otherwise_nothing(world: Any, declare: Any, begin: str) -> None:
    for event in SITE.events:
        key = declare(f"{begin}-{event}")
        for step in WAY[begin]:
            do(world, key, step)
        assert state(world, key) == begin
        before = world.rows()
        if SITE.allows(begin, event):
            do(world, key, event)
            assert state(world, key) == SITE.moves[begin, event]
        elif event == "quarantine":  # asked for by whoever notices, however often: what is shut stays as it is
            do(world, key, event)
            assert world.rows() == before
        else:
            with pytest.raises(ForbiddenMove):
                do(world, key, event)
            assert world.rows() == before


def test_every_state_of_a_site_has_a_way_to_it() -> None:
    assert set(WAY) == set(SITE.states)


def test_the_wrong_fingerprint_lets_nobody_in_and_the_right_one_may_be_typed_freely(world: Any, declare: Any) -> None:
    key = declare("north")
    world.enrol(key, SIGNER, ())
    right = fingerprint(SIGNER.public_key)
    before = world.rows()
    for wrong in ("", "0000-0000-0000-0000", right[:-1], right + "0"):
        with pytest.raises(Refused):
            world.write(lambda unit, wrong=wrong: approve_site(unit, world.exchange, key, wrong))
    assert world.rows() == before
    world.write(lambda unit: approve_site(unit, world.exchange, key, f" {right.replace('-', ' ').upper()} "))
    assert state(world, key) == "active"


def application(world: Any, issued: Any, nonce: str, signer: Any, *, proof_by: Any = None) -> Application:
    proof = (proof_by or signer).sign(signed_site_proof(issued.id, nonce))
    return Application(
        token=issued.text, public_key=encode(signer.public_key), server_nonce=nonce, proof=encode(proof),
        version="1", inventory={}, inventory_digest="sha256:" + "00" * 32, resources=(),
    )  # fmt: skip


def test_an_invitation_is_good_once_for_one_key_for_one_hour_and_until_the_next(world: Any, declare: Any) -> None:
    key, exchange = declare("north"), world.exchange
    other = Ed25519Signer(bytes(32))
    first, _ = world.write(lambda unit: invite_site(unit, exchange, key))
    issued, _ = world.write(lambda unit: invite_site(unit, exchange, key))
    with pytest.raises(NotSignedIn):
        world.write(lambda unit: start_enrolment(unit, exchange, first.id, "00" * 16))
    nonce = world.write(lambda unit: start_enrolment(unit, exchange, issued.id, "00" * 16))["server_nonce"]
    before = world.rows()
    for error, wrong in (
        (InvalidSignature, application(world, issued, nonce, SIGNER, proof_by=other)),
        (NotSignedIn, application(world, issued, "ab" * 16, SIGNER)),
    ):
        with pytest.raises(error):
            world.write(lambda unit, wrong=wrong: enrol_site(unit, exchange, wrong))
    assert world.rows() == before
    good = application(world, issued, nonce, SIGNER)
    assert world.write(lambda unit: enrol_site(unit, exchange, good)) == key
    before = world.rows()
    assert world.write(lambda unit: enrol_site(unit, exchange, good)) == key
    with pytest.raises(Refused, match="used by another agent"):
        world.write(lambda unit: enrol_site(unit, exchange, application(world, issued, nonce, other)))
    assert world.rows() == before


def test_an_invitation_that_nobody_used_in_an_hour_is_void(world: Any, declare: Any) -> None:
    key, exchange = declare("north"), world.exchange
    issued, _ = world.write(lambda unit: invite_site(unit, exchange, key))
    world.later(hours=1)
    with pytest.raises(NotSignedIn, match="expired"):
        world.write(lambda unit: start_enrolment(unit, exchange, issued.id, "00" * 16))


def test_a_draining_site_finishes_what_runs_and_takes_nothing_new(world: Any) -> None:
    north = world.site("north", world.organisation("seller"), cpus=2)
    world.offer(north, YUAN)
    buyer = world.organisation("buyer", balance=10 * YUAN)
    job, run = world.placed(buyer)
    world.write(lambda unit: drain_site(unit, north.id))
    waiting = world.submit(buyer)
    assert world.clear() == 0
    world.report(run, "accept", "start", "finish", "succeed", exit_code=0)
    assert world.job(job).state == "succeeded"
    world.write(lambda unit: resume_site(unit, north.id))
    assert world.clear() == 1
    assert world.job(waiting).state == "placed"
