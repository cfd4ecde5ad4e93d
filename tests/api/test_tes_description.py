"""The official description of GA4GH TES 1.1 held against us: schemathesis throws what it allows and what it forbids."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from tests.api.test_openapi_fuzz import attack

OFFICIAL = Path(__file__).parents[1] / "golden" / "tes" / "1.1.0.openapi.yaml"
TASK = {
    "name": "seed", "tags": {"a": "b"}, "volumes": ["/vol"], "resources": {"cpu_cores": 1, "ram_gb": 0.1},
    "inputs": [{"path": "/data/in", "content": "x", "type": "FILE"}],
    "outputs": [{"path": "/data/out", "url": "gridtie://out", "type": "FILE"}],
    "executors": [{"image": "x", "command": ["cat", "/data/in"], "env": {"A": "b"}}],
}  # fmt: skip


@pytest.mark.parametrize("prefix", ["/ga4gh/tes/v1", "/v1"])
def test_no_call_of_the_official_description_ends_in_a_fault_and_answers_are_as_it_says(
    admin: Any, port: int, prefix: str
) -> None:
    read = yaml.safe_load(OFFICIAL.read_text(encoding="utf-8"))
    document = json.loads(json.dumps(read, default=str))  # times in examples are texts
    assert document["info"]["version"] == "1.1.0"
    document["servers"] = [{"url": prefix}]
    admin.post("/v1/ledger/topups", {"organisation": "demo", "amount": "100"})
    known = [admin.post(f"{prefix}/tasks", TASK).json()["id"] for _ in range(3)]
    session, count = requests.Session(), 0
    held: dict[str, int] = {}

    def send(case: Any) -> None:
        nonlocal count
        count += 1
        if count % 2:  # what is drawn seldom is a task that we have, and never one that means anything
            if "id" in case.path_parameters:
                case.path_parameters["id"] = known[count % 3]
            elif case.method == "POST":
                case.body = TASK
            if case.method == "GET" and "tasks" in case.path:
                case.query = {"view": "FULL" if count % 4 == 1 else "BASIC"}
        response = case.call(headers={"Authorization": f"Bearer {admin.token}"}, timeout=20, session=session)
        assert response.status_code < 500, response.text
        # Its schema wants `executors` of every task; its own text says that MINIMAL, the default, holds id and state.
        looked = case.method == "GET" and "tasks" in case.path
        minimal = looked and (case.query or {}).get("view") not in ("BASIC", "FULL")
        if response.status_code == 200 and not minimal:
            call = f"{case.method} {case.path}"
            held[call] = held.get(call, 0) + 1
            case.validate_response(response, checks=[response_schema_conformance, content_type_conformance])

    tried, calls = attack(document, f"http://127.0.0.1:{port}{prefix}", 8, send)
    print(f"{tried} operations, {calls} calls, answers held against the official description: {held}")
    assert tried == len(held) == 5
    assert all(number >= 4 for call, number in held.items() if call != "GET /service-info"), held  # which takes nothing
