"""What jobs print, over HTTP: parts, tails, searches, and a live stream that survives a cut line."""

import codecs
import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse

from gridtie.access import Actor
from gridtie.api.context import bus_of, exchange_of, read, with_files
from gridtie.api.deps import Allow
from gridtie.api.events import guarded, sse, still_welcome
from gridtie.api.jobs import own_job
from gridtie.errors import InvalidInput, NotFound, Problem
from gridtie.flow.exchange import Exchange
from gridtie.flow.unit import Unit
from gridtie.lifecycle import JOB
from gridtie.values.ids import JobId

router = APIRouter(prefix="/v1", tags=["logs"])

PART = 256 << 10
EVENT_BYTES = 64 << 10
TAIL_SCAN = 4 << 20
SEARCH_MAX = 1 << 20


def _run_of(unit: Unit, actor: Actor, job: str, run: str | None) -> tuple[str, str, bool]:
    """(job, the run asked for or its newest with output, whether the job has ended)."""
    key = own_job(unit, actor, job, "job.log")
    runs = [row.id for row in unit.runs.of_job(key)]
    if run is not None and run not in runs:
        raise NotFound(noun="run", key=run)
    return key, run or (runs[-1] if runs else ""), unit.jobs.row(key).state in JOB.final


@router.get("/jobs/{job}/logs", summary="A part of what one rank printed", response_class=Response)
async def get_log(
    job: str,
    request: Request,
    actor: Annotated[Actor, Depends(Allow("job.log"))],
    rank: Annotated[int, Query(ge=0, le=100_000)] = 0,
    run: Annotated[str | None, Query(max_length=64)] = None,
    offset: Annotated[int, Query(ge=0, le=1 << 50)] = 0,
    limit: Annotated[int, Query(ge=1, le=4 << 20)] = PART,
    tail: Annotated[int | None, Query(ge=1, le=10_000)] = None,
    search: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
) -> Response:
    """Bytes from `offset`; or the lines that contain `search`; of these or of all the last `tail` lines."""
    exchange = exchange_of(request)
    _, found, ended = read(request, lambda unit: _run_of(unit, actor, job, run))
    size = await with_files(lambda: exchange.logs.size(found, rank)) if found else 0
    if search is not None:
        body = await with_files(lambda: _matching(exchange, found, rank, size, search.encode()))
        if tail is not None:
            body = _last_lines(body, tail)
        following = size
    elif tail is not None:
        start = max(0, size - TAIL_SCAN)
        content = await with_files(lambda: exchange.logs.read(found, rank, start, size - start))
        body = _last_lines(content, tail)
        following = size
    else:
        body = await with_files(lambda: exchange.logs.read(found, rank, offset, limit)) if offset < size else b""
        following = offset + len(body)
    headers = {
        "Gridtie-Next-Offset": str(following),
        "Gridtie-Run": found,
        "Gridtie-Final": str(int(ended and following >= size)),
    }
    return Response(body, media_type="text/plain; charset=utf-8", headers=headers)


def _last_lines(content: bytes, count: int) -> bytes:
    lines = content.split(b"\n")
    whole = len(lines) - 1 if lines[-1] == b"" else len(lines)
    return b"\n".join(lines[max(0, whole - count) :])


def _matching(exchange: Exchange, run: str, rank: int, size: int, wanted: bytes) -> bytes:
    """Lines that contain `wanted`, at most SEARCH_MAX bytes of them; reads in parts."""
    found: list[bytes] = []
    rest, offset, total = b"", 0, 0
    while offset < size and total < SEARCH_MAX:
        part = exchange.logs.read(run, rank, offset, PART)
        offset += len(part)
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            if wanted in line:
                found.append(line + b"\n")
                total += len(line) + 1
        if len(rest) > PART:  # a line without end is searched in pieces, or it would be copied again for every part
            if wanted in rest:
                found.append(rest)
                total += len(rest)
                rest = b""
            rest = rest[len(rest) - len(wanted) + 1 :] if len(wanted) > 1 else b""
        if not part:
            break
    if wanted in rest:
        found.append(rest)
    return b"".join(found)[:SEARCH_MAX]


@router.get("/jobs/{job}/logs/stream", summary="What it prints, as it prints it", response_class=StreamingResponse)
async def stream_log(
    job: str,
    request: Request,
    actor: Annotated[Actor, Depends(Allow("job.log"))],
    rank: Annotated[int | None, Query(ge=0, le=100_000)] = None,
    start: Annotated[str, Query(alias="from", max_length=65536)] = "[]",
) -> StreamingResponse:
    """Server-sent events: `log` {run, rank, offset, next, text} and at last `end` {state}.

    `from` takes up a broken stream: JSON [[run, rank, next], …] as received.
    """
    offsets = _offsets(start)
    key, _, _ = read(request, lambda unit: _run_of(unit, actor, job, None))
    return guarded(request, actor, _follow(request, key, rank, offsets))


def _offsets(text: str) -> dict[tuple[str, int], int]:
    try:
        offsets = {(str(run), int(rank)): int(offset) for run, rank, offset in json.loads(text)}
        if not all(0 <= offset <= 1 << 50 for offset in offsets.values()):
            raise ValueError("an offset is beyond every file")
        return offsets
    except (ValueError, TypeError, RecursionError, OverflowError):
        problem = Problem("from: must be JSON such as [[run, rank, offset]]", path="from")
        raise InvalidInput(source="request", problems=[problem]) from None


async def _follow(
    request: Request, job: str, rank: int | None, offsets: dict[tuple[str, int], int]
) -> AsyncIterator[bytes]:
    exchange, bus, welcome = exchange_of(request), bus_of(request), still_welcome(request)
    with bus.listen(job) as bell:
        while welcome() and not await request.is_disconnected():
            state, runs = read(request, lambda unit: _story(unit, job))
            sent = False
            for run in runs:
                for number in await with_files(partial(exchange.logs.ranks, run)):
                    if rank is not None and number != rank:
                        continue
                    last = state in JOB.final or run != runs[-1]
                    for event in await with_files(partial(_parts, exchange, run, number, offsets, last=last)):
                        sent = True
                        yield event
            if state in JOB.final and not sent:
                yield sse("end", {"state": state})
                return
            if bus.closing:
                return
            if not sent and not await bell.wait(1.0):
                yield b": still there\n\n"


def _story(unit: Unit, job: str) -> tuple[str, list[str]]:
    key = JobId(job)
    return unit.jobs.row(key).state, [row.id for row in unit.runs.of_job(key)]


def _parts(exchange: Exchange, run: str, rank: int, offsets: dict[tuple[str, int], int], *, last: bool) -> list[bytes]:
    """Up to eight events of new output of one rank; whole UTF-8 characters only, unless nothing more will come."""
    events = []
    for _ in range(8):
        offset = offsets.get((run, rank), 0)
        part = exchange.logs.read(run, rank, offset, EVENT_BYTES)
        text, used = codecs.utf_8_decode(part, "replace", last and len(part) < EVENT_BYTES)
        if not used:
            break
        following = offset + used
        offsets[run, rank] = following
        events.append(sse("log", {"run": run, "rank": rank, "offset": offset, "next": following, "text": text}))
    return events
