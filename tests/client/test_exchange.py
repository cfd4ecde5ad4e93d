"""The typed client against a served exchange: large files by parts, broken transfers taken up, streams that go on."""

import hashlib
import socket
import threading
import traceback
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gridtie.api.server import ExchangeServer
from gridtie.client import exchange as module
from gridtie.client.exchange import ExchangeClient, JobHandle
from gridtie.client.transport import HttpTransport, Response
from gridtie.errors import InvalidJobFile, InvalidSignature, Problem, Unreachable
from gridtie.settings import load
from gridtie.wiring import close_exchange, found_exchange, open_exchange


class Counting(HttpTransport):
    """Keeps what was asked; cuts the line before the call with number `cut`."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.asked: list[tuple[str, int]] = []
        self.cut = -1

    def request(self, method: str, path: str, *, body: bytes | None, headers: Mapping[str, str]) -> Response:
        if len(self.asked) == self.cut:
            self.cut = -1
            raise Unreachable(url="it", reason="cut by the test")
        answer = super().request(method, path, body=body, headers=headers)
        self.asked.append((method, len(answer.body) if method == "GET" else len(body or b"")))
        return answer


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[tuple[ExchangeClient, Counting]]:
    exchange = open_exchange(load(tmp_path / "home", {}), create=True)
    token, _ = found_exchange(exchange, organisation="demo")
    listener = socket.create_server(("127.0.0.1", 0))
    ready = threading.Event()
    server = ExchangeServer(exchange, listener, ready=ready.set)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert ready.wait(20)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    transport = Counting(url)
    yield ExchangeClient(url, token.text, transport=transport), transport
    server.stop()
    thread.join(20)
    listener.close()
    close_exchange(exchange)


def test_a_broken_transfer_goes_on_where_it_stopped_in_both_directions(
    wire: tuple[ExchangeClient, Counting], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "UPLOAD_PART", 1000)
    client, transport = wire
    content = bytes(range(250)) * 10
    source, target = tmp_path / "source", tmp_path / "deep" / "target"
    source.write_bytes(content)
    transport.cut = 2
    with pytest.raises(Unreachable):
        client.upload(source)
    sha256, size = client.upload(source)
    assert transport.asked == [("HEAD", 0), ("PUT", 1000), ("HEAD", 0), ("PUT", 1000), ("PUT", 500)]
    transport.asked.clear()
    transport.cut = 1
    with pytest.raises(Unreachable):
        client.download(sha256, target, size=size)
    assert not target.exists()
    client.download(sha256, target, size=size)
    assert transport.asked == [("GET", 1000), ("GET", 1000), ("GET", 500)]
    assert target.read_bytes() == content
    assert [path.name for path in target.parent.iterdir()] == ["target"]


def test_an_empty_file_travels_too_and_a_wrong_part_is_thrown_away(
    wire: tuple[ExchangeClient, Counting], tmp_path: Path
) -> None:
    client, _ = wire
    (tmp_path / "empty").touch()
    sha256, size = client.upload(tmp_path / "empty")
    client.download(sha256, tmp_path / "back", size=size)
    assert (tmp_path / "back").read_bytes() == b""
    (tmp_path / "some").write_bytes(b"right")
    sha256 = hashlib.sha256(b"right").hexdigest()
    client.upload(tmp_path / "some")
    (tmp_path / f".{sha256[:16]}.part").write_bytes(b"wro")
    with pytest.raises(InvalidSignature):
        client.download(sha256, tmp_path / "other", size=5)
    client.download(sha256, tmp_path / "other", size=5)
    assert (tmp_path / "other").read_bytes() == b"right"


def test_files_of_the_same_content_may_be_sent_at_the_same_time(
    wire: tuple[ExchangeClient, Counting], tmp_path: Path
) -> None:
    client, _ = wire
    for turn in range(20):
        paths = [tmp_path / f"{turn}-{number}" for number in range(8)]
        for path in paths:
            path.write_bytes(f"{turn}".encode() * 300_000)
        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(client.upload, paths))) == 1


def test_a_job_shows_what_there_is_to_say_of_it_by_now_and_its_name_as_text() -> None:
    data = {
        "id": "job_1",
        "name": "<b>x",
        "state": "queued",
        "reason": "waits",
        "site": None,
        "price": None,
        "cost": "0",
    }
    job = JobHandle(ExchangeClient("http://localhost:1", "t"), data)
    assert repr(job) == "<job job_1 '<b>x': queued, waits>"
    card = job._repr_html_()
    assert ">&lt;b&gt;x</td></tr>" in card
    assert "None" not in card
    assert "site" not in card


def test_an_error_that_nobody_catches_shows_its_places_and_its_way_out() -> None:
    error = InvalidJobFile(source="job.yaml", problems=[Problem("no key 'nam'", 1, 1)])
    shown = "".join(traceback.format_exception(error))
    assert shown.endswith("InvalidJobFile: job.yaml: 1 problem\n1:1 no key 'nam'\n" + f"{error.remedy}\n")
