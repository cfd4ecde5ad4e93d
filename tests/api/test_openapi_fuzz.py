"""Schemathesis throws what the description allows at every call it describes: no fault of ours, errors in one form."""

import time
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

BUDGET_S = 40.0
EXAMPLES = 12


@pytest.mark.timeout(180)
def test_no_described_call_ends_in_a_fault_of_ours(admin: Any, port: int, make_site: Any) -> None:
    make_site(admin, "north")
    schema = schemathesis.openapi.from_dict(admin.get("/openapi.json").json())
    schema.config.update(base_url=f"http://127.0.0.1:{port}")
    started, tried, calls = time.monotonic(), 0, 0

    def attack(case: Any) -> None:
        nonlocal calls
        calls += 1
        headers = {"Authorization": f"Bearer {admin.token}", "Idempotency-Key": f"fuzz{calls}"}
        response = case.call(headers=headers, timeout=20)
        assert response.status_code < 500, f"{case.method} {case.path}: {response.text}"
        assert response.status_code != 401, "the fuzz lost its token"
        if response.status_code >= 400:
            assert response.headers["content-type"] == ["application/problem+json"]
            if case.method != "HEAD":
                assert response.json()["code"]

    bounded = settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for result in schema.get_all_operations():
        operation = result.ok()
        streams = "text/event-stream" in str(operation.definition.raw.get("responses", {}).get("200", {}))
        if not streams and time.monotonic() - started < BUDGET_S:
            bounded(given(case=operation.as_strategy())(attack))()
            tried += 1
    assert tried >= 20
    assert calls >= tried
    assert admin.get("/healthz").status_code == 200
