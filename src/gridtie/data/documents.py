"""Cards, terms, versions and contracts as JSON documents, for the store and for what is signed."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from gridtie.data.contract import Contract
from gridtie.data.dataset import Card, Cleaning, Origin, Part, Price, Version
from gridtie.data.terms import Release, Terms
from gridtie.values.ids import ContractId, DatasetId, OrganisationId
from gridtie.values.money import Micros
from gridtie.values.period import from_text, to_text


def as_json(record: Any) -> dict[str, Any]:
    """Of any of these records: times as text, tuples as lists, money as text (JSON is exact only to 2⁵³)."""
    return {name: _plain(value, name) for name, value in asdict(record).items()}


def _plain(value: Any, name: str = "") -> Any:
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, Mapping):
        return {key: _plain(item, key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if name == "amount" else value


def terms_from_json(data: Mapping[str, Any]) -> Terms:
    given = _tuples(data, "purposes", "recipients", "places")
    given |= {name: _time(data[name]) for name in ("not_before", "not_after")}
    return Terms(**{**given, "release": Release(**_tuples(data["release"], "files"))})


def card_from_json(data: Mapping[str, Any]) -> Card:
    given = _tuples(data, "languages", "keywords", "uses", "limits")
    return Card(**{**given, "origins": tuple(Origin(**origin) for origin in data["origins"])})


def price_from_json(data: Mapping[str, Any]) -> Price:
    return Price(kind=data["kind"], amount=Micros(int(data["amount"])))


def version_from_json(data: Mapping[str, Any]) -> Version:
    made = data["made_at"]
    cleaning = data["cleaning"]
    return Version(
        **{
            **_tuples(data, "derived_from"),
            "parts": tuple(Part(**part) for part in data["parts"]),
            "made_at": from_text(made),
            "cleaning": Cleaning(**cleaning) if cleaning else None,
        }
    )


def contract_payload(contract: Contract) -> dict[str, Any]:
    """What both sides sign. What may change later (state, deliveries) is not in it."""
    said = as_json(contract)
    for name in ("state", "reason", "deliveries", "signatures", "created_at"):
        del said[name]
    return said


def contract_from_payload(
    payload: Mapping[str, Any], *, state: str, reason: str, deliveries: int, signatures: list[Mapping[str, Any]],
    created_at: datetime,
) -> Contract:  # fmt: skip
    return Contract(
        id=ContractId(payload["id"]),
        dataset=DatasetId(payload["dataset"]),
        dataset_name=payload["dataset_name"],
        provider=OrganisationId(payload["provider"]),
        consumer=OrganisationId(payload["consumer"]),
        consumer_name=payload["consumer_name"],
        purpose=payload["purpose"],
        place=payload["place"],
        hub=payload["hub"],
        terms=terms_from_json(payload["terms"]),
        price=price_from_json(payload["price"]),
        start=from_text(payload["start"]),
        end=from_text(payload["end"]),
        state=state,
        reason=reason,
        deliveries=deliveries,
        signatures=tuple(signatures),
        created_at=created_at,
    )


def _tuples(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: tuple(value) if key in names else value for key, value in data.items()}


def _time(text: str | None) -> datetime | None:
    return None if text is None else from_text(text)
