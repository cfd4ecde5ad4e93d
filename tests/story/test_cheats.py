"""Agents that cheat, against a real server over HTTP: the agent's own code with one part that lies.

What each sees and what the exchange does about it is the table in docs/faults.md.
"""

import hashlib
import json
import os
import secrets
import socket
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.certification.conftest import small_challenge
from tests.story.conftest import Stage, wait_for

from gridtie.adapters.devices.probe import read_host
from gridtie.adapters.probes.local import LocalRun, run_here
from gridtie.adapters.signers.ed25519 import load_or_create
from gridtie.adapters.tables import load_chips
from gridtie.agent.declaration import KEY_FILE, Slices, declare, join
from gridtie.certification.challenge import Challenge
from gridtie.client.agent import AgentClient
from gridtie.client.transport import HttpTransport
from gridtie.errors import GridtieError
from gridtie.identity.signing import Envelope
from gridtie.registry.inventory import Accelerator
from gridtie.values.money import parse_money
from gridtie.values.period import to_text

JOB = "name: paid\nresources: {cpus: 1, memory: 64MB}\nrun: sleep 1\ngridtie: {expected: 1m}\n"
MIB = 1 << 20
ONE_CORE = Slices(cpus=1, memory_bytes=300 * MIB)
SMI_LIES = """#!/bin/sh
case "$*" in *--query-gpu*) ;; *) exit 1;; esac
echo "index, name, uuid, serial, pci.bus_id, memory.total [MiB], driver_version, utilization.gpu [%]"
echo "0, NVIDIA H100 80GB HBM3, GPU-00000000, 165000, 0000:00:00.0, 81559 MiB, 550.54.15, 0 %"
"""


def lie_about_host(salt: str, **more: Any) -> dict[str, Any]:
    """What this host would declare as another machine: the cheat that needs no hardware at all."""
    host = replace(read_host(load_chips()), machine_id=salt, **more)
    return declare(host, ONE_CORE, isolation="sandbox")


def h100(index: int, uuid: str) -> Accelerator:
    return Accelerator(index=index, vendor="NVIDIA", model="H100", chip="nv-h100", memory_bytes=80 << 30, uuid=uuid)


@dataclass
class Cheat:
    """An agent from here on written by its owner: the real client of the protocol, and no conscience."""

    stage: Stage
    name: str
    site: str
    client: AgentClient
    resource: str
    declared: dict[str, Any]

    def greet(self, declared: dict[str, Any] | None = None) -> dict[str, Any]:
        return self.client.hello({"version": "0.1.0", "protocol": 1, "held": [], **(declared or self.declared)})

    def assignment(self) -> dict[str, Any]:
        found: list[dict[str, Any]] = []

        def look() -> bool:
            found[:] = self.client.sync([], hold=False)["assignments"]
            return bool(found)

        wait_for(f"work for {self.name}", look)
        return found[0]

    def tell(self, plan: dict[str, Any], seq: int, event: str, at: datetime, **more: Any) -> None:
        about = {"reason": "", "exit_code": None, "detail": "", "cpu_us": 0, "memory_peak_bytes": 0, **more}
        self.client.report(plan["run"], plan["epoch"], [{"seq": seq, "event": event, "at": to_text(at), **about}])

    def begin(self) -> dict[str, Any]:
        """Takes its test, and lets the tester's clock run."""
        plan = self.assignment()
        for seq, event in enumerate(("accept", "start")):
            self.tell(plan, seq, event, datetime.now(UTC))
        return plan

    def answer_test(self, files: dict[str, bytes], plan: dict[str, Any] | None = None) -> str:
        """Hands in `files` for the test that was begun as `plan`, else for its next one, without having run it; and
        says why the exchange threw it out."""
        plan = plan or self.begin()
        sent = []
        for path, content in files.items():
            name = hashlib.sha256(content).hexdigest()
            local = self.stage.folder / name
            local.write_bytes(content)
            self.client.upload(local, name, len(content), part_bytes=MIB)
            sent.append({"path": path, "sha256": name, "size": len(content), "executable": False})
        self.tell(plan, 2, "finish", datetime.now(UTC))
        shelf = {"epoch": plan["epoch"], "kind": "output", "rank": 0, "sequence": 1, "files": sent}
        assert self.client.publish(plan["run"], shelf)
        self.tell(plan, 3, "succeed", datetime.now(UTC), exit_code=0)
        why = str(self.fact("certification.failed", job=plan["job"])["reason"])
        assert self.stage.client().job(plan["job"])["reason"] == f"no certificate: {why}"
        return why

    def challenge(self, plan: dict[str, Any]) -> Challenge:
        [file] = [file for file in plan["files"] if file["path"] == "challenge.json"]
        target = self.stage.folder / f"{self.name}.challenge"
        self.client.download(file["sha256"], file["size"], target, part_bytes=MIB)
        return Challenge.from_json(json.loads(target.read_bytes()))

    def certify(self) -> None:
        self.stage.client().call("POST", f"/v1/resources/{self.resource}/certify", {"profile": "quick"})

    def fact(self, kind: str, **about: str) -> dict[str, Any]:
        """What the exchange wrote down: waits for an event of a kind in its live feed."""
        for event in self.stage.client().events():
            if event["kind"] == kind and about.items() <= {**event["data"], "subject": event["subject"]}.items():
                return dict(event["data"])
        raise AssertionError("the feed has no end")

    @property
    def row(self) -> dict[str, Any]:
        found: dict[str, Any] = self.stage.client().call("GET", f"/v1/resources/{self.resource}")
        return found


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One exchange for all of them: what one cheat does may not help or hinder the next."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    made = Stage(tmp_path_factory.mktemp("cheats"), port)
    try:
        made.found("cheats")
        made.serve()
        made.client().call("POST", "/v1/ledger/topups", {"organisation": "lab", "amount": "1000"})
        yield made
    finally:
        made.close()


def invited(stage: Stage, name: str) -> str:
    admin = stage.client()
    admin.call("POST", "/v1/sites", {"name": name, "hub": "csjh", "depth": "schedulable"})
    return str(admin.call("POST", f"/v1/sites/{name}/enrolment", {})["token"])


def enrolled(stage: Stage, name: str, declared: dict[str, Any]) -> Cheat:
    home, transport = stage.folder / name, HttpTransport(stage.url)
    config, _ = join(
        transport, home, url=stage.url, printed=invited(stage, name), slices=ONE_CORE, isolation="sandbox",
        version="0.1.0", declared=declared,
    )  # fmt: skip
    admin = stage.client()
    admin.call("POST", f"/v1/sites/{name}/approve", {"fingerprint": config.fingerprint})
    signer = load_or_create(home / KEY_FILE, b"")
    client = AgentClient(transport, signer, site=config.site, boot=secrets.token_hex(16))
    [resource] = admin.pages("/v1/resources", query={"site": name})
    made = Cheat(stage, name, config.site, client, resource["id"], declared)
    assert made.greet()["state"] == "active"
    return made


@pytest.fixture(scope="module")
def other_run(tmp_path_factory: pytest.TempPathFactory) -> LocalRun:
    """An honest run of the real program, to answer with what it was not asked."""
    return run_here(small_challenge(), tmp_path_factory.mktemp("probe"))


def files_of(run: LocalRun, document: dict[str, Any]) -> dict[str, bytes]:
    named = {entry["sha256"] for item in document["items"] for entry in item.get("results", ())}
    return {"evidence.json": json.dumps(document).encode(), **{f"results/{key}": run.fetch(key) for key in named}}


# ── usage ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_hours_that_were_not_are_not_billed_and_runs_of_others_cost_a_site_its_place(stage: Stage) -> None:
    admin = stage.client()
    greedy = enrolled(stage, "greedy", lie_about_host("greedy"))
    nosy = enrolled(stage, "nosy", lie_about_host("nosy"))
    with sqlite3.connect(stage.home / "gridtie.db", timeout=30) as database:
        database.execute(
            "UPDATE resource SET score = 1000, latency_us = 500, in_market_until_us = 9000000000000000 WHERE id = ?",
            (greedy.resource,),
        )
    database.close()
    admin.call("POST", "/v1/offers", {"resource": greedy.resource, "price": "3600"})  # 1.00 per core and second
    [job] = admin.submit(JOB)
    plan = greedy.assignment()
    begun = time.monotonic()
    yesterday, tomorrow = (datetime.now(UTC) + timedelta(days=days) for days in (-1, 1))
    greedy.tell(plan, 0, "accept", yesterday)
    greedy.tell(plan, 1, "start", yesterday)

    with pytest.raises(GridtieError) as phantom:  # a run that never was
        nosy.tell({**plan, "run": "run_" + "0" * 26}, 1, "start", yesterday)
    assert phantom.value.code == "not-found"
    nosy.client.sync([{"run": plan["run"], "epoch": plan["epoch"], "state": "running"}], hold=False)
    with pytest.raises(GridtieError) as foreign:
        nosy.tell(plan, 2, "succeed", tomorrow)
    assert foreign.value.code == "not-found"
    assert nosy.fact("site.quarantined", subject=nosy.site)["reason"] == "it spoke for a run of another site"
    with pytest.raises(GridtieError) as out:
        nosy.client.sync([], hold=False)
    assert out.value.code == "agent-rejected"
    assert job.refresh().state == "running"

    greedy.tell(plan, 2, "finish", tomorrow, cpu_us=10**15)
    greedy.tell(plan, 3, "succeed", tomorrow, cpu_us=10**15, exit_code=0)
    most = int((time.monotonic() - begun + 0.1) * 1_000_000)
    [receipt] = job.receipts()
    assert 0 < parse_money(receipt["amount"]) <= most, f"{receipt['amount']} for {most} us"
    [asked] = greedy.client.sync([], hold=False)["receipts"]
    more = {**asked["payload"], "amount": "86400"}
    signed = Envelope(asked["kind"], more, ()).sign("site", load_or_create(stage.folder / "greedy" / KEY_FILE, b""))
    with pytest.raises(GridtieError) as raised:
        greedy.client.sign(asked["payload"]["receipt"], {**signed.to_json(), "signatures": [
            *asked["signatures"], *signed.to_json()["signatures"]]})  # fmt: skip
    assert raised.value.code == "invalid-signature"


# ── hardware ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_device_tool_that_lies_gets_a_pool_a_name_and_no_market(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, other_run: LocalRun, tmp_path: Path
) -> None:
    tools = stage.folder / "tools"
    tools.mkdir()
    (tools / "nvidia-smi").write_text(SMI_LIES)
    (tools / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    liar = enrolled(stage, "liar", lie_about_host("liar"))
    assert (liar.row["chip"], liar.row["in_network"], liar.row["in_market"]) == ("nv-h100", True, False)
    admin = stage.client()
    admin.call("POST", "/v1/offers", {"resource": liar.resource, "price": "1"})
    [job] = admin.submit(JOB.replace("cpus: 1", "accelerators: {H100: 1}"))
    liar.certify()
    challenge = liar.challenge(liar.assignment())
    document = json.loads(other_run.raw) | {"challenge": challenge.id, "nonce": challenge.nonce.hex()}
    why = liar.answer_test(files_of(other_run, document))
    assert "matrix." in why, why
    # It works the whole test through, in full time, on what it has: processors.
    liar.certify()
    plan = liar.begin()
    held = [{"run": plan["run"], "epoch": plan["epoch"], "state": "running"}]
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(run_here, liar.challenge(plan), tmp_path)
        while not working.done():
            liar.client.sync(held, hold=False)
            wait([working], timeout=1)
    worked = working.result()
    why = liar.answer_test(files_of(worked, json.loads(worked.raw)), plan)
    assert "matrix.fp32: 0% of what is claimed" in why, why
    assert "no valid certificate" in liar.row["closed_because"]
    assert job.refresh().state == "queued"


def test_evidence_of_another_test_or_faster_than_physics_gives_no_certificate(
    stage: Stage, other_run: LocalRun, tmp_path: Path
) -> None:
    forger = enrolled(stage, "forger", lie_about_host("forger"))
    forger.certify()
    assert "replayed or prepared" in forger.answer_test(files_of(other_run, json.loads(other_run.raw)))
    forger.certify()
    own = forger.challenge(forger.assignment())
    document = json.loads(other_run.raw) | {"challenge": own.id, "nonce": own.nonce.hex()}
    assert "matrix.fp64" in forger.answer_test(files_of(other_run, document))
    forger.certify()
    mine = run_here(forger.challenge(forger.assignment()), tmp_path)
    document = json.loads(mine.raw)
    overclock(document, 1000)
    why = forger.answer_test(files_of(mine, document))
    assert "above the physical limit" in why, why
    assert not forger.row["in_market"]


def overclock(document: dict[str, Any], times: int) -> None:
    """Every product that much faster, and what that leaves called untimed, so that the sums still agree."""
    for item in document["items"]:
        if item["name"].startswith("matrix.") and item["status"] == "measured":
            before = sum(item["samples_s"])
            item["samples_s"] = [seconds / times for seconds in item["samples_s"]]
            item["untimed_s"] += before - sum(item["samples_s"])


def test_one_accelerator_is_lent_once_whoever_registers_it(stage: Stage) -> None:
    first = lie_about_host("first", accelerators=(h100(0, "GPU-a"), h100(1, "GPU-b")))
    owner = enrolled(stage, "owner", first)
    for name, devices, said in (
        ("again", (h100(0, "GPU-b"),), "3 accelerators are declared of 2 that there are"),
        ("twice", (h100(0, "GPU-c"), h100(1, "GPU-c")), "2 accelerators are declared of 1 that there are"),
    ):
        with pytest.raises(GridtieError, match=said) as refused:
            enrolled(stage, name, lie_about_host(name, accelerators=devices))
        assert refused.value.code == "false-claim"
    late = enrolled(stage, "late", lie_about_host("late", accelerators=(h100(0, "GPU-d"),)))
    grown = lie_about_host("late", accelerators=(h100(0, "GPU-a"),))
    answer = late.greet(grown)
    assert (answer["state"], "declared of 2" in answer["reason"]) == ("quarantined", True)
    assert late.fact("site.quarantined", subject=late.site)["reason"] == answer["reason"]
    assert owner.greet()["state"] == "active"
