"""Data is handed over: the terms are asked at each request, it is paid, written down, and links are made that end.

Parts asked for again while the links of a delivery are good belong to the same delivery: a client that opens a dataset
file by file pays and counts once.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import TypeVar

from gridtie.access import Actor, authorize
from gridtie.data.contract import Contract, charge, lapsed, unusable
from gridtie.data.dataset import Dataset, Part, Version
from gridtie.data.delivery import Delivery, Taken
from gridtie.data.terms import READ, Denial, Use
from gridtie.errors import DataDenied, LinkInvalid, NotFound, NotSignedIn
from gridtie.flow.exchange import Exchange
from gridtie.flow.pay_data import pay_data
from gridtie.store.unit import Unit
from gridtie.values.ids import DeliveryId, OrganisationId
from gridtie.values.money import ZERO, Micros

T = TypeVar("T")
_STRANGE = "it is not one of ours, or was changed"  # the same for both, so that nobody learns what there is


def right_to_read(unit: Unit, actor: Actor, dataset: Dataset) -> None:
    """A delivery whose links are still good does not count against the next look. Raises DataDenied with the reason of
    the contract that comes nearest, NotSignedIn."""
    consumer = _consumer(actor)
    if not _free_to(dataset, consumer):
        _contract(unit, consumer, dataset, lambda contract: unit.deliveries.running(contract.id))


def _consumer(actor: Actor) -> OrganisationId:
    if actor.organisation is None:
        raise NotSignedIn(reason="this needs an API token")
    authorize(actor, "dataset.use", actor.organisation)
    return actor.organisation


def _denial(name: str, denial: Denial) -> DataDenied:
    return DataDenied(dataset=name, reason=denial.reason, change=denial.change)


def use_of(
    unit: Unit, contract: Contract, action: str, *, purpose: str | None = None, site: tuple[str, str] | None = None
) -> Use:
    place, hub = site or (contract.place, contract.hub)
    return Use(
        action=action,
        purpose=contract.purpose if purpose is None else purpose,
        recipient=contract.consumer_name,
        place=place,
        hub=hub,
        at=unit.at,
        used=contract.deliveries,
    )


def no_contract(unit: Unit, consumer: OrganisationId, dataset: Dataset) -> Denial:
    """What is said to who has none that is not over: what became of his last, if there was one."""
    change = f"gridtie contract propose {dataset.full_name} --purpose …"
    last = unit.contracts.latest(consumer, dataset.id)
    over = None if last is None else lapsed(last, unit.at)
    return Denial("no-contract", "you have no contract on it", change) if over is None else replace(over, change=change)


def deliver_data(
    unit: Unit, exchange: Exchange, actor: Actor, dataset: Dataset, version: Version, channel: str,
    parts: Sequence[Part],
) -> Delivery:  # fmt: skip
    """Hands over `parts`. Raises DataDenied, InsufficientFunds."""
    contract, open_one, fresh = _asked(unit, actor, dataset, version, channel, parts)
    if open_one is not None and not fresh:
        return open_one
    key = None if contract is None else contract.id
    made = open_one or _new(unit, exchange, actor, dataset, version, channel, contract)
    cost = charge(contract.price, fresh, again=open_one is not None) if contract else 0
    records = [part.records for part in fresh]
    whole = replace(
        made,
        parts=made.parts.plus(part.sha256 for part in fresh),
        records=None if made.records is None or None in records else made.records + sum(filter(None, records)),
        bytes=made.bytes + sum(part.size for part in fresh),
        charge=Micros(made.charge + cost),
    )
    if contract is not None:
        pay_data(unit, exchange, contract, Micros(cost), subject=f"{made.id}/{len(made.parts)}",
                 memo="delivery")  # fmt: skip
    if open_one is not None:
        unit.deliveries.widen(whole)
        return whole
    unit.deliveries.add(whole)
    if contract is not None:
        unit.contracts.count(contract.id)
    for party in dict.fromkeys((whole.provider, whole.consumer)):
        unit.note("data.delivered", whole.id, organisation=party, dataset=dataset.full_name, version=version.name,
                  channel=channel, contract=key, consumer=whole.consumer)  # fmt: skip
    return whole


def standing(
    unit: Unit, actor: Actor, dataset: Dataset, version: Version, channel: str, parts: Sequence[Part]
) -> Delivery | None:
    """The delivery to which all `parts` belong already, so that nothing is to be written; None: there is none.

    Raises DataDenied.
    """
    _, open_one, fresh = _asked(unit, actor, dataset, version, channel, parts)
    return None if fresh else open_one


def _asked(
    unit: Unit, actor: Actor, dataset: Dataset, version: Version, channel: str, parts: Sequence[Part]
) -> tuple[Contract | None, Delivery | None, list[Part]]:
    """By which contract, within which delivery, and what of it is new. Raises DataDenied."""
    consumer = _consumer(actor)

    def going_on(contract: Contract | None) -> Delivery | None:
        by = None if contract is None else contract.id
        return unit.deliveries.current(consumer, dataset.id, version.number, by, channel)

    contract: Contract | None = None
    if _free_to(dataset, consumer):
        open_one = going_on(None)
    else:
        contract, open_one = _contract(unit, consumer, dataset, going_on)
    if any(part.held_by for part in parts):
        reason, change = "a site holds it, and the exchange has no copy", "submit a job that names it: gridtie.data"
        raise DataDenied(dataset=dataset.full_name, reason=reason, change=change)
    known = open_one.parts if open_one else ()
    fresh = [part for part in {part.sha256: part for part in parts}.values() if part.sha256 not in known]
    return contract, open_one, fresh


def _contract(
    unit: Unit, consumer: OrganisationId, dataset: Dataset, going_on: Callable[[Contract], T]
) -> tuple[Contract, T]:
    """The contract of which something goes on already, which does not count twice, else the newest that allows to read.

    Raises DataDenied.
    """
    known = [(contract, going_on(contract)) for contract in unit.contracts.of_consumer(consumer, dataset.id)]
    denials: list[Denial] = []
    for contract, open_one in sorted(known, key=lambda one: not one[1]):
        use = use_of(unit, contract, READ)
        denial = unusable(contract, replace(use, used=use.used - 1) if open_one else use)
        if denial is None:
            return contract, open_one
        denials.append(denial)
    raise _denial(dataset.full_name, denials[0] if denials else no_contract(unit, consumer, dataset))


def _new(
    unit: Unit, exchange: Exchange, actor: Actor, dataset: Dataset, version: Version, channel: str,
    contract: Contract | None,
) -> Delivery:  # fmt: skip
    until = unit.at + timedelta(seconds=exchange.settings.data_link_s)
    delete_by = None
    if contract is not None:
        until = min(until, contract.end)
        days = contract.terms.delete_after_days
        delete_by = None if days is None else unit.at + timedelta(days=days)
    assert actor.organisation is not None
    return Delivery(
        id=DeliveryId(unit.new_id("dlv")), dataset=dataset.id, version=version.number,
        contract=None if contract is None else contract.id, provider=dataset.owner, consumer=actor.organisation,
        member=actor.name, channel=channel, purpose=contract.purpose if contract else "", job=None,
        parts=Taken(unit.datasets.layout(dataset.id, version.number).digests),
        records=0, bytes=0, charge=ZERO, at=unit.at, until=until, delete_by=delete_by,
    )  # fmt: skip


def _free_to(dataset: Dataset, consumer: OrganisationId) -> bool:
    """Whether he needs no contract on it."""
    return dataset.owner == consumer or (dataset.open and dataset.state == "listed")


def link_key(exchange: Exchange, delivery: Delivery, digest: str) -> str:
    """What a link to one part carries: whoever holds it may fetch that part until the delivery's links end."""
    text = f"gridtie/data-link/1\n{delivery.id}\n{digest}\n"
    return hmac.new(exchange.pepper, text.encode(), sha256).hexdigest()


def followed(
    unit: Unit, exchange: Exchange, key: str, digest: str, given: str, asker: OrganisationId | None
) -> tuple[Delivery, Part]:
    """The delivery and the part behind a link, asked of the terms again. Who it was delivered to needs no signature.

    Raises LinkInvalid, DataDenied.
    """
    strange = LinkInvalid(reason=_STRANGE)
    if not key.startswith("dlv_") or not key[4:].isalnum():
        raise strange
    try:
        delivery = unit.deliveries.get(key)
    except NotFound:
        raise strange from None
    signed = hmac.compare_digest(given.encode(), link_key(exchange, delivery, digest).encode())
    if not signed and asker != delivery.consumer:
        raise strange
    if unit.at >= delivery.until:
        raise LinkInvalid(reason="it has expired")
    if digest not in delivery.parts:
        raise LinkInvalid(reason="it names no part of the delivery")
    if delivery.contract is not None:
        contract = unit.contracts.get(delivery.contract)
        denial = unusable(contract, replace(use_of(unit, contract, READ), used=0))
        if denial is not None:
            raise _denial(contract.dataset_name, denial)
    elif not _free_to(unit.datasets.get(delivery.dataset), delivery.consumer):
        raise LinkInvalid(reason="the data is not open any more")
    version = unit.datasets.layout(delivery.dataset, delivery.version).version
    return delivery, next(part for part in version.parts if part.sha256 == digest)
