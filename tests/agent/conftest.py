"""A reference exchange: the agent protocol's other side over real HTTP, strict where the protocol is. And an agent.

The agent is the real program in a process of its own, so that it can be killed like one.
"""

import contextlib
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from gridtie.adapters.signers.ed25519 import load_or_create, verify
from gridtie.adapters.sites.process.probe import Isolation, probe_isolation
from gridtie.agent.declaration import KEY_FILE, SiteConfig, Slices
from gridtie.dispatch.placement import plan_to_json
from gridtie.dispatch.run import BlobFile, RunPlan, RunTask
from gridtie.identity.signing import decode, encode, fingerprint
from gridtie.values.ids import JobId, OrganisationId, RunId, SiteId

SITE = "site_reference"
MB = 1 << 20


@dataclass
class Run:
    plan: RunPlan
    state: str = "assigned"
    events: list[dict[str, Any]] = field(default_factory=list)
    logs: dict[int, bytes] = field(default_factory=dict)
    first_log_at: float = 0.0
    published: list[dict[str, Any]] = field(default_factory=list)
    cancel: bool = False
    denied: str = ""  # why the exchange takes no output of it
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def told(self) -> list[str]:
        return [event["event"] for event in self.events]

    @property
    def over(self) -> bool:
        return bool({"reject", "succeed", "fail", "cancel", "lose"} & set(self.told))


class ReferenceExchange(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.signer = load_or_create(folder / "exchange.key", os.urandom(32))
        self.site_key: bytes | None = None
        self.news = threading.Condition()
        self.runs: dict[str, Run] = {}
        self.blobs: dict[str, bytes] = {}
        self.partial: dict[str, bytes] = {}
        self.receipts: dict[str, dict[str, Any]] = {}
        self.signed: dict[str, dict[str, Any]] = {}
        self.boots: list[str] = []
        self.seen: set[tuple[str, str]] = set()
        self.hold_s, self.state, self.token_secret = 1.0, "active", ""
        self.syncs = 0
        self.faults: dict[str, int] = {}  # path prefix → how many calls to answer with 503
        self.repeated = 0  # how many calls a line delivers twice: the second is what is answered
        self.odd = 0  # how many syncs are answered by an object that is none of the protocol
        self.torn = 0  # how many answers to syncs and reports break off in their heads
        self.kill: list[dict[str, Any]] = []
        self.late: list[RunPlan] = []  # assignments of an answer that was long under way
        self.problems: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: Any) -> None:
        """A connection cut by an agent that was killed is what these tests are about."""

    def assign(self, plan: RunPlan, **more: Any) -> Run:
        run = self.runs[plan.run] = Run(plan, **more)
        self.ring()
        return run

    def put(self, content: bytes) -> str:
        name = hashlib.sha256(content).hexdigest()
        self.blobs[name] = content
        return name

    def ring(self) -> None:
        with self.news:
            self.news.notify_all()

    def orders(self, held: list[dict[str, Any]]) -> dict[str, Any]:
        live = {key: run for key, run in self.runs.items() if not run.over}
        keep = [h["run"] for h in held if h["run"] in live and live[h["run"]].plan.epoch == h["epoch"]]
        kill = [{**h, "reason": "stale epoch"} for h in held if h["run"] not in keep]
        return {
            "keep": keep,
            "kill": kill,
            "cancel": [{"run": key, "epoch": run.plan.epoch} for key, run in live.items() if run.cancel],
            "assignments": [
                plan_to_json(plan)
                for plan in (*(run.plan for run in live.values() if not run.told and not run.cancel), *self.late)
            ],
            "receipts": [envelope for key, envelope in self.receipts.items() if key not in self.signed],
        }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: ReferenceExchange

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        try:
            for prefix in [p for p, count in self.server.faults.items() if count and parts.path.startswith(p)]:
                self.server.faults[prefix] -= 1
                return self.give(503, {"code": "overloaded", "params": {"reason": "a test", "retry_after_s": 1}})
            if self.server.repeated and not parts.path.startswith("/agent/v1/enrol"):
                self.server.repeated -= 1
                return self.give(401, {"code": "call-repeated", "params": {"number": self.headers["Gridtie-Seq"]}})
            if not parts.path.startswith("/agent/v1/enrol") and not self.signed_well(body):
                return self.give(401, {"code": "not-signed-in", "params": {"reason": "signature, boot or number"}})
            self.route(parts.path.removeprefix("/agent/v1"), parse_qs(parts.query), body)
        except (AssertionError, KeyError, ValueError) as wrong:
            self.server.problems.append(f"{self.command} {self.path}: {wrong!r}")
            self.give(422, {"code": "invalid-input", "params": {"source": repr(wrong), "count": 1}})

    do_GET = do_POST = do_PUT = do_HEAD = handle_any  # noqa: N815

    def signed_well(self, body: bytes) -> bool:
        get = self.headers.get
        boot, seq = get("Gridtie-Boot", ""), get("Gridtie-Seq", "")
        if self.path == "/agent/v1/hello" and boot not in self.server.boots:
            self.server.boots.append(boot)
        if boot != (self.server.boots or [""])[-1] or (boot, seq) in self.server.seen:
            return False
        self.server.seen.add((boot, seq))
        digest = hashlib.sha256(body).hexdigest()
        text = f"gridtie/agent-request/v1\n{self.command}\n{self.path}\n{digest}\n{SITE}\n{boot}\n{seq}"
        assert self.server.site_key is not None
        raw = decode(get("Gridtie-Signature", ""), length=64, subject="call")
        return verify(self.server.site_key, text.encode(), raw)

    def route(self, path: str, query: dict[str, list[str]], body: bytes) -> None:
        server = self.server
        given = json.loads(body) if body and self.headers.get("Content-Type") == "application/json" else {}
        if path == "/hello":
            assert re.fullmatch("sha256:[0-9a-f]{64}", given["inventory_digest"])
            assert given["resources"][0]["machines"]
            names = {"sync_hold_s": server.hold_s, "log_chunk_bytes": 65536, "blob_part_bytes": 1 << 16}
            orders = server.orders(given["held"]) if server.state == "active" else {"keep": [], "kill": []}
            self.give(200, {"site": SITE, "site_name": "reference", "state": server.state, "settings": names, **orders})
        elif path == "/sync":
            self.sync(given)
        elif path == "/enrol/start":
            nonce = "ab" * 16
            text = f"gridtie/enrol/exchange/v1\n{given['token_id']}\n{given['client_nonce']}\n{nonce}"
            self.give(200, {"server_nonce": nonce, "exchange_key": encode(server.signer.public_key),
                            "signature": encode(server.signer.sign(text.encode()))})  # fmt: skip
        elif path == "/enrol":
            server.token_secret = given["token"]
            text = f"gridtie/enrol/site/v1\n{given['token'].split('_')[2]}\n{given['server_nonce']}"
            server.site_key = decode(given["public_key"], length=32, subject="key")
            assert verify(server.site_key, text.encode(), decode(given["proof"], length=64, subject="proof"))
            self.give(200, {"site": SITE, "site_name": "reference", "state": "pending",
                            "fingerprint": fingerprint(server.site_key),
                            "exchange_key": encode(server.signer.public_key)})  # fmt: skip
        elif path.startswith("/blobs/"):
            self.blob(path.removeprefix("/blobs/"), query, body)
        elif path.startswith("/receipts/"):
            server.signed[path.removeprefix("/receipts/")] = given["envelope"]
            self.give(200, {"accepted": True})
        else:
            self.run_call(path.split("/")[2], path.split("/")[3:], query, given, body)

    def sync(self, given: dict[str, Any]) -> None:
        server = self.server
        server.syncs += 1
        if server.odd:
            server.odd -= 1
            return self.give(200, {"state": server.state})
        deadline = time.monotonic() + server.hold_s
        while True:
            orders = server.orders(given["held"])
            left = deadline - time.monotonic()
            if any(orders[k] for k in ("kill", "cancel", "assignments", "receipts")) or not given["hold"] or left <= 0:
                return self.give(200, {**orders, "state": server.state})
            with server.news:
                server.news.wait(min(left, 0.1))

    def run_call(self, key: str, rest: list[str], query: Any, given: dict[str, Any], body: bytes) -> None:
        run = self.server.runs[key]
        epoch = given.get("epoch", int(query.get("epoch", ["-1"])[0]))
        if epoch != run.plan.epoch:
            params = {"noun": "run", "key": key, "given": epoch, "current": run.plan.epoch}
            return self.give(409, {"code": "stale-epoch", "params": params})
        if rest[0] == "events":
            for event in given["events"]:
                assert event["seq"] <= len(run.events), "a gap"
                if event["seq"] == len(run.events):
                    assert not run.over, "an event after the end"
                    run.events.append(event)
            return self.give(200, {"next_seq": len(run.events), "state": run.state})
        if rest[0] == "logs":
            rank, offset = int(rest[1]), int(query["offset"][0])
            have = run.logs.get(rank, b"")
            if offset > len(have) or have[offset : offset + len(body)] != body[: len(have) - offset]:
                params = {"expected": len(have), "given": offset}
                return self.give(409, {"code": "offset-mismatch", "params": params})
            run.logs[rank] = have[:offset] + body if offset + len(body) > len(have) else have
            run.first_log_at = run.first_log_at or time.monotonic()
            return self.give(200, {"next": len(run.logs[rank])})
        if rest[0] == "secrets":
            return self.give(200, run.secrets)
        assert rest[0] == "artefacts"
        if run.denied:
            params = {"dataset": "lab/scans", "reason": run.denied, "change": "ask the data's owner"}
            return self.give(409, {"code": "data-denied", "params": params})
        for file in given["files"]:
            assert len(self.server.blobs[file["sha256"]]) == file["size"]
        run.published.append(given)
        return self.give(200, {"published": True})

    def blob(self, name: str, query: Any, body: bytes) -> None:
        server = self.server
        if self.command == "HEAD":
            if name in server.blobs:
                return self.give(200, None, {"Gridtie-Size": str(len(server.blobs[name]))})
            return self.give(404, None, {"Gridtie-Offset": str(len(server.partial.get(name, b"")))})
        if self.command == "GET":
            first, last = (int(n) for n in self.headers["Range"].removeprefix("bytes=").split("-"))
            return self.give(206, server.blobs[name][first : last + 1])
        offset, size = int(query["offset"][0]), int(query["size"][0])
        have = server.partial.get(name, b"")
        assert offset <= len(have)
        server.partial[name] = have = have[:offset] + body
        complete = len(have) == size
        if complete:
            assert hashlib.sha256(have).hexdigest() == name
            server.blobs[name] = server.partial.pop(name)
        return self.give(200, {"next": len(have), "complete": complete})

    def give(self, status: int, document: Any, headers: dict[str, str] | None = None) -> None:
        body = b"" if document is None else document if isinstance(document, bytes) else json.dumps(document).encode()
        if self.server.torn and self.path.endswith(("/sync", "/events")):
            self.server.torn -= 1
            self.wfile.write(b"HTTP/1.1 200 OK\r\nDate: Sat, 28 Nov")
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # the agent was killed while it waited
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


class AgentProcess:
    """`gridtie agent run`, in its own home."""

    def __init__(self, home: Path) -> None:
        self.home, self.process, self.log = home, None, home / "agent.log"
        self.start()

    process: "subprocess.Popen[bytes] | None"

    def start(self, *options: str) -> None:
        program = "import sys; from gridtie.cli.main import main; sys.exit(main())"
        with self.log.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-c", program, "agent", "run", *options], stdout=file, stderr=file,
                env={**os.environ, "GRIDTIE_HOME": str(self.home)},
            )  # fmt: skip

    def signal(self, number: int, *, within: float = 15.0) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(within)

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")


@dataclass
class World:
    exchange: ReferenceExchange
    home: Path
    agents: list[AgentProcess] = field(default_factory=list)
    count: int = 0

    def agent(self, **config: Any) -> AgentProcess:
        folder = self.home / "agent"
        folder.mkdir(exist_ok=True, mode=0o700)
        signer = load_or_create(folder / KEY_FILE, os.urandom(32))
        self.exchange.site_key = signer.public_key
        base = SiteConfig(
            site=SITE, site_name="reference", exchange_url=self.exchange.url,
            fingerprint=fingerprint(signer.public_key), exchange_key=encode(self.exchange.signer.public_key),
            slices=Slices(machines=2, cpus=1, memory_bytes=MB << 8),
        )  # fmt: skip
        replace(base, **config).save(folder)
        self.agents.append(AgentProcess(self.home))
        return self.agents[-1]

    def plan(self, command: str, *, ranks: int = 1, files: dict[str, str] | None = None, **more: Any) -> RunPlan:
        self.count += 1
        tasks = tuple(
            RunTask(rank=n, machine=f"m{n}", cpus=1, memory_bytes=MB << 8, disk_bytes=MB << 6, accelerators=0)
            for n in range(ranks)
        )
        blobs = tuple(
            BlobFile(path=path, sha256=self.exchange.put(text.encode()), size=len(text.encode()))
            for path, text in (files or {}).items()
        )
        base = RunPlan(
            run=RunId(f"run_{os.getpid()}x{id(self) % 10**7}x{self.count}"), job=JobId("job_1"), job_name="t", epoch=1,
            organisation=OrganisationId("org_a"), site=SiteId(SITE), setup="", command=command, envs=(),
            secret_names=(), tasks=tasks, files=blobs, checkpoint=(), outputs=(), isolation="sandbox", network="none",
            on_disconnect="stop", time_limit_us=None, lease_stop_us=60_000_000, checkpoint_sync_us=200_000,
            log_limit_bytes=MB,
        )  # fmt: skip
        return replace(base, **more)

    def until(self, look: Callable[[], Any], *, within: float = 15.0) -> Any:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if found := look():
                return found
            time.sleep(0.01)
        said = self.agents[-1].said[-3000:] if self.agents else ""
        raise AssertionError(f"did not happen within {within} s; problems {self.exchange.problems}; agent said\n{said}")

    def ended(self, run: Run, *, within: float = 20.0) -> dict[str, Any]:
        event: dict[str, Any] = self.until(lambda: run.over and run.events[-1], within=within)
        return event

    def run(self, command: str, **more: Any) -> Run:
        secrets, denied = more.pop("secrets", {}), more.pop("denied", "")
        return self.exchange.assign(self.plan(command, **more), secrets=secrets, denied=denied)


@pytest.fixture(scope="session")
def sandbox() -> Isolation:
    found = probe_isolation()
    if found.level == "none":
        pytest.skip(f"{found.reason}; as root: {found.fix}")
    return found


@pytest.fixture
def world(sandbox: Isolation) -> Iterator[World]:
    with tempfile.TemporaryDirectory(prefix="gridtie-test-") as folder:
        exchange = ReferenceExchange(Path(folder))
        threading.Thread(target=exchange.serve_forever, args=(0.02,), daemon=True).start()
        made = World(exchange, Path(folder))
        yield made
        for run in made.exchange.runs.values():
            for rank in (Path(folder) / "agent" / "runs").glob(f"{run.plan.run}-e*/rank-*"):
                (rank / "kill").touch()
        for agent in made.agents:
            if agent.process is not None and agent.process.poll() is None:
                agent.signal(signal.SIGKILL)
        exchange.shutdown()
        exchange.server_close()
        time.sleep(0.3)
        assert not exchange.problems
