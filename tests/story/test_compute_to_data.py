"""A clinic's job comes to a lab's data: real server, agent and sandbox; what leaves is what the terms release."""

import hashlib
import json
import time
from pathlib import Path
from typing import Any

import pytest

from gridtie.client.exchange import ExchangeClient
from gridtie.errors import GridtieError

pytestmark = pytest.mark.sandbox
SECRET = "Zhang San, 1980-01-02"
CARD = """title = "Scans"
description = "what a lab saw"
licence = "CC0-1.0"
[terms]
purposes = ["research"]
delivery = "compute"
[terms.release]
files = ["*.json"]
[price]
kind = "access"
amount = "2.00"
"""
JOB = """name: count
resources: {cpus: 1, memory: 300MB}
run: |
  cat data/scans/a.jsonl notes/b.jsonl
  ls -l data/scans/a.jsonl | cut -c1-10 > mode
  mkdir -p out
  records=$(cat data/scans/a.jsonl notes/b.jsonl | wc -l)
  echo "{\\"records\\": $records, \\"mode\\": \\"$(cat mode)\\"}" > out/count.json
  cp data/scans/a.jsonl out/stolen.csv
  echo "{\\"who\\": \\"$(tr -d '"' < notes/b.jsonl) of Long Street\\"}" > out/who.json
  cp notes/b.jsonl "$GRIDTIE_CHECKPOINT_DIR/state"
  (exec 3<>/dev/tcp/127.0.0.1/%(port)d) 2> out/network.json && echo '{"network": 1}' > out/open.json
  sleep %(sleep)s
gridtie:
  purpose: research
  expected: 5m
  outputs: [out]
  data: [{name: lab/scans}, {name: "lab/notes@v1", to: notes}]
"""


@pytest.fixture
def clinic(stage: Any) -> ExchangeClient:
    """A member of another organisation, with money."""
    admin = stage.client()
    admin.call("POST", "/v1/organisations", {"name": "clinic"})
    admin.call("POST", "/v1/ledger/topups", {"organisation": "clinic", "amount": "100"})
    member = admin.add_member("clinic", "mei", "owner")
    made: ExchangeClient = stage.client(admin.issue_token(member=member["id"])["token"])
    return made


def publish(lab: ExchangeClient, name: str, file: Path, *, held_by: str = "") -> None:
    part = {"path": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "size": file.stat().st_size,
            "held_by": held_by}  # fmt: skip
    if not held_by:
        lab.upload(file)
    lab.call("POST", "/v1/datasets", {"name": name, "card": CARD, "parts": [part]})


def agree(lab: ExchangeClient, clinic: ExchangeClient, name: str) -> str:
    offer = {"dataset": name, "purpose": "research"}
    made = clinic.call("POST", "/v1/contracts", offer, key=f"c-{name}")
    assert lab.call("POST", f"/v1/contracts/{made['id']}/sign", {})["state"] == "active"
    return str(made["id"])


def test_a_job_comes_to_data_and_only_figures_leave_and_a_contract_that_ends_stops_it(
    stage: Any, clinic: ExchangeClient, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    (folder / "scans").mkdir(parents=True)
    (folder / "scans" / "a.jsonl").write_text(f'"{SECRET}"\n"{SECRET}"\n')
    (tmp_path / "b.jsonl").write_text('"Li Si"\n')
    stage.join("aurora", memory="600MB", more=["--datasets", str(folder)])
    lab = stage.client()
    publish(lab, "scans", folder / "scans" / "a.jsonl", held_by="aurora")
    publish(lab, "notes", tmp_path / "b.jsonl")
    contracts = [agree(lab, clinic, f"lab/{name}") for name in ("scans", "notes")]
    with pytest.raises(GridtieError) as refused:
        clinic.submit(JOB % {"port": stage.port, "sleep": 0} + "  network: host\n", source="j.yaml")
    assert "no copy of lab/scans and lab/notes may leave" in str(refused.value.problems[0])

    [job] = clinic.submit(JOB % {"port": stage.port, "sleep": 0}, source="j.yaml")
    job.wait(timeout_s=60)
    assert job.state == "succeeded", (clinic.job(job.id), (stage.folder / "aurora.log").read_text())
    job.result(tmp_path / "got")
    got = {path.name: path for path in (tmp_path / "got").rglob("*") if path.is_file()}
    assert set(got) == {"count.json"}
    assert json.loads(got["count.json"].read_text()) == {"records": 3, "mode": "-r--r--r--"}
    told = job.logs()
    assert told.splitlines()[:2] == ["[gridtie: what it prints stays at the site, for its data may not leave]",
                                     "[gridtie: it printed 56 bytes in 3 lines]"]  # fmt: skip
    story = clinic.job(job.id)["runs"][-1]["detail"]
    for part in ("only *.json may leave", "it has text that is no word of at most 32", "it is no JSON"):
        assert part in story
        assert part in told
    kept = [path.read_bytes() for path in stage.home.rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in content for content in kept), "the exchange saw what stays at the site"
    assert not clinic.job(job.id)["checkpoint_at"]
    log = clinic.call("GET", "/v1/deliveries")["items"]
    assert sorted((one["channel"], one["job"], one["charge"]) for one in log) == [("job", job.id, "2.00")] * 2

    [long] = clinic.submit(JOB % {"port": stage.port, "sleep": 60}, source="j.yaml")
    while long.refresh().state != "running":
        time.sleep(0.05)
    begun = time.monotonic()
    lab.call("POST", f"/v1/contracts/{contracts[0]}/suspend", {"reason": "a look into it"})
    with pytest.raises(GridtieError, match="suspended"):
        clinic.submit(JOB % {"port": stage.port, "sleep": 0}, source="j.yaml")
    long.wait(timeout_s=30)
    assert (long.state, clinic.outputs(long.id)) == ("cancelled", [])
    assert time.monotonic() - begun < 20
    assert "the contract is suspended: a look into it (by lab)" in clinic.job(long.id)["reason"]
