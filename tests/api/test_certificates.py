"""The last step of a certification: only the site's own signature under the same content opens the market gate."""

from datetime import timedelta
from typing import Any

import pytest

from gridtie.adapters.signers.ed25519 import Ed25519Signer
from gridtie.identity.signing import Envelope
from gridtie.store.journal import load
from gridtie.values.ids import CertificateId, ResourceId
from gridtie.values.period import to_us


@pytest.fixture
def awaiting(parties: Any, make_site: Any, exchange: Any) -> tuple[Any, Any, Envelope]:
    """A site, its owner, and a certificate that the exchange has signed."""
    owner = parties["aurora"]["owner"]
    agent = make_site(owner, "north")
    [resource] = owner.get("/v1/resources").json()["items"]

    def issue(unit: Any) -> Envelope:
        key = CertificateId(unit.new_id("cert"))
        payload = {"certificate": key, "site": agent.site, "resource": resource["id"], "score": 1500, "latency_us": 80}
        envelope = Envelope("certificate", payload).sign("exchange", exchange.signer)
        unit.certificates.add(
            key, resource=ResourceId(resource["id"]), envelope=envelope.to_json(),
            valid_from_us=to_us(unit.at), expires_us=to_us(unit.at + timedelta(days=30)),
        )  # fmt: skip
        return envelope

    return agent, owner, exchange.database.write(issue, actor="test")


def countersign(exchange: Any, agent: Any, envelope: Envelope) -> Any:
    from gridtie.flow.conclude_certification import countersign_certificate

    key = str(envelope.payload["certificate"])
    return exchange.database.write(
        lambda unit: countersign_certificate(unit, exchange, agent.site, key, envelope), actor=agent.site
    )


def test_both_signatures_open_the_market_gate(awaiting: Any, exchange: Any) -> None:
    agent, owner, envelope = awaiting
    assert not owner.get("/v1/resources").json()["items"][0]["in_market"]
    signed = envelope.sign("site", agent.signer)
    assert countersign(exchange, agent, signed) is True
    assert countersign(exchange, agent, signed) is True  # repeated: the same
    [resource] = owner.get("/v1/resources").json()["items"]
    assert (resource["in_market"], resource["score"], resource["closed_because"]) == (True, 1500, "")
    [certificate] = owner.get("/v1/certificates").json()["items"]
    assert certificate["state"] == "valid"
    kept = owner.get(f"/v1/certificates/{certificate['id']}").json()["envelope"]
    assert {signature["role"] for signature in kept["signatures"]} == {"exchange", "site"}


@pytest.mark.parametrize("wrong", ["key", "content", "missing"])
def test_another_key_or_other_content_opens_nothing(awaiting: Any, exchange: Any, wrong: str) -> None:
    agent, owner, envelope = awaiting
    if wrong == "key":
        signed = envelope.sign("site", Ed25519Signer(b"\7" * 32))
    elif wrong == "content":
        signed = Envelope("certificate", {**envelope.payload, "score": 9}, envelope.signatures).sign(
            "site", agent.signer
        )
    else:
        signed = envelope
    with pytest.raises(Exception, match="signature"):
        countersign(exchange, agent, signed)
    assert not owner.get("/v1/resources").json()["items"][0]["in_market"]


def test_a_changed_host_leaves_the_market_until_it_is_tested_again(awaiting: Any, exchange: Any) -> None:
    agent, owner, envelope = awaiting
    countersign(exchange, agent, envelope.sign("site", agent.signer))
    agent.hello(digest="11" * 32)
    [resource] = owner.get("/v1/resources").json()["items"]
    assert (resource["in_market"], resource["certificate"], resource["score"]) == (False, None, None)
    assert "certif" in resource["closed_because"]
    assert owner.get("/v1/certificates").json()["items"][0]["state"] == "revoked"


def test_a_slice_that_grew_leaves_the_market_too(awaiting: Any, exchange: Any, make_pool: Any) -> None:
    agent, owner, envelope = awaiting
    countersign(exchange, agent, envelope.sign("site", agent.signer))
    agent.hello([make_pool()])
    assert owner.get("/v1/resources").json()["items"][0]["in_market"]  # nothing changed
    agent.hello([make_pool(cpus=3)])
    assert not owner.get("/v1/resources").json()["items"][0]["in_market"]


def test_a_site_cannot_sign_for_another_one(
    awaiting: Any, exchange: Any, parties: Any, make_site: Any, make_pool: Any
) -> None:
    _, _, envelope = awaiting
    other = make_site(parties["bison"]["owner"], "south", [make_pool(host="sha256:" + "cd" * 32)])
    with pytest.raises(Exception, match="no certificate"):
        countersign(exchange, other, envelope.sign("site", other.signer))


@pytest.mark.parametrize(("named", "made"), [(None, "full"), ("quick", "quick")])
def test_a_test_that_names_no_profile_is_as_the_exchange_is_set(
    parties: Any, make_site: Any, exchange: Any, named: str | None, made: str
) -> None:
    owner = parties["aurora"]["owner"]
    make_site(owner, "north")
    object.__setattr__(exchange.settings, "certify_profile", "full")
    [resource] = owner.get("/v1/resources").json()["items"]
    assert owner.post(f"/v1/resources/{resource['id']}/certify", {"profile": named}).status_code == 201
    row = exchange.database.read(lambda unit: unit.certificates.open_challenge(resource["id"]))
    assert load(row.plan)["plan"]["profile"] == made
