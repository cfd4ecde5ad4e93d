"""The two pipes of a session: nothing is lost or doubled by a cut line, and memory is bounded."""

import asyncio
import random
from typing import Any

import pytest

from gridtie.api.relay import COMING_S, OF_JOB_MAX, PIPE_MAX, Pipe, Relay, RelaySession
from gridtie.errors import NotFound, OffsetMismatch, QuotaExceeded, SessionEnded
from gridtie.values.ids import SiteId


def session(key: str, owner: str = "member_a") -> RelaySession:
    return RelaySession(key, owner, "job_1", "run_1", SiteId("site_1"), {"session": key}, Pipe(0.01), Pipe(0.01))


def test_what_is_written_is_read_once_however_often_calls_are_repeated() -> None:
    seed = 7
    chance = random.Random(seed)
    payload = chance.randbytes(PIPE_MAX * 3 + 17)
    pipe, got = Pipe(1.0), bytearray()

    async def write() -> None:
        sent = 0
        while sent < len(payload):
            part = payload[sent : sent + chance.randint(1, 100_000)]
            following = await pipe.write(sent, part, end=sent + len(part) == len(payload))
            if chance.random() < 0.7:  # else the answer was lost, and the same is sent again
                sent = following

    async def read() -> None:
        ended = False
        while not ended:
            part, ended = await pipe.read(len(got))
            if chance.random() < 0.3:  # the answer was lost
                ended = False
                continue
            got.extend(part)

    async def both() -> None:
        await asyncio.gather(write(), read())

    asyncio.run(both())
    assert bytes(got) == payload, f"seed {seed}"


def test_a_writer_waits_when_nobody_reads_and_a_gap_is_refused() -> None:
    async def play() -> None:
        pipe = Pipe(0.01)
        assert await pipe.write(0, b"x" * PIPE_MAX * 2, end=True) == PIPE_MAX
        assert await pipe.write(PIPE_MAX, b"y", end=False) == PIPE_MAX
        with pytest.raises(OffsetMismatch):
            await pipe.write(PIPE_MAX + 1, b"z", end=False)
        with pytest.raises(OffsetMismatch):
            await pipe.read(PIPE_MAX + 1)
        part, ended = await pipe.read(0)
        assert part
        assert not ended

    asyncio.run(play())


def test_a_call_that_is_made_again_while_the_first_waits_for_room_doubles_nothing() -> None:
    first, second = b"x" * PIPE_MAX, b"y" * 100

    async def play() -> None:
        pipe = Pipe(20.0)
        await pipe.write(0, first, end=False)
        twice = [asyncio.create_task(pipe.write(PIPE_MAX, second, end=False)) for _ in range(2)]
        await asyncio.sleep(0)  # both wait
        got = b""
        while len(got) < PIPE_MAX:
            part, _ = await pipe.read(len(got))
            got += part
        assert await asyncio.gather(*twice) == [PIPE_MAX + 100] * 2
        part, _ = await pipe.read(PIPE_MAX)
        assert (got == first, part) == (True, second)

    asyncio.run(play())


def test_a_session_is_its_members_and_its_sites_alone_and_ends_for_both() -> None:
    async def play() -> None:
        relay, one = Relay(), session("session_1")
        await relay.open(one)
        site, other = SiteId("site_1"), SiteId("site_2")
        assert await relay.waiting(site, "b1") == [{"session": "session_1"}]
        assert await relay.waiting(other, "b1") == []
        with pytest.raises(NotFound):
            await relay.of_member("session_1", "member_b")
        with pytest.raises(NotFound):
            relay.of_site("session_1", other, "b1")
        assert relay.of_site("session_1", site, "b1") is one
        assert await relay.waiting(site, "b1") == []
        await relay.close("session_1")
        assert await one.inward.read(0) == (b"", True)
        with pytest.raises(NotFound):
            relay.of_site("session_1", site, "b1")

    asyncio.run(play())


def test_a_member_hears_that_the_agent_was_started_again_or_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        relay, site = Relay(), SiteId("site_1")
        await relay.open(session("session_1"))
        relay.of_site("session_1", site, "b1")
        assert await relay.waiting(site, "b1") == []
        assert (await relay.of_member("session_1", "member_a")).boot == "b1"
        assert await relay.waiting(site, "b2") == []  # what it was told is not told a second time
        with pytest.raises(NotFound):
            relay.of_site("session_1", site, "b1")
        with pytest.raises(SessionEnded, match="started again"):
            await relay.of_member("session_1", "member_a")
        with pytest.raises(NotFound):
            await relay.of_member("session_1", "member_a")
        await relay.open(session("session_2"))
        monkeypatch.setattr("gridtie.api.relay.LOST_S", -1.0)
        with pytest.raises(SessionEnded, match="not heard"):
            await relay.of_member("session_2", "member_a")

    asyncio.run(play())


def test_a_session_says_that_it_waits_for_an_agent_that_has_not_come_or_calls_no_more() -> None:
    async def play() -> None:
        relay, site, one = Relay(), SiteId("site_1"), session("session_1")
        await relay.open(one)
        assert await one.output(0) == (b"", False, True)
        relay.of_site("session_1", site, "b1")
        assert await one.output(0) == (b"", False, False)
        one.worked -= COMING_S + 1
        assert await one.output(0) == (b"", False, True)
        await one.outward.write(0, b"x", end=False)
        assert await one.output(0) == (b"x", False, False)
        await relay.close("session_1")
        assert await one.output(1) == (b"", True, False)

    asyncio.run(play())


def test_one_job_has_so_many_sessions_and_those_that_nobody_calls_for_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        relay = Relay()
        for number in range(OF_JOB_MAX):
            await relay.open(session(f"session_{number}"))
        with pytest.raises(QuotaExceeded):
            await relay.open(session("session_x"))
        monkeypatch.setattr("gridtie.api.relay.IDLE_S", -1.0)
        await relay.open(session("session_y"))

    asyncio.run(play())


def test_entering_is_refused_by_name(parties: Any, admin: Any) -> None:
    admin.post("/v1/ledger/topups", {"organisation": "aurora", "amount": "10"})
    member = parties["aurora"]["member"]
    [job] = member.post("/v1/jobs", {"text": "run: 'true'\ngridtie: {interactive: true}\n"}).json()["jobs"]
    for body, status, code in (
        ({"command": ["id"]}, 409, "session-refused"),  # it does not run
        ({}, 422, "invalid-input"),
        ({"command": ["id"], "port": 80}, 422, "invalid-input"),
        ({"port": 0}, 422, "invalid-input"),
        ({"command": ["x" * 40_000]}, 422, "invalid-input"),
        ({"command": ["x" * 30_000, "y" * 30_000]}, 413, "input-too-large"),
    ):
        answer = member.post(f"/v1/jobs/{job['id']}/sessions", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
    assert parties["aurora"]["viewer"].post(f"/v1/jobs/{job['id']}/sessions", {"command": ["id"]}).status_code == 403
    answer = parties["aurora"]["owner"].post(f"/v1/jobs/{job['id']}/sessions", {"command": ["id"]})
    said = answer.json()
    assert (answer.status_code, said["code"], said["fix"]) == (
        403,
        "not-theirs",
        "Only the member who submitted it can.",
    )
