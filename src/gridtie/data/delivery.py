"""A delivery of data: who got which parts of which version, by which way, for what, until when, and what it cost."""

from dataclasses import dataclass
from datetime import datetime

from gridtie.values.ids import ContractId, DatasetId, DeliveryId, JobId, OrganisationId
from gridtie.values.money import Micros

SHARING, HUB, FILE, JOB = "sharing", "hub", "file", "job"
CHANNELS = (SHARING, HUB, FILE, JOB)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`parts` are digests. `until`: its links are good until then. `delete_by`: when the terms want copies gone.
    `contract` is None for open data and for its owner."""

    id: DeliveryId
    dataset: DatasetId
    version: int
    contract: ContractId | None
    provider: OrganisationId
    consumer: OrganisationId
    member: str
    channel: str
    purpose: str
    job: JobId | None
    parts: tuple[str, ...]
    records: int | None
    bytes: int
    charge: Micros
    at: datetime
    until: datetime
    delete_by: datetime | None
