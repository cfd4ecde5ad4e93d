"""Money over HTTP: statements in both forms, and vouchers that end early."""

import csv
import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

import pytest
from tests.api.conftest import Client

from gridtie.client.transport import Response, raise_for_problem
from gridtie.errors import StorageFull
from gridtie.views.receipt import verification


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
    monkeypatch.setattr("gridtie.api.patient.STILL_THERE_S", 0.0)
    slow = admin.get("/v1/ledger/verify")
    assert slow.content.startswith(b" ")
    assert not at_once.content.startswith(b" ")
    assert slow.json() == at_once.json()
    assert slow.headers["content-type"] == at_once.headers["content-type"] == "application/json"


def test_one_verification_is_at_work_at_a_time_and_who_asks_meanwhile_shares_one_that_begins_later(
    admin: Any, port: int, monkeypatch: Any
) -> None:
    """Or a few impatient callers would hold every thread that files and big reads need."""
    begun, go_on, at_work, most = threading.Event(), threading.Event(), 0, 0
    seen: list[int] = []

    def slow(unit: Any, exchange: Any) -> dict[str, Any]:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        found = verification(unit, exchange)
        begun.set()
        go_on.wait(20)
        at_work -= 1
        seen.append(found["height"])
        return found

    monkeypatch.setattr("gridtie.api.ledger.verification", slow)
    with ThreadPoolExecutor(9) as callers:
        first = callers.submit(replace(admin, client=Client(port)).get, "/v1/ledger/verify")
        assert begun.wait(20)
        admin.post("/v1/ledger/topups", {"organisation": "demo", "amount": "1", "memo": ""})
        later = [callers.submit(replace(admin, client=Client(port)).get, "/v1/ledger/verify") for _ in range(8)]
        wait(later, timeout=0.5)
        go_on.set()
        heights = {call.result().json()["height"] for call in later}
        assert heights == {first.result().json()["height"] + 1}, "they see what was done before they asked"
    assert (most, len(seen)) == (1, 2)


def test_a_verification_that_fails_after_it_began_to_answer_says_so_in_its_answer(admin: Any, monkeypatch: Any) -> None:
    def broken(unit: Any, exchange: Any) -> Any:
        time.sleep(0.05)
        raise StorageFull(reason="no room", path="/somewhere")

    monkeypatch.setattr("gridtie.api.patient.STILL_THERE_S", 0.0)
    monkeypatch.setattr("gridtie.api.ledger.verification", broken)
    answer = admin.get("/v1/ledger/verify")
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (200, "storage-full", 507)
    with pytest.raises(StorageFull, match="no room"):
        raise_for_problem(Response(answer.status_code, {}, answer.content))
    monkeypatch.setattr("gridtie.api.ledger.verification", lambda *_: 1 / 0)
    assert admin.get("/v1/ledger/verify").json()["code"] == "internal-fault"
