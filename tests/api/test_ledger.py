"""Money over HTTP: statements in both forms, and vouchers that end early."""

import csv
import io
from typing import Any


def test_a_statement_comes_as_json_and_as_csv_with_the_same_lines(admin: Any) -> None:
    for amount in ("10", "2.50"):
        admin.post("/v1/ledger/topups", {"organisation": "demo", "amount": amount, "memo": "=1+1"})
    lines = admin.get("/v1/statements").json()["lines"]
    answer = admin.get("/v1/statements?format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["amount"] for row in rows] == [line["amount"] for line in lines] == ["10.00", "2.50"]
    assert {row["memo"] for row in rows} == {"'=1+1"}  # no formula for a spreadsheet
    assert admin.get("/v1/statements?format=xml").status_code == 422


def test_a_voucher_ends_when_it_is_revoked_and_stays_so(admin: Any) -> None:
    made = admin.post("/v1/vouchers", {"name": "AI", "holder": "demo", "amount": "7"}).json()
    over = admin.post("/v1/vouchers/AI/revoke", {}).json()
    assert (made["state"], over["state"]) == ("valid", "revoked")
    assert (over["left"], over["revoked"], over["spent"], over["expired"]) == ("0.00", "7.00", "0.00", "0.00")
    assert admin.post("/v1/vouchers/AI/revoke", {}).json() == over
    assert admin.post("/v1/vouchers/none/revoke", {}).status_code == 404


def test_a_verification_that_takes_longer_than_a_client_waits_says_meanwhile_that_it_is_worked_on(
    admin: Any, monkeypatch: Any
) -> None:
    at_once = admin.get("/v1/ledger/verify")
    monkeypatch.setattr("gridtie.api.context.STILL_THERE_S", 0.0)
    slow = admin.get("/v1/ledger/verify")
    assert slow.content.startswith(b" ")
    assert not at_once.content.startswith(b" ")
    assert slow.json() == at_once.json()
    assert slow.headers["content-type"] == at_once.headers["content-type"] == "application/json"
