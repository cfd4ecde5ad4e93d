"""Two organisations agree on the use of data: proposed, signed by both, begun and paid, suspended, ended."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gridtie.data.contract import CONSUMER, KIND, PROVIDER, Contract, at_start
from gridtie.data.dataset import Dataset
from gridtie.data.terms import RUN, Use, denied
from gridtie.errors import DataDenied, InsufficientFunds, InvalidInput, NotSignedIn, Problem
from gridtie.flow.exchange import Exchange
from gridtie.flow.pay_data import pay_data
from gridtie.identity.signing import Envelope, Signature
from gridtie.registry.places import PLACE
from gridtie.store.unit import Unit
from gridtie.values.ids import ContractId, OrganisationId

TERM_DEFAULT = timedelta(days=90)
BY_EXCHANGE = "the exchange"  # no organisation's name has a blank
_LAST = datetime.max.replace(tzinfo=UTC)  # of the calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`place`: a hub or a place, where the consumer says that he uses it; '' where the terms name none."""

    purpose: str
    place: str
    start: datetime | None = None
    end: datetime | None = None


def propose_contract(
    unit: Unit, exchange: Exchange, consumer: OrganisationId | None, dataset: Dataset, given: Proposal
) -> Contract:
    """The consumer signs what he proposes. Raises DataDenied when the terms can never allow it, InvalidInput."""
    if consumer is None:
        raise NotSignedIn(reason="only a member can make a contract")
    _check(unit, consumer, dataset, given)
    place, hub = located(exchange, given.place)
    start = given.start or unit.at
    end = given.end or start + min(TERM_DEFAULT, _LAST - start)
    if dataset.terms.not_after is not None:
        end = min(end, dataset.terms.not_after)
    name = unit.parties.organisation(consumer).name
    use = Use(action=RUN, purpose=given.purpose, recipient=name, place=place, hub=hub, used=0,
              at=max(start, dataset.terms.not_before or start))  # fmt: skip
    if (denial := denied(dataset.terms, use)) is not None:
        raise DataDenied(dataset=dataset.full_name, reason=denial.reason, change=denial.change)
    made = Contract(
        id=ContractId(unit.new_id("ctr")),
        dataset=dataset.id,
        dataset_name=dataset.full_name,
        provider=dataset.owner,
        consumer=consumer,
        consumer_name=name,
        purpose=given.purpose,
        place=place,
        hub=hub,
        terms=dataset.terms,
        price=dataset.price,
        start=start,
        end=end,
    )
    unit.contracts.add(made)
    _note(unit, "contract.offered", made, purpose=made.purpose)
    return sign_contract(unit, exchange, made, consumer)


def sign_contract(unit: Unit, exchange: Exchange, contract: Contract, party: OrganisationId) -> Contract:
    """With the key that the exchange keeps for this side. Both signatures make it agreed, and begin it when it is
    time. Signing again changes nothing."""
    role = PROVIDER if party == contract.provider else CONSUMER
    if contract.signed_by(role):
        return contract
    signed = envelope_of(unit, contract).sign(role, exchange.owner_signer(party))
    unit.contracts.sign(contract.id, [asdict(signature) for signature in signed.signatures])
    if {PROVIDER, CONSUMER} <= {signature.role for signature in signed.signatures}:
        contract = unit.contracts.move(contract.id, "agree")
        _note(unit, "contract.agreed", contract)
        return begin_contract(unit, exchange, contract)
    return unit.contracts.get(contract.id)


def begin_contract(unit: Unit, exchange: Exchange, contract: Contract) -> Contract:
    """Active once its time has come and what it costs at the start is paid; until then it stays agreed."""
    if contract.state != "agreed" or unit.at < contract.start:
        return contract
    try:
        pay_data(unit, exchange, contract, at_start(contract.price), subject=contract.id, memo="contract")
    except InsufficientFunds as short:
        unit.contracts.say(contract.id, f"not paid: {short}")
        return unit.contracts.get(contract.id)
    moved = unit.contracts.move(contract.id, "activate")
    _note(unit, "contract.active", moved)
    return moved


def move_contract(unit: Unit, contract: Contract, event: str, *, by: str, reason: str = "") -> Contract:
    """`decline`, `suspend`, `resume` or `end`; what is so already stays so. Raises ForbiddenMove."""
    target = {"decline": "declined", "suspend": "suspended", "resume": "active", "end": "ended"}[event]
    if contract.state == target:
        return contract
    words = f"{reason} (by {by})" if reason else f"by {by}"
    moved = unit.contracts.move(contract.id, event, "" if event == "resume" else words)
    _note(unit, f"contract.{moved.state}", moved, reason=moved.reason)
    return moved


def stopped_by_exchange(contract: Contract) -> bool:
    """Whether only who runs the exchange may let it go on: `move_contract` ends a reason with who gave it."""
    return contract.state == "suspended" and contract.reason.removesuffix(")").endswith(f"by {BY_EXCHANGE}")


def keep_contracts(unit: Unit, exchange: Exchange) -> int:
    """Begins those whose time has come, ends those that are over; how many moved."""
    moved = 0
    for contract in unit.contracts.due():
        if unit.at >= contract.end:
            found = move_contract(unit, contract, "end", by="its term")
        else:
            found = begin_contract(unit, exchange, contract)
        moved += found.state != contract.state
    return moved


def located(exchange: Exchange, text: str) -> tuple[str, str]:
    """Place and hub of a declared place. Raises InvalidInput, NotFound for a hub that is none."""
    if not text:
        return "", ""
    if re.fullmatch(PLACE, text):
        return text, exchange.places.hub_of(text) or ""
    return exchange.places.hub(text).place, text


def _check(unit: Unit, consumer: OrganisationId, dataset: Dataset, given: Proposal) -> None:
    checks: list[tuple[Callable[[], bool], str, str]] = [
        (lambda: dataset.owner == consumer, "the data is yours: it needs no contract", "dataset"),
        (lambda: dataset.state != "listed", "the data is not offered any more", "dataset"),
        (lambda: dataset.open, "the data is open: it needs no contract", "dataset"),
        (
            lambda: bool(given.start and given.end and given.end <= given.start),
            "it would end before it begins",
            "until",
        ),
        (lambda: given.end is not None and given.end <= unit.at, "it would be over already", "until"),
        (lambda: not given.purpose.isprintable(), "a purpose is one line, without control characters", "purpose"),
    ]
    problems = [Problem(message, path=path) for wrong, message, path in checks if wrong()]
    if problems:
        raise InvalidInput(source="contract", problems=problems)


def _note(unit: Unit, kind: str, contract: Contract, **data: Any) -> None:
    """One fact for each side: each sees its own journal."""
    for party in dict.fromkeys((contract.provider, contract.consumer)):
        unit.note(kind, contract.id, organisation=party, dataset=contract.dataset_name,
                  consumer=contract.consumer_name, **data)  # fmt: skip


def envelope_of(unit: Unit, contract: Contract) -> Envelope:
    """What both signed, with their signatures."""
    return Envelope(KIND, unit.contracts.payload(contract.id), tuple(Signature(**s) for s in contract.signatures))
