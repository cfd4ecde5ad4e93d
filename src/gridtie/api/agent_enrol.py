"""The two enrolment calls and the hello, the first half of the agent protocol."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from gridtie.access import Actor
from gridtie.api.context import answer, exchange_of, read, write
from gridtie.api.deps import Allow, AllowAgent
from gridtie.flow.agent_gate import AgentIdentity
from gridtie.flow.enrol_site import Application, enrol_site, start_enrolment
from gridtie.flow.exchange import Exchange
from gridtie.flow.greet_agent import Hello, greet_agent
from gridtie.flow.renew_leases import renew_leases
from gridtie.flow.sync_agent import Held
from gridtie.identity.signing import encode
from gridtie.registry.chips import CPU
from gridtie.registry.resource import parse_declarations
from gridtie.registry.site import spoken_protocol
from gridtie.values.ids import RunId
from gridtie.values.period import to_text
from gridtie.views.site import site_view

router = APIRouter(prefix="/agent/v1", tags=["agent"], include_in_schema=False)
_HEX32 = r"^[0-9a-f]{32}$"


class Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")  # an agent of the next version may say more than we know


class Start(Lenient):
    token_id: str = Field(pattern=r"^[0-9a-z]{8}$")
    client_nonce: str = Field(pattern=_HEX32)


class Enrolment(Lenient):
    token: str = Field(max_length=200)
    public_key: str = Field(max_length=64)
    server_nonce: str = Field(pattern=_HEX32)
    proof: str = Field(max_length=128)
    version: str = Field(max_length=64)
    inventory: dict[str, Any]
    inventory_digest: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    resources: list[Any]


class HeldRun(Lenient):
    run: str = Field(max_length=64)
    epoch: int = Field(ge=0, lt=1 << 53)
    state: str = Field(default="", max_length=32)


class HelloBody(Lenient):
    boot: str = Field(pattern=_HEX32)
    version: str = Field(max_length=64)
    protocol: int = Field(default=1, ge=0, lt=1 << 53)
    inventory_digest: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    inventory: dict[str, Any]
    resources: list[Any]
    held: list[HeldRun] = Field(default_factory=list, max_length=10_000)


def known_chips(exchange: Exchange) -> frozenset[str]:
    return frozenset({CPU, *(chip.id for chip in exchange.chips.chips)})


Joining = Annotated[Actor, Depends(Allow("site.join"))]


@router.post("/enrol/start")
async def start(request: Request, body: Start, _actor: Joining) -> Response:
    exchange = exchange_of(request)
    proof = await write(
        request, "agent", lambda unit: start_enrolment(unit, exchange, body.token_id, body.client_nonce)
    )
    return answer({**proof, "exchange_time": to_text(exchange.clock.now())})


@router.post("/enrol")
async def enrol(request: Request, body: Enrolment, _actor: Joining) -> Response:
    exchange = exchange_of(request)
    given = Application(
        token=body.token.partition(".")[0],
        public_key=body.public_key,
        server_nonce=body.server_nonce,
        proof=body.proof,
        version=body.version,
        inventory=body.inventory,
        inventory_digest=body.inventory_digest,
        resources=parse_declarations(body.resources, known_chips(exchange)),
    )

    def work(unit: Any) -> dict[str, Any]:
        site = site_view(unit, exchange, unit.sites.get(enrol_site(unit, exchange, given)))
        return {
            "site": site["id"],
            "site_name": site["name"],
            "state": site["state"],
            "fingerprint": site["fingerprint"],
            "exchange_key": encode(exchange.signer.public_key),
        }

    return answer(await write(request, "agent", work))


@router.post("/hello")
async def hello(
    request: Request,
    body: HelloBody,
    agent: Annotated[AgentIdentity, Depends(AllowAgent("agent.hello", greeting=True))],
) -> Response:
    exchange = exchange_of(request)
    protocol = spoken_protocol(body.protocol)
    held = tuple(Held(RunId(item.run), item.epoch, item.state) for item in body.held)
    given = Hello(
        version=body.version,
        protocol=protocol,
        inventory=body.inventory,
        inventory_digest=body.inventory_digest,
        resources=parse_declarations(body.resources, known_chips(exchange)),
        held=held,
    )
    reply = await write(request, agent.site, lambda unit: greet_agent(unit, exchange, agent, given))
    read(request, lambda unit: renew_leases(exchange, agent.site, held, unit.runs.live_at(agent.site)))
    return answer(reply)
