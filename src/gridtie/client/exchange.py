"""The exchange as a Python program sees it: one method per thing a member can do, the same errors as in the exchange.

from gridtie.client.exchange import ExchangeClient
client = ExchangeClient("http://127.0.0.1:8474", token)
[job] = client.submit(open("job.yaml").read(), source="job.yaml")
job.wait(); print(job.logs())
"""

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from gridtie.client import answers as a
from gridtie.client.data import DataNouns
from gridtie.client.nouns import given, part
from gridtie.client.sessions import JobSession
from gridtie.client.transport import HttpTransport, Response, Transport, document_of, raise_for_problem
from gridtie.client.upload import upload
from gridtie.errors import InvalidInput, InvalidSignature, JobFailed, Problem, Unreachable, WaitTimedOut

FINAL = frozenset({"succeeded", "failed", "cancelled"})
UPLOAD_PART = 4 << 20
AWAY_S = 60.0  # how long a stream waits for an exchange that is started again


@dataclass(repr=False)
class JobHandle:
    """A submitted job. `data` is what the exchange said last; `refresh` asks again."""

    client: "ExchangeClient"
    data: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.data["id"])

    @property
    def state(self) -> str:
        return str(self.data["state"])

    @property
    def cost(self) -> str:
        """What it has cost so far, a decimal string in the exchange's currency."""
        return str(self.refresh().data.get("cost", "0.00"))

    def refresh(self) -> "JobHandle":
        self.data = self.client.job(self.id)
        return self

    def wait(self, *, timeout_s: float | None = None, check: bool = False) -> "JobHandle":
        """Until it ended. Raises WaitTimedOut (the job goes on), and JobFailed when `check` and it did not succeed."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        pause = 0.05
        while self.refresh().state not in FINAL:
            if deadline is not None and time.monotonic() >= deadline:
                raise WaitTimedOut(noun="job", key=self.id)
            time.sleep(pause)
            pause = min(pause * 1.5, 2.0)
        if check and self.state != "succeeded":
            raise JobFailed(key=self.id, state=self.state, reason=self.data.get("reason", ""))
        return self

    def logs(self, *, rank: int = 0) -> str:
        return self.client.log_text(self.id, rank=rank)

    def cancel(self) -> "JobHandle":
        self.data = self.client.cancel(self.id)
        return self

    def receipts(self) -> list[a.Receipt]:
        return self.client.receipts(self.id)

    def result(self, folder: Path) -> list[Path]:
        """Waits, then brings the outputs into `folder`; raises JobFailed unless it succeeded."""
        self.wait(check=True)
        return self.client.download_outputs(self.id, folder)

    def __repr__(self) -> str:
        why = f", {self.data['reason']}" if self.data.get("reason") else ""
        return f"<job {self.id} {self.data.get('name', '')!r}: {self.state}{why}>"

    def _repr_html_(self) -> str:
        """A card in notebooks: what there is to say by now."""
        from html import escape

        keys = ("id", "name", "state", "reason", "change", "exit_code", "site", "price", "cost")
        said = {key: str(self.data[key]) for key in keys if self.data.get(key) not in (None, "")}
        rows = "".join(
            f"<tr><th>{key.replace('_', ' ')}</th><td>{escape(text)}</td></tr>" for key, text in said.items()
        )
        return f"<table>{rows}</table>"


class ExchangeClient(DataNouns):
    """Every POST carries an idempotency key, so a repeated call cannot act twice."""

    def __init__(self, url: str, token: str, *, transport: Transport | None = None) -> None:
        self.url = url.rstrip("/")
        self._token = token
        self._transport = transport or HttpTransport(self.url)

    # ── plumbing ──────────────────────────────────────────────────────────────────────────────────────────────────
    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, object] | None = None,
        key: str | None = None,
    ) -> Any:
        """A JSON call. Raises the exchange's own errors, Unreachable, and InvalidInput for what JSON does not hold;
        bytes are text in UTF-8."""
        raw = None if body is None else json.dumps(body, default=_as_json).encode()
        headers = {"Content-Type": "application/json"} if raw is not None else {}
        if method == "POST":
            headers["Idempotency-Key"] = key or uuid.uuid4().hex
        response = self.raw(method, path, raw, headers=headers, query=query)
        return document_of(response)

    def raw(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
    ) -> Response:
        kept = {name: value for name, value in (query or {}).items() if value is not None}
        target = path + ("?" + urlencode(kept, doseq=True) if kept else "")
        sent = {"Authorization": f"Bearer {self._token}", **(headers or {})}
        response = self._transport.request(method, target, body=body, headers=sent)
        raise_for_problem(response)
        return response

    def pages(self, path: str, *, query: Mapping[str, object] | None = None) -> Iterator[Any]:
        """Every item of a list, page after page."""
        cursor: str | None = None
        while True:
            page = self.call("GET", path, query={**(query or {}), "cursor": cursor})
            yield from page["items"]
            cursor = page.get("next")
            if not cursor:
                return

    # ── jobs ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def submit(
        self,
        text: str | bytes,
        *,
        source: str = "job",
        envs: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        files: Sequence[Mapping[str, Any]] = (),
        name: str | None = None,
        key: str | None = None,
        start_at: str | None = None,
        start_by: str | None = None,
    ) -> list[JobHandle]:
        """Hands in a job file's text; several jobs for a chain or a group. `files` were uploaded before. `start_at`
        books capacity from then on; with `start_by` from any time between, which the exchange picks."""
        body: dict[str, Any] = {
            "source": source,
            "text": text,
            "envs": dict(envs or {}),
            "secrets": dict(secrets or {}),
        }
        body["files"] = [dict(file) for file in files]
        if name:
            body["name"] = name
        body |= given(start_at=start_at, start_by=start_by)
        answer = self.call("POST", "/v1/jobs", body, key=key)
        return [JobHandle(self, job) for job in answer["jobs"]]

    def check(self, text: str | bytes, *, source: str = "job", envs: Mapping[str, str] | None = None) -> a.JobFile:
        """What a job file says, which files it needs, and what of it has no meaning here."""
        return self._post(a.JobFile, "/v1/jobs/check", source=source, text=text, envs=dict(envs or {}))

    def quote(
        self, text: str | bytes, *, source: str = "job", envs: Mapping[str, str] | None = None,
        start_at: str | None = None, start_by: str | None = None,
    ) -> a.Quotes:  # fmt: skip
        return self._post(a.Quotes, "/v1/quotes", source=source, text=text, envs=dict(envs or {}), start_at=start_at,
                          start_by=start_by)  # fmt: skip

    def job(self, key: str) -> a.WholeJob:
        return self._get(a.WholeJob, f"/v1/jobs/{part(key)}")

    def handle(self, key: str) -> JobHandle:
        return JobHandle(self, self.job(key))

    def jobs(self, **query: object) -> Iterator[a.Job]:
        """`state`, `name`, `purpose`, `limit`: of a page."""
        return self.pages("/v1/jobs", query=query)

    def cancel(self, key: str) -> a.WholeJob:
        return self._post(a.WholeJob, f"/v1/jobs/{part(key)}/cancel")

    def enter(
        self, key: str, command: Sequence[str] = (), *, port: int | None = None, rank: int = 0,
        terminal: tuple[int, int] | None = None,
    ) -> JobSession:  # fmt: skip
        """A command beside a running job of yours, or one of its ports; `terminal` is (rows, columns)."""
        size = {} if terminal is None else {"tty": True, "rows": terminal[0], "columns": terminal[1]}
        data = self._post(a.Session, f"/v1/jobs/{part(key)}/sessions", command=list(command), port=port, rank=rank,
                          **size)  # fmt: skip
        return JobSession(self, dict(data))

    def receipts(self, key: str) -> list[a.Receipt]:
        items: list[a.Receipt] = self.costs(key)["items"]
        return items

    def costs(self, key: str) -> a.Receipts:
        """Its receipts, and beside them what the data cost that was bought for it."""
        return self._get(a.Receipts, f"/v1/jobs/{part(key)}/receipts")

    def history(self, key: str) -> list[a.Event]:
        """Everything that happened to a job and its runs, oldest first."""
        items: list[a.Event] = self.call("GET", f"/v1/jobs/{part(key)}/events")["items"]
        return items

    def log(
        self, key: str, *, rank: int = 0, offset: int | None = None, tail: int | None = None, search: str | None = None
    ) -> Response:
        """One part of a rank's output; the headers say where it goes on."""
        query = {"rank": rank, "offset": offset, "tail": tail, "search": search}
        return self.raw("GET", f"/v1/jobs/{part(key)}/logs", query=query)

    def log_text(self, key: str, *, rank: int = 0) -> str:
        """All of a rank's output so far."""
        parts: list[bytes] = []
        offset = 0
        while True:
            response = self.log(key, rank=rank, offset=offset)
            if not response.body:
                return b"".join(parts).decode("utf-8", "replace")
            parts.append(response.body)
            offset = int(response.headers["gridtie-next-offset"])

    def follow(
        self, key: str, *, rank: int | None = None, start: Mapping[tuple[str, int], int] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Live output: {'event': 'log'|'end', …} as it comes, taken up again after a cut line.

        `start` says from which offset of a (run, rank) on; from the beginning where it says nothing.
        """
        offsets = dict(start or {})

        def stream() -> Iterator[tuple[str, str, dict[str, Any]]]:
            query = {"rank": rank, "from": json.dumps([[run, r, o] for (run, r), o in offsets.items()])}
            return self._events(f"/v1/jobs/{part(key)}/logs/stream", query)

        for name, _, data in self._going_on(stream):
            if name == "log":
                offsets[data["run"], data["rank"]] = data["next"]
            yield {"event": name, **data}
            if name == "end":
                return

    def _going_on(
        self, stream: Callable[[], Iterator[tuple[str, str, dict[str, Any]]]]
    ) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """One stream after another. Raises Unreachable when the exchange was never there, or stays away."""
        heard = 0.0
        while True:
            try:
                for event in stream():
                    heard = time.monotonic()
                    yield event
            except Unreachable:
                if time.monotonic() - heard > AWAY_S:
                    raise
            time.sleep(0.2)

    def _events(
        self, path: str, query: Mapping[str, object], headers: Mapping[str, str] | None = None
    ) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """(name, id, data) of each event until the line is cut."""
        kept = {name: value for name, value in query.items() if value is not None}
        sent = {"Authorization": f"Bearer {self._token}", "Accept": "text/event-stream", **(headers or {})}
        name, key, data = "message", "", ""
        for line in self._transport.stream(path + "?" + urlencode(kept), headers=sent):
            if line.startswith("event:"):
                name = line[6:].strip()
            elif line.startswith("id:"):
                key = line[3:].strip()
            elif line.startswith("data:"):
                data += line[5:].strip()
            elif not line and data:
                yield name, key, json.loads(data)
                name, data = "message", ""

    def events(self, *, after: int = 0) -> Iterator[dict[str, Any]]:
        """The live feed of what this member may see, without end: after a cut line it goes on where it was."""
        seen = {"Last-Event-ID": str(after)}
        for _, key, data in self._going_on(lambda: self._events("/v1/events", {}, seen)):
            seen["Last-Event-ID"] = key or seen["Last-Event-ID"]
            yield data

    # ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def upload(self, path: Path) -> tuple[str, int]:
        """Sends a file unless the exchange has it; goes on where a broken upload stopped. (sha256, bytes)."""
        name, size = digest_of(path), path.stat().st_size
        target, token = f"/v1/blobs/{name}", {"Authorization": f"Bearer {self._token}"}

        def put(offset: int, part: bytes) -> Any:
            return document_of(self.raw("PUT", target, part, query={"offset": offset, "size": size}))

        head = partial(self._transport.request, "HEAD", target, body=None, headers=token)
        upload(path, size, part_bytes=UPLOAD_PART, head=head, put=put)
        return name, size

    def download(self, sha256: str, target: Path, *, size: int, link: str = "") -> None:
        """By parts into a file beside `target`, going on where a broken download stopped; renamed when it is right.
        `link`: the address it is behind; else it is one of the own files."""
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{sha256[:16]}.part")
        with fresh.open("ab") as file:
            if file.tell() > size:
                file.truncate(0)
            while (offset := file.tell()) < size:
                span = f"bytes={offset}-{min(offset + UPLOAD_PART, size) - 1}"
                response = self.raw("GET", link or f"/v1/blobs/{sha256}", headers={"Range": span})
                part = response.body if response.status == 206 else response.body[offset:]
                if not part:
                    raise InvalidSignature(subject=str(target), reason="the exchange has less of it than it says")
                file.write(part)
        if digest_of(fresh) != sha256:
            fresh.unlink()
            raise InvalidSignature(subject=str(target), reason="the bytes received have another SHA-256")
        fresh.replace(target)

    def fetch_dataset(self, name: str, folder: Path, *, version: str = "", paths: Sequence[str] = ()) -> a.Fetched:
        """The files of a version into `folder`, under its terms: written down and paid once, however often it takes."""
        from gridtie.dispatch.artefact import safe_path

        given = self.open_dataset(name, version=version, paths=paths)
        for file in given["files"]:
            self.download(file["sha256"], folder / safe_path(file["path"]), size=file["size"], link=file["url"])
        return given

    def outputs(self, key: str) -> list[a.File]:
        files: list[a.File] = self.call("GET", f"/v1/jobs/{part(key)}/outputs")["files"]
        return files

    def download_outputs(self, key: str, folder: Path) -> list[Path]:
        """The job's outputs; those of rank 1 and up go below rank-N/."""
        from gridtie.dispatch.artefact import safe_path

        written = []
        for file in self.outputs(key):
            base = folder if file["rank"] == 0 else folder / f"rank-{file['rank']}"
            target = base / safe_path(file["path"])
            self.download(file["sha256"], target, size=file["size"])
            if file.get("executable"):
                target.chmod(0o755)
            written.append(target)
        return written


def digest_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(UPLOAD_PART):
            digest.update(part)
    return digest.hexdigest()


def _as_json(value: object) -> str:
    """Of what `json` does not know itself: a file's bytes are its text. A caller is told of all else."""
    wanted = "text, numbers, lists and mappings alone are sent"
    if isinstance(value, bytes | bytearray):
        try:
            return value.decode()
        except UnicodeDecodeError as cause:
            wanted = f"bytes are sent as text in UTF-8, and byte {cause.start} is none"
    problem = Problem(f"a value of type {type(value).__name__}: {wanted}")
    raise InvalidInput(source="what this program sends", problems=[problem])
