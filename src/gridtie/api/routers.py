"""Every router of the exchange, in the order the reference lists them. A new noun adds its line here."""

from fastapi import APIRouter
from fastapi.routing import APIRoute

from gridtie.api import (
    agent_enrol,
    agent_runs,
    bank,
    blobs,
    catalogue,
    certificates,
    contracts,
    datasets,
    delta_sharing,
    events,
    health,
    hub,
    identifiers,
    jobs,
    ledger,
    logs,
    market,
    offers,
    organisations,
    resources,
    sessions,
    sites,
    status_page,
    tes,
    tokens,
)

ROUTERS: tuple[APIRouter, ...] = (
    agent_runs.router,  # first: most calls are an agent's, and routes are tried in this order
    health.router,
    status_page.router,
    organisations.router,
    tokens.router,
    sites.router,
    resources.router,
    identifiers.router,
    certificates.router,
    offers.router,
    market.router,
    bank.router,
    datasets.router,
    catalogue.router,
    contracts.router,
    delta_sharing.router,
    hub.router,
    jobs.router,
    logs.router,
    sessions.router,
    blobs.router,
    tes.router,
    ledger.router,
    events.router,
    agent_enrol.router,
)


def routes() -> list[APIRoute]:
    """Every call of the interface, for its description and for the tests that go over all of them."""
    return [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
