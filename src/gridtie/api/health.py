"""Is it alive, how does it do, who is it, and what can it be asked."""

import resource
import shutil
import sys
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily

from gridtie.access import Actor
from gridtie.api.context import answer, exchange_of, read
from gridtie.api.deps import Allow
from gridtie.errors import Stalled
from gridtie.flow.timetable import DUTIES
from gridtie.lifecycle import JOB, SITE
from gridtie.views.exchange import exchange_view, figures, health_view
from gridtie.views.party import whoami

router = APIRouter(tags=["exchange"])
LATE_S = 60.0
Anybody = Annotated[Actor, Depends(Allow("exchange.read"))]


@router.get("/healthz", summary="Whether it serves, and works")
async def healthz(request: Request, _actor: Anybody) -> Response:
    """Asks no database. 200 and `degraded` while it reads but takes nothing new; 503 when its own work stands still."""
    state = request.app.state
    exchange = exchange_of(request)
    late = [duty.name for duty in DUTIES if state.pulse.since(duty.name) > LATE_S + 3 * duty.every_s(exchange.settings)]
    if late:
        raise Stalled(duties=", ".join(late))
    room = shutil.disk_usage(exchange.settings.home).free
    full = "disk nearly full: no new files are taken" if room < exchange.settings.disk_reserve_bytes else ""
    return answer(health_view(exchange, [full] if full else []))


@router.get("/v1/exchange", summary="Name, key and public settings of the exchange")
async def exchange(request: Request, _actor: Anybody) -> Response:
    return answer(exchange_view(exchange_of(request)))


@router.get("/openapi.json", summary="This interface, described", include_in_schema=False)
async def description(request: Request, _actor: Anybody) -> Response:
    return answer(request.app.openapi())


@router.get("/v1/whoami", summary="Who this token speaks for")
async def who(request: Request, actor: Annotated[Actor, Depends(Allow("whoami"))]) -> Response:
    return answer(read(request, lambda unit: whoami(unit, actor)))


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request, _actor: Anybody) -> Response:
    """Totals only: nothing that belongs to one organisation."""
    state = request.app.state
    now = read(request, lambda unit: figures(unit, state.exchange))
    text = generate_latest(state.metrics).decode()
    for name, sentence, states, counts in (
        ("gridtie_jobs", "Jobs by state.", JOB.states, now["jobs"]),
        ("gridtie_sites", "Sites by state.", SITE.states, now["sites"]),
    ):
        family = GaugeMetricFamily(name, sentence, labels=["state"])
        for standing in sorted({*states, *counts}):  # a state that nobody is in is zero: an alarm needs a series
            family.add_metric([standing], counts.get(standing, 0))
        text += _exposed(family)
    free = shutil.disk_usage(state.exchange.settings.home).free
    for name, sentence, value in (
        ("gridtie_agents_connected", "Sites that are heard.", now["connected"]),
        ("gridtie_books_balanced", "1 while debits and credits agree.", int(now["balanced"])),
        ("gridtie_market_round", "Number of the last round.", now["round"]["number"] if now["round"] else 0),
        ("gridtie_leads", "1 on the server that clears the market.", int(state.exchange.leadership.leads)),
        ("gridtie_disk_free_bytes", "Room left where the exchange keeps its data.", free),
        ("gridtie_resident_bytes", "Memory of this process.", resident_bytes()),
    ):
        text += _exposed(GaugeMetricFamily(name, sentence, value=value))
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def _exposed(family: GaugeMetricFamily) -> str:
    lines = [f"# HELP {family.name} {family.documentation}", f"# TYPE {family.name} gauge"]
    for sample in family.samples:
        labels = ",".join(f'{name}="{value}"' for name, value in sample.labels.items())
        lines.append(f"{sample.name}{{{labels}}} {sample.value}" if labels else f"{sample.name} {sample.value}")
    return "\n".join(lines) + "\n"


def resident_bytes() -> int:
    """Now, where /proc says it; the highest so far elsewhere."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
