"""What surrounds every call: doors, limits, headers, one form of error, and an interface that describes itself."""

import http.client
import json
import socket
import time
from typing import Any

import pytest

from gridtie import errors
from gridtie.access import ACTIONS
from gridtie.api.deps import doors_of
from gridtie.api.problems import status_of
from gridtie.api.routers import routes
from gridtie.api.shapes import ANSWERS, KEYED
from gridtie.errors import all_errors


def test_every_route_stands_behind_exactly_one_door() -> None:
    assert len(routes()) > 20
    for route in routes():
        doors = doors_of(route)
        assert len(doors) == 1, f"{route.methods} {route.path} has {len(doors)} doors"
        assert doors[0].action in ACTIONS


def test_every_error_has_a_status_and_a_code_of_its_own() -> None:
    codes = [error.code for error in all_errors()]
    assert len(set(codes)) == len(codes)
    for error in all_errors():
        assert 400 <= status_of(error()) <= 599
    assert status_of(errors.AgentRevoked(reason="")) == 410
    assert status_of(errors.StaleEpoch()) == 409


def test_errors_leave_in_one_form(client: Any, admin: Any) -> None:
    for answer in (
        client.get("/v1/nowhere"),
        client.request("PUT", "/v1/exchange"),
        client.get("/v1/whoami"),
        admin.post("/v1/organisations", {"nme": "x"}),
        admin.call("POST", "/v1/organisations", None),
    ):
        problem = answer.json()
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert problem["status"] == answer.status_code
        assert set(problem) == {
            "type", "title", "detail", "status", "code", "fix", "request", "problems", "params",
        }  # fmt: skip
        assert problem["request"] == answer.headers["Gridtie-Request"]
    assert admin.post("/v1/organisations", {"nme": "x"}).json()["problems"][0]["path"] in ("name", "nme")


def test_a_wrong_method_is_told_every_right_one(admin: Any) -> None:
    for method in ("DELETE", "OPTIONS"):
        answer = admin.call(method, "/v1/jobs")
        assert (answer.status_code, answer.json()["code"]) == (405, "wrong-method")
        assert answer.headers["Allow"] == "GET, HEAD, POST"
        assert "GET, HEAD, POST" in answer.json()["fix"]
    assert admin.get("/v1/nowhere").json()["fix"] == "Every call is described at /openapi.json."


@pytest.mark.parametrize("path", ["/healthz", "/v1/jobs", "/v1/nowhere", "/metrics", "/"])
def test_a_head_is_the_head_of_what_a_get_would_bring(admin: Any, path: str) -> None:
    got, head = admin.get(path), admin.client.request("HEAD", path, headers={"Authorization": f"Bearer {admin.token}"})
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


def test_the_head_alone_of_an_endless_stream_is_refused(admin: Any) -> None:
    assert admin.call("HEAD", "/v1/events").status_code == 405


@pytest.mark.parametrize("cursor", ["zzz", "job_", "job_%27", "org_01m8bzncs5fqasyke88bx2dt5z"])
def test_a_list_of_jobs_goes_on_from_a_job_only(admin: Any, cursor: str) -> None:
    assert admin.get(f"/v1/jobs?cursor={cursor}").status_code == 422


def test_a_defect_of_ours_is_said_without_a_traceback(exchange: Any, client: Any, monkeypatch: Any) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(exchange.places.__class__, "hub", broken)
    made = exchange.database.write  # the server itself stays up
    assert made
    monkeypatch.setattr("gridtie.api.health.exchange_view", broken)
    answer = client.get("/v1/exchange")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-fault")
    assert "secret detail" not in answer.text
    assert client.get("/healthz").status_code == 200


def test_security_headers_are_on_every_answer(client: Any) -> None:
    for path in ("/", "/healthz", "/v1/nowhere"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Server"] is None
        assert "Access-Control-Allow-Origin" not in headers


def test_a_body_that_is_too_large_is_refused_before_it_is_read(admin: Any, exchange: Any, port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", "/v1/organisations")
    connection.putheader("Content-Length", str(exchange.settings.body_max_bytes + 1))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    connection.close()


def test_a_chunked_body_is_cut_at_the_limit(exchange: Any, port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    chunk = b"x" * 65536
    count = exchange.settings.body_max_bytes // len(chunk) + 2

    def chunks() -> Any:
        for _ in range(count):
            yield chunk

    try:
        connection.request("POST", "/v1/organisations", body=chunks(), encode_chunked=True,
                           headers={"Transfer-Encoding": "chunked"})  # fmt: skip
        assert connection.getresponse().status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # the server closed while we still sent: that is the limit too
    connection.close()


def test_headers_have_a_limit(client: Any) -> None:
    assert client.get("/healthz", headers={"X-Padding": "x" * 17_000}).status_code in (400, 431)
    assert client.get("/healthz?" + "x" * 9_000).status_code == 414


def test_a_body_that_trickles_is_given_up(port: int, exchange: Any, monkeypatch: Any) -> None:
    object.__setattr__(exchange.settings, "body_timeout_s", 0.3)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(b"POST /v1/organisations HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx")
        started = time.monotonic()
        assert b" 408 " in slow.recv(4096).partition(b"\r\n")[0]
        assert time.monotonic() - started < 5


def test_the_status_page_speaks_two_languages(client: Any) -> None:
    english = client.get("/", headers={"Accept-Language": "de, en;q=0.8"})
    chinese = client.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"})
    assert 'lang="en"' in english.text
    assert "算力" in chinese.text
    assert client.get("/?lang=zh", headers={"Accept-Language": "en"}).text == chinese.text
    assert "<script" not in english.text


def test_metrics_count_calls_by_route_and_not_by_id(admin: Any, client: Any) -> None:
    admin.get("/v1/organisations/demo")
    text = client.get("/metrics").text
    assert 'gridtie_http_requests_total{method="GET",route="/v1/organisations/{organisation}",status="200"}' in text
    assert "\ngridtie_writer_queue " in text
    resident = next(line for line in text.splitlines() if line.startswith("gridtie_resident_bytes"))
    assert float(resident.split()[1]) > 1e7


def test_the_interface_describes_itself_and_names_the_action_of_each_call(client: Any) -> None:
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            assert call["x-gridtie-action"] in ACTIONS, f"{method} {path}"
            assert call["responses"]["default"]["content"]["application/problem+json"]


@pytest.mark.parametrize("cursor", ["'", "../x", "%00", "a b"])
def test_a_cursor_is_text_of_ours(admin: Any, cursor: str) -> None:
    from urllib.parse import quote

    assert admin.get(f"/v1/organisations?cursor={quote(cursor)}").status_code == 422


def test_pages_follow_each_other_without_a_gap(admin: Any) -> None:
    for index in range(7):
        admin.post("/v1/organisations", {"name": f"o{index}"})
    seen, cursor = [], ""
    while cursor is not None:
        page = admin.get(f"/v1/organisations?limit=3{cursor and '&cursor=' + cursor}").json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next"]
    assert seen == ["demo", *(f"o{index}" for index in range(7))]


def test_a_name_or_a_short_id_will_do(admin: Any) -> None:
    key = admin.post("/v1/organisations", {"name": "aurora"}).json()["id"]
    assert admin.get("/v1/organisations/aurora").json()["id"] == key
    assert admin.get(f"/v1/organisations/{key[:-2]}").json()["id"] == key
    assert admin.get("/v1/organisations/org_0").json()["code"] in ("ambiguous", "not-found")


def test_every_call_is_described_with_what_it_answers_and_no_name_is_left_over(client: Any) -> None:
    document = client.get("/openapi.json").json()
    keys = {f"{method.upper()} {path}" for path, calls in document["paths"].items() for method in calls}
    assert keys == set(ANSWERS)
    assert set(KEYED) <= keys
    used = json.dumps(document)
    for name in document["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in used, f"the shape {name} is used by no call"
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            [success] = [response for code, response in call["responses"].items() if code.startswith("2")]
            bodies = success.get("content", {}).values()
            assert method == "head" or all(body["schema"] for body in bodies), path
            assert bodies or method == "head", path


def test_a_call_that_moves_money_or_makes_work_wants_a_key(admin: Any) -> None:
    bodies = {
        "/v1/offers": {"resource": "x", "price": "1"},
        "/v1/bank/deposits": {"resource": "x"},
        "/v1/bank/loans": {"organisation": "demo", "chip": "cpu", "hours": "1"},
        "/v1/contracts": {"dataset": "a/b"},
        "/v1/jobs": {"text": "run: a"},
        "/v1/vouchers": {"name": "x", "holder": "demo", "amount": "1"},
        "/v1/ledger/topups": {"organisation": "demo", "amount": "1"},
        "/v1/receipts/{receipt}/refunds": {"reason": "x"},
    }
    assert {f"POST {path}" for path in bodies} == {key for key, required in KEYED.items() if required}
    bearer = {"Authorization": f"Bearer {admin.token}"}
    for path, body in bodies.items():
        for headers in (bearer, {**bearer, "Idempotency-Key": "not one word"}):
            answer = admin.client.request("POST", path, json=body, headers=headers)
            assert answer.status_code == 422, path
            assert answer.json()["problems"][0]["path"] == "Idempotency-Key", path
