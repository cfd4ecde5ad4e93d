"""The exchange over HTTP: one app, its doors, its routers, its errors and its description of itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from prometheus_client import CollectorRegistry

from gridtie import __version__
from gridtie.access import ACTIONS, PUBLIC
from gridtie.api import problems
from gridtie.api.bus import Bus, Pulse
from gridtie.api.deps import Allow, AllowAgent, TokenDoor, doors_of
from gridtie.api.middleware import Guard, measured
from gridtie.api.patient import OneByOne
from gridtie.api.relay import Relay
from gridtie.api.routers import routes
from gridtie.api.shapes import KEYED, SHAPES, described, key_parameter
from gridtie.flow.agent_gate import AgentGates
from gridtie.flow.exchange import Exchange
from gridtie.flow.sync_agent import IdleSites


def create_app(exchange: Exchange) -> FastAPI:
    registry = CollectorRegistry()
    app = FastAPI(
        title=f"Gridtie exchange {exchange.settings.name}",
        version=__version__,
        openapi_url=None,  # served by api/health.py, as written below
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,
    )
    app.state.exchange = exchange
    app.state.bus = Bus()
    app.state.pulse = Pulse()
    app.state.relay = Relay()
    app.state.verifying = OneByOne()
    app.state.tokens = TokenDoor(exchange)
    app.state.gates = AgentGates(exchange)
    app.state.idle_sites = IdleSites()
    app.state.metrics = registry
    for listener in (app.state.tokens.committed, app.state.gates.committed, app.state.bus.committed):
        exchange.database.on_commit(listener)
    exchange.presence.heard_room = lambda: app.state.bus.ring_from_thread(["kind:site.connected"])
    problems.install(app, routes())
    app.add_middleware(Guard, settings=exchange.settings, registry=registry)
    # Not by include_router, which would analyse every route once more for each app and at each call look in two lists.
    app.router.routes.extend(routes())
    measured(
        registry, "gridtie_writer_queue", "Units of work that wait for the writer.", lambda: exchange.database.waiting
    )
    measured(
        registry, "gridtie_rounds_left_out", "Rounds at posted prices that would have repeated the last one.",
        lambda: exchange.still_market.left_out,
    )  # fmt: skip
    measured(registry, "gridtie_waiters", "Held syncs and open streams.", lambda: app.state.bus.waiting)
    app.openapi = lambda: _description(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.bus.start()
    yield
    app.state.bus.close()


def _description(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1: FastAPI's, with our errors, our token, and whom each call is for."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(
        title=app.title, version=app.version, routes=app.routes, openapi_version="3.1.0",
        description="Errors are application/problem+json with a stable code, the reason and the way out.",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )  # fmt: skip
    parts = document.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    schemas["Problem"] = deepcopy(dict(problems.PROBLEM_SCHEMA))
    schemas.update(deepcopy(dict(SHAPES)))
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    parts["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "An API token: gridtie_user_… or gridtie_ci_…"},
        "agent": {
            "type": "apiKey", "in": "header", "name": "Gridtie-Signature",
            "description": "Ed25519 over the call, with Gridtie-Site, Gridtie-Boot and Gridtie-Seq.",
        },
    }  # fmt: skip
    failure = {
        "description": "It did not happen; the body says why and what to do.",
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for route in routes():
        for method in route.methods or ():
            if call := document["paths"].get(route.path_format, {}).get(method.lower()):
                _describe(call, f"{method} {route.path_format}", doors_of(route)[0], failure)
    app.openapi_schema = document
    return document


def _describe(call: dict[str, Any], key: str, door: Allow | AllowAgent, failure: dict[str, Any]) -> None:
    call["x-gridtie-action"] = door.action
    if isinstance(door, AllowAgent):
        call["security"] = [{"agent": []}]
    else:
        call["security"] = [] if PUBLIC in ACTIONS[door.action] else [{"token": []}]
    call["responses"].pop("422", None)
    call["responses"]["default"] = failure
    described(key, call["responses"])
    if key in KEYED:
        call.setdefault("parameters", []).append(key_parameter(KEYED[key]))
