"""Streams and parts of output over HTTP: what a client asks for is checked before the answer begins."""

import http.client
import json
from typing import Any
from urllib.parse import quote

import pytest

JOB = "name: j\nrun: 'true'\nresources: {cpus: 1}\n"


@pytest.fixture
def job(admin: Any) -> str:
    admin.post("/v1/ledger/topups", {"organisation": "demo", "amount": "10"})
    made = admin.post("/v1/jobs", {"text": JOB})
    assert made.status_code == 201, made.text
    return str(made.json()["jobs"][0]["id"])


@pytest.mark.parametrize(
    "start",
    ["x", "7", "[[1]]", '[["run_a", 0, -1]]', f'[["run_a", 0, {10**30}]]', '[["run_a", 0, Infinity]]', "[" * 2500],
)
def test_a_stream_is_not_taken_up_from_where_nothing_can_be(admin: Any, job: str, start: str) -> None:
    answer = admin.get(f"/v1/jobs/{job}/logs/stream?from={quote(start)}")
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["path"] == "from"


def test_a_stream_of_output_counts_against_the_share_of_its_token(
    admin: Any, job: str, port: int, exchange: Any
) -> None:
    object.__setattr__(exchange.settings, "streams_max", 1)
    lines = []
    for _ in range(2):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        line.request("GET", f"/v1/jobs/{job}/logs/stream", headers={"Authorization": f"Bearer {admin.token}"})
        lines.append((line, line.getresponse().status))
    assert [status for _, status in lines] == [200, 429]
    for line, _ in lines:
        line.close()


def test_a_feed_taken_up_far_beyond_its_end_waits_instead_of_failing(admin: Any, port: int) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Authorization": f"Bearer {admin.token}", "Last-Event-ID": "9" * 20}
    line.request("GET", "/v1/events", headers=headers)
    answer = line.getresponse()
    assert answer.readline() == b"retry: 1000\n"
    admin.post("/v1/organisations", {"name": "later"})
    assert answer.readline() == b"\n"
    line.sock.settimeout(0.5)
    with pytest.raises(TimeoutError):
        answer.readline()
    line.close()


def test_a_list_of_files_may_be_longer_than_any_other_body(admin: Any) -> None:
    files = [{"path": f"{n:0120}", "sha256": f"{n:064x}", "size": n, "job": 0} for n in range(15_000)]
    body = {"text": JOB, "files": files}
    assert len(json.dumps(body)) > 2 << 20
    answer = admin.post("/v1/jobs", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-job-file")
    assert "not uploaded" in answer.json()["problems"][0]["message"]


def test_a_file_for_a_job_that_the_document_has_not_is_refused(admin: Any) -> None:
    answer = admin.post("/v1/jobs", {"text": JOB, "files": [{"path": "a", "sha256": "0" * 64, "size": 0, "job": 1}]})
    assert answer.status_code == 422
