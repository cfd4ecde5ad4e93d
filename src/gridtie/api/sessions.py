"""Commands beside a running job, and its ports, over HTTP: what a member and an agent say to each other through us."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from gridtie.access import Actor
from gridtie.api.context import answer, bus_of, exchange_of, write
from gridtie.api.deps import Allow, AllowAgent
from gridtie.api.jobs import own_job
from gridtie.api.relay import PART_MAX, Pipe, Relay, RelaySession
from gridtie.dispatch.run import RunPlan
from gridtie.errors import InputTooLarge, InvalidInput, Problem
from gridtie.flow.agent_gate import AgentIdentity
from gridtie.flow.open_session import open_session
from gridtie.flow.unit import Unit
from gridtie.values.period import to_text, to_the_second

router = APIRouter(tags=["sessions"])

Key = Annotated[str, Path(pattern=r"^session_[0-9a-z]{1,40}$")]
Offset = Annotated[int, Query(ge=0, le=1 << 50)]
Owner = Annotated[Actor, Depends(Allow("job.enter"))]
Site = Annotated[AgentIdentity, Depends(AllowAgent("agent.session"))]
Word = Annotated[str, Field(max_length=32_768, pattern=r"^[^\x00]*$")]


class SessionIn(BaseModel):
    """A command, or a port of the job's own loopback."""

    model_config = ConfigDict(extra="forbid")
    command: list[Word] = Field(default_factory=list, max_length=1000)
    port: Annotated[int | None, Field(ge=1, le=65535)] = None
    rank: Annotated[int, Field(ge=0, le=100_000)] = 0
    tty: bool = False
    rows: Annotated[int, Field(ge=1, le=1000)] = 24
    columns: Annotated[int, Field(ge=1, le=1000)] = 80


def relay_of(request: Request) -> Relay:
    relay: Relay = request.app.state.relay
    return relay


@router.post("/v1/jobs/{job}/sessions", status_code=201, summary="Enter a running development job")
async def enter(job: str, body: SessionIn, request: Request, actor: Owner) -> Response:
    """For the member who submitted it, if it was submitted with `interactive: true`."""
    if bool(body.command) == (body.port is not None):
        raise InvalidInput(source="request", problems=[Problem("give a command or a port")])
    if sum(len(word.encode()) for word in body.command) > PART_MAX // 2:
        raise InputTooLarge(source="the command", limit=f"{PART_MAX // 2} bytes")
    what = "port" if body.port else "command"

    def work(unit: Unit) -> tuple[RunPlan, str]:
        key = own_job(unit, actor, job, "job.enter")
        return open_session(unit, exchange_of(request), actor, key, rank=body.rank, what=what), unit.new_id("session")

    plan, key = await write(request, actor, work)
    order = {"session": key, "run": plan.run, "epoch": plan.epoch, **body.model_dump()}
    hold_s = exchange_of(request).settings.sync_hold_s
    session = RelaySession(key, actor.name, plan.job, plan.run, plan.site, order, Pipe(hold_s), Pipe(hold_s))
    await relay_of(request).open(session)
    bus_of(request).ring(plan.site)
    return answer({"id": key, "job": plan.job, "run": plan.run, "rank": body.rank}, status=201)


@router.put("/v1/sessions/{session}/input", summary="What goes into a session")
async def member_input(session: Key, request: Request, actor: Owner, offset: Offset, end: bool = False) -> Response:
    """Waits while there is no room; `next` says how much was taken."""
    pipe = (await relay_of(request).of_member(session, actor.name)).inward
    return answer({"next": await pipe.write(offset, await request.body(), end=end)})


@router.get("/v1/sessions/{session}/output", summary="What comes out of a session", response_class=Response)
async def member_output(session: Key, request: Request, actor: Owner, offset: Offset = 0) -> Response:
    """Frames: a byte (1: output, 2: errors, 3: exit code in words), four bytes of length, content. Held until there is
    some; Gridtie-Final says that nothing follows, Gridtie-Waits why nothing comes."""
    found = await relay_of(request).of_member(session, actor.name)
    part, ended, waits = await found.output(offset)
    reply = _framed(part, ended)
    if waits:
        heard = exchange_of(request).presence.seen(found.site)
        since = "since this exchange was started" if heard is None else f"since {to_the_second(to_text(heard))}"
        reply.headers["Gridtie-Waits"] = f"the agent of its site was not heard {since}"
    return reply


@router.delete("/v1/sessions/{session}", summary="Leave a session")
async def leave(session: Key, request: Request, actor: Owner) -> Response:
    """What was started in it is ended."""
    await relay_of(request).of_member(session, actor.name)
    await relay_of(request).close(session)
    return answer({})


@router.get("/agent/v1/sessions/{session}/input", include_in_schema=False)
async def agent_input(session: Key, request: Request, agent: Site, offset: Offset) -> Response:
    return await _read(relay_of(request).of_site(session, agent.site, agent.boot).inward, offset)


@router.put("/agent/v1/sessions/{session}/output", include_in_schema=False)
async def agent_output(session: Key, request: Request, agent: Site, offset: Offset, end: bool = False) -> Response:
    pipe = relay_of(request).of_site(session, agent.site, agent.boot).outward
    return answer({"next": await pipe.write(offset, await request.body(), end=end)})


async def _read(pipe: Pipe, offset: int) -> Response:
    return _framed(*await pipe.read(offset))


def _framed(part: bytes, ended: bool) -> Response:
    headers = {"Gridtie-Final": str(int(ended))}
    return Response(part, media_type="application/octet-stream", headers=headers)
