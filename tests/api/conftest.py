"""A real exchange in a temporary home, its app, members of two organisations, and an agent that signs."""

import hashlib
import http.client
import json
import re
import secrets
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gridtie.adapters.signers.ed25519 import Ed25519Signer
from gridtie.api.server import ExchangeServer
from gridtie.cli.main import main
from gridtie.flow.exchange import Exchange
from gridtie.identity.signing import Envelope, encode
from gridtie.registry.site import signed_call, signed_site_proof
from gridtie.settings import load
from gridtie.values.ids import CertificateId, ResourceId
from gridtie.values.period import to_us
from gridtie.wiring import close_exchange, found_exchange, open_exchange

HOST = "sha256:" + "ab" * 32


def pool(name: str = "pool", *, cpus: int = 2, host_cpus: int = 8, host: str = HOST, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "class": "general",
        "chip": "cpu",
        "chip_memory_bytes": 0,
        "isolation": "sandbox",
        "machines": [{"name": "m0", "cpus": cpus, "memory_bytes": 1 << 30, "disk_bytes": 1 << 30, "accelerators": 0}],
        "host_digest": host,
        "host_cpus": host_cpus,
        "host_memory_bytes": 16 << 30,
        "simulated_machines": False,
        **more,
    }


@dataclass(frozen=True)
class Answer:
    status_code: int
    headers: http.client.HTTPMessage
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


DESCRIPTION: dict[str, Any] = {}  # the interface as it describes itself; the same for every exchange
ANSWERED: set[str] = set()  # calls of which an answer was held against it


def hold_to_description(port: int, method: str, path: str, answer: Answer) -> None:
    """Every good answer that any test gets from the interface must be as its description says."""
    if not DESCRIPTION:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/openapi.json", timeout=20) as response:
            DESCRIPTION.update(json.load(response))
    template = described_as(method.lower(), path.partition("?")[0])
    status = 200 if answer.status_code == 206 else answer.status_code  # a piece of what is described whole
    described = DESCRIPTION["paths"][template][method.lower()]["responses"][str(status)].get("content", {})
    if not described:
        assert not answer.content
        return
    media = answer.headers["Content-Type"].partition(";")[0]
    assert media in described, f"{method} {template} answers {media}, described is {list(described)}"
    if media == "application/json":
        validator(method.lower(), template, str(status)).validate(answer.json())
        ANSWERED.add(f"{method} {template}")


@cache
def patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Of every described path, those with the fewest parameters first."""
    made = []
    for template in sorted(DESCRIPTION["paths"], key=lambda path: path.count("{")):
        wide = template.count("{") == 1 and template.endswith(("{resource}", "{identifier}"))
        made.append((template, re.compile(re.sub(r"{\w+}", ".+" if wide else "[^/]+", template))))
    return made


def described_as(method: str, path: str) -> str:
    for template, pattern in patterns():
        if pattern.fullmatch(path) and method in DESCRIPTION["paths"][template]:
            return template
    raise AssertionError(f"{method.upper()} {path} answers and is not described")


@cache
def validator(method: str, template: str, status: str) -> jsonschema.Draft202012Validator:
    described = DESCRIPTION["paths"][template][method]["responses"][status]["content"]["application/json"]["schema"]
    return jsonschema.Draft202012Validator({**described, "components": DESCRIPTION["components"]})


@dataclass
class Client:
    """Plain HTTP to a served exchange, one kept-alive connection."""

    port: int
    _connection: http.client.HTTPConnection | None = None

    def request(
        self, method: str, path: str, *, json: Any = None, content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        sent = dict(headers or {})
        if json is not None:
            content = _dump(json)
            sent.setdefault("Content-Type", "application/json")
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            self._connection.request(method, path, body=content, headers=sent)
            response = self._connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        except (http.client.HTTPException, OSError):
            self.close()
            raise
        if response.will_close:
            self.close()
        headless = method == "HEAD" and "/blobs/" not in path  # answered like GET, and described with it
        if response.status < 300 and path.startswith("/v1/") and not headless:
            hold_to_description(self.port, method, path, answer)
        return answer

    def get(self, path: str, **more: Any) -> Answer:
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> Answer:
        return self.request("POST", path, **more)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _dump(body: Any) -> bytes:
    return json.dumps(body).encode()


@dataclass
class Member:
    """Calls with one token; every POST carries a fresh key unless it is given one."""

    client: Client
    token: str

    def call(self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {self.token}", **headers}
        if method == "POST":
            sent["Idempotency-Key"] = key or secrets.token_hex(8)
        return self.client.request(method, path, json=body, headers=sent)

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.call("POST", path, body if body is not None else {}, **more)


@dataclass
class Agent:
    """The wire side of an agent, written from the protocol and not from the agent's code."""

    client: Client
    site: str = ""
    boot: str = field(default_factory=lambda: secrets.token_hex(16))
    seq: int = 0
    signer: Ed25519Signer = field(default_factory=lambda: Ed25519Signer(secrets.token_bytes(32)))

    def enrol(self, printed: str, resources: list[dict[str, Any]] | None = None) -> Any:
        token, _, _ = printed.partition(".")
        token_id = token.split("_")[2]
        start = self.client.post(
            "/agent/v1/enrol/start", json={"token_id": token_id, "client_nonce": secrets.token_hex(16)}
        ).json()
        proof = self.signer.sign(signed_site_proof(token_id, start["server_nonce"]))
        answer = self.client.post(
            "/agent/v1/enrol",
            json={
                "token": token,
                "public_key": encode(self.signer.public_key),
                "server_nonce": start["server_nonce"],
                "proof": encode(proof),
                "version": "0.1.0",
                "inventory": {"cpu": "test"},
                "inventory_digest": "sha256:" + "00" * 32,
                "resources": resources or [pool()],
            },
        )
        if answer.status_code == 200:
            self.site = answer.json()["site"]
        return answer

    def call(self, method: str, path: str, body: Any = None, *, seq: int | None = None) -> Any:
        return self.raw(method, path, json.dumps(body).encode() if body is not None else b"", seq=seq)

    def raw(self, method: str, path: str, raw: bytes = b"", *, seq: int | None = None) -> Any:
        headers = self.signed(method, path, hashlib.sha256(raw).hexdigest(), seq=seq)
        headers["Content-Type"] = "application/json"
        return self.client.request(method, path, content=raw, headers=headers)

    def signed(self, method: str, path: str, digest: str, *, seq: int | None = None) -> dict[str, str]:
        self.seq = self.seq + 1 if seq is None else seq
        message = signed_call(method, path, digest, self.site, self.boot, self.seq)
        return {
            "Gridtie-Site": self.site,
            "Gridtie-Boot": self.boot,
            "Gridtie-Seq": str(self.seq),
            "Gridtie-Signature": encode(self.signer.sign(message)),
        }

    def hello(self, resources: list[dict[str, Any]] | None = None, *, digest: str = "00" * 32) -> Any:
        body = {
            "boot": self.boot,
            "version": "0.1.0",
            "protocol": 1,
            "inventory_digest": f"sha256:{digest}",
            "inventory": {"cpu": "test"},
            "resources": resources or [pool()],
            "held": [],
        }
        return self.call("POST", "/agent/v1/hello", body)


@pytest.fixture
def exchange(tmp_path: Any, place: Any) -> Iterator[Exchange]:
    opened = open_exchange(load(tmp_path / "home", {}, sync_hold_s=0.2, database=str(place)), create=True)
    yield opened
    close_exchange(opened)


@pytest.fixture
def port(exchange: Exchange) -> Iterator[int]:
    """The exchange, served by the real server on a free port of loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    ready = threading.Event()
    server = ExchangeServer(exchange, listener, ready=ready.set)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert ready.wait(20)
    yield listener.getsockname()[1]
    server.stop()
    thread.join(20)
    listener.close()
    assert not thread.is_alive()


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    made = Client(port)
    yield made
    made.close()


@pytest.fixture
def run(
    port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Any]:
    """One command as a member types it; its exit code, what it printed and what it said."""
    monkeypatch.setenv("GRIDTIE_HOME", str(tmp_path / "client"))
    monkeypatch.setenv("GRIDTIE_EXCHANGE", f"http://127.0.0.1:{port}")

    def go(member: Any, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("GRIDTIE_TOKEN", member.token)
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


@pytest.fixture
def admin(exchange: Exchange, client: Client) -> Member:
    issued, _ = found_exchange(exchange, organisation="demo")
    return Member(client, issued.text)


def organisation(admin: Member, name: str, roles: tuple[str, ...]) -> dict[str, Member]:
    """A member of each role, with a token."""
    admin.post("/v1/organisations", {"name": name})
    made = {}
    for role in roles:
        member = admin.post(f"/v1/organisations/{name}/members", {"name": role, "role": role}).json()
        token = admin.post("/v1/tokens", {"member": member["id"]}).json()
        made[role] = Member(admin.client, token["token"])
    return made


@pytest.fixture
def parties(admin: Member) -> dict[str, dict[str, Member]]:
    roles = ("owner", "billing", "member", "viewer")
    return {name: organisation(admin, name, roles) for name in ("aurora", "bison")}


@pytest.fixture
def make_site(client: Client) -> Any:
    """Declares, enrols and approves a site of `owner`; its greeted agent."""

    def make(owner: Member, name: str, resources: list[dict[str, Any]] | None = None) -> Agent:
        made = owner.post("/v1/sites", {"name": name, "hub": "gz"})
        assert made.status_code == 201, made.text
        token = owner.post(f"/v1/sites/{name}/enrolment").json()["token"]
        agent = Agent(client)
        fingerprint = agent.enrol(token, resources).json()["fingerprint"]
        assert owner.post(f"/v1/sites/{name}/approve", {"fingerprint": fingerprint}).status_code == 200
        assert agent.hello(resources).status_code == 200
        return agent

    return make


@pytest.fixture
def owner(parties: Any) -> Any:
    return parties["aurora"]["owner"]


@pytest.fixture
def reader(parties: Any) -> Any:
    """Who buys what `owner` publishes."""
    return parties["bison"]["owner"]


@pytest.fixture
def make_agent(client: Client) -> Any:
    return lambda: Agent(client)


@pytest.fixture
def make_pool() -> Any:
    return pool


@pytest.fixture
def answered() -> set[str]:
    """Calls whose answers were held against the description since the fixture was asked for."""
    ANSWERED.clear()
    return ANSWERED


@pytest.fixture
def certify(exchange: Exchange) -> Any:
    """A certificate signed by both sides, without the minutes of testing; its key."""

    def make(agent: Agent, resource: str, *, score: int = 1500) -> str:
        def issue(unit: Any) -> Envelope:
            key = CertificateId(unit.new_id("cert"))
            payload = {"certificate": key, "site": agent.site, "resource": resource, "chip": "cpu", "score": score,
                       "latency_us": 80}  # fmt: skip
            made = Envelope("certificate", payload).sign("exchange", exchange.signer)
            unit.certificates.add(
                key, resource=ResourceId(resource), envelope=made.to_json(),
                valid_from_us=to_us(unit.at), expires_us=to_us(unit.at + timedelta(days=30)),
            )  # fmt: skip
            return made

        envelope = exchange.database.write(issue, actor="test")
        key = str(envelope.payload["certificate"])
        signed = envelope.sign("site", agent.signer).to_json()
        answer = agent.call("POST", f"/agent/v1/receipts/{key}", {"envelope": signed})
        assert answer.json() == {"accepted": True}, answer.text
        return key

    return make
