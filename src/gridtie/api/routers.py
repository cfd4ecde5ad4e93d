"""Every router of the exchange, in the order the reference lists them. A new noun adds its line here."""

from fastapi import APIRouter

from gridtie.api import (
    agent_enrol,
    events,
    health,
    identifiers,
    organisations,
    resources,
    sites,
    status_page,
    tokens,
)

ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    status_page.router,
    organisations.router,
    tokens.router,
    sites.router,
    resources.router,
    identifiers.router,
    events.router,
    agent_enrol.router,
)
