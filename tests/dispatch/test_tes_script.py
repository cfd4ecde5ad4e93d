"""The programs that tasks of TES clients bring, each run as a program."""

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gridtie.dispatch.tes_script import HTTP

HEAD, BODY = b"HTTP/1.1 200 OK\r\nDate: Sat, 28 Nov 2026 12:00:00 GMT\r\nContent-Length: 8\r\n\r\n", b"ACGTACGT"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nACGTACGT\r\n0\r\n\r\n"
CLOSING = b"HTTP/1.0 200 OK\r\n\r\nACGTACGT"


def fetched(said: bytes, target: Path) -> int:
    """Its exit code, when a server says so much and dies."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as threads:

        def answer() -> None:
            line, _ = listener.accept()
            with line:
                line.recv(65536)
                line.sendall(said)

        threads.submit(answer)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/reads.fa"
        return subprocess.run([sys.executable, "-c", HTTP, "GET", url, target], capture_output=True).returncode


@pytest.mark.parametrize("said", [HEAD + BODY, CHUNKED, CLOSING])
def test_an_input_by_http_arrives_whole(tmp_path: Path, said: bytes) -> None:
    assert fetched(said, tmp_path / "in") == 0
    assert (tmp_path / "in").read_bytes() == BODY


@pytest.mark.parametrize(
    "said", [HEAD[:20], HEAD[:60], HEAD, HEAD + BODY[:5], CHUNKED[:20], CHUNKED[: CHUNKED.index(BODY) + 3]]
)
def test_an_input_whose_line_broke_off_is_not_taken_for_whole(tmp_path: Path, said: bytes) -> None:
    assert fetched(said, tmp_path / "in") != 0
