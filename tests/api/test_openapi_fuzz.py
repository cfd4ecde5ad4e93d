"""Schemathesis throws what the description allows, and what it forbids, at every call: no fault of ours, errors in
one form, answers as described. Callers are an administrator, callers with hostile tokens, and an agent that signs.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gridtie.api.app import create_app
from gridtie.api.routers import routes

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
HOSTILE = [
    {},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer gridtie_user_00000000_" + "A" * 43 + "000000"},
    {"Authorization": "Bearer " + "gridtie_user_" * 300},
    {"Authorization": "Basic " + "QQ==" * 10},
    {"Authorization": "Bearer ÿþ\x80".encode("latin-1")},
    {"Gridtie-Site": "site_x", "Gridtie-Boot": "../..", "Gridtie-Seq": "-1", "Gridtie-Signature": "AAAA"},
    {"Cookie": "a=b; " * 100, "Authorization": "bEaReR null"},
]


def bounded(examples: int) -> Any:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@cache
def drawn(document: str, examples: int) -> list[list[Any]]:
    """As many allowed and as many forbidden cases of every operation. To think them up costs more than to send them:
    tests of one description send the same."""
    made = []
    for result in schemathesis.openapi.from_dict(json.loads(document)).get_all_operations():
        operation = result.ok()
        if "text/event-stream" in operation.definition.raw["responses"].get("200", {}).get("content", {}):
            continue  # read to their end elsewhere
        made.append(cases(operation.as_strategy(generation_mode=GenerationMode.POSITIVE), examples))
        with suppress(Unsatisfiable):  # nothing to forbid
            made.append(cases(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE), examples))
    return made


def cases(strategy: Any, examples: int) -> list[Any]:
    kept: list[Any] = []

    def keep(case: Any) -> None:
        kept.append(case)

    bounded(examples)(given(case=strategy)(keep))()
    return kept


def attack(
    document: dict[str, Any], url: str, examples: int, send: Callable[[Any], None], *, most: int | None = None
) -> tuple[int, int]:
    """Sends what is drawn of every operation, `most` of each kind; (operations, calls)."""
    sent = [case for kind in drawn(json.dumps(document), examples) for case in kind[:most]]
    for case in sent:
        case.operation.base_url = url
        send(case)
    return len({case.operation.label for case in sent}), len(sent)


def checked(case: Any, response: Any) -> None:
    case.validate_response(response, checks=CHECKS)
    if response.status_code >= 400 and case.method.upper() != "HEAD":
        assert set(response.json()) >= {"type", "title", "status", "code", "fix", "request"}, response.text
        assert response.json()["code"] not in ("error", "internal-fault")


@pytest.mark.timeout(300)
def test_no_described_call_ends_in_a_fault_of_ours(admin: Any, port: int, make_site: Any) -> None:
    make_site(admin, "north")
    url, session, count = f"http://127.0.0.1:{port}", requests.Session(), 0

    def send(case: Any) -> None:
        nonlocal count
        count += 1
        headers = {"Authorization": f"Bearer {admin.token}", "Idempotency-Key": f"fuzz{count}"}
        response = case.call(headers=headers, timeout=20, session=session)
        if "Authorization" in response.request.headers:  # forbidden cases leave the token out now and then
            assert response.status_code != 401, "the fuzz lost its token"
        checked(case, response)

    tried, calls = attack(admin.get("/openapi.json").json(), url, 6, send)
    assert tried >= 15
    assert calls >= 4 * tried
    admin.client.close()  # idle for so long that the server may have closed it
    assert admin.get("/healthz").status_code == 200
    assert admin.get("/v1/ledger/verify").json()["ok"]


@pytest.mark.timeout(300)
def test_hostile_tokens_get_a_typed_refusal_everywhere(admin: Any, port: int) -> None:
    url, session, count = f"http://127.0.0.1:{port}", requests.Session(), 0
    document = admin.get("/openapi.json").json()

    def send(case: Any) -> None:
        nonlocal count
        count += 1
        response = case.call(headers=HOSTILE[count % len(HOSTILE)], timeout=20, session=session)
        checked(case, response)
        if case.operation.definition.raw["security"]:
            unread = response.status_code == 422 and "JSON decode error" in response.text  # before anybody asks who
            astray = response.status_code == 404 and "no-such-call" in response.text
            assert unread or astray or response.status_code in (400, 401, 405, 414, 431), (
                f"{case.method} {case.path}: {response.text}"
            )

    tried, _ = attack(document, url, 6, send, most=3)
    assert tried >= 15
    assert count >= len(HOSTILE) * 5


@pytest.mark.timeout(120)
def test_an_agent_with_a_good_key_and_bad_words_finds_no_fault(
    admin: Any, port: int, make_site: Any, exchange: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agent's protocol is not in the public description; here it is, and every call of the fuzz is signed."""
    agent = make_site(admin, "north")
    for route in routes():
        if route.path.startswith("/agent/"):
            monkeypatch.setattr(route, "include_in_schema", True)
    described = {f"{method} {route.path_format}": "" for route in routes() for method in route.methods}
    monkeypatch.setattr("gridtie.api.shapes.ANSWERS", described)
    document = create_app(exchange).openapi()
    document["paths"] = {path: calls for path, calls in document["paths"].items() if path.startswith("/agent/")}
    url, session = f"http://127.0.0.1:{port}", requests.Session()

    def send(case: Any) -> None:
        prepared = session.prepare_request(requests.Request(**case.as_transport_kwargs(base_url=url)))
        target, body = prepared.url.removeprefix(url), prepared.body or b""
        raw = body.encode() if isinstance(body, str) else body
        prepared.headers.update(agent.signed(prepared.method, target, hashlib.sha256(raw).hexdigest()))
        response = session.send(prepared, timeout=20)
        assert response.status_code < 500, f"{case.method} {case.path}: {response.text}"
        if response.status_code >= 400 and prepared.method != "HEAD":
            assert response.headers["content-type"] == "application/problem+json"
            assert response.json()["code"] not in ("agent-rejected", "internal-fault"), response.text

    tried, calls = attack(document, url, 8, send)
    assert tried >= 4
    assert calls >= 5 * tried
    assert agent.hello().status_code == 200
