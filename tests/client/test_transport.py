"""HTTP over real sockets: kept connections, repeats only where harmless, problems that come back as our own errors."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from gridtie.client.exchange import ExchangeClient
from gridtie.client.transport import HttpTransport, RemoteProblem, Response, document_of, raise_for_problem
from gridtie.errors import InvalidInput, InvalidJobFile, Overloaded, StaleEpoch, Unreachable


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, str, int]] = []  # method, path, client port
        self.hang_up_after: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, self.client_address[1]))
        if self.path == "/stream":
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"data: one\r\n\r\ndata: two\n")
            self.close_connection = True
            return
        answer = json.dumps({"path": self.path, "length": len(body)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("Gridtie-Next-Offset", "7")
        self.end_headers()
        self.wfile.write(answer)
        if self.path in self.server.hang_up_after:
            self.close_connection = True  # without a word: the client finds out at its next call

    do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_thread_keeps_its_connection_and_another_has_its_own(server: Server) -> None:
    transport = HttpTransport(server.url)
    for _ in range(3):
        transport.request("GET", "/a", body=None, headers={})
    thread = threading.Thread(target=lambda: transport.request("GET", "/b", body=None, headers={}))
    thread.start()
    thread.join()
    ports = [port for _, _, port in server.seen]
    assert ports[0] == ports[1] == ports[2] != ports[3]


def test_answers_carry_status_headers_in_lower_case_and_the_body(server: Server) -> None:
    answer = HttpTransport(server.url + "/base/").request("PUT", "/x?y=1", body=b"12345", headers={})
    assert (answer.status, answer.headers["gridtie-next-offset"]) == (200, "7")
    assert json.loads(answer.body) == {"path": "/base/x?y=1", "length": 5}


@pytest.mark.parametrize(
    ("method", "headers", "again"),
    [
        ("GET", {}, True),
        ("PUT", {}, True),
        ("POST", {"Idempotency-Key": "k"}, True),
        ("POST", {}, False),
        ("PUT", {"Gridtie-Signature": "s"}, False),
    ],
)
def test_a_closed_connection_is_opened_again_only_where_repeating_is_harmless(
    server: Server, method: str, headers: dict[str, str], again: bool
) -> None:
    server.hang_up_after = {"/first"}
    transport = HttpTransport(server.url)
    transport.request("GET", "/first", body=None, headers={})
    if again:
        assert transport.request(method, "/second", body=b"", headers=headers).status == 200
    else:
        with pytest.raises(Unreachable):
            transport.request(method, "/second", body=b"", headers=headers)
        assert [path for _, path, _ in server.seen] == ["/first"]


def test_nobody_there_is_unreachable_and_names_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port}"):
        HttpTransport(f"http://127.0.0.1:{port}").request("GET", "/", body=None, headers={})


def test_a_server_that_never_answers_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Unreachable, match="no answer in time"):
            HttpTransport(url, timeout_s=0.2).request("GET", "/", body=None, headers={})


def test_garbage_in_the_place_of_http_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as odd:

        def speak() -> None:
            peer, _ = odd.accept()
            peer.recv(4096)
            peer.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
            peer.close()

        threading.Thread(target=speak, daemon=True).start()
        with pytest.raises(Unreachable):
            HttpTransport(f"http://127.0.0.1:{odd.getsockname()[1]}").request("GET", "/", body=None, headers={})


@pytest.mark.parametrize("url", ["ftp://x", "exchange.example", "http://", ""])
def test_what_is_not_a_web_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        HttpTransport(url)


def test_a_stream_gives_lines_and_ends_when_it_is_cut(server: Server) -> None:
    assert list(HttpTransport(server.url).stream("/stream", headers={})) == ["data: one", "", "data: two"]


def test_a_problem_comes_back_as_the_error_it_was() -> None:
    document = {
        "code": "invalid-job-file", "title": "t", "detail": "d", "request": "req_1",
        "params": {"source": "job.yaml", "count": 1},
        "problems": [{"message": "unknown key", "line": 3, "column": 5, "path": "resources"}],
    }  # fmt: skip
    with pytest.raises(InvalidJobFile, match=r"job\.yaml: 1 problem") as caught:
        raise_for_problem(Response(422, {}, json.dumps(document).encode()))
    assert str(caught.value.problems[0]) == "3:5 unknown key"
    assert caught.value.params["request"] == "req_1"
    stale = {"code": "stale-epoch", "params": {"noun": "run", "key": "run_1", "given": 1, "current": 2}}
    with pytest.raises(StaleEpoch, match="epoch 1 of run run_1 is over"):
        raise_for_problem(Response(409, {}, json.dumps(stale).encode()))


@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway", b"[]", b'{"code": 3}', b'{"code":"x","problems":[1]}'])
def test_an_answer_that_is_no_problem_document_still_makes_a_sensible_error(body: bytes) -> None:
    with pytest.raises((RemoteProblem, Overloaded)) as caught:
        raise_for_problem(Response(400, {}, body))
    assert "400" in str(caught.value)
    with pytest.raises((RemoteProblem, Overloaded)):
        raise_for_problem(Response(502, {"retry-after": "3"}, body))


def test_an_error_of_a_later_version_is_shown_as_it_was_worded() -> None:
    document = {"code": "from-the-future", "title": "the tide is out", "detail": "moon", "fix": "wait"}
    with pytest.raises(RemoteProblem) as caught:
        raise_for_problem(Response(409, {}, json.dumps(document).encode()))
    error = caught.value
    assert (error.message, error.reason, error.remedy) == ("the tide is out", "moon", "wait")


HEAD = b"HTTP/1.1 201 Created\r\nDate: Sat, 28 Nov 2026 12:00:00 GMT\r\nContent-Length: 100\r\n\r\n"


@pytest.fixture
def said() -> Iterator[Callable[[bytes], ExchangeClient]]:
    """A client of a server that says so much to one call, and dies."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as threads:

        def answer_and_die(sent: bytes) -> None:
            line, _ = listener.accept()
            with line:
                line.recv(65536)
                line.sendall(sent)

        def client(sent: bytes) -> ExchangeClient:
            threads.submit(answer_and_die, sent)
            return ExchangeClient(f"http://127.0.0.1:{listener.getsockname()[1]}", "token")

        yield client


@pytest.mark.parametrize("sent", [*(HEAD[:end] for end in range(len(HEAD))), HEAD, HEAD + b'{"jobs": ['])
def test_an_answer_that_broke_off_is_no_answer(said: Callable[[bytes], ExchangeClient], sent: bytes) -> None:
    with pytest.raises(Unreachable):
        said(sent).call("POST", "/v1/jobs", {})


@pytest.mark.parametrize("sent", [
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
])  # fmt: skip
def test_an_answer_without_words_is_one_when_it_is_whole(said: Callable[[bytes], ExchangeClient], sent: bytes) -> None:
    assert said(sent).call("POST", "/v1/jobs", {}) is None


@pytest.mark.parametrize("body", [b"<html>sign in first</html>", b"[" * 5000])
def test_what_is_not_an_exchange_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(Unreachable, match="not an exchange"):
        document_of(Response(200, {}, body))
