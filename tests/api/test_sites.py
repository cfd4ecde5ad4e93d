"""A site joins, is compared, is named, and is thrown out when two agents use its key."""

from typing import Any

import pytest

from gridtie.adapters.signers.ed25519 import verify
from gridtie.identity.resolution import Proof, Resolved, Unresolved, resolve
from gridtie.identity.signing import decode
from gridtie.registry.site import boot_of


def enrolled(owner: Any, agent: Any, name: str = "north", **more: Any) -> Any:
    owner.post("/v1/sites", {"name": name, "hub": "gz", **more})
    token = owner.post(f"/v1/sites/{name}/enrolment").json()["token"]
    return token, agent.enrol(token)


def test_a_site_joins_only_after_its_fingerprint_was_compared(owner: Any, make_agent: Any) -> None:
    agent = make_agent()
    _, answer = enrolled(owner, agent)
    assert answer.json()["state"] == "pending"
    assert agent.hello().json()["state"] == "pending"
    assert owner.get("/v1/resources").json()["items"][0]["identifier"] is None
    wrong = owner.post("/v1/sites/north/approve", {"fingerprint": "0000-0000-0000-0000"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "refused")
    right = owner.post("/v1/sites/north/approve", {"fingerprint": answer.json()["fingerprint"].upper()})
    assert right.json()["state"] == "active"
    assert agent.hello().json()["state"] == "active"


def test_an_approved_site_gets_an_identifier_that_a_stranger_can_check(
    owner: Any, make_site: Any, client: Any, exchange: Any
) -> None:
    make_site(owner, "north")
    [resource] = owner.get("/v1/resources").json()["items"]
    assert resource["identifier"].startswith("cn.demo/aurora/CN-")
    assert resource["in_network"]
    assert not resource["in_market"]
    proof = Proof.from_json(client.get(f"/v1/identifiers/{resource['identifier']}").json())
    [root] = client.get("/v1/exchange").json()["roots"]
    roots = {root["prefix"]: decode(root["key"], length=32, subject="root")}
    found = resolve(resource["identifier"], proof, roots, exchange.clock.now(), verify)
    assert isinstance(found, Resolved), found
    owner.post(f"/v1/resources/{resource['id']}/revoke", {"reason": "sold"})
    proof = Proof.from_json(client.get(f"/v1/identifiers/{resource['identifier']}").json())
    gone = resolve(resource["identifier"], proof, roots, exchange.clock.now(), verify)
    assert isinstance(gone, Unresolved)
    assert gone.code == "revoked"


def test_a_spent_token_serves_its_first_key_again_and_no_other(owner: Any, make_agent: Any) -> None:
    agent = make_agent()
    token, first = enrolled(owner, agent)
    again = agent.enrol(token)
    assert again.json() == first.json()
    thief = make_agent().enrol(token)
    assert thief.status_code == 409


def test_an_agent_must_hold_the_key_it_enrols(owner: Any, make_agent: Any) -> None:
    agent, liar = make_agent(), make_agent()
    owner.post("/v1/sites", {"name": "north", "hub": "gz"})
    token = owner.post("/v1/sites/north/enrolment").json()["token"]
    real, liar.signer = liar.signer, agent.signer
    proof_of_other = liar.signer

    class Borrowed:
        public_key = real.public_key

        def sign(self, message: bytes) -> bytes:
            return bytes(proof_of_other.sign(message))

    liar.signer = Borrowed()
    answer = liar.enrol(token)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-signature")


def test_a_fresh_invitation_voids_the_one_before(owner: Any, make_agent: Any) -> None:
    owner.post("/v1/sites", {"name": "north", "hub": "gz"})
    old = owner.post("/v1/sites/north/enrolment").json()["token"]
    owner.post("/v1/sites/north/enrolment")
    token_id = old.split("_")[2]
    answer = make_agent().client.post("/agent/v1/enrol/start", json={"token_id": token_id, "client_nonce": "0" * 32})
    assert answer.status_code == 401


def test_auto_approval_is_the_owners_explicit_choice(owner: Any, make_agent: Any) -> None:
    agent = make_agent()
    _, answer = enrolled(owner, agent, policy={"auto_approve": True})
    assert answer.json()["state"] == "active"
    assert agent.hello().json()["state"] == "active"
    assert owner.get("/v1/resources").json()["items"][0]["in_network"]


def test_two_agents_with_one_key_put_the_site_in_quarantine(owner: Any, make_site: Any, make_agent: Any) -> None:
    first = make_site(owner, "north")
    second = make_agent()
    second.site, second.signer = first.site, first.signer
    assert second.hello().status_code == 200
    stale = first.hello()
    assert (stale.status_code, stale.json()["code"]) == (403, "agent-rejected")
    site = owner.get("/v1/sites/north").json()
    assert (site["state"], site["note"]) == ("quarantined", "two agents use one key")
    assert second.call("POST", "/agent/v1/sync", {"held": [], "hold": False}).status_code in (403, 404)


def test_the_hello_of_an_agent_that_died_may_be_late(owner: Any, make_site: Any, make_agent: Any) -> None:
    site = make_site(owner, "north")
    died, lives = make_agent(), make_agent()
    for start, agent in enumerate((died, lives), start=1):
        agent.site, agent.signer, agent.boot = site.site, site.signer, boot_of(start, agent.boot)
    assert lives.hello().status_code == 200
    late = died.hello()
    assert (late.status_code, late.json()["code"]) == (401, "call-repeated")
    assert lives.call("POST", "/agent/v1/sync", {"held": [], "hold": False}).status_code == 200
    assert owner.get("/v1/sites/north").json()["state"] == "active"


def test_a_call_is_taken_once_and_out_of_order_within_a_window(owner: Any, make_site: Any) -> None:
    agent = make_site(owner, "north")
    body = {"boot": agent.boot, "version": "1", "inventory_digest": "sha256:" + "00" * 32, "inventory": {},
            "resources": [], "held": []}  # fmt: skip
    assert agent.call("POST", "/agent/v1/hello", body, seq=500).status_code == 422  # passed the door, no pools
    assert agent.call("POST", "/agent/v1/hello", body, seq=499).status_code == 422
    assert agent.call("POST", "/agent/v1/hello", body, seq=500).status_code == 401
    assert agent.call("POST", "/agent/v1/hello", body, seq=5000).status_code == 422
    assert agent.call("POST", "/agent/v1/hello", body, seq=3900).status_code == 401


@pytest.mark.parametrize("broken", ["site", "signature", "body"])
def test_an_unsigned_or_altered_call_is_refused(owner: Any, make_site: Any, broken: str) -> None:
    agent = make_site(owner, "north")
    if broken == "site":
        agent.site = "site_" + "0" * 26
        expected = 410
    else:
        agent.signer = type(agent.signer)(b"\1" * 32)
        expected = 401
    assert agent.hello().status_code == expected


def test_a_revoked_site_must_enrol_again_under_another_name(owner: Any, make_site: Any) -> None:
    agent = make_site(owner, "north")
    assert owner.post("/v1/sites/north/revoke", {"reason": "stolen"}).json()["state"] == "revoked"
    gone = agent.hello()
    assert (gone.status_code, gone.json()["code"]) == (410, "agent-revoked")
    assert owner.post("/v1/sites/north/enrolment").status_code == 409


def test_one_host_cannot_be_sold_twice(
    owner: Any, parties: Any, make_site: Any, make_agent: Any, make_pool: Any
) -> None:
    make_site(owner, "north", [make_pool(cpus=5)])
    other = parties["bison"]["owner"]
    other.post("/v1/sites", {"name": "south", "hub": "gz"})
    token = other.post("/v1/sites/south/enrolment").json()["token"]
    refused = make_agent().enrol(token, [make_pool(cpus=4)])
    assert refused.status_code == 409
    assert "9 cores are declared of a host that has 8" in refused.json()["title"]


def test_a_site_that_starts_to_overclaim_is_quarantined(owner: Any, make_site: Any, make_pool: Any) -> None:
    agent = make_site(owner, "north")
    answer = agent.hello([make_pool(cpus=9)]).json()
    assert answer["state"] == "quarantined"
    assert "9 cores" in answer["reason"]


def test_a_pool_that_is_gone_keeps_its_name_and_sells_nothing(owner: Any, make_site: Any, make_pool: Any) -> None:
    agent = make_site(owner, "north", [make_pool("a"), make_pool("b")])
    before = {item["name"]: item["identifier"] for item in owner.get("/v1/resources").json()["items"]}
    assert len(set(before.values())) == 2
    agent.hello([make_pool("a")])
    after = {item["name"]: item for item in owner.get("/v1/resources").json()["items"]}
    assert after["b"]["identifier"] == before["b"]
    assert after["b"]["machines"] == []


def test_that_a_site_runs_images_is_shown_and_may_change_from_one_hello_to_the_next(
    owner: Any, make_site: Any, make_pool: Any
) -> None:
    agent = make_site(owner, "north", [make_pool("a")])
    for declared, shown in (({}, False), ({"images": True}, True), ({"images": False}, False)):
        assert agent.hello([{**make_pool("a"), **declared}]).json()["state"] == "active"
        assert [item["images"] for item in owner.get("/v1/resources").json()["items"]] == [shown]
    assert agent.hello([{**make_pool("a"), "images": "yes"}]).json()["code"] == "invalid-input"


def test_a_policy_that_names_nobody_is_refused(owner: Any, make_site: Any) -> None:
    make_site(owner, "north")
    wrong = owner.call("PATCH", "/v1/sites/north/policy", {"allowed_organisations": ["bisn"]})
    assert wrong.status_code == 422
    right = owner.call("PATCH", "/v1/sites/north/policy", {"allowed_organisations": ["bison"]})
    assert right.json()["policy"]["allowed_organisations"][0].startswith("org_")


def test_a_rule_of_a_policy_is_taken_back_and_the_rest_stays(owner: Any, make_site: Any) -> None:
    make_site(owner, "north")
    said = {"allowed_organisations": ["bison"], "denied_purposes": ["mining"], "reserved_percent": 20}
    before = owner.call("PATCH", "/v1/sites/north/policy", said).json()["policy"]
    after = owner.call("PATCH", "/v1/sites/north/policy", {"denied_purposes": []}).json()["policy"]
    assert before["denied_purposes"] == ["mining"]
    assert after == {**before, "denied_purposes": []}


def test_hours_and_days_on_which_it_is_lent_are_kept_and_told_and_all_that_is_wrong_is_named(
    owner: Any, make_site: Any
) -> None:
    make_site(owner, "north")
    assert owner.get("/v1/sites/north").json()["lending"] is None
    wrong = {"open_hours": ["mun 19:00-07:00"], "closed_days": ["2026-12-26..2026-12-24"], "work_classes": ["night"]}
    answer = owner.call("PATCH", "/v1/sites/north/policy", wrong)
    assert answer.status_code == 422
    assert {problem["path"] for problem in answer.json()["problems"]} == {
        "policy.open_hours", "policy.closed_days", "policy.work_classes", "policy.time_zone"
    }  # fmt: skip
    said = {"closed_days": ["2000-01-01..2199-12-30"], "time_zone": "Asia/Shanghai", "work_classes": ["batch"]}
    after = owner.call("PATCH", "/v1/sites/north/policy", said).json()
    assert after["policy"] == said
    assert after["lending"] == "closed, opens Tue 2199-12-31 00:00 (Asia/Shanghai)"
    assert [site["lending"] for site in owner.get("/v1/sites").json()["items"]] == [after["lending"]]
    owner.call("PATCH", "/v1/sites/north/policy", {"closed_days": []})
    assert owner.get("/v1/sites/north").json()["lending"] is None


def test_what_is_wrong_with_a_site_is_said_at_once(owner: Any) -> None:
    answer = owner.post("/v1/sites", {"name": "North!", "hub": "gz", "depth": "deep"})
    assert answer.status_code == 422
    assert {problem["path"] for problem in answer.json()["problems"]} == {"name", "depth"}
    unknown = owner.post("/v1/sites", {"name": "x", "hub": "csjhh"}).json()["problems"][0]["message"]
    assert "did you mean" in unknown
    assert "gz Guizhou" in unknown  # all of them: there is nowhere else to read them


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("CN-5201", "six digits of GB/T 2260"),
        ("US-ABCDEFGHIJ", "local code"),
        ("cn-520100", "local code"),
        ("CN-310000", "lies in the hub"),
    ],
)
def test_a_place_that_no_identifier_could_hold_is_refused_before_a_site_has_it(
    owner: Any, place: str, said: str
) -> None:
    answer = owner.post("/v1/sites", {"name": "x", "hub": "gz", "place": place})
    assert answer.status_code == 422
    [problem] = answer.json()["problems"]
    assert problem["path"] == "place"
    assert said in problem["message"]
