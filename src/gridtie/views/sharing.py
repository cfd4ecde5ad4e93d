"""Datasets as Delta Sharing shows them: a share is an owner, a schema a dataset, a table a set of Parquet parts."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from gridtie.access import Actor
from gridtie.data.dataset import Dataset, Part, Version
from gridtie.data.tables import Table, schema_name, tables_of
from gridtie.errors import DataDenied
from gridtie.flow.deliver_data import right_to_read
from gridtie.store.unit import Unit
from gridtie.values.ids import OrganisationId
from gridtie.values.period import to_us

READER_VERSION, WRITER_VERSION = 1, 2  # the oldest: nothing of our tables needs a feature


def shared_datasets(unit: Unit, actor: Actor, owner: OrganisationId | None = None) -> list[Dataset]:
    """Of which the actor's organisation may have copies now: its own, open ones, those it has a usable contract on."""
    known = {one.id: one for one in unit.datasets.page(owner=owner) if one.open}
    if actor.organisation is not None:
        if owner in (None, actor.organisation):
            known |= {one.id: one for one in unit.datasets.page(owner=actor.organisation, listed=False)}
        for contract in unit.contracts.of_consumer(actor.organisation):
            if contract.dataset not in known and owner in (None, contract.provider):
                known[contract.dataset] = unit.datasets.get(contract.dataset)
    return sorted(_readable(unit, actor, known.values()), key=lambda one: (one.owner_name, one.name))


def _readable(unit: Unit, actor: Actor, datasets: Any) -> Iterator[Dataset]:
    for dataset in datasets:
        try:
            right_to_read(unit, actor, dataset)
        except DataDenied:
            continue
        yield dataset


def share_view(dataset: Dataset) -> dict[str, Any]:
    return {"name": dataset.owner_name, "id": dataset.owner}


def schema_view(dataset: Dataset) -> dict[str, Any]:
    return {"name": schema_name(dataset.name), "share": dataset.owner_name, "id": dataset.id}


def table_views(unit: Unit, dataset: Dataset) -> list[dict[str, Any]]:
    """Of the newest version."""
    schema = schema_name(dataset.name)
    return [
        {"name": table.name, "schema": schema, "share": dataset.owner_name, "shareId": dataset.owner,
         "id": f"{dataset.id}/{table.name}"}
        for table in tables_of(unit.datasets.version(dataset.id))
    ]  # fmt: skip


def table_lines(dataset: Dataset, version: Version, table: Table, *, delta: bool = False) -> list[dict[str, Any]]:
    """Protocol and metadata of a table; `delta`: as actions of Delta's own log, wrapped."""
    said: dict[str, Any] = {
        "id": f"{dataset.id}/{table.name}", "name": f"{dataset.full_name} {table.name}",
        "description": dataset.card.title, "schemaString": table.schema, "partitionColumns": [], "configuration": {},
    }  # fmt: skip
    size = {"version": version.number, "size": sum(part.size for part in table.parts), "numFiles": len(table.parts)}
    if not delta:
        return [{"protocol": {"minReaderVersion": READER_VERSION}},
                {"metaData": {**said, "format": {"provider": "parquet"}, **size}}]  # fmt: skip
    action = {**said, "format": {"provider": "parquet", "options": {}}, "createdTime": to_us(version.made_at) // 1000}
    protocol = {"minReaderVersion": READER_VERSION, "minWriterVersion": WRITER_VERSION}
    return [{"protocol": {"deltaProtocol": protocol}}, {"metaData": {**size, "deltaMetadata": action}}]


def file_lines(
    version: Version, links: Sequence[tuple[Part, str]], until: datetime, *, delta: bool = False
) -> list[dict[str, Any]]:
    """Files of a table with their links, which end at `until`."""
    made_at = to_us(version.made_at) // 1000
    life = {"version": version.number, "timestamp": made_at, "expirationTimestamp": to_us(until) // 1000}
    lines = []
    for part, url in links:
        stats = json.dumps({} if part.records is None else {"numRecords": part.records})
        said = {"partitionValues": {}, "size": part.size, "stats": stats}
        if delta:
            action = {"add": {"path": url, **said, "modificationTime": made_at, "dataChange": True}}
            lines.append({"file": {"id": part.sha256, **life, "deltaSingleAction": action}})
        else:
            lines.append({"file": {"url": url, "id": part.sha256, **said, **life}})
    return lines
