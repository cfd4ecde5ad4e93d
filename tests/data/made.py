"""Datasets, versions and deliveries for the tests of what is written of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from gridtie.data.dataset import Card, Cleaning, Dataset, Origin, Part, Version
from gridtie.data.delivery import FILE, Delivery, Taken
from gridtie.data.lineage import Ancestor, Lineage
from gridtie.data.terms import Terms
from gridtie.values.ids import ContractId, DatasetId, DeliveryId, OrganisationId
from gridtie.values.money import ZERO

BASE = "http://exchange.example:8474"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = Origin(name="register", kind="public", licence="open", record="2024-17")
CARD = Card(title="Decisions 判决", description="D", licence="CC-BY-4.0", origins=(ORIGIN,), contact="a b <x@y>")
CLEANING = Cleaning(report="a" * 64, pack="TC260-003", passed=False, kept=1200, treated=7, dropped=3)
PARQUET = "application/vnd.apache.parquet"


def part(path: str, **more: Any) -> Part:
    return Part(**{"path": path, "sha256": "0" * 64, "size": 10, "media": PARQUET, "records": 5, **more})


def version(*parts: Part, number: int = 1, **more: Any) -> Version:
    return Version(**{"number": number, "parts": parts, "made_at": NOW, "digest": "d" * 64, **more})


def dataset(**more: Any) -> Dataset:
    return Dataset(**{"id": DatasetId("ds_1"), "owner": OrganisationId("org_1"), "owner_name": "aurora",
                      "name": "court", "card": CARD, "terms": Terms(), "price": None, "versions": 1,
                      "created_at": NOW, **more})  # fmt: skip


def delivery(number: int, **more: Any) -> Delivery:
    made = Delivery(
        id=DeliveryId(f"dlv_{number}"), dataset=DatasetId("ds_1"), version=1, contract=ContractId("ctr_1"),
        provider=OrganisationId("org_1"), consumer=OrganisationId("org_2"), member="m", channel=FILE,
        purpose="training", job=None, parts=Taken.of(["0" * 64]), records=5, bytes=10, charge=ZERO,
        at=NOW + timedelta(days=number), until=NOW + timedelta(days=number + 1), delete_by=None,
    )  # fmt: skip
    return replace(made, **more)


def ancestor(key: str, name: str, made: Version | None, **more: Any) -> Ancestor:
    return Ancestor(**{"key": key, "name": name, "owner": "org_1", "owner_name": "aurora", "version": made, **more})


def lineage(*made: Ancestor, uses: tuple[Delivery, ...] = (), complete: bool = True) -> Lineage:
    return Lineage(made=made, uses=uses, parties={"org_2": "bison"}, complete=complete)
