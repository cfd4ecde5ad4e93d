"""The official description of GA4GH TES 1.1 held against us: schemathesis throws what it allows and what it forbids."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from tests.api.test_openapi_fuzz import attack

GIVEN = os.environ.get("GRIDTIE_TES_DESCRIPTION", "")
GET = (
    "it is openapi/task_execution_service.openapi.yaml at v1.1 in github.com/ga4gh/task-execution-schemas; "
    "name a copy by GRIDTIE_TES_DESCRIPTION"
)
TASK = {
    "name": "seed", "tags": {"a": "b"}, "volumes": ["/vol"], "resources": {"cpu_cores": 1, "ram_gb": 0.1},
    "inputs": [{"path": "/data/in", "content": "x", "type": "FILE"}],
    "outputs": [{"path": "/data/out", "url": "gridtie://out", "type": "FILE"}],
    "executors": [{"image": "x", "command": ["cat", "/data/in"], "env": {"A": "b"}}],
}  # fmt: skip


@pytest.mark.long
@pytest.mark.skipif(not GIVEN, reason=f"the official description of TES is not here; {GET}")
@pytest.mark.parametrize("prefix", ["/ga4gh/tes/v1", "/v1"])
def test_no_call_of_the_official_description_ends_in_a_fault_and_answers_are_as_it_says(
    admin: Any, port: int, prefix: str
) -> None:
    read = yaml.safe_load(Path(GIVEN).read_text(encoding="utf-8"))
    document = json.loads(json.dumps(read, default=str))  # times in examples are texts
    assert document["info"]["version"] == "1.1.0"
    document["servers"] = [{"url": prefix}]
    admin.post("/v1/ledger/topups", {"organisation": "demo", "amount": "100"})
    known = [admin.post(f"{prefix}/tasks", TASK).json()["id"] for _ in range(3)]
    session, held, count = requests.Session(), 0, 0

    def send(case: Any) -> None:
        nonlocal held, count
        count += 1
        if "id" in case.path_parameters and count % 2:
            case.path_parameters["id"] = known[count % 3]
        response = case.call(headers={"Authorization": f"Bearer {admin.token}"}, timeout=20, session=session)
        assert response.status_code < 500, response.text
        # Its schema wants `executors` of every task; its own text says that MINIMAL, the default, holds id and state.
        looked = case.method == "GET" and "tasks" in case.path
        minimal = looked and (case.query or {}).get("view") not in ("BASIC", "FULL")
        if response.status_code == 200 and not minimal:
            held += 1
            case.validate_response(response, checks=[response_schema_conformance, content_type_conformance])

    tried, calls = attack(document, f"http://127.0.0.1:{port}{prefix}", 25, send)
    print(f"{tried} operations, {calls} calls, {held} answers held against the official description")
    assert tried == 5
    assert held > 50
