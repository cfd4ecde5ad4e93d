"""What strangers and broken programs send to a socket: bounded time and memory, a typed error, the server goes on."""

import gzip
import http.client
import json
import socket
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import Request

from gridtie.api.agent_runs import _unpacked
from gridtie.api.logs import _matching, _parts
from gridtie.errors import InputTooLarge, InvalidInput

MiB = 1 << 20


def resident(client: Any) -> float:
    lines = client.get("/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith("gridtie_resident_bytes")).split()[1])


def gauge(client: Any, name: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith(f"{name} ")).split()[1])


def said(port: int, *parts: bytes, timeout: float = 10) -> bytes:
    """Sends the parts, and reads until the server closes."""
    told, gone = b"", suppress(BrokenPipeError, ConnectionResetError)
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as line, gone:
        for part in parts:
            line.sendall(part)
        while part := line.recv(65536):
            told += part
    return told


def problem_of(raw: bytes) -> dict[str, Any]:
    head, _, body = raw.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head.lower(), raw
    return dict(json.loads(body))


@pytest.fixture(autouse=True)
def still_serves(client: Any) -> Iterator[None]:
    before = resident(client)
    yield
    assert client.get("/healthz").status_code == 200
    assert resident(client) - before < 96 * MiB


def test_a_head_that_trickles_or_never_begins_is_given_up(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridtie.api.protocol.HEAD_S", 0.3)
    started = time.monotonic()
    lines = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(40)]
    for line in lines[:20]:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: b")
    for line in lines[:20]:
        told = b""
        while part := line.recv(65536):
            told += part
        assert problem_of(told)["status"] == 408
    assert all(line.recv(100) == b"" for line in lines[20:])
    assert time.monotonic() - started < 8
    for line in lines:
        line.close()


def test_a_second_request_on_a_kept_line_has_its_time_too(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridtie.api.protocol.HEAD_S", 0.3)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert line.recv(65536).startswith(b"HTTP/1.1 200")
        time.sleep(0.5)  # idle between requests is not slow
        line.sendall(b"GET /heal")
        assert b" 408 " in line.recv(65536)


def test_an_endless_head_is_cut(port: int) -> None:
    for start in (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ", b"GET /" + b"x" * 1000):
        told = said(port, start, *[b"y" * 65536] * 64)
        assert not told or problem_of(told)["status"] == 431
    many = b"".join(b"X-%d: y\r\n" % number for number in range(20_000))
    told = said(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\n", many, b"\r\n")
    assert not told or b" 431 " in told.partition(b"\r\n")[0]


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
        b"HELO example\r\n\r\n",
        b"GET /healthz HTTP/9.9\r\n\r\n",
        b"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nX\x00Y: z\r\n\r\n",
    ],
)
def test_what_is_not_http_is_said_so_and_the_line_closed(port: int, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        told = b""
        with suppress(ConnectionResetError):
            while part := line.recv(65536):
                told += part
    if told:
        assert 400 <= int(told.split()[1]) < 500, told
        assert problem_of(told)["code"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"{} {}",
        b"\xff\xfe\x00",
        b'{"name": "\\ud800"}',
        b'{"name": "\x00"}',
        b'{"name": NaN}',
        b'{"name": ' + b"9" * 100_000 + b"}",
        b'{"name": 1e999999}',
        b"[" * 500_000,
        b'{"name":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"name": ["a", {"b": [[[]]]}]}',
        b'{"' + b"k" * 1_000_000 + b'": 1}',
        b"{" + b",".join(b'"k%d": 1' % number for number in range(100_000)) + b"}",
    ],
    ids=range(17),
)
def test_bodies_that_are_no_request_are_invalid_input(admin: Any, body: bytes) -> None:
    bearer = {"Authorization": f"Bearer {admin.token}", "Content-Type": "application/json", "Idempotency-Key": "k"}
    for path in ("/v1/organisations", "/v1/jobs", "/v1/offers", "/v1/vouchers"):
        answer = admin.client.request("POST", path, content=body, headers=bearer)
        assert answer.status_code in (400, 422), f"{path}: {answer.text[:300]}"
        assert answer.json()["code"] == "invalid-input"
        assert len(answer.content) < 64 << 10, "an error must not be as large as what caused it"


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", "application/json; x", "\\"])
def test_a_body_of_another_type_is_not_taken_for_json(admin: Any, kind: str) -> None:
    bearer = {"Authorization": f"Bearer {admin.token}", "Content-Type": kind}
    answer = admin.client.request("POST", "/v1/organisations", content=b"<name>x</name>", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) in ((422, "invalid-input"), (400, "invalid-input"))


def test_a_chunked_body_over_its_limit_is_refused_before_it_ends(port: int, admin: Any) -> None:
    """Nothing said before how long it would be."""
    head = f"POST /v1/offers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {admin.token}\r\n".encode()
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    told = said(port, head + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 40)
    assert not told or problem_of(told)["status"] == 413  # a line that was reset may have lost the answer


def test_a_chunked_body_without_an_end_is_given_up(port: int, exchange: Any) -> None:
    object.__setattr__(exchange.settings, "body_timeout_s", 0.3)
    head = b"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
    assert problem_of(said(port, head))["status"] == 408


def test_a_body_behind_a_get_is_not_kept(port: int) -> None:
    """It is answered at once; what comes behind is read away or cut off (the memory is looked at afterwards)."""
    head = b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n"
    gone = suppress(BrokenPipeError, ConnectionResetError)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(head)
        assert line.recv(65536).startswith(b"HTTP/1.1 200")
        with gone:
            for _ in range(2000):
                line.sendall(b"x" * 65536)


def test_a_hundred_lines_that_hang_up_half_way_leave_nothing_behind(port: int, client: Any) -> None:
    for _ in range(100):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(b"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("how", ["half-closed", "closed", "deaf"])
def test_a_stream_nobody_listens_to_any_more_ends(admin: Any, port: int, how: str) -> None:
    idle = gauge(admin.client, "gridtie_waiters")
    line = socket.create_connection(("127.0.0.1", port), timeout=10)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.sendall(f"GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {admin.token}\r\n\r\n".encode())
    assert line.recv(10)
    deadline = time.monotonic() + 10
    while gauge(admin.client, "gridtie_waiters") <= idle:
        assert time.monotonic() < deadline, "the stream did not begin"
    if how == "half-closed":
        line.shutdown(socket.SHUT_WR)
    elif how == "closed":
        line.close()
    else:  # it neither reads nor goes: what is written to it waits in the socket, not in our memory
        for number in range(30):
            admin.post("/v1/organisations", {"name": f"org{number}"})
        line.close()
    while gauge(admin.client, "gridtie_waiters") > idle:
        assert time.monotonic() < deadline, "its listener is still there"
        time.sleep(0.05)
    line.close()


NAMES = ["../x", "/etc/passwd", "a/../../b", "a\x00b", "a\\..\\b", "~/x", "", "a//b", "x" * 5000, "/".join("a" * 100)]


@pytest.mark.parametrize("path", NAMES, ids=range(len(NAMES)))
def test_a_work_directory_cannot_name_a_file_outside_itself(admin: Any, path: str) -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    bearer = {"Authorization": f"Bearer {admin.token}"}
    assert admin.client.request("PUT", f"/v1/blobs/{empty}?size=0", content=b"", headers=bearer).status_code == 200
    answer = admin.post("/v1/jobs", {"text": "run: ls", "files": [{"path": path, "sha256": empty, "size": 0}]})
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] in ("unsafe-path", "invalid-input")
    assert admin.get("/v1/jobs").json()["items"] == []


def test_a_file_of_ten_gigabytes_is_a_promise_and_takes_no_room(admin: Any, exchange: Any) -> None:
    """A size is only a word until its bytes come; and a larger one than allowed is refused on the word."""
    bearer = {"Authorization": f"Bearer {admin.token}"}
    path = f"/v1/blobs/{'0' * 64}?size={10 << 30}"
    part = admin.client.request("PUT", path, content=b"\0" * MiB, headers=bearer)
    assert part.json() == {"next": MiB, "complete": False}
    stored = sum(file.stat().st_blocks * 512 for file in exchange.settings.home.rglob("*") if file.is_file())
    assert stored < 64 * MiB
    far = admin.client.request("PUT", f"{path}&offset={9 << 30}", content=b"x", headers=bearer)
    assert (far.status_code, far.json()["code"]) == (409, "offset-mismatch")
    giant = admin.client.request("PUT", f"/v1/blobs/{'0' * 64}?size={1 << 49}", content=b"x", headers=bearer)
    assert (giant.status_code, giant.json()["code"]) == (413, "input-too-large")


def test_packed_output_that_unfolds_into_gigabytes_is_refused(admin: Any, make_site: Any, exchange: Any) -> None:
    agent = make_site(admin, "north")
    bomb = gzip.compress(b"\0" * (48 * MiB), 9)
    assert len(bomb) < exchange.settings.log_chunk_bytes
    packed = Request({"type": "http", "headers": [(b"content-encoding", b"gzip")]})
    with pytest.raises(InputTooLarge):
        _unpacked(bomb, packed, exchange.settings.log_chunk_bytes)
    for broken in (b"\x1f\x8b\x08broken", gzip.compress(b"x")[:-4], gzip.compress(b"x")[:10] + b"\xff" * 20):
        with pytest.raises(InvalidInput):
            _unpacked(broken, packed, exchange.settings.log_chunk_bytes)
    answer = agent.raw("PUT", "/agent/v1/runs/run_x/logs/0?epoch=1&offset=0", bomb)
    assert answer.status_code == 404  # no run, no unpacking


def test_words_no_text_can_hold_are_refused_from_agents_too(admin: Any, make_site: Any) -> None:
    agent = make_site(admin, "north")
    good = {"boot": agent.boot, "version": "0.1.0", "protocol": 1, "inventory_digest": "sha256:" + "00" * 32,
            "inventory": {}, "resources": [], "held": []}  # fmt: skip
    for raw in (
        json.dumps({**good, "inventory": {"cpu": "\ud800"}}),
        json.dumps({**good, "inventory": {"cpu": 10**400}}),
        json.dumps({**good, "inventory": {"cpu": float("nan")}}),
        json.dumps({**good, "inventory": {"\x00": [1]}}),
        json.dumps({**good, "resources": [{"name": "\ud800"}]}),
        json.dumps(good).replace('"inventory": {}', '"inventory": ' + '{"a":' * 5000 + "1" + "}" * 5000),
    ):
        answer = agent.raw("POST", "/agent/v1/hello", raw.encode())
        assert answer.status_code < 500, f"{raw[:200]}: {answer.text}"
    assert agent.hello().status_code == 200


def test_more_streams_than_a_token_may_hold_are_refused(admin: Any, port: int, exchange: Any) -> None:
    object.__setattr__(exchange.settings, "streams_max", 3)
    admin.post("/v1/ledger/topups", {"organisation": "demo", "amount": "1"})
    job = admin.post("/v1/jobs", {"text": "run: ls"}).json()["jobs"][0]["id"]
    output = f"/v1/jobs/{job}/logs/stream"
    lines = []
    for path in ("/v1/events", output, "/v1/events", output, "/v1/events"):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        line.request("GET", path, headers={"Authorization": f"Bearer {admin.token}"})
        lines.append((line, line.getresponse().status))
    assert [status for _, status in lines] == [200, 200, 200, 429, 429]
    for line, _ in lines:
        line.close()


@pytest.mark.parametrize(
    "start",
    ["[" * 1500, '[["x",1e400,2]]', '[["x",Infinity,2]]', '{"a":1}', "9" * 5000, '[["x",-1,2,3]]'],
)
def test_a_stream_cannot_be_taken_up_from_nonsense(admin: Any, start: str) -> None:
    admin.post("/v1/ledger/topups", {"organisation": "demo", "amount": "100"})
    job = admin.post("/v1/jobs", {"text": "run: echo"}).json()["jobs"][0]["id"]
    answer = admin.get(f"/v1/jobs/{job}/logs/stream?from={quote(start)}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")


@pytest.mark.parametrize(
    ("name", "value"),
    [("A=B", "1"), ("", "1"), ("A B", "1"), ("\0", "1"), ("1A", "1"), ("A" * 300, "1"), ("A", "x\0y")],
)
def test_what_no_environment_can_hold_is_refused_at_the_door(admin: Any, name: str, value: str) -> None:
    for field in ("envs", "secrets"):
        answer = admin.post("/v1/jobs", {"text": "run: echo", field: {name: value}})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input"), answer.text


def test_one_line_of_many_megabytes_is_searched_in_bounded_time_and_memory(exchange: Any) -> None:
    run = exchange.clock.new_id("run")
    text = b"x" * (9 * MiB) + b"needle" + b"x" * (9 * MiB) + b"\nneedle\n"
    exchange.logs.append(run, 0, 0, text)
    tracemalloc.start()
    found = _matching(exchange, run, 0, len(text), b"needle")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.count(b"needle") == 2
    assert peak < 4 * MiB


def test_a_live_stream_never_cuts_a_character_in_two(exchange: Any) -> None:
    run = exchange.clock.new_id("run")
    text = "训练" * 30_000
    exchange.logs.append(run, 0, 0, b"a" + text.encode())
    events = _parts(exchange, run, 0, {}, last=False)
    told = "".join(json.loads(event.partition(b"data: ")[2])["text"] for event in events)
    assert told == "a" + text


@pytest.mark.parametrize("path", ["/v1/offers/a%00", "/v1/datasets/a%00/b", "/v1/datasets?q=%00", "/v1/jobs?name=%00"])
def test_a_nul_in_an_address_names_nothing_on_either_database(admin: Any, path: str) -> None:
    answer = admin.get(path)
    assert answer.status_code in (200, 404, 422), answer.text
    assert answer.status_code != 200 or answer.json()["items"] == []
