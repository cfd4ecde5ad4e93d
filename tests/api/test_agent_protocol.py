"""An agent of the version before ours is served as it always was; any other is refused by name.

`golden/agent_protocol/1.json` is what a real agent of version 1 said, call after call, from its hello to the receipt it
signed, with the keys of its run made into names and another digest for its host. It is never written anew: it is what
older agents say.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from gridtie.identity.signing import Envelope
from gridtie.registry.site import PROTOCOL, PROTOCOL_BEFORE

RECORDED = Path(__file__).parents[1] / "golden" / "agent_protocol" / "1.json"
JOB = "name: records\nrun: cat in.txt\nresources: {cpus: 1}\ngridtie: {outputs: [total.txt]}\n"


def filled(document: Any, names: dict[str, str]) -> str:
    text = document if isinstance(document, str) else json.dumps(document)
    for name, value in names.items():
        text = text.replace("{" + name + "}", value)
    return str(text)


def submitted(admin: Any, certify: Any, agent: Any) -> str:
    """A job that only this site can run, after its hello: a certificate holds for the inventory it was made with."""
    [resource] = admin.get("/v1/resources").json()["items"]
    certify(agent, resource["id"])
    assert admin.post("/v1/offers", {"resource": resource["id"], "price": "0.30"}).status_code == 201
    admin.post("/v1/ledger/topups", {"organisation": "demo", "amount": "10"})
    made = admin.post("/v1/jobs", {"text": JOB})
    assert made.status_code == 201, made.text
    return str(made.json()["jobs"][0]["id"])


def test_what_an_agent_of_the_version_before_said_still_carries_a_job_to_its_receipt(
    admin: Any, make_site: Any, certify: Any
) -> None:
    steps = json.loads(RECORDED.read_text())
    hello, resources = steps[0]["json"], steps[0]["json"]["resources"]
    assert hello["protocol"] == PROTOCOL_BEFORE
    agent = make_site(admin, "cedar", resources)
    job, names = "", {"boot": agent.boot}
    receipts: list[Envelope] = []
    for step in steps:
        body = filled(step["json"], names) if "json" in step else step.get("text", "")
        if "{signed}" in body:
            body = json.dumps({"envelope": receipts[0].sign("site", agent.signer).to_json()})
        answer = agent.raw(step["method"], filled(step["path"], names), body.encode())
        for _ in range(40):  # an agent syncs until there is something for it
            wanted = "receipts" if "run" in names else "assignments"
            if not step["path"].endswith("/sync") or answer.json()[wanted]:
                break
            answer = agent.raw(step["method"], step["path"], body.encode())
        assert answer.status_code == step["status"], (step["path"], answer.text)
        if "answer" in step:
            assert set(step["answer"]) <= set(answer.json()), step["path"]
        if step["path"].endswith("/hello"):
            assert "protocol" not in answer.json()
            job = submitted(admin, certify, agent)
        elif step["path"].endswith("/sync") and "run" not in names:
            names["run"] = answer.json()["assignments"][0]["run"]
        elif step["path"].endswith("/sync"):
            receipts.append(Envelope.from_json(answer.json()["receipts"][0], kind="receipt"))
            names["receipt"] = str(receipts[0].payload["receipt"])
    assert len(receipts) == 1
    assert admin.get(f"/v1/jobs/{job}").json()["state"] == "succeeded"
    assert "visits in all: 15" in admin.get(f"/v1/jobs/{job}/logs").text


def test_a_site_keeps_nothing_here_under_a_rank_that_its_run_has_not(admin: Any, make_site: Any, certify: Any) -> None:
    agent = make_site(admin, "cedar")
    submitted(admin, certify, agent)
    for _ in range(40):
        if plans := agent.call("POST", "/agent/v1/sync", {}).json()["assignments"]:
            break
    path = f"/agent/v1/runs/{plans[0]['run']}"
    for rank, status in ((0, 200), (1, 422), (100_000, 422)):
        assert agent.raw("PUT", f"{path}/logs/{rank}?epoch=1&offset=0", b"line\n").status_code == status
        saved = {"epoch": 1, "kind": "checkpoint", "rank": rank, "sequence": 0, "files": []}
        assert agent.call("POST", f"{path}/artefacts", saved).status_code == status


def test_what_a_site_says_of_a_run_moves_no_cursor_of_who_reads_it(
    admin: Any, make_site: Any, certify: Any, run: Any
) -> None:
    agent = make_site(admin, "cedar")
    job = submitted(admin, certify, agent)
    for _ in range(40):
        if plans := agent.call("POST", "/agent/v1/sync", {}).json()["assignments"]:
            break
    refusal = {"seq": 0, "event": "reject", "at": "2026-11-28T12:00:00Z", "exit_code": None, "reason": "site",
               "detail": "no\x1b[2J room\u202e"}  # fmt: skip
    path = f"/agent/v1/runs/{plans[0]['run']}/events"
    assert agent.call("POST", path, {"epoch": 1, "events": [refusal]}).status_code == 200
    for words in (("status", job), ("job", "show", job), ("status",), ("job", "explain", job), ("market", "why", job)):
        code, out, _ = run(admin, *words)
        assert (code, "\x1b" in out, "\u202e" in out) == (0, False, False), (words, out)
        assert r"no\x1b[2J room\u202e" in out or "show" not in words, out


def test_a_wait_that_no_date_can_hold_spoils_no_quote_and_no_round(admin: Any, make_site: Any, certify: Any) -> None:
    agent = make_site(admin, "cedar")
    lends = {"machines": {"m0": [2, 1 << 30, 0]}, "queue_wait_s": (1 << 53) - 1}
    assert agent.call("POST", "/agent/v1/sync", {"hold": False, "capacity": lends}).status_code == 200
    job = submitted(admin, certify, agent)
    assert admin.post("/v1/quotes", {"text": JOB}).json()["quotes"][0]["fits"]
    for _ in range(40):
        if agent.call("POST", "/agent/v1/sync", {"capacity": lends}).json()["assignments"]:
            break
    assert admin.get(f"/v1/jobs/{job}").json()["state"] == "placed"
    assert "queue is expected to hold it" in admin.get(f"/v1/market/why/{job}").text


@pytest.mark.parametrize("version", [PROTOCOL_BEFORE - 1, PROTOCOL_BEFORE, PROTOCOL, PROTOCOL + 1])
def test_ours_and_the_one_before_are_spoken_and_any_other_says_who_must_be_upgraded(
    admin: Any, make_site: Any, version: int
) -> None:
    agent = make_site(admin, "cedar")
    [hello] = [step["json"] for step in json.loads(RECORDED.read_text()) if step["path"].endswith("/hello")]
    answer = agent.call("POST", "/agent/v1/hello", {**hello, "boot": agent.boot, "protocol": version})
    if PROTOCOL_BEFORE <= version <= PROTOCOL:
        assert answer.status_code == 200
        assert answer.json().get("protocol", PROTOCOL_BEFORE) == version
    else:
        assert (answer.status_code, answer.json()["code"]) == (409, "agent-protocol-unsupported")
        assert ("the agent" if version < PROTOCOL else "this exchange") in answer.json()["fix"]
