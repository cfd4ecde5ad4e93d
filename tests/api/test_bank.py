"""The compute bank as its users meet it: over HTTP and by the command line, on a served exchange."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gridtie.flow.exchange import Exchange
from gridtie.values.period import to_text

JOB = """
name: simulation
resources: {cpus: 1, memory: 64MB}
run: "true"
gridtie: {expected: 6m, budget: {pay_with: [bank]}}
"""


@pytest.fixture
def north(parties: Any, make_site: Any, certify: Any) -> Any:
    """A certified site of aurora."""
    agent = make_site(parties["aurora"]["owner"], "north")
    [resource] = parties["aurora"]["owner"].get("/v1/resources").json()["items"]
    certify(agent, resource["id"], score=1200)
    return agent


def test_an_owner_deposits_another_withdraws_and_both_read_it_off_their_statements(
    parties: Any, admin: Any, north: Any, exchange: Exchange, run: Any, tmp_path: Path
) -> None:
    aurora, bison = parties["aurora"]["owner"], parties["bison"]["owner"]
    code, out, _ = run(aurora, "bank", "deposit", "north", "--max", "2", "-o", "json")
    assert (code, json.loads(out)["units_max"]) == (0, 2)
    code, out, _ = run(bison, "bank", "rates")
    assert code == 0
    assert out.splitlines()[1].split()[:3] == ["cpu", "north", "gz"]
    assert out.splitlines()[1].split()[-1] == "yes"
    assert run(bison, "bank", "deposits", "-o", "name")[1].startswith("dep_")
    file = tmp_path / "job.yaml"
    file.write_text(JOB)
    code, _, err = run(bison, "submit", "--detach", str(file))
    assert code == 5
    assert "needs a hold of more than 0.00 hours" in err
    assert "gridtie bank deposit" in err
    assert run(admin, "bank", "lend", "bison", "2")[0] == 0
    code, out, _ = run(bison, "quote", str(file))
    assert code == 0
    assert "reference hours" in out
    code, out, _ = run(bison, "submit", "--detach", str(file))
    assert code == 0
    for _ in range(50):
        if given := north.call("POST", "/agent/v1/sync", {"held": []}).json()["assignments"]:
            break
    for number, event in enumerate(("accept", "start", "finish", "succeed")):
        told = {"seq": number, "event": event, "at": to_text(exchange.clock.now()), "exit_code": None}
        path = f"/agent/v1/runs/{given[0]['run']}/events"
        assert north.call("POST", path, {"epoch": 1, "events": [told]}).status_code == 200
    _, out, _ = run(bison, "status", "@last")
    assert "1.00 hours/h" in out
    assert "paid_in     reference hours of the compute bank" in out
    _, out, _ = run(bison, "receipt", "@last")
    assert "bank:cpu" in out
    [earned] = json.loads(run(aurora, "bank", "statement", "-o", "json")[1])["accounts"]
    [spent] = json.loads(run(bison, "bank", "statement", "--chip", "cpu", "-o", "json")[1])["accounts"]
    assert [line["kind"] for line in spent["lines"]] == ["bank-lend", "post"]
    assert Decimal(earned["closing"]) == 2 - Decimal(spent["closing"]) > 0
    assert (spent["owed"], earned["owed"]) == ("2.00", "0.00")
    assert "cpu: closing" in run(bison, "bank", "statement")[1]
    code, out, _ = run(admin, "ledger", "verify")
    assert code == 0
    assert ", 0.00 held" in out
    rows = [line.split()[:2] for line in run(bison, "ledger", "accounts")[1].splitlines()]
    assert ["bison", f"org:{spent_by(bison)}:bank:cpu"] in rows
    replayed = run(admin, "market", "replay", rounds_of(admin, "bank-rate"))
    assert replayed[0] == 0


def spent_by(member: Any) -> str:
    return str(member.get("/v1/whoami").json()["organisation"]["id"])


def rounds_of(member: Any, rule: str) -> str:
    items = member.get("/v1/market/rounds").json()["items"]
    return str(next(row["number"] for row in items if row["rule"] == rule and row["trades"]))


def test_a_repeated_deposit_is_the_same_one_and_a_second_is_refused(parties: Any, north: Any) -> None:
    aurora = parties["aurora"]["owner"]
    first, again = (aurora.post("/v1/bank/deposits", {"resource": "north"}, key="k") for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content)
    second = aurora.post("/v1/bank/deposits", {"resource": "north"})
    assert (second.status_code, second.json()["code"]) == (409, "already-exists")
    key = first.json()["id"]
    closed = aurora.post(f"/v1/bank/deposits/{key}/close")
    assert closed.json()["state"] == "closed"
    assert aurora.post(f"/v1/bank/deposits/{key}/close").json() == closed.json()
    assert aurora.post("/v1/bank/deposits", {"resource": "north"}).status_code == 201


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (["deposit", "nowhere"], 3, "no resource 'nowhere'"),
        (["deposit", "north", "--until", "2020-01-01T00:00:00Z"], 2, "until lies before from"),
        (["deposit", "north", "--until", "soon"], 2, "until: Invalid isoformat"),
        (["deposit", "north", "--max", "0"], 2, "units_max"),
        (["close", "dep_x"], 3, "gridtie bank deposits"),
        (["lend", "bison", "1"], 5, "exchange-admin"),
        (["statement", "--organisation", "bison"], 3, "no organisation 'bison'"),
        (["statement", "--from", "2026-02-01T00:00:00Z", "--to", "2026-01-01T00:00:00Z"], 2, "to lies before from"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_what_to_do(
    parties: Any, north: Any, run: Any, arguments: list[str], exit_code: int, said: str
) -> None:
    code, _, err = run(parties["aurora"]["owner"], "bank", *arguments)
    assert (code, said in err) == (exit_code, True), err


@pytest.mark.parametrize(
    ("hours", "chip", "said"),
    [("-1", "cpu", "below zero"), ("0", "cpu", "above zero"), ("x", "cpu", "not a decimal"),
     ("1", "no-such-chip", "no chip is called")],
)  # fmt: skip
def test_only_a_number_of_hours_of_a_known_chip_can_be_lent(
    admin: Any, run: Any, hours: str, chip: str, said: str
) -> None:
    admin.post("/v1/organisations", {"name": "bison"})
    answer = admin.post("/v1/bank/loans", {"organisation": "bison", "chip": chip, "hours": hours})
    assert answer.status_code == 422
    assert said in answer.text


def test_a_deposit_that_begins_at_the_end_of_the_calendar_is_refused(parties: Any, north: Any) -> None:
    body = {"resource": "north", "from": "9999-12-31T00:00:00Z"}
    for path, more in (("/v1/bank/deposits", {}), ("/v1/offers", {"price": "1"})):
        answer = parties["aurora"]["owner"].post(path, {**body, **more})
        assert (answer.status_code, "say until when" in answer.text) == (422, True), answer.text
