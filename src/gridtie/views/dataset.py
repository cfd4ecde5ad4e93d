"""Datasets, contracts on them and deliveries as the faces show them."""

from typing import Any

from gridtie.data.contract import Contract
from gridtie.data.dataset import Dataset, Price, Version
from gridtie.data.delivery import Delivery
from gridtie.data.documents import as_json
from gridtie.store.unit import Unit
from gridtie.values.ids import SiteId
from gridtie.values.money import format_money
from gridtie.values.period import to_text


def price_view(price: Price) -> dict[str, Any]:
    return {"kind": price.kind, "amount": format_money(price.amount)}


def dataset_view(dataset: Dataset) -> dict[str, Any]:
    """As lists have it."""
    card = dataset.card
    return {
        "id": dataset.id,
        "name": dataset.full_name,
        "state": dataset.state,
        "title": card.title,
        "licence": card.licence,
        "languages": list(card.languages),
        "grade": card.grade,
        "delivery": dataset.terms.delivery,
        "open": dataset.open,
        "price": price_view(dataset.price),
        "versions": dataset.versions,
        "created_at": None if dataset.created_at is None else to_text(dataset.created_at),
    }


def whole_dataset(unit: Unit, dataset: Dataset, version: Version) -> dict[str, Any]:
    return {
        **dataset_view(dataset),
        "owner": dataset.owner,
        "card": as_json(dataset.card),
        "terms": as_json(dataset.terms),
        "version": version_view(unit, version),
    }


def version_view(unit: Unit, version: Version) -> dict[str, Any]:
    sites = {part.held_by for part in version.parts if part.held_by}
    names = {key: unit.sites.get(SiteId(key)).name for key in sites}
    return {
        "name": version.name,
        "digest": version.digest,
        "made_at": to_text(version.made_at),
        "bytes": version.size,
        "records": version.records,
        "parts": [
            {"path": part.path, "sha256": part.sha256, "size": part.size, "media": part.media,
             "records": part.records, "held_by": names.get(part.held_by)}
            for part in version.parts
        ],
        "cleaning": None if version.cleaning is None else as_json(version.cleaning),
        "derived_from": list(version.derived_from),
        "run": version.run,
    }  # fmt: skip


def contract_view(contract: Contract) -> dict[str, Any]:
    return {
        "id": contract.id,
        "state": contract.state,
        "reason": contract.reason,
        "dataset": contract.dataset_name,
        "provider": contract.provider,
        "consumer": contract.consumer,
        "consumer_name": contract.consumer_name,
        "purpose": contract.purpose,
        "place": contract.hub or contract.place,
        "price": price_view(contract.price),
        "terms": as_json(contract.terms),
        "from": to_text(contract.start),
        "until": to_text(contract.end),
        "deliveries": contract.deliveries,
        "signed_by": [str(signature["role"]) for signature in contract.signatures],
    }


def delivery_view(unit: Unit, delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "dataset": unit.datasets.get(delivery.dataset).full_name,
        "version": f"v{delivery.version}",
        "contract": delivery.contract,
        "provider": delivery.provider,
        "consumer": delivery.consumer,
        "consumer_name": unit.parties.organisation(delivery.consumer).name,
        "member": delivery.member,
        "channel": delivery.channel,
        "purpose": delivery.purpose,
        "job": delivery.job,
        "parts": len(delivery.parts),
        "records": delivery.records,
        "bytes": delivery.bytes,
        "charge": format_money(delivery.charge),
        "at": to_text(delivery.at),
        "until": to_text(delivery.until),
        "delete_by": None if delivery.delete_by is None else to_text(delivery.delete_by),
    }
