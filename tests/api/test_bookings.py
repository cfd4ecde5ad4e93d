"""Bookings as their users meet them: over HTTP and by the command line, on a served exchange."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gridtie.values.period import to_text, to_the_second

JOB = 'name: simulation\nresources: {cpus: 2, memory: 64MB, disk_size: 500MB}\nrun: "true"\ngridtie: {expected: 1h}\n'


@pytest.fixture
def buyer(parties: Any, admin: Any, make_site: Any, certify: Any) -> Any:
    """Whoever can pay, beside one machine that is for sale."""
    owner = parties["aurora"]["owner"]
    agent = make_site(owner, "north")
    [resource] = owner.get("/v1/resources").json()["items"]
    certify(agent, resource["id"], score=1200)
    assert owner.post("/v1/offers", {"resource": resource["id"], "price": "0.10"}).status_code == 201
    admin.post("/v1/ledger/topups", {"organisation": "bison", "amount": "10"})
    return parties["bison"]["owner"]


def booked(buyer: Any, job: str) -> str:
    """What it is told once its place is kept."""
    end = time.monotonic() + 20
    while not (reason := buyer.get(f"/v1/jobs/{job}").json()["reason"]).startswith("booked"):
        assert time.monotonic() < end, reason
        time.sleep(0.05)
    return reason


def test_a_window_asked_for_over_http_or_by_command_is_quoted_and_booked_at_the_start_that_is_free(
    buyer: Any, run: Any, tmp_path: Path
) -> None:
    first = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=3)
    start, second, third, latest = (to_text(first + timedelta(hours=hours)) for hours in (0, 1, 2, 4))
    asked = {"source": "job.yaml", "text": JOB, "start_at": start}
    [fixed] = buyer.post("/v1/jobs", asked).json()["jobs"]
    assert booked(buyer, fixed["id"]).startswith(f"booked at north from {to_the_second(start)} ")
    [quote] = buyer.post("/v1/quotes", asked | {"start_by": latest}).json()["quotes"]
    assert second in json.dumps(quote)
    [wide] = buyer.post("/v1/jobs", asked | {"start_by": latest}).json()["jobs"]
    assert booked(buyer, wide["id"]).startswith(f"booked at north from {to_the_second(second)} (")
    assert f"from {to_the_second(start)} to {to_the_second(latest)})" in booked(buyer, wide["id"])

    file = tmp_path / "job.yaml"
    file.write_text(JOB)
    window = ("--start-at", start, "--start-by", latest, str(file))
    code, out, _ = run(buyer, "quote", *window, "-o", "json")
    assert (code, third in out) == (0, True)
    code, out, err = run(buyer, "submit", "--detach", "-o", "name", *window)
    assert code == 0, err
    assert booked(buyer, out.strip()).startswith(f"booked at north from {to_the_second(third)} (")


def test_a_window_that_is_none_is_refused_with_the_key_that_is_meant(buyer: Any, run: Any, tmp_path: Path) -> None:
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=3)
    before = to_text(start - timedelta(hours=1))
    asked = {"source": "job.yaml", "text": JOB, "start_at": to_text(start), "start_by": before}
    answer = buyer.post("/v1/jobs", asked)
    assert (answer.status_code, "start_by" in answer.text, "no window is left" in answer.text) == (422, True, True)
    file = tmp_path / "job.yaml"
    file.write_text(JOB)
    code, _, err = run(buyer, "submit", "--detach", "--start-at", to_text(start), "--start-by", before, str(file))
    assert (code, "start_by" in err, "no window is left" in err) == (answer.json().get("exit", code), True, True), err
    assert code != 0
