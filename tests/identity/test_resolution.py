"""A proof holds from a trusted root to the descriptor, or the first reason why not is named."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from gridtie.adapters.signers.ed25519 import verify
from gridtie.errors import GridtieError, InvalidIdentifier, InvalidInput
from gridtie.identity.code import make
from gridtie.identity.delegation import KEY
from gridtie.identity.resolution import PROOF_MAX, Proof, Resolved, Unresolved, resolve
from gridtie.identity.signing import Envelope, Signature, encode

DAY = timedelta(days=1)


def asked(world: Any, proof: Proof, **changed: Any) -> Resolved | Unresolved:
    asked_for = {"identifier": world.name, "roots": world.roots, "at": world.at, **changed}
    return resolve(asked_for["identifier"], proof, asked_for["roots"], asked_for["at"], verify)


def code(outcome: Resolved | Unresolved) -> str:
    return "resolved" if isinstance(outcome, Resolved) else outcome.code


def test_a_whole_chain_resolves_and_shows_each_link(world: Any) -> None:
    found = asked(world, world.proof())
    assert isinstance(found, Resolved)
    assert found.descriptor == world.record()
    assert [link.scope for link in found.chain] == ["cn", "cn.demo", "cn.demo/aurora"]


@pytest.mark.parametrize("scope", ["cn.demo", "cn.demo/aurora"])
def test_a_nearer_root_needs_no_more_than_what_lies_below_it(world: Any, scope: str) -> None:
    roots = {"cn": world.stranger.public_key, "cn.demo": world.demo.public_key}
    if scope != "cn.demo":
        roots[scope] = world.owner.public_key
    found = asked(world, world.proof(), roots=roots)
    assert isinstance(found, Resolved)
    assert found.chain[0].scope == scope


def test_a_proof_travels_as_json_in_any_order_of_its_parts(world: Any) -> None:
    data = world.proof().to_json()
    data["delegations"].reverse()
    assert code(asked(world, Proof.from_json(json.loads(json.dumps(data, sort_keys=True))))) == "resolved"


def test_each_fault_is_named(world: Any) -> None:
    first, second = world.chain()
    good = world.signed()
    cases = {
        "no-root": (Proof(good, (first, second)), {"roots": {"de": world.national.public_key}}),
        "other-identifier": (
            Proof(good, (first, second)),
            {"identifier": str(make("cn.demo", "aurora", "CN-520100", "ai", "0002"))},
        ),
        "chain-broken": (Proof(good, (first,)), {}),
        "bad-signature": (Proof(good, (first, second)), {"roots": {"cn": world.stranger.public_key}}),
        "expired": (Proof(good, (first, second)), {"at": world.at + 100 * DAY}),
        "not-yet": (Proof(good, (first, second)), {"at": world.at - 2 * DAY}),
        "tombstone": (Proof(world.signed(status="tombstone"), (first, second)), {}),
    }
    assert {name: code(asked(world, proof, **changed)) for name, (proof, changed) in cases.items()} == {
        name: name for name in cases
    }
    for proof, changed in cases.values():
        outcome = asked(world, proof, **changed)
        assert isinstance(outcome, Unresolved)
        assert outcome.reason


def test_a_descriptor_holds_from_its_first_instant_to_the_one_before_its_last(world: Any) -> None:
    instant, proof = timedelta(microseconds=1), Proof(world.signed(), world.chain())
    first, end = world.at - DAY, world.at + 90 * DAY
    times = (first - instant, first, end - instant, end)
    assert [code(asked(world, proof, at=at)) for at in times] == ["not-yet", "resolved", "resolved", "expired"]


def test_a_revocation_counts_from_its_very_instant(world: Any) -> None:
    taken = world.revocation(world.name, "cn.demo", world.demo, at=world.at)
    assert code(asked(world, Proof(world.signed(), world.chain(), (taken,)))) == "revoked"


def test_nobody_signs_for_another(world: Any) -> None:
    first, second = world.chain()
    by_stranger = world.delegation("cn.demo/aurora", "cn.demo", world.stranger, world.stranger)
    assert code(asked(world, Proof(world.signed(world.stranger), (first, by_stranger)))) == "bad-signature"
    assert code(asked(world, Proof(world.signed(world.stranger), (first, second)))) == "bad-signature"
    # The parent's own key does not sign descriptors either: only the owner's does.
    assert code(asked(world, Proof(world.signed(world.demo), (first, second)))) == "bad-signature"


def test_the_holder_of_a_sibling_or_of_an_owner_can_hand_down_nothing(world: Any) -> None:
    first, _ = world.chain()
    sibling = world.delegation("cn.north", "cn", world.stranger, world.national)
    grab = world.delegation("cn.demo/aurora", "cn.demo", world.stranger, world.stranger)
    assert code(asked(world, Proof(world.signed(world.stranger), (sibling, grab)))) == "chain-broken"
    assert code(asked(world, Proof(world.signed(world.stranger), (first, sibling, grab)))) == "bad-signature"


def test_every_changed_field_breaks_the_signature(world: Any) -> None:
    proof = world.proof()
    payload = proof.descriptor.payload
    for name, value in (("chip", "nv-h100"), ("hub", "nmg"), ("sequence", 8), ("total", {"accelerators": 99})):
        forged = replace(proof, descriptor=replace(proof.descriptor, payload={**payload, name: value}))
        assert code(asked(world, forged)) == "bad-signature"


def test_a_signature_for_another_role_or_kind_does_not_pass(world: Any) -> None:
    """An owner's signature on a delegation says nothing, and a signed delegation is no revocation."""
    first, second = world.chain()
    renamed = replace(second, signatures=(replace(second.signatures[0], role="owner"),))
    assert code(asked(world, Proof(world.signed(), (first, renamed)))) == "bad-signature"
    with pytest.raises(GridtieError):
        Proof.from_json({**world.proof().to_json(), "revocations": [second.to_json()]})


def test_a_revoked_identifier_says_why_and_what_it_was(world: Any) -> None:
    taken_back = world.revocation(world.name, "cn.demo", world.demo)
    for status in ("active", "tombstone"):
        outcome = asked(world, Proof(world.signed(status=status), world.chain(), (taken_back,)))
        assert isinstance(outcome, Unresolved)
        assert (outcome.code, "stolen" in outcome.reason) == ("revoked", True)
        assert outcome.descriptor is not None
        assert outcome.descriptor.chip == "nv-a100-80"


def test_a_tombstone_that_nobody_signed_is_not_shown(world: Any) -> None:
    taken_back = world.revocation(world.name, "cn.demo", world.demo)
    outcome = asked(world, Proof(world.signed(world.stranger, status="tombstone"), world.chain(), (taken_back,)))
    assert isinstance(outcome, Unresolved)
    assert (outcome.code, outcome.descriptor) == ("bad-signature", None)


def test_only_a_holder_above_takes_back_and_only_from_then_on(world: Any) -> None:
    def outcome(*revocations: Envelope) -> str:
        return code(asked(world, Proof(world.signed(), world.chain(), revocations)))

    assert outcome(world.revocation(world.name, "cn.demo", world.stranger)) == "resolved"
    assert outcome(world.revocation(world.name, "de", world.stranger)) == "resolved"
    assert outcome(world.revocation(world.name, "cn.demo", world.demo, at=world.at + DAY)) == "resolved"
    assert outcome(world.revocation("cn.demo", "cn.demo/aurora", world.owner)) == "resolved"
    assert outcome(world.revocation(world.name, "cn.demo/aurora", world.owner)) == "revoked"
    assert outcome(world.revocation("cn.demo/aurora", "cn", world.national)) == "revoked"
    assert outcome(world.revocation("cn.demo", "cn", world.national)) == "revoked"
    assert outcome(world.revocation(KEY + encode(world.owner.public_key), "cn.demo", world.demo)) == "revoked"


def test_a_scope_taken_back_can_be_handed_to_a_new_key_and_a_revoked_key_never_again(world: Any) -> None:
    first, second = world.chain()
    moved = world.at - DAY
    gone = world.revocation("cn.demo/aurora", "cn.demo", world.demo, at=moved)
    fresh = world.delegation("cn.demo/aurora", "cn.demo", world.stranger, world.demo, valid_from=moved + DAY / 2)
    assert code(asked(world, Proof(world.signed(), (first, second, fresh), (gone,)))) == "revoked"
    assert code(asked(world, Proof(world.signed(world.stranger), (first, second, fresh), (gone,)))) == "resolved"
    burnt = world.revocation(KEY + encode(world.stranger.public_key), "cn.demo", world.demo)
    assert code(asked(world, Proof(world.signed(world.stranger), (first, fresh), (gone, burnt)))) == "revoked"


def test_a_key_can_be_exchanged_while_the_old_delegation_is_still_valid(world: Any) -> None:
    first, second = world.chain()
    old = world.delegation("cn.demo", "cn", world.stranger, world.national)
    expired = world.delegation("cn.demo", "cn", world.demo, world.national, valid_until=world.at - DAY)
    for order in ((old, expired, first, second), (second, first, expired, old)):
        assert code(asked(world, Proof(world.signed(), order))) == "resolved"


def test_many_forks_cost_no_more_than_their_number(world: Any) -> None:
    """Every scope delegated twice to each of two keys: tried as a tree this would be 4 to the 14th paths."""
    labels = ["cn", *("cn." + ".".join("a" * depth) for depth in range(1, 15))]
    holders, links = (world.national, world.demo), []
    for above, below in pairwise(labels):
        links += [world.delegation(below, above, to, by) for by in holders for to in holders]
    name = str(make(labels[-1], "x", "CN-520100", "ai", "1"))
    calls = 0

    def counted(public_key: bytes, message: bytes, signature: bytes) -> bool:
        nonlocal calls
        calls += 1
        return verify(public_key, message, signature)

    outcome = resolve(name, Proof(world.signed(identifier=name), tuple(links)), world.roots, world.at, counted)
    assert code(outcome) == "chain-broken"
    assert calls <= len(links)


@pytest.mark.parametrize(
    "data", [None, [], {}, {"descriptor": 1, "delegations": []}, {"descriptor": {}, "delegations": [1]}], ids=repr
)
def test_what_is_no_proof_is_refused(data: object) -> None:
    with pytest.raises(GridtieError):
        Proof.from_json(data)


def test_a_proof_without_end_is_refused(world: Any) -> None:
    data = world.proof().to_json()
    data["revocations"] = [data["delegations"][0]] * (PROOF_MAX + 1)
    with pytest.raises(InvalidInput):
        Proof.from_json(data)


def test_content_that_nobody_can_have_signed_is_an_answer_and_not_a_crash(world: Any) -> None:
    nested: object = 1
    for _ in range(900):
        nested = [nested]
    for value in (10**30 + 1, float("nan"), "\ud800", nested):
        signed = Envelope("descriptor", {**world.signed().payload, "hardware": {"x": value}}, (
            Signature("owner", encode(world.owner.public_key), encode(b"\0" * 64)),
        ))  # fmt: skip
        assert code(asked(world, Proof(signed, world.chain()))) == "bad-signature"


def test_a_malformed_part_is_said_to_be_malformed(world: Any) -> None:
    signed = replace(world.signed(), payload={**world.signed().payload, "sequence": "7"})
    assert code(asked(world, Proof(signed, world.chain()))) == "malformed"
    with pytest.raises(InvalidIdentifier):
        asked(world, world.proof(), identifier="cn.demo/aurora")
