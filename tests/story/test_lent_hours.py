"""An owner says when others get his site: to a real server, by the command line, and they wait or run by it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.sandbox
JOB = "name: {name}\nresources: {{cpus: 1, memory: 100MB}}\nrun: echo ran\ngridtie: {{time_limit: {limit}}}\n"
MINUTE = timedelta(minutes=1)


def policy(stage: Any, *words: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(stage.command(["site", "policy", "aurora", *words, "-o", "json"]))
    return answer


def clock(span: timedelta) -> str:
    return f"{datetime.now(UTC) + span:%H:%M}"


def test_others_wait_until_a_site_opens_and_fit_before_it_closes_while_its_owner_comes_and_goes(
    stage: Any, tmp_path: Path
) -> None:
    stage.join("aurora")
    admin = stage.client()
    admin.call("POST", "/v1/organisations", {"name": "clinic"})
    admin.call("POST", "/v1/ledger/topups", {"organisation": "clinic", "amount": "100"})
    member = admin.add_member("clinic", "mei", "owner")
    clinic = stage.client(admin.issue_token(member=member["id"])["token"])

    def job(client: Any, name: str, limit: str = "1m") -> Any:
        [one] = client.submit(JOB.format(name=name, limit=limit))
        return one

    shut = policy(stage, "--hours", f"mon-sun {clock(60 * MINUTE)}-{clock(120 * MINUTE)}", "--zone", "UTC")
    assert shut["lending"].startswith("closed, opens ")
    opens = shut["lending"].removeprefix("closed, opens ")
    assert opens in stage.command(["site", "show", "aurora"])
    [product] = json.loads(stage.command(["market", "show", "-o", "json"]))
    assert (product["units_free"], product["units_closed"] > 0, product["opens"]) == (0, True, opens)
    waits = job(clinic, "waits")
    assert job(admin, "own").wait(timeout_s=60).data["state"] == "succeeded"
    assert waits.refresh().data["reason"] == f"aurora lends nothing until {opens}"
    quoted = clinic.quote(JOB.format(name="q", limit="1m"))
    assert f"aurora lends nothing until {opens}" in json.dumps(quoted)

    # Open now, for twenty minutes more: one minute and the five to come and go fit, half an hour does not.
    policy(stage, "--hours", f"mon-sun {clock(-60 * MINUTE)}-{clock(20 * MINUTE)}")
    long = job(clinic, "long", "30m")
    assert waits.wait(timeout_s=60).data["state"] == "succeeded"
    assert "the job may be there for 35 min" in long.refresh().data["reason"]

    today = datetime.now(UTC)
    closed = policy(stage, "--hours-all", "--close", f"{today:%Y-%m-%d}..{today + timedelta(days=1):%Y-%m-%d}")
    assert closed["lending"].startswith("closed, opens ")
    assert policy(stage, "--close-none")["lending"] is None
    assert long.wait(timeout_s=60).data["state"] == "succeeded"
