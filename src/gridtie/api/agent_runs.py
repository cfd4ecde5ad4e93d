"""The agent protocol once a site is in: sync, reports, output, secrets, artefacts, signatures; all repeatable."""

import asyncio
import gzip
import io
import math
import zlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from gridtie.api.context import answer, bus_of, exchange_of, read, with_files, write
from gridtie.api.deps import AllowAgent
from gridtie.data.release import told_of_release
from gridtie.dispatch.artefact import FILES_MAX, safe_path
from gridtie.dispatch.placement import report_from_json, said_of_release
from gridtie.dispatch.run import BlobFile
from gridtie.dispatch.site import Room, SiteCapacity
from gridtie.errors import InputTooLarge, InvalidInput, NotFound, Problem, StaleEpoch
from gridtie.flow.advance_runs import take_reports
from gridtie.flow.agent_gate import FOREIGN, AgentIdentity, quarantine_site
from gridtie.flow.conclude_certification import countersign_certificate
from gridtie.flow.exchange import Exchange
from gridtie.flow.hear_servers import take_capacity
from gridtie.flow.publish_artefacts import check_release, publish_artefacts
from gridtie.flow.renew_leases import renew_leases
from gridtie.flow.settle_run import countersign_receipt
from gridtie.flow.sync_agent import Held, IdleSites, Orders, orders_for
from gridtie.flow.unit import Unit
from gridtie.identity.signing import Envelope
from gridtie.registry.resource import MACHINES_MAX
from gridtie.values.ids import ReceiptId, RunId
from gridtie.values.period import to_text

router = APIRouter(prefix="/agent/v1", tags=["agent"], include_in_schema=False)


class Strict(BaseModel):
    model_config = ConfigDict(extra="ignore")  # an agent of the next version may say more than we know


Whole = Annotated[int, Field(ge=0, lt=1 << 53)]  # what every JSON reader can hold
TOGETHER_S = 0.1
QUEUE_WAIT_MAX_S = 10 * 366 * 86_400  # a start that no date can hold would be everybody's fault who asks for a quote


class HeldIn(Strict):
    run: str = Field(max_length=64)
    epoch: Whole
    state: str = Field(default="", max_length=32)
    note: str = Field(default="", max_length=400)  # why it does not run yet


class CapacityIn(Strict):
    """What a site that others use too can lend now: cores, bytes and accelerators of each machine."""

    machines: dict[str, tuple[Whole, Whole, Whole]] = Field(max_length=MACHINES_MAX)
    queue_wait_s: Whole | None = None
    note: str = Field(default="", max_length=400)

    def record(self) -> SiteCapacity:
        rooms = {name: Room(*amounts) for name, amounts in self.machines.items()}
        wait_s = None if self.queue_wait_s is None else min(self.queue_wait_s, QUEUE_WAIT_MAX_S)
        return SiteCapacity(machines=rooms, queue_wait_s=wait_s, note=self.note)


class SyncIn(Strict):
    held: list[HeldIn] = Field(default_factory=list, max_length=10_000)
    hold: bool = True
    capacity: CapacityIn | None = None


class EventsIn(Strict):
    epoch: Whole
    events: list[dict[str, Any]] = Field(max_length=1000)


class FileIn(Strict):
    path: str = Field(max_length=4096)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: Whole
    executable: bool = False


class ArtefactsIn(Strict):
    epoch: Whole
    kind: str = Field(pattern="^(checkpoint|output)$")
    rank: int = Field(ge=0, le=100_000)
    sequence: Whole
    files: list[FileIn] = Field(max_length=FILES_MAX)
    ran_us: Whole | None = None  # how long the run had run when a checkpoint was saved


class SignatureIn(Strict):
    envelope: dict[str, Any]


@router.post("/sync")
async def sync(
    body: SyncIn, request: Request, agent: Annotated[AgentIdentity, Depends(AllowAgent("agent.sync"))]
) -> Response:
    """Renews every lease on arrival; answers at once when there is news, else when there is some, or after the hold."""
    exchange = exchange_of(request)
    held = [Held(RunId(item.run), item.epoch, item.state, item.note) for item in body.held]
    idle: IdleSites = request.app.state.idle_sites

    def look(unit: Unit) -> tuple[bool, Orders]:
        live = unit.runs.live_at(agent.site)
        return renew_leases(exchange, agent.site, held, live), orders_for(unit, exchange, agent.site, held, live)

    capacity = body.capacity.record() if body.capacity else None
    loop, rang = asyncio.get_running_loop(), True
    deadline = _with_others(loop.time() + exchange.settings.sync_hold_s)
    with bus_of(request).listen(agent.site) as bell:
        version = exchange.database.version
        if idle.stands(agent.site, held, version):
            returned, orders = renew_leases(exchange, agent.site, held, ()), Orders()
        else:
            returned, orders = read(request, look)
            idle.seen(agent.site, held, version, orders)
        if take_capacity(exchange, agent.site, capacity) or returned:
            bus_of(request).ring("kind:site.connected")  # a site that returned, or has more room, may take what waits
        while True:
            sessions = await request.app.state.relay.waiting(agent.site, agent.boot)
            left = deadline - loop.time()
            if orders.news or sessions or not body.hold or left <= 0 or not rang or bus_of(request).closing:
                told = {**orders.to_json(), "sessions": sessions}
                return answer({**told, "exchange_time": to_text(exchange.clock.now())})
            if rang := await bell.wait(left):  # else nothing has changed: what was read still stands
                orders = read(request, lambda unit: orders_for(unit, exchange, agent.site, held))


def _with_others(deadline: float) -> float:
    """The next tenth of a second: to wake once for all whose hold ends within it costs half of waking for each."""
    return math.ceil(deadline / TOGETHER_S) * TOGETHER_S


@router.post("/runs/{run}/events")
async def events(
    run: str, body: EventsIn, request: Request, agent: Annotated[AgentIdentity, Depends(AllowAgent("agent.run"))]
) -> Response:
    exchange = exchange_of(request)
    reports = [report_from_json({k: v for k, v in event.items() if k != "ranks"}) for event in body.events]

    def work(unit: Unit) -> tuple[int, str]:
        key = RunId(_own_run(unit, exchange, agent, run).id)
        return take_reports(unit, exchange, site=agent.site, key=key, epoch=body.epoch, reports=reports)

    next_seq, state = await write(request, agent.site, work)
    return answer({"next_seq": next_seq, "state": state})


def _own_run(unit: Unit, exchange: Exchange, agent: AgentIdentity, run: str) -> Any:
    """Raises NotFound also for the run of another site: its epoch is none of this one's business.

    Nor can it have heard of it from us: who speaks for another site's run takes no more work, as of the next call.
    """
    row = unit.runs.row(RunId(run))
    if row.site != agent.site:
        exchange.database.submit(lambda unit: quarantine_site(unit, agent.site, FOREIGN), actor=agent.site)
        raise NotFound(noun="run", key=run)
    return row


def _check_epoch(unit: Unit, exchange: Exchange, agent: AgentIdentity, run: str, epoch: int, rank: int = 0) -> Any:
    """The run's row when it is this site's and the newest of its job. Raises NotFound, StaleEpoch, and InvalidInput for
    a rank that it has not: nothing bounds what a site could keep here under such."""
    row = _own_run(unit, exchange, agent, run)
    job = unit.jobs.row(row.job)
    if row.epoch != epoch or job.epoch != epoch:
        raise StaleEpoch(noun="run", key=run, given=epoch, current=job.epoch)
    if rank and rank >= (ranks := unit.runs.ranks(RunId(run))):
        raise InvalidInput(source="run", problems=[Problem(f"it has no rank {rank}, but {ranks}, counted from 0")])
    return row


@router.put("/runs/{run}/logs/{rank}")
async def take_log(
    run: str,
    rank: Annotated[int, Path(ge=0, le=100_000)],
    request: Request,
    agent: Annotated[AgentIdentity, Depends(AllowAgent("agent.log"))],
    epoch: Annotated[int, Query(ge=0, lt=1 << 53)],
    offset: Annotated[int, Query(ge=0, lt=1 << 53)],
) -> Response:
    """Appends a rank's output at a known offset; the next offset."""
    exchange = exchange_of(request)
    row = read(request, lambda unit: _check_epoch(unit, exchange, agent, run, epoch, rank))
    part = _unpacked(await request.body(), request, exchange.settings.log_chunk_bytes)
    if offset + len(part) > exchange.settings.log_limit_bytes * 2:
        raise InputTooLarge(source="log", limit=f"{exchange.settings.log_limit_bytes} bytes a rank")
    if said_of_release(row.plan) and not told_of_release(offset, part):
        words = "its data may not leave, nor what it prints: only the agent's own words about that are taken"
        raise InvalidInput(source="log", problems=[Problem(words)])
    following = await with_files(lambda: exchange.logs.append(run, rank, offset, part))
    if row.first_output_us is None and part:
        await write(request, agent.site, lambda unit: unit.runs.first_output(RunId(run)))
    bus_of(request).ring(row.job)
    return answer({"next": following})


def _unpacked(body: bytes, request: Request, limit: int) -> bytes:
    """Raises InputTooLarge for a part (or a gzip bomb) beyond the agreed size."""
    if request.headers.get("content-encoding") == "gzip":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
                body = packed.read(limit + 1)
        except (OSError, EOFError, zlib.error) as cause:
            raise InvalidInput(source="log", problems=[Problem(f"not gzip: {cause}")]) from None
    if len(body) > limit:
        raise InputTooLarge(source="log", limit=f"{limit} bytes a call")
    return body


@router.get("/runs/{run}/secrets")
async def secrets(
    run: str,
    request: Request,
    agent: Annotated[AgentIdentity, Depends(AllowAgent("agent.secret"))],
    epoch: Annotated[int, Query(ge=0, lt=1 << 53)],
) -> Response:
    """Only while that epoch is the newest, and its run has not ended."""
    exchange = exchange_of(request)

    def look(unit: Unit) -> dict[str, str]:
        row = _check_epoch(unit, exchange, agent, run, epoch)
        if row.state not in ("assigned", "accepted", "running"):
            raise StaleEpoch(noun="run", key=run, given=epoch, current="ended")
        sealed = unit.jobs.secrets(row.job)
        return {name: exchange.secrets.unseal(text, f"{row.job}/{name}") for name, text in sealed.items()}

    return answer(read(request, look))


@router.post("/runs/{run}/artefacts")
async def artefacts(
    run: str, body: ArtefactsIn, request: Request, agent: Annotated[AgentIdentity, Depends(AllowAgent("agent.run"))]
) -> Response:
    exchange = exchange_of(request)
    files = tuple(
        BlobFile(path=safe_path(f.path), sha256=f.sha256, size=f.size, executable=f.executable) for f in body.files
    )
    missing = await with_files(lambda: [f.sha256 for f in files if exchange.blobs.size(f.sha256, agent.site) != f.size])
    if missing:
        raise InvalidInput(source="manifest", problems=[Problem(f"not uploaded: {name}") for name in missing[:20]])

    def look(unit: Unit) -> str:
        row = _check_epoch(unit, exchange, agent, run, body.epoch, body.rank)
        check_release(unit, unit.jobs.get(row.job), unit.runs.get(RunId(run)), body.kind, files)
        return str(row.organisation)

    buyer = read(request, look)
    # Before the manifest, so that whoever reads it can have the files; the site gives what is its own to give.
    await with_files(lambda: exchange.blobs.grant(buyer, [f.sha256 for f in files]))
    published = await write(
        request,
        agent.site,
        lambda unit: publish_artefacts(
            unit, exchange, site=agent.site, key=RunId(run), epoch=body.epoch, kind=body.kind, rank=body.rank,
            sequence=body.sequence, files=files, ran_us=body.ran_us,
        ),
    )  # fmt: skip
    return answer({"published": published})


@router.post("/receipts/{receipt}")
async def sign(
    receipt: str,
    body: SignatureIn,
    request: Request,
    agent: Annotated[AgentIdentity, Depends(AllowAgent("agent.sign"))],
) -> Response:
    """The site's signature under a receipt, or under a certificate (its id begins with cert_)."""
    exchange = exchange_of(request)
    if receipt.startswith("cert_"):
        envelope = Envelope.from_json(body.envelope, kind="certificate")
        done = await write(
            request, agent.site, lambda unit: countersign_certificate(unit, exchange, agent.site, receipt, envelope)
        )
    else:
        done = await write(
            request,
            agent.site,
            lambda unit: countersign_receipt(
                unit, exchange, site=agent.site, key=ReceiptId(receipt), data=body.envelope
            ),
        )
    return answer({"accepted": done})
