"""Every router of the exchange, in the order the reference lists them. A new noun adds its line here."""

from fastapi import APIRouter

from gridtie.api import events, health, organisations, status_page, tokens

ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    status_page.router,
    organisations.router,
    tokens.router,
    events.router,
)
