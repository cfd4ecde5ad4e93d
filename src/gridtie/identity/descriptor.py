"""What an identifier resolves to: the signed record of one resource, with everything that may change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from gridtie.errors import InvalidIdentifier, InvalidInput, Problem
from gridtie.identity.code import parse
from gridtie.identity.signing import Envelope
from gridtie.values.period import from_text, to_text

KIND = "descriptor"
ROLE = "owner"
STATUSES = ("active", "revoked", "tombstone")
# IETF CATS metric definition: where a figure comes from, and which statistic of it is meant.
SOURCES = ("nominal", "estimation", "directly measured", "normalization", "aggregation")
STATISTICS = ("max", "min", "mean", "cur")
# What names one piece of hardware; an inventory of somebody's assets is nobody else's business.
HIDDEN = frozenset({"uuid", "uuids", "serial", "serials", "address", "addresses", "mac", "machine_id", "host_name",
                    "pci_address"})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure with its unit and origin; `density` says dense or sparse for arithmetic rates."""

    name: str
    value: float
    unit: str
    source: str
    statistics: str
    density: str | None = None

    def __post_init__(self) -> None:
        if self.source not in SOURCES or self.statistics not in STATISTICS:
            raise ValueError(f"{self.name}: source or statistics is not one of CATS")
        if self.density not in (None, "dense", "sparse"):
            raise ValueError(f"{self.name}: density is dense or sparse")


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """Total capacity is part of the name's record; free capacity carries the time it was true."""

    identifier: str
    sequence: int  # grows with each change; a higher one replaces a lower
    status: str
    site: str
    hub: str
    chip: str
    isolation: str
    total: Mapping[str, int]
    available: Mapping[str, int]
    available_at: datetime
    metrics: tuple[Metric, ...] = ()
    certificate: str | None = None
    offers: str | None = None  # where its prices are found
    valid_from: datetime
    valid_until: datetime
    hardware: Mapping[str, Any] = field(default_factory=dict)  # may hold what HIDDEN names; never published


def payload(descriptor: Descriptor) -> dict[str, Any]:
    """The public record: hardware ids, serial numbers and addresses are left out."""
    return {
        "identifier": descriptor.identifier,
        "sequence": descriptor.sequence,
        "status": descriptor.status,
        "site": descriptor.site,
        "hub": descriptor.hub,
        "chip": descriptor.chip,
        "isolation": descriptor.isolation,
        "total": dict(descriptor.total),
        "available": {**descriptor.available, "at": to_text(descriptor.available_at)},
        "metrics": [_metric(metric) for metric in descriptor.metrics],
        "certificate": descriptor.certificate,
        "offers": descriptor.offers,
        "valid_from": to_text(descriptor.valid_from),
        "valid_until": to_text(descriptor.valid_until),
        "hardware": _public(descriptor.hardware),
    }


def _public(value: Any) -> Any:
    """Without what HIDDEN names, at any depth."""
    if isinstance(value, Mapping):
        return {key: _public(item) for key, item in value.items() if key not in HIDDEN}
    return [_public(item) for item in value] if isinstance(value, list | tuple) else value


def _metric(metric: Metric) -> dict[str, Any]:
    data = {"name": metric.name, "value": metric.value, "unit": metric.unit, "source": metric.source,
            "statistics": metric.statistics}  # fmt: skip
    return data if metric.density is None else {**data, "density": metric.density}


def envelope(descriptor: Descriptor) -> Envelope:
    return Envelope(KIND, payload(descriptor))


def from_payload(data: Mapping[str, Any]) -> Descriptor:
    """Strict: exactly the fields of `payload`, each of its type. Raises InvalidInput naming the first that is wrong."""
    try:
        _exactly(data, _FIELDS, "descriptor")
        available = dict(data["available"])
        made = Descriptor(
            available_at=from_text(available.pop("at")),
            **{name: _typed(data, name, str) for name in _TEXTS},
            **{name: _typed(data, name, str | None) for name in ("certificate", "offers")},
            sequence=_count(data["sequence"], "sequence"),
            total=_counts(data["total"], "total"),
            available=_counts(available, "available"),
            metrics=tuple(_read_metric(metric) for metric in _typed(data, "metrics", list)),
            valid_from=from_text(data["valid_from"]),
            valid_until=from_text(data["valid_until"]),
            hardware=dict(_typed(data, "hardware", dict)),
        )
        if str(parse(made.identifier)) != made.identifier:
            raise ValueError(f"{made.identifier} is not how that identifier is written")
        if made.status not in STATUSES:
            raise ValueError(f"status {made.status!r} is not one of {', '.join(STATUSES)}")
        if made.valid_until <= made.valid_from:
            raise ValueError("it ends before it begins")
    except (InvalidIdentifier, KeyError, TypeError, ValueError, AttributeError) as cause:
        raise InvalidInput(source="descriptor", problems=[Problem(f"not a descriptor: {cause}")]) from cause
    return made


_TEXTS = ("identifier", "status", "site", "hub", "chip", "isolation")
_FIELDS = frozenset(field.name for field in fields(Descriptor)) - {"available_at"}
_METRIC_FIELDS = frozenset({"name", "value", "unit", "source", "statistics"})


def _read_metric(data: Mapping[str, Any]) -> Metric:
    _exactly(data, _METRIC_FIELDS | ({"density"} & data.keys()), "metric")
    texts = {name: _typed(data, name, str) for name in data if name != "value"}
    return Metric(value=_typed(data, "value", int | float), **texts)


def _exactly(data: Mapping[str, Any], names: frozenset[str], what: str) -> None:
    if odd := data.keys() ^ names:
        name = min(odd)
        raise ValueError(f"{what} {'has no' if name in names else 'cannot have'} {name!r}")


def _typed(data: Mapping[str, Any], name: str, kind: Any) -> Any:
    value = data[name]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"{name} is of the wrong type")
    return value


def _counts(data: Mapping[str, Any], name: str) -> dict[str, int]:
    return {key: _count(value, f"{name}.{key}") for key, value in data.items()}


def _count(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name} is not a count")
    return value
