"""What an identifier resolves to: the signed record of one resource, with everything that may change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gridtie.errors import InvalidInput, Problem
from gridtie.identity.code import parse
from gridtie.identity.signing import Envelope
from gridtie.values.period import from_text, to_text

KIND = "descriptor"
ROLE = "owner"
STATUSES = ("active", "revoked", "tombstone")
# IETF CATS metric definition: where a figure comes from, and which statistic of it is meant.
SOURCES = ("nominal", "estimation", "directly measured", "normalization", "aggregation")
STATISTICS = ("max", "min", "mean", "cur")
HIDDEN = ("uuids", "serials", "addresses")


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
        "hardware": {key: value for key, value in descriptor.hardware.items() if key not in HIDDEN},
    }


def _metric(metric: Metric) -> dict[str, Any]:
    data = {"name": metric.name, "value": metric.value, "unit": metric.unit, "source": metric.source,
            "statistics": metric.statistics}  # fmt: skip
    return data if metric.density is None else {**data, "density": metric.density}


def envelope(descriptor: Descriptor) -> Envelope:
    return Envelope(KIND, payload(descriptor))


def from_payload(data: Mapping[str, Any]) -> Descriptor:
    """Raises InvalidInput when the shape or the identifier is wrong."""
    try:
        parse(data["identifier"])
        if data["status"] not in STATUSES:
            raise ValueError(f"status {data['status']!r}")
        available = dict(data["available"])
        at = from_text(available.pop("at"))
        return Descriptor(
            identifier=data["identifier"],
            sequence=int(data["sequence"]),
            status=data["status"],
            site=data["site"],
            hub=data["hub"],
            chip=data["chip"],
            isolation=data["isolation"],
            total=dict(data["total"]),
            available=available,
            available_at=at,
            metrics=tuple(Metric(**metric) for metric in data["metrics"]),
            certificate=data["certificate"],
            offers=data["offers"],
            valid_from=from_text(data["valid_from"]),
            valid_until=from_text(data["valid_until"]),
            hardware=dict(data["hardware"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as cause:
        raise InvalidInput(source="descriptor", problems=[Problem(f"not a descriptor: {cause}")]) from cause
