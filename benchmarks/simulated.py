"""Agents of which only the program is missing: each enrolled, with a key and a connection of its own, signing calls."""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from gridtie.adapters.signers.ed25519 import Ed25519Signer
from gridtie.identity.signing import Envelope, encode, fingerprint
from gridtie.registry.site import signed_call, signed_site_proof
from gridtie.values.period import to_text
from stage import Line, Running


@dataclass
class SimulatedAgent:
    """The wire side of an agent: its key, its boot and its numbers."""

    signer: Ed25519Signer = field(default_factory=lambda: Ed25519Signer(secrets.token_bytes(32)))
    boot: str = field(default_factory=lambda: secrets.token_hex(16))
    site: str = ""
    seq: int = 0

    def enrol(self, running: Running, name: str, host: str) -> None:
        """Declared, invited, enrolled and approved, as any site; with a host of its own that nobody looks at."""
        call = running.client.call
        call("POST", "/v1/sites", {"name": name, "hub": "csjh", "depth": "schedulable"})
        token = call("POST", f"/v1/sites/{name}/enrolment", {})["token"].partition(".")[0]
        start = {"token_id": token.split("_")[2], "client_nonce": secrets.token_hex(16)}
        nonce = call("POST", "/agent/v1/enrol/start", start)["server_nonce"]
        proof = self.signer.sign(signed_site_proof(token.split("_")[2], nonce))
        application = {"token": token, "public_key": encode(self.signer.public_key), "server_nonce": nonce,
                       "proof": encode(proof), **declaration(host)}  # fmt: skip
        self.site = call("POST", "/agent/v1/enrol", application)["site"]
        call("POST", f"/v1/sites/{name}/approve", {"fingerprint": fingerprint(self.signer.public_key)})

    def headers(self, path: str, body: bytes) -> str:
        self.seq += 1
        message = signed_call("POST", path, hashlib.sha256(body).hexdigest(), self.site, self.boot, self.seq)
        return (
            f"Gridtie-Site: {self.site}\r\nGridtie-Boot: {self.boot}\r\nGridtie-Seq: {self.seq}\r\n"
            f"Gridtie-Signature: {encode(self.signer.sign(message))}\r\n"
        )

    async def call(self, line: Line, path: str, body: bytes) -> bytes:
        status, answer = await line.call("POST", path, body, self.headers(path, body))
        if status != 200 and b'"stale-epoch"' not in answer:  # of a run that we were too slow to take
            raise SystemExit(f"{path}: {status} {answer.decode()}")
        return answer

    async def greet(self, line: Line, host: str) -> None:
        hello = {"boot": self.boot, "protocol": 1, "held": [], **declaration(host)}
        await self.call(line, "/agent/v1/hello", orjson.dumps(hello))

    async def beat(self, line: Line, held: Sequence[Mapping[str, Any]] = ()) -> bytes:
        """One sync, held open by the exchange until there is news."""
        return await self.call(line, "/agent/v1/sync", orjson.dumps({"boot": self.boot, "held": held, "hold": True}))

    async def work(self, line: Line, stop: Callable[[], bool]) -> None:
        """Takes every run, has it done at once, and signs its receipt: an agent whose jobs take no time."""
        signed: set[str] = set()
        while not stop():
            orders = orjson.loads(await self.beat(line))
            for plan in orders["assignments"]:
                await self._report(line, plan, 0, "accept", "start")
            for plan in orders["assignments"]:
                await self._report(line, plan, 2, "finish", "succeed")
            for asked in orders["receipts"]:
                if (key := asked["payload"]["receipt"]) not in signed:
                    envelope = Envelope.from_json(asked, kind=asked["kind"]).sign("site", self.signer)
                    document = orjson.dumps({"envelope": envelope.to_json()})
                    await self.call(line, f"/agent/v1/receipts/{key}", document)
                    signed.add(key)

    async def _report(self, line: Line, plan: Mapping[str, Any], first: int, *events: str) -> None:
        at = to_text(datetime.now(UTC))
        told = [
            {"seq": first + n, "event": event, "at": at, "reason": "", "exit_code": 0 if event == "succeed" else None,
             "detail": "", "cpu_us": 0, "memory_peak_bytes": 0}
            for n, event in enumerate(events)
        ]  # fmt: skip
        document = orjson.dumps({"epoch": plan["epoch"], "events": told})
        await self.call(line, f"/agent/v1/runs/{plan['run']}/events", document)


def declaration(host: str) -> dict[str, object]:
    machine = {"name": "m0", "cpus": 8, "memory_bytes": 32 << 30, "disk_bytes": 100 << 30, "accelerators": 0}
    digest = "sha256:" + hashlib.sha256(host.encode()).hexdigest()
    pool = {"name": "cpu", "class": "general", "chip": "cpu", "chip_memory_bytes": 0, "isolation": "sandbox",
            "machines": [machine], "host_digest": digest, "host_cpus": 8, "host_memory_bytes": 64 << 30,
            "simulated_machines": False}  # fmt: skip
    return {"version": "bench", "inventory": {"host_name": host}, "inventory_digest": digest, "resources": [pool]}
