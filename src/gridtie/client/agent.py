"""The agent's side of its protocol: every call signed, numbered, and safe to repeat."""

import contextlib
import hashlib
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from gridtie.client.transport import Response, Transport, document_of, raise_for_problem
from gridtie.client.upload import upload
from gridtie.errors import InvalidSignature, Overloaded, Unreachable
from gridtie.identity.signing import Signer, encode
from gridtie.registry.site import signed_call


class AgentClient:
    """`boot` is fresh at each start of the agent; two boots of one key at once are taken for a clone."""

    def __init__(self, transport: Transport, signer: Signer, *, site: str, boot: str) -> None:
        self._transport, self._signer = transport, signer
        self._site, self._boot = site, boot
        self._seq, self._lock = 0, threading.Lock()

    def raw(self, method: str, path: str, body: bytes = b"", *, headers: Mapping[str, str] | None = None) -> Response:
        """One signed call; again at once, under a new number, when a kept connection turns out to be closed.

        Raises Unreachable, also (Overloaded) when the exchange has a fault of its own: worth another try later.
        """
        try:
            response = self._signed(method, path, body, headers or {})
        except Unreachable as cut:
            if isinstance(cut.__cause__, TimeoutError | ConnectionRefusedError):
                raise
            response = self._signed(method, path, body, headers or {})
        if response.status == 429 or response.status >= 500:
            words = f"it answered {response.status}"
            with contextlib.suppress(ValueError, KeyError, TypeError):
                words += f": {json.loads(response.body)['title']}"
            raise Overloaded(url="its address", reason=words, retry_after_s=response.headers.get("retry-after", "1"))
        return response

    def _signed(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Response:
        with self._lock:
            self._seq += 1
            seq = self._seq
        digest = hashlib.sha256(body).hexdigest()
        message = signed_call(method, path, digest, self._site, self._boot, seq)
        signed = {
            "Gridtie-Site": self._site,
            "Gridtie-Boot": self._boot,
            "Gridtie-Seq": str(seq),
            "Gridtie-Signature": encode(self._signer.sign(message)),
            **headers,
        }
        return self._transport.request(method, path, body=body or None, headers=signed)

    def call(self, method: str, path: str, document: object = None) -> Any:
        """A JSON call, which the exchange answers with an object. Raises the exchange's own errors."""
        body = b"" if document is None else json.dumps(document).encode()
        response = self.raw(method, path, body, headers={"Content-Type": "application/json"} if body else {})
        raise_for_problem(response)
        answer = document_of(response)
        if not isinstance(answer, dict):
            raise Unreachable(url="its address", reason="what answers there is not an exchange")
        return answer

    def hello(self, document: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("POST", "/agent/v1/hello", {**document, "boot": self._boot})
        return answer

    def sync(self, held: list[dict[str, Any]], *, hold: bool, capacity: dict[str, Any] | None = None) -> dict[str, Any]:
        document: dict[str, Any] = {"boot": self._boot, "held": held, "hold": hold}
        if capacity is not None:
            document["capacity"] = capacity
        answer: dict[str, Any] = self.call("POST", "/agent/v1/sync", document)
        return answer

    def report(self, run: str, epoch: int, events: list[dict[str, Any]]) -> int:
        """The next sequence number the exchange expects."""
        answer = self.call("POST", f"/agent/v1/runs/{run}/events", {"epoch": epoch, "events": events})
        return int(answer["next_seq"])

    def log(self, run: str, rank: int, epoch: int, offset: int, part: bytes) -> int:
        path = f"/agent/v1/runs/{run}/logs/{rank}?" + urlencode({"epoch": epoch, "offset": offset})
        response = self.raw("PUT", path, part, headers={"Content-Type": "application/octet-stream"})
        raise_for_problem(response)
        return int(document_of(response)["next"])

    def secrets(self, run: str, epoch: int) -> dict[str, str]:
        answer: dict[str, str] = self.call("GET", f"/agent/v1/runs/{run}/secrets?epoch={epoch}")
        return answer

    def publish(self, run: str, document: dict[str, Any]) -> bool:
        return bool(self.call("POST", f"/agent/v1/runs/{run}/artefacts", document)["published"])

    def sign(self, key: str, envelope: dict[str, Any]) -> None:
        self.call("POST", f"/agent/v1/receipts/{key}", {"envelope": envelope})

    def session_input(self, session: str, offset: int) -> tuple[bytes, bool]:
        """(what follows, whether it ends there); waits for it at the exchange."""
        response = self.raw("GET", f"/agent/v1/sessions/{session}/input?offset={offset}")
        raise_for_problem(response)
        return response.body, response.headers.get("gridtie-final") == "1"

    def session_output(self, session: str, offset: int, part: bytes, *, end: bool) -> int:
        """The next offset: how much was taken."""
        path = f"/agent/v1/sessions/{session}/output?" + urlencode({"offset": offset, "end": str(end).lower()})
        response = self.raw("PUT", path, part, headers={"Content-Type": "application/octet-stream"})
        raise_for_problem(response)
        return int(document_of(response)["next"])

    # ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def upload(self, path: Path, sha256: str, size: int, *, part_bytes: int) -> None:
        """Unless the exchange has it; goes on where a broken upload stopped."""
        target = f"/agent/v1/blobs/{sha256}"

        def put(offset: int, part: bytes) -> Any:
            answer = self.raw("PUT", f"{target}?" + urlencode({"offset": offset, "size": size}), part)
            raise_for_problem(answer)
            return document_of(answer)

        upload(path, size, part_bytes=part_bytes, head=lambda: self.raw("HEAD", target), put=put)

    def download(self, sha256: str, size: int, target: Path, *, part_bytes: int) -> None:
        """Into `target`, by ranges, going on where a broken download stopped; checked by its digest."""
        fresh = target.with_name(target.name + ".part")
        offset = fresh.stat().st_size if fresh.exists() else 0
        if offset > size:
            fresh.unlink()
            offset = 0
        with fresh.open("ab") as file:
            while offset < size:
                span = f"bytes={offset}-{min(offset + part_bytes, size) - 1}"
                response = self.raw("GET", f"/agent/v1/blobs/{sha256}", headers={"Range": span})
                raise_for_problem(response)
                part = response.body if response.status == 206 else response.body[offset:]
                if not part:
                    raise InvalidSignature(subject=sha256, reason="the exchange has less of it than it says")
                file.write(part)
                offset = file.tell()
        digest = hashlib.sha256()
        with fresh.open("rb") as file:
            while part := file.read(1 << 20):
                digest.update(part)
        if digest.hexdigest() != sha256:
            fresh.unlink()
            raise InvalidSignature(subject=sha256, reason="the bytes received have another SHA-256")
        fresh.replace(target)
