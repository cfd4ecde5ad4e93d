"""What a site says that makes no sense is refused by name: no fault of ours, and nobody else's quote suffers."""

import copy
import json
import random
from typing import Any

from tests.api.conftest import pool
from tests.api.test_agent_protocol import JOB, submitted

CALLS = 500
MAKES_NO_SENSE: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**53 - 1, 2**63, 10**30, 1.5, 1e308, "", "x" * 70_000, "\x00", "a\nb", "\u202e", [], {},
    [[]], {"a": {}}, "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
)  # fmt: skip


def places(document: Any) -> list[tuple[Any, Any]]:
    """(what holds it, under which key) of everything in it."""
    keys = list(document) if isinstance(document, dict) else range(len(document)) if isinstance(document, list) else ()
    return [place for key in keys for place in ((document, key), *places(document[key]))]


def changed(rng: random.Random, document: Any) -> Any:
    made = copy.deepcopy(document)
    for _ in range(rng.choice((1, 1, 2))):
        holder, key = rng.choice(places(made))
        holder[key] = copy.deepcopy(rng.choice(MAKES_NO_SENSE))
    return made


def test_no_call_of_a_site_is_a_fault_of_ours_or_spoils_a_quote(admin: Any, make_site: Any, certify: Any) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    rng, agent = random.Random(seed), make_site(admin, "cedar")
    submitted(admin, certify, agent)
    for _ in range(40):
        if plans := agent.call("POST", "/agent/v1/sync", {}).json()["assignments"]:
            break
    run, held = plans[0]["run"], {"run": plans[0]["run"], "epoch": 1, "state": "started", "note": "n"}
    said = {
        "/agent/v1/hello": {"boot": agent.boot, "version": "0.1.0", "protocol": 1, "inventory": {"cpu": "test"},
                            "inventory_digest": "sha256:" + "00" * 32, "resources": [pool()], "held": [held]},
        "/agent/v1/sync": {"held": [held], "hold": False,
                           "capacity": {"machines": {"m0": [2, 1 << 30, 0]}, "queue_wait_s": 5, "note": "n"}},
        f"/agent/v1/runs/{run}/events": {"epoch": 1, "events": [
            {"seq": 0, "event": "accept", "at": "2026-11-28T12:00:00Z", "reason": "", "detail": "", "exit_code": None,
             "cpu_us": 1, "memory_peak_bytes": 1}]},
        f"/agent/v1/runs/{run}/artefacts": {
            "epoch": 1, "kind": "checkpoint", "rank": 0, "sequence": 0, "ran_us": 5,
            "files": [{"path": "a", "sha256": "0" * 64, "size": 1, "executable": False}]},
        f"/agent/v1/receipts/rcpt_{'0' * 26}": {"envelope": {
            "kind": "receipt", "payload": {"receipt": "rcpt_1"}, "signatures": [{"by": "site", "signature": "ab"}]}},
    }  # fmt: skip
    for _ in range(CALLS):
        path = rng.choice(list(said))
        body = changed(rng, said[path])
        answer = agent.call("POST", path, body)
        assert answer.status_code < 500, (path, json.dumps(body)[:2000], answer.text)
    assert admin.post("/v1/quotes", {"text": JOB}).status_code == 200
