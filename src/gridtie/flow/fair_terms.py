"""Who counts more in a round: the operator's weights, and credits for what was given to the compute bank."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from gridtie.access import Scope
from gridtie.errors import InvalidInput, Problem, UnknownChip
from gridtie.flow.exchange import Exchange
from gridtie.ledger.account import bank_of, lent_to
from gridtie.market.entitlement import PPM
from gridtie.market.request import Request
from gridtie.registry.chips import CPU
from gridtie.store.unit import Unit
from gridtie.values.ids import OrganisationId
from gridtie.values.money import MICROS_PER_UNIT


def fair_parameters(unit: Unit, exchange: Exchange, requests: Iterable[Request]) -> dict[str, Any]:
    """Of a round with these requests; they are part of its book, so a replay weighs the same. {}: all count once."""
    choice = exchange.fairness
    asking = sorted({request.organisation for request in requests})
    made: dict[str, Any] = {}
    named = {unit.parties.organisation_named(name): weight for name, weight in choice.weights.items()}
    if weights := {key: named[key] for key in asking if key in named}:
        made["fair_weights"] = weights
    if choice.credit_scale:
        made["fair_credits"] = {key: credit_of(unit, exchange, key) for key in asking}
        made["fair_credit_scale"] = choice.credit_scale
    return made


def credit_of(unit: Unit, exchange: Exchange, organisation: OrganisationId) -> int:
    """Hours it gave to the compute bank less those it took, each chip counted as the operator says. A loan is neither:
    it counts against its borrower when he withdraws it."""
    total = 0
    for chip, counts in exchange.fairness.hours.items():
        net = sum(unit.ledger.balance(code(organisation, chip)).posted for code in (bank_of, lent_to))
        total += net * counts
    whole = abs(total) // (PPM * MICROS_PER_UNIT)
    return whole if total >= 0 else -whole


def check_fairness(unit: Unit, exchange: Exchange) -> None:
    """Raises InvalidInput for organisations and chips that are named but not known here."""
    choice = exchange.fairness
    problems = []
    for (table, name), (line, column) in choice.places.items():
        if table == "weights" and unit.parties.organisation_named(name) is None:
            known = [row.name for row in unit.parties.organisations(Scope(None), after=None, limit=1000)]
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "add it first: gridtie organisation add"
            problems.append(Problem(f"no organisation is called {name!r}; {hint}", line=line, column=column))
        elif table == "hours" and _chip(exchange, name) != name:
            problems.append(Problem(f"no chip is called {name!r}", line=line, column=column))
    if problems:
        raise InvalidInput(source=exchange.settings.fairness, problems=problems)


def _chip(exchange: Exchange, name: str) -> str | None:
    try:
        return name if name == CPU else exchange.chips.find(name).id
    except UnknownChip:
        return None
