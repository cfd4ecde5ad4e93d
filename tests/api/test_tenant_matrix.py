"""Two tenants on one exchange: everything aurora has is tried by everybody who is not aurora, through every route.

The matrix is generated from the app's routes. A route whose path parameters or body are not known here fails the test,
so a new route is in the matrix on the day it is written. aurora's things are made through the interface by aurora.
"""

import http.client
import json
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select
from tests.api.shop import CARD, agree, parquet, publish, send
from tests.cleaning.made import report as cleaning_report

from gridtie.access import ACTIONS, EXCHANGE_ROLES, ORGANISATION_ROLES, PUBLIC, SITE
from gridtie.api.deps import AllowAgent, doors_of
from gridtie.api.routers import routes
from gridtie.api.shapes import ANSWERS
from gridtie.flow.exchange import Exchange
from gridtie.settings import load
from gridtie.store.schema import metadata
from gridtie.values.period import to_text
from gridtie.wiring import close_exchange, open_exchange

# Meant to be seen by every member: what is for sale, the evidence for it, and what strangers check.
SHARED = {"resource.read", "certificate.read", "identifier.resolve", "offer.read", "market.read", "bank.read",
          "chip.read", "exchange.read", "whoami", "dataset.read"}  # fmt: skip
# What is on offer is no secret, so who may not have it is told why, and not that it is not there.
TOLD_WHY = {"dataset.use": {403, 404, 409}}
WORKDIR, PRINTED, RESULT, SECRET = b"CANARY-WORKDIR", b"CANARY-PRINTED\n", b"CANARY-RESULT", "CANARY-SECRET"
JOB = """
name: canary-job
resources: {cpus: 1, memory: 64MB}
envs: {NOTE: CANARY-ENV}
run: echo CANARY-COMMAND
gridtie: {expected: 1m, budget: {max_price: "2.00"}, interactive: true}
"""
TOO_LARGE = JOB.replace("cpus: 1,", "cpus: 512,")
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
HEX = sha256(WORKDIR).hexdigest()
TASK = {
    "name": "canary-task", "description": "CANARY-TASK", "tags": {"canary": "CANARY-TAG"},
    "inputs": [{"path": "/data/in", "url": f"/v1/blobs/{HEX}"}],
    "executors": [{"image": "any", "command": ["echo", "CANARY-TASK"]}],
    "resources": {"cpu_cores": 512},
}  # fmt: skip
STOLEN_TASK = {**TASK, "name": "mine", "description": "", "tags": {}, "executors": [{"image": "x", "command": ["cat"]}]}
# What moves by itself: a look at a token, a call of an agent, the next round of the market.
CLOCKWORK = {"token": {"used_us"}, "site": {"seen_us", "lease_until_us"}, "request": {"round", "refusal"}}
JOURNALS = {"journal", "idempotency", "round"}


@dataclass
class World:
    """aurora's things by the name of their path parameter, and the words that nobody else may ever be shown."""

    things: dict[str, str] = field(default_factory=dict)
    private: set[str] = field(default_factory=set)
    agent: Any = None


@pytest.fixture
def exchange(tmp_path: Any) -> Iterator[Exchange]:
    """Rounds are held when something is submitted, and not by the clock: the books stand still while we compare."""
    opened = open_exchange(load(tmp_path / "home", {}, sync_hold_s=0.2, tick_s=3600), create=True)
    yield opened
    close_exchange(opened)


def assigned(agent: Any) -> dict[str, Any]:
    """The next run that the exchange gives to this site."""
    for _ in range(50):
        if given := agent.call("POST", "/agent/v1/sync", {"held": []}).json()["assignments"]:
            return dict(given[0])
    raise AssertionError("nothing was assigned")


def report(agent: Any, exchange: Exchange, run: str, first: int, *events: str) -> None:
    told = [
        {"seq": first + number, "event": event, "at": to_text(exchange.clock.now()), "exit_code": None}
        for number, event in enumerate(events)
    ]
    answer = agent.call("POST", f"/agent/v1/runs/{run}/events", {"epoch": 1, "events": told})
    assert answer.status_code == 200, answer.text


def put(agent: Any, content: bytes) -> dict[str, Any]:
    digest = sha256(content).hexdigest()
    answer = agent.raw("PUT", f"/agent/v1/blobs/{digest}?offset=0&size={len(content)}", content)
    assert answer.json()["complete"], answer.text
    return {"path": "result.txt", "sha256": digest, "size": len(content)}


def data_of(owner: Any, seller: Any) -> dict[str, str]:
    """A dataset on offer with its cleaning report, and a contract and a delivery of somebody else's data."""
    table = parquet(0, 1)
    output = sha256(table).hexdigest()
    audit = send(owner, json.dumps(cleaning_report({"t.parquet": output})).encode())["sha256"]
    part = {"path": "data/t.parquet", **send(owner, table)}
    body = {"name": "rulings", "card": CARD + '[terms]\npurposes = ["audit"]\n', "parts": [part], "report": audit}
    assert owner.post("/v1/datasets", body).status_code == 201
    publish(seller, "forms", {"f.txt": b"a form"})
    contract = agree(seller, owner, "demo/forms", purpose="CANARY-PURPOSE")
    delivery = owner.post("/v1/datasets/demo/forms/fetch").json()["id"]
    return {"owner": "aurora", "name": "rulings", "share": "aurora", "schema": "rulings", "table": "data_t",
            "revision": "main", "path": "data/t.parquet", "contract": contract, "delivery": delivery}  # fmt: skip


@pytest.fixture
def world(parties: Any, make_site: Any, admin: Any, exchange: Exchange, certify: Any) -> World:
    owner, made = parties["aurora"]["owner"], World()
    admin.post("/v1/ledger/topups", {"organisation": "aurora", "amount": "1000"})
    voucher = admin.post("/v1/vouchers", {"name": "CANARY-VOUCHER", "holder": "aurora", "amount": "7"}).json()
    agent = made.agent = make_site(owner, "north")
    [resource] = owner.get("/v1/resources").json()["items"]
    certificate = certify(agent, resource["id"])
    sold = {"resource": resource["id"], "price": "1.00"}
    withdrawn = owner.post(
        "/v1/offers", {**sold, "terms": "CANARY-TERMS", "tranches": [{"after": 8, "price": "9"}]}
    ).json()["id"]
    assert owner.post(f"/v1/offers/{withdrawn}/withdraw").status_code == 200
    assert owner.post("/v1/offers", sold).status_code == 201
    deposit = owner.post("/v1/bank/deposits", {"resource": resource["id"]}).json()["id"]
    assert owner.post(f"/v1/bank/deposits/{deposit}/close").json()["state"] == "closed"
    assert admin.post("/v1/bank/loans", {"organisation": "aurora", "chip": "cpu", "hours": "3"}).status_code == 201
    upload = owner.client.request("PUT", f"/v1/blobs/{HEX}?size={len(WORKDIR)}", content=WORKDIR,
                                  headers={"Authorization": f"Bearer {owner.token}"})  # fmt: skip
    assert upload.json()["complete"], upload.text
    files = [{"path": "in.txt", "sha256": HEX, "size": len(WORKDIR)}]

    def submitted(text: str) -> str:
        answer = owner.post("/v1/jobs", {"text": text, "files": files, "secrets": {"KEY": SECRET}})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["jobs"][0]["id"])

    task = owner.post("/v1/tasks", TASK).json()["id"]  # too large for anybody: it waits
    first = submitted(JOB)
    done = assigned(agent)
    assert agent.raw("GET", f"/agent/v1/blobs/{HEX}").content == WORKDIR
    report(agent, exchange, done["run"], 0, "accept", "start")
    assert agent.raw("PUT", f"/agent/v1/runs/{done['run']}/logs/0?epoch=1&offset=0", PRINTED).status_code == 200
    manifest = {"epoch": 1, "kind": "output", "rank": 0, "sequence": 0, "files": [put(agent, RESULT)]}
    assert agent.call("POST", f"/agent/v1/runs/{done['run']}/artefacts", manifest).status_code == 200
    report(agent, exchange, done["run"], 2, "finish", "succeed")
    [receipt] = owner.get(f"/v1/jobs/{first}/receipts").json()["items"]
    second, live = submitted(JOB), assigned(agent)
    report(agent, exchange, live["run"], 0, "accept", "start")
    session = owner.post(f"/v1/jobs/{second}/sessions", {"command": ["cat"]}).json()["id"]
    third = submitted(TOO_LARGE)
    deadline = time.monotonic() + 20
    while not owner.get(f"/v1/jobs/{third}").json()["refusal"]:  # a round has looked at it, and told it so
        assert time.monotonic() < deadline
        time.sleep(0.01)
    request = owner.get(f"/v1/jobs/{second}").json()["request"]["id"]
    viewer = parties["aurora"]["viewer"].get("/v1/whoami").json()
    made.things = {
        "organisation": owner.get("/v1/whoami").json()["organisation"]["id"],
        "member": viewer["member_id"],
        "token": viewer["token"]["id"],
        "site": agent.site,
        "resource": resource["id"],
        "identifier": resource["identifier"],
        "certificate": certificate,
        "offer": withdrawn,
        "deposit": deposit,
        "number": "1",
        "order": request,
        "job": second,
        "task": task,
        "session": session,
        "run": live["run"],
        "rank": "0",
        "receipt": receipt["id"],
        "voucher": voucher["id"],
        "sha256": HEX,
        **data_of(owner, admin),
    }
    made.private = {
        first, second, third, task, session, "canary-task",
        done["run"], live["run"], request, withdrawn, deposit, receipt["id"], voucher["id"],
        viewer["member_id"], viewer["token"]["id"], HEX, sha256(RESULT).hexdigest(), "canary-job", "CANARY",
        made.things["contract"], made.things["delivery"],
    }  # fmt: skip
    return made


VERBS = ("sign", "decline", "suspend", "resume", "end")
# What a stranger sends, where a call takes a body or must have a query: always about aurora's things.
SENT: dict[str, Any] = {
    "POST /v1/organisations": lambda t: {"name": "mine"},
    "POST /v1/organisations/{organisation}/members": lambda t: {"name": "spy", "role": "owner"},
    "POST /v1/tokens": lambda t: {"member": t["member"]},
    "POST /v1/sites": lambda t: {"name": "fake", "hub": "gz", "organisation": t["organisation"]},
    "POST /v1/sites/{site}/enrolment": lambda t: {},
    "POST /v1/sites/{site}/approve": lambda t: {"fingerprint": "0000-0000-0000-0000"},
    "POST /v1/sites/{site}/drain": lambda t: {},
    "POST /v1/sites/{site}/resume": lambda t: {},
    "POST /v1/sites/{site}/revoke": lambda t: {"reason": "because"},
    "PATCH /v1/sites/{site}/policy": lambda t: {"denied_purposes": ["mining"]},
    "POST /v1/resources/{resource}/certify": lambda t: {"profile": "quick"},
    "POST /v1/resources/{resource}/revoke": lambda t: {"reason": "because"},
    "POST /v1/offers": lambda t: {"resource": t["resource"], "price": "0.01"},
    "POST /v1/offers/{offer}/withdraw": lambda t: {},
    "POST /v1/offers/{offer}/pause": lambda t: {},
    "POST /v1/offers/{offer}/resume": lambda t: {},
    "POST /v1/offers/import": lambda t: b"not,a,price,list\n",
    "POST /v1/bank/deposits": lambda t: {"resource": t["resource"]},
    "POST /v1/bank/deposits/{deposit}/close": lambda t: {},
    "POST /v1/bank/loans": lambda t: {"organisation": t["organisation"], "chip": "cpu", "hours": "1"},
    "POST /v1/datasets": lambda t: {
        "name": "stolen", "card": CARD, "parts": [{"path": "x", "sha256": t["sha256"], "size": len(WORKDIR)}],
    },
    "POST /v1/datasets/{owner}/{name}/withdraw": lambda t: {},
    "POST /v1/datasets/{owner}/{name}/list": lambda t: {},
    "POST /v1/datasets/{owner}/{name}/fetch": lambda t: {},
    "POST /v1/policies/check": lambda t: {"policy": {}},
    "POST /v1/contracts": lambda t: {"dataset": f"{t['owner']}/{t['name']}", "purpose": "training"},
    **{f"POST /v1/contracts/{{contract}}/{verb}": lambda t: {} for verb in VERBS},
    "POST /delta-sharing/shares/{share}/schemas/{schema}/tables/{table}/query": lambda t: {},
    "POST /api/datasets/{owner}/{name}/paths-info/{revision}": lambda t: {"paths": [t["path"]]},
    "POST /v1/jobs/check": lambda t: {"text": "run: echo hi"},
    "POST /v1/quotes": lambda t: {"text": "run: echo hi"},
    "POST /v1/jobs": lambda t: {
        "text": "run: cat stolen", "files": [{"path": "stolen", "sha256": t["sha256"], "size": len(WORKDIR)}],
    },
    "POST /v1/jobs/{job}/cancel": lambda t: {},
    "POST /ga4gh/tes/v1/tasks": lambda t: STOLEN_TASK,
    "POST /ga4gh/tes/v1/tasks/{task}:cancel": lambda t: {},
    "POST /v1/tasks": lambda t: STOLEN_TASK,
    "POST /v1/tasks/{task}:cancel": lambda t: {},
    "POST /v1/jobs/{job}/sessions": lambda t: {"command": ["cat", "/proc/1/environ"]},
    "PUT /v1/sessions/{session}/input": lambda t: b"rm -rf .\n",
    "PUT /v1/blobs/{sha256}": lambda t: b"GUESSED-AT-ALL",
    "POST /v1/ledger/topups": lambda t: {"organisation": t["organisation"], "amount": "1"},
    "POST /v1/receipts/{receipt}/refunds": lambda t: {"reason": "mine"},
    "POST /v1/vouchers": lambda t: {"name": "mine", "holder": t["organisation"], "amount": "1"},
    "POST /v1/vouchers/{voucher}/revoke": lambda t: {},
    "POST /agent/v1/enrol/start": lambda t: {"token_id": t["token"], "client_nonce": "0" * 32},
    "POST /agent/v1/enrol": lambda t: {
        "token": "x", "public_key": "x", "server_nonce": "0" * 32, "proof": "x", "version": "1", "inventory": {},
        "inventory_digest": "sha256:" + "0" * 64, "resources": [],
    },
    "POST /agent/v1/hello": lambda t: {
        "boot": "0" * 32, "version": "1", "protocol": 99, "inventory_digest": "sha256:" + "0" * 64, "inventory": {},
        "resources": [], "held": [{"run": t["run"], "epoch": 1}],
    },
    "POST /agent/v1/sync": lambda t: {"held": [{"run": t["run"], "epoch": 1}], "hold": False},
    "POST /agent/v1/runs/{run}/events": lambda t: {
        "epoch": 1, "events": [{"seq": 2, "event": "finish", "at": "2026-01-01T00:00:00Z"}],
    },
    "PUT /agent/v1/runs/{run}/logs/{rank}": lambda t: b"forged\n",
    "POST /agent/v1/runs/{run}/artefacts": lambda t: {
        "epoch": 1, "kind": "checkpoint", "rank": 0, "sequence": 9, "files": [],
    },
    "POST /agent/v1/receipts/{receipt}": lambda t: {"envelope": {"kind": "receipt", "payload": {}, "signatures": []}},
    "PUT /agent/v1/sessions/{session}/output": lambda t: b"forged",
    "PUT /agent/v1/blobs/{sha256}": lambda t: b"GUESSED-AT-ALL",
}  # fmt: skip
ASKED: dict[str, Any] = {
    "PUT /v1/blobs/{sha256}": lambda t: f"size={len(WORKDIR)}",
    "PUT /agent/v1/blobs/{sha256}": lambda t: f"size={len(WORKDIR)}",
    "PUT /agent/v1/runs/{run}/logs/{rank}": lambda t: "epoch=1&offset=0",
    "GET /agent/v1/runs/{run}/secrets": lambda t: "epoch=1",
    "PUT /v1/sessions/{session}/input": lambda t: "offset=0",
    "GET /v1/sessions/{session}/output": lambda t: "offset=0",
    "GET /agent/v1/sessions/{session}/input": lambda t: "offset=0",
    "PUT /agent/v1/sessions/{session}/output": lambda t: "offset=0",
    "GET /v1/jobs": lambda t: "name=canary-job",
    "GET /v1/statements": lambda t: f"organisation={t['organisation']}",
    "GET /v1/bank/statements": lambda t: f"organisation={t['organisation']}",
    "GET /v1/bank/deposits": lambda t: "state=closed",
    "GET /v1/ledger/transfers": lambda t: f"account=balance:{t['organisation']}",
    "GET /ga4gh/tes/v1/tasks": lambda t: "view=FULL&name_prefix=canary",
    "GET /v1/tasks": lambda t: "view=FULL&tag_key=canary",
    "GET /v1/offers": lambda t: "state=withdrawn",
    "GET /v1/market/rounds/{number}": lambda t: "full=true",
    "GET /v1/resources": lambda t: f"site={t['site']}",
    "GET /v1/certificates": lambda t: f"resource={t['resource']}",
}


@dataclass(frozen=True)
class Call:
    route: APIRoute
    method: str
    path: str
    body: Any

    @property
    def action(self) -> str:
        return doors_of(self.route)[0].action

    @property
    def for_agents(self) -> bool:
        return isinstance(doors_of(self.route)[0], AllowAgent)

    @property
    def named(self) -> bool:
        return bool(_PARAMETER.search(self.route.path))

    @property
    def content(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    def sent_words(self) -> str:
        return self.path + self.content.decode()


def calls(things: dict[str, str], *, queries: bool = True) -> list[Call]:
    """Every method of every route of the app. Fails for one that is not told how to be called."""
    made = []
    for route in routes():
        missing = set(_PARAMETER.findall(route.path)) - set(things)
        assert not missing, f"{route.path} names {missing}: give aurora one in the fixture `world`"
        path = _PARAMETER.sub(lambda match: quote(things[match[1]], safe="/:"), route.path)
        for method in sorted(route.methods):
            key = f"{method} {route.path}"
            assert key in SENT or method in ("GET", "HEAD", "DELETE"), f"{key}: say in SENT what a stranger would send"
            query = f"?{ASKED[key](things)}" if key in ASKED and (queries or method == "PUT") else ""
            made.append(Call(route, method, path + query, SENT[key](things) if key in SENT else None))
    return made


def tables(exchange: Exchange) -> dict[str, list[tuple[Any, ...]]]:
    """Everything on disk but the journals and what a mere look may move."""

    def dump(unit: Any) -> dict[str, list[tuple[Any, ...]]]:
        found = {}
        for table in metadata.sorted_tables:
            if table.name in JOURNALS:
                continue
            kept = [column for column in table.columns if column.name not in CLOCKWORK.get(table.name, ())]
            found[table.name] = sorted((tuple(row) for row in unit.connection.execute(select(*kept))), key=repr)
        return found

    return exchange.database.read(dump)


def files(exchange: Exchange) -> dict[str, bytes]:
    """Every file of the house but the database and the clock's: uploads, logs, keys."""
    home = exchange.settings.home
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and not path.name.startswith(("gridtie.db", "clock"))
    }


def leak(world: World, call: Call, answer: Any) -> set[str]:
    """Private words of aurora in an answer, but for those that the stranger himself said."""
    text = answer.content.decode("utf-8", "replace") + str(answer.headers)
    said = call.sent_words()
    return {word for word in world.private if word in text and word not in said}


def feed(port: int, path: str, token: str) -> Any:
    """What a stream says until it falls silent, as an answer; None when it is not a stream."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=0.4)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    response, told = connection.getresponse(), b""
    with suppress(TimeoutError):
        while part := response.read1(65536):
            told += part
    connection.close()

    @dataclass
    class Told:
        status_code: int
        headers: Any
        content: bytes

    return Told(response.status, response.headers, told)


def test_every_role_of_another_tenant_meets_a_wall_on_every_route(
    parties: Any, world: World, exchange: Exchange, port: int
) -> None:
    before, kept, tried = tables(exchange), files(exchange), 0
    for call in calls(world.things):
        for role in ORGANISATION_ROLES:
            stranger = parties["bison"][role]
            place = f"{role} of bison: {call.method} {call.path}"
            if call.route.path == "/v1/events":
                answer = feed(port, call.path, stranger.token)
            else:
                headers = {"Authorization": f"Bearer {stranger.token}", "Idempotency-Key": secrets.token_hex(8)}
                if call.body is not None:
                    kind = "text/csv" if isinstance(call.body, bytes) else "application/json"
                    headers["Content-Type"] = kind
                answer = stranger.client.request(call.method, call.path, content=call.content, headers=headers)
            assert answer.status_code < 500, f"{place} → {answer.content!r}"
            assert not leak(world, call, answer), f"{place} shows {leak(world, call, answer)}"
            if call.for_agents:
                assert answer.status_code in (401, 403), place
            elif role not in ACTIONS[call.action] and PUBLIC not in ACTIONS[call.action]:
                assert answer.status_code == 403, f"{place} → {answer.content!r}"
            elif call.named and (call.action not in SHARED or call.route.path == "/v1/offers/{offer}"):
                allowed = {422} if call.method == "PUT" and "/blobs/" in call.path else {404}
                allowed = TOLD_WHY.get(call.action, allowed)
                assert answer.status_code in allowed, f"{place} → {answer.content!r}"
            tried += 1
    assert tried == 4 * sum(len(route.methods) for route in routes())
    assert tables(exchange) == before
    assert files(exchange) == kept
    owner = parties["aurora"]["owner"]
    assert owner.get(f"/v1/jobs/{world.things['job']}").json()["state"] == "running"


def test_lists_and_feeds_without_a_filter_hold_nothing_of_another_tenant(parties: Any, world: World) -> None:
    for call in calls(world.things, queries=False):
        if call.method != "GET" or call.named or call.route.path == "/v1/events" or call.for_agents:
            continue
        for role in ORGANISATION_ROLES:
            answer = parties["bison"][role].get(call.path)
            assert not leak(world, call, answer), f"{role} of bison sees {leak(world, call, answer)} in {call.path}"
            if call.action not in SHARED and answer.status_code == 200:
                assert world.things["organisation"] not in answer.text, call.path
                assert world.things["site"] not in answer.text, call.path


def test_the_owner_himself_gets_through_where_the_stranger_does_not(
    parties: Any, world: World, admin: Any, answered: set[str]
) -> None:
    """So that the wall is a wall and not a ruin: the same reads, by aurora, answer, and answer as described."""
    for call in calls(world.things, queries=False):
        if call.method != "GET" or call.for_agents or "stream" in call.path or call.route.path == "/v1/events":
            continue
        if call.action == "delivery.fetch" or "/tree/{revision}/{path" in call.route.path:
            continue  # a link without its key; a file where a folder is asked
        if call.path.endswith("/changes"):
            continue  # no table tells any
        reader = parties["aurora"]["owner"] if call.named else admin
        answer = reader.get(call.path)
        assert answer.status_code == 200, f"{call.path} → {answer.text}"
    described = {key for key, shape in ANSWERS.items() if key.startswith("GET /v1/") and "/" not in shape}
    assert described <= answered, f"never seen: {described - answered}"
    log = parties["aurora"]["owner"].get(f"/v1/jobs/{world.things['job']}/logs").content
    assert log == b""  # the live run has printed nothing


@pytest.mark.parametrize("who", ["nobody", "revoked", "enrolment", "forged", "basic"])
def test_without_a_valid_token_only_the_public_is_open(
    who: str, parties: Any, world: World, exchange: Exchange, client: Any
) -> None:
    owner = parties["bison"]["owner"]
    if who == "revoked":
        made = owner.post("/v1/tokens", {}).json()
        assert owner.call("DELETE", f"/v1/tokens/{made['id']}").status_code == 200
        headers = {"Authorization": f"Bearer {made['token']}"}
    elif who == "enrolment":
        owner.post("/v1/sites", {"name": "south", "hub": "gz"})
        token = owner.post("/v1/sites/south/enrolment").json()["token"].partition(".")[0]
        headers = {"Authorization": f"Bearer {token}"}
    elif who == "forged":
        last = "0" if owner.token[-1] != "0" else "1"
        headers = {"Authorization": f"Bearer {owner.token[:-1]}{last}"}
    else:
        headers = {"Authorization": "Basic YTpi"} if who == "basic" else {}
    before = tables(exchange)
    for call in calls(world.things):
        if call.body is not None:
            headers = {**headers, "Content-Type": "application/json"}
        answer = client.request(call.method, call.path, content=call.content, headers=headers)
        assert not leak(world, call, answer), f"{call.method} {call.path} shows {leak(world, call, answer)}"
        if PUBLIC not in ACTIONS[call.action]:
            assert answer.status_code in (401, 403), f"{call.method} {call.path} → {answer.content!r}"
            if call.method != "HEAD":
                assert answer.json()["code"] in ("not-signed-in", "agent-rejected"), call.path
    assert tables(exchange) == before


def test_the_agent_of_another_site_reaches_no_run_file_or_receipt(
    parties: Any, world: World, exchange: Exchange, make_site: Any, make_pool: Any
) -> None:
    """Asking for another's run costs a site its place, so each call of agents comes from a site of its own."""
    run, kept = world.things["run"], files(exchange)
    silent = exchange.presence._runs.get(run)
    stranger = None
    for number, call in enumerate(sorted(calls(world.things), key=lambda call: call.for_agents)):
        place = f"agent of bison: {call.method} {call.path}"
        if stranger is None or call.for_agents:
            pool = make_pool(host=f"sha256:{number:064x}")
            stranger = make_site(parties["bison"]["owner"], f"south{number}", [pool])
        before = tables(exchange)
        answer = stranger.raw(call.method, call.path, call.content)
        assert not leak(world, call, answer), f"{place} shows {leak(world, call, answer)}"
        if call.for_agents and call.named:
            allowed = {422} if call.method == "PUT" and "/blobs/" in call.path else {404}
            assert answer.status_code in allowed, f"{place} → {answer.content!r}"
        elif not call.for_agents and PUBLIC not in ACTIONS[call.action]:
            assert answer.status_code == 401, place
        after = tables(exchange)
        assert {name for name in before if before[name] != after[name]} <= {"site"}, place
    assert exchange.presence._runs.get(run) == silent, "a site kept another site's run alive"
    assert files(exchange) == kept


def test_somebody_elses_thing_is_answered_like_a_thing_that_is_not_there(parties: Any, world: World) -> None:
    """Byte by byte, but for the name that was asked for and the number of the call."""
    stranger = parties["bison"]["owner"]
    absent = {**world.things}
    for noun, key in world.things.items():
        absent[noun] = re.sub(r"[0-9a-z]{26}$", "0" * 26, key) if "_" in key else key
    absent.update(sha256="0" * 64, token="00000000")
    compared = 0
    for mine, nothing in zip(calls(world.things), calls(absent), strict=True):
        if mine.for_agents or not mine.named or mine.action in SHARED or mine.method in ("HEAD", "PUT"):
            continue
        texts = []
        for call in (mine, nothing):
            document = stranger.call(call.method, call.path, call.body).json()
            document.pop("request")
            text = json.dumps(document)
            for key in sorted({*world.things.values(), *absent.values()}, key=len, reverse=True):
                text = text.replace(key, "KEY") if len(key) > 2 else text
            texts.append(text)
        assert texts[0] == texts[1], mine.path
        compared += 1
    assert compared > 20
    looks = [stranger.call("HEAD", f"/v1/blobs/{key}") for key in (HEX, "0" * 64)]
    assert (
        len({(look.status_code, look.headers["Gridtie-Offset"], look.headers["Gridtie-Size"]) for look in looks}) == 1
    )


def test_short_forms_of_ids_find_nothing_of_another_tenant(parties: Any, world: World) -> None:
    stranger = parties["bison"]["owner"]
    for noun, path in (("job", "jobs"), ("offer", "offers"), ("voucher", "vouchers"), ("site", "sites"),
                       ("organisation", "organisations"), ("receipt", "receipts")):  # fmt: skip
        key = world.things[noun]
        for length in (len(key) - 1, key.index("_") + 2):
            answer = stranger.get(f"/v1/{path}/{key[:length]}")
            assert key not in answer.text, f"{path}/{key[:length]}"
            if answer.status_code == 200:
                assert world.things["organisation"] not in answer.text


def test_the_same_file_sent_by_two_tenants_is_each_ones_own(parties: Any, world: World) -> None:
    """What one has, he may have; that the other has it too, he does not learn: he must send every byte."""
    stranger = parties["bison"]["member"]
    headers = {"Authorization": f"Bearer {stranger.token}"}
    half = len(WORKDIR) // 2
    path = f"/v1/blobs/{HEX}?size={len(WORKDIR)}"
    first = stranger.client.request("PUT", path, content=WORKDIR[:half], headers=headers)
    assert first.json() == {"next": half, "complete": False}
    assert stranger.get(f"/v1/blobs/{HEX}").status_code == 404
    second = stranger.client.request("PUT", f"{path}&offset={half}", content=WORKDIR[half:], headers=headers)
    assert second.json()["complete"]
    assert stranger.get(f"/v1/blobs/{HEX}").content == WORKDIR


def test_what_a_run_published_is_its_buyers_and_the_exchanges_to_read(parties: Any, world: World, admin: Any) -> None:
    result = sha256(RESULT).hexdigest()
    for role in ORGANISATION_ROLES:
        assert parties["aurora"][role].get(f"/v1/blobs/{result}").content == RESULT
        assert parties["bison"][role].get(f"/v1/blobs/{result}").status_code == 404
    assert admin.get(f"/v1/blobs/{result}").content == RESULT


def test_a_small_role_is_told_which_one_it_needs(parties: Any, make_site: Any) -> None:
    make_site(parties["aurora"]["owner"], "north")
    answer = parties["aurora"]["viewer"].post("/v1/sites/north/drain")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert "owner" in answer.json()["fix"]


def test_every_action_is_given_to_somebody_and_known_roles_only() -> None:
    known = {*ORGANISATION_ROLES, *EXCHANGE_ROLES, PUBLIC, SITE}
    for action, roles in ACTIONS.items():
        assert roles, action
        assert roles <= known, action
        assert not (PUBLIC in roles and len(roles) > 1), action
