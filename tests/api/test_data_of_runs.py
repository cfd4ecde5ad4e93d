"""What a site gets of the data of a run, and what the exchange takes of one whose data may not leave: over HTTP."""

from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gridtie.flow.exchange import Exchange
from gridtie.settings import load
from gridtie.values.period import to_text
from gridtie.wiring import close_exchange, open_exchange

CONTENT = b'{"who": "Zhang San"}\n'
DIGEST = sha256(CONTENT).hexdigest()
CARD = """title = "Scans"
description = "d"
licence = "CC0-1.0"
[price]
kind = "access"
amount = "2"
[terms]
delivery = "compute"
[terms.release]
files = ["m.json"]
"""
JOB = """name: count
resources: {cpus: 1, memory: 64MB}
run: "true"
"""
READS = JOB + "gridtie: {expected: 1m, data: [{name: aurora/scans}]}\n"
NAMES_IT = JOB + f"envs: {{X: {DIGEST}}}\ngridtie: {{expected: 1m}}\n"


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    opened = open_exchange(load(tmp_path / "home", {}, sync_hold_s=0.2, tick_s=3600), create=True)
    yield opened
    close_exchange(opened)


def assigned(agent: Any) -> dict[str, Any]:
    for _ in range(50):
        if given := agent.call("POST", "/agent/v1/sync", {"held": []}).json()["assignments"]:
            return dict(given[0])
    raise AssertionError("nothing was assigned")


def got(agent: Any) -> Any:
    return agent.raw("GET", f"/agent/v1/blobs/{DIGEST}")


@pytest.fixture
def agents(parties: Any, make_site: Any, make_pool: Any, admin: Any, certify: Any) -> dict[str, Any]:
    """A site of aurora, which has data, and one of bison, which has a contract on it."""
    made = {}
    for number, name in enumerate(("aurora", "bison"), 1):
        owner = parties[name]["owner"]
        admin.post("/v1/ledger/topups", {"organisation": name, "amount": "100"})
        agent = made[name] = make_site(owner, f"of-{name}", [make_pool(host=f"sha256:{number:064x}")])
        [resource] = owner.get(f"/v1/resources?site=of-{name}").json()["items"]
        certify(agent, resource["id"])
        assert owner.post("/v1/offers", {"resource": resource["id"], "price": "1.00"}).status_code == 201
    lab, clinic = parties["aurora"]["owner"], parties["bison"]["owner"]
    lab.client.request("PUT", f"/v1/blobs/{DIGEST}?size={len(CONTENT)}", content=CONTENT,
                       headers={"Authorization": f"Bearer {lab.token}"})  # fmt: skip
    part = {"path": "a.jsonl", "sha256": DIGEST, "size": len(CONTENT)}
    published = lab.post("/v1/datasets", {"name": "scans", "card": CARD, "parts": [part]})
    assert published.status_code == 201, published.text
    contract = clinic.post("/v1/contracts", {"dataset": "aurora/scans"}).json()["id"]
    assert lab.post(f"/v1/contracts/{contract}/sign").json()["state"] == "active"
    return made


def test_a_site_gets_the_data_of_a_run_that_it_took_and_hands_on_only_what_is_released(
    parties: Any, agents: Any, exchange: Exchange
) -> None:
    answer = parties["bison"]["owner"].post("/v1/jobs", {"text": READS})
    assert answer.status_code == 201, answer.text
    agent = agents["aurora"]  # bison's own would have a copy
    plan = assigned(agent)
    assert plan["data"] == [{"path": "data/scans/a.jsonl", "sha256": DIGEST, "size": len(CONTENT), "places": []}]
    assert plan["release"]["files"] == ["m.json"]
    assert got(agent).status_code == 404
    events = [{"seq": n, "event": event, "at": to_text(exchange.clock.now()), "exit_code": None}
              for n, event in enumerate(("accept", "start"))]  # fmt: skip
    path = f"/agent/v1/runs/{plan['run']}"
    assert agent.call("POST", f"{path}/events", {"epoch": 1, "events": events[:1]}).status_code == 200
    assert got(agent).content == CONTENT
    assert got(agents["bison"]).status_code == 404
    agent.call("POST", f"{path}/events", {"epoch": 1, "events": events[1:]})
    logs = f"{path}/logs/0?epoch=1&offset=0"
    assert agent.raw("PUT", logs, b"Zhang San\n").status_code == 422
    assert agent.raw("PUT", logs, b"[gridtie: it printed 10 bytes in 1 lines]\n").status_code == 200
    figures = b'{"records": 1}'
    digest = sha256(figures).hexdigest()
    agent.raw("PUT", f"/agent/v1/blobs/{digest}?offset=0&size={len(figures)}", figures)
    for kind, name, status in (("checkpoint", "m.json", 409), ("output", "x.json", 409), ("output", "m.json", 200)):
        file = {"path": name, "sha256": digest, "size": len(figures)}
        manifest = {"epoch": 1, "kind": kind, "rank": 0, "sequence": 0, "files": [file]}
        assert agent.call("POST", f"{path}/artefacts", manifest).status_code == status, (kind, name)


def test_a_receipt_tells_what_data_cost_beside_what_computing_cost(
    parties: Any, agents: Any, exchange: Exchange, run: Any
) -> None:
    clinic, agent = parties["bison"]["owner"], agents["aurora"]
    job = clinic.post("/v1/jobs", {"text": READS}).json()["jobs"][0]["id"]
    plan = assigned(agent)
    for number, event in enumerate(("accept", "start", "finish", "succeed")):
        told = {"seq": number, "event": event, "at": to_text(exchange.clock.now()), "exit_code": None}
        agent.call("POST", f"/agent/v1/runs/{plan['run']}/events", {"epoch": 1, "events": [told]})
    code, out, _ = run(clinic, "receipt", job)
    told = clinic.get(f"/v1/jobs/{job}/receipts").json()
    both = Decimal(told["computing"]) + 2
    assert (code, told["data_cost"], told["data"][0]["dataset"], len(told["items"])) == (0, "2.00", "aurora/scans", 1)
    assert out.splitlines()[-3:] == [
        f"data of {job}", "  aurora/scans v1: 2.00 CNY, 2.00 for each use",
        f"computing {told['computing']}, data 2.00, together {both} CNY",
    ]  # fmt: skip
    assert ["data_cost", "2.00"] in [line.split() for line in run(clinic, "status", job)[1].splitlines()]


def test_a_digest_that_a_buyer_writes_into_his_job_gives_his_site_nothing(parties: Any, agents: Any) -> None:
    answer = parties["bison"]["owner"].post("/v1/jobs", {"text": NAMES_IT})
    assert answer.status_code == 201, answer.text
    for _ in range(50):
        for name in ("bison", "aurora"):
            given = agents[name].call("POST", "/agent/v1/sync", {"held": []}).json()["assignments"]
            if given:
                assert f'"{DIGEST}"' in str(given[0]["envs"]).replace("'", '"')
                assert got(agents[name]).status_code == 404
                return
    raise AssertionError("nothing was assigned")


def test_what_the_catalogue_refuses_of_a_job_is_told_by_line_and_column_whichever_job_of_the_file_it_is(
    parties: Any, agents: Any
) -> None:
    clinic = parties["bison"]["owner"]
    text = (
        JOB
        + "---\n"
        + JOB
        + """gridtie:
  network: host
  data:
    - name: aurora/scans
    - {to: x, name: aurora/scan}
"""
    )
    for path in ("/v1/jobs", "/v1/quotes"):
        problems = clinic.post(path, {"text": text}).json()["problems"]
        assert [(one["line"], one["column"]) for one in problems] == [(12, 21)]
        assert "did you mean aurora/scans?" in problems[0]["message"]
    known = text.replace("aurora/scan}", "aurora/scans}")
    [problem] = clinic.post("/v1/jobs", {"text": known}).json()["problems"]
    assert (problem["line"], problem["column"], problem["path"]) == (9, 12, "gridtie.network")
