"""Datasets and their versions: rows in and out."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import insert, select, update

from gridtie.data.dataset import Dataset, Version
from gridtie.data.delivery import Layout
from gridtie.data.documents import as_json, card_from_json, price_from_json, terms_from_json, version_from_json
from gridtie.errors import NotFound
from gridtie.lifecycle import DATASET
from gridtie.store.journal import dump, load
from gridtie.store.schema import dataset, dataset_version, derivation, organisation
from gridtie.store.session import Session
from gridtie.values.ids import DatasetId, OrganisationId
from gridtie.values.period import from_us

LAYOUTS_MAX = 8
_LAYOUTS: dict[tuple[str, int, str], Layout] = {}
_WHOLE = select(dataset, organisation.c.name.label("owner_name")).join(
    organisation, organisation.c.id == dataset.c.organisation
)


class DatasetRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, record: Dataset) -> None:
        row = {"id": record.id, "organisation": record.owner, "name": record.name, "state": record.state,
               "versions": 0, "created_us": self._session.at_us, **_described(record)}  # fmt: skip
        self._session.execute(insert(dataset), row)

    def describe(self, record: Dataset) -> None:
        """Its card, terms and price anew; contracts made before keep theirs."""
        self._session.execute(update(dataset).where(dataset.c.id == record.id).values(**_described(record)))

    def move(self, key: DatasetId, event: str) -> None:
        """Raises NotFound, ForbiddenMove."""
        state = self.get(key).state
        target = DATASET.move(state, event)
        self._session.execute(update(dataset).where(dataset.c.id == key, dataset.c.state == state).values(state=target))

    def get(self, key: str) -> Dataset:
        row = self._session.execute(_WHOLE.where(dataset.c.id == key)).first()
        if row is None:
            raise NotFound(noun="dataset", key=key)
        return _dataset(row)

    def find(self, text: str) -> Dataset:
        """By id, or by 'owner/name'. Raises NotFound."""
        if "/" not in text:
            return self.get(text)
        owner, _, name = text.partition("/")
        row = self._session.execute(_WHOLE.where(organisation.c.name == owner, dataset.c.name == name)).first()
        if row is None:
            raise NotFound(noun="dataset", key=text)
        return _dataset(row)

    def named(self, owner: OrganisationId, name: str) -> Dataset | None:
        row = self._session.execute(_WHOLE.where(dataset.c.organisation == owner, dataset.c.name == name)).first()
        return None if row is None else _dataset(row)

    def page(
        self, *, words: tuple[str, ...] = (), facets: Mapping[str, object] = MappingProxyType({}),
        owner: OrganisationId | None = None, listed: bool = True, before: str | None = None, limit: int | None = None,
    ) -> list[Dataset]:  # fmt: skip
        """Newest first; those in whose card every one of `words` (lower case) stands, and that are of these `facets`:
        licence, language, grade, delivery, as far as one is asked for."""
        statement = _WHOLE.order_by(dataset.c.id.desc())
        if listed:
            statement = statement.where(dataset.c.state == "listed")
        if owner is not None:
            statement = statement.where(dataset.c.organisation == owner)
        if before is not None:
            statement = statement.where(dataset.c.id < before)
        wanted = [_facet(name, value) for name, value in facets.items() if value != ""]
        for word in (*words, *wanted):
            statement = statement.where(dataset.c.words.contains(word, autoescape=True))
        return [_dataset(row) for row in self._session.execute(statement.limit(limit))]

    # ── versions ──────────────────────────────────────────────────────────────────────────────────────────────────
    def add_version(self, key: DatasetId, record: Version) -> None:
        """The number is the next one of the dataset."""
        row = {"dataset": key, "number": record.number, "digest": record.digest, "document": dump(as_json(record))}
        self._session.execute(insert(dataset_version), row)
        self._session.execute(update(dataset).where(dataset.c.id == key).values(versions=record.number))
        for source in dict.fromkeys(map(self._source, record.derived_from)):
            self._session.execute(insert(derivation), {"source": source, "dataset": key, "number": record.number})

    def _source(self, said: str) -> str:
        """'owner/name@v3' by the id of what is called so now; all else as it is said."""
        name, _, number = said.rpartition("@")
        try:
            return f"{self.find(name).id}@{number}" if "/" in name else said
        except NotFound:
            return said

    def derived(self, key: DatasetId, number: int, limit: int) -> list[tuple[DatasetId, int]]:
        """Versions that say they were made from this one, the oldest dataset first."""
        statement = select(derivation.c.dataset, derivation.c.number).where(derivation.c.source == f"{key}@v{number}")
        rows = self._session.execute(statement.order_by(derivation.c.dataset, derivation.c.number).limit(limit))
        return [(DatasetId(row.dataset), row.number) for row in rows]

    def set_version(self, key: DatasetId, record: Version) -> None:
        """What is said of it anew; its parts stay."""
        where = dataset_version.c.dataset == key, dataset_version.c.number == record.number
        self._session.execute(update(dataset_version).where(*where).values(document=dump(as_json(record))))

    def version(self, key: DatasetId, number: int | None = None) -> Version:
        """The newest, if none is named. Raises NotFound."""
        statement = select(dataset_version.c.document).where(dataset_version.c.dataset == key)
        if number is not None:
            statement = statement.where(dataset_version.c.number == number)
        text = self._session.execute(statement.order_by(dataset_version.c.number.desc()).limit(1)).scalar()
        if text is None:
            raise NotFound(noun="version", key=f"{key}@v{number}" if number is not None else key)
        return _version(text)

    def layout(self, key: DatasetId, number: int | None = None, digest: str = "") -> Layout:
        """The files of the newest version, of that with this number, or whose digest begins so; their number costs
        nothing the second time. What is said of its cleaning may be old. Raises NotFound."""
        statement = select(dataset_version.c.number, dataset_version.c.digest).where(dataset_version.c.dataset == key)
        if number is not None:
            statement = statement.where(dataset_version.c.number == number)
        if digest:
            statement = statement.where(dataset_version.c.digest.startswith(digest, autoescape=True))
        row = self._session.execute(statement.order_by(dataset_version.c.number.desc()).limit(1)).first()
        if row is None:
            raise NotFound(noun="version", key=key)
        asked = (key, row.number, row.digest)
        found = _LAYOUTS.pop(asked, None) or Layout(self.version(key, row.number))
        _LAYOUTS[asked] = found  # the last: the one used longest ago goes first
        for old in list(_LAYOUTS)[:-LAYOUTS_MAX]:
            _LAYOUTS.pop(old, None)
        return found

    def version_of(self, key: DatasetId, digest: str) -> Version | None:
        """By its digest or a long start of it."""
        where = dataset_version.c.dataset == key, dataset_version.c.digest.startswith(digest, autoescape=True)
        text = self._session.execute(select(dataset_version.c.document).where(*where).limit(1)).scalar()
        return None if text is None else _version(text)

    def versions(self, key: DatasetId) -> list[Version]:
        """Newest first."""
        statement = select(dataset_version.c.document).where(dataset_version.c.dataset == key)
        rows = self._session.execute(statement.order_by(dataset_version.c.number.desc()))
        return [_version(row.document) for row in rows]


@lru_cache(maxsize=8)
def _version(text: str) -> Version:
    """Clients ask file by file, and a version may have ten thousand: the last few are not taken apart again."""
    return version_from_json(load(text))


def _described(record: Dataset) -> dict[str, Any]:
    card = record.card
    texts = (record.full_name, card.title, card.description, card.licence, *card.languages, *card.keywords)
    facets = [("licence", card.licence), ("grade", card.grade), ("delivery", record.terms.delivery)]
    facets += [("language", language) for language in card.languages]
    words = " ".join(" ".join(texts).split()).lower() + "".join(_facet(name, value) for name, value in facets)
    said: Mapping[str, Any] = {
        "card": as_json(card), "terms": as_json(record.terms), "price": as_json(record.price), "open": record.open
    }  # fmt: skip
    return {"words": words, "document": dump(said)}


def _facet(name: str, value: object) -> str:
    """A line of its own among the words, which no text of a card can hold."""
    return f"\n{name}:{' '.join(str(value).lower().split())}\n"


def _dataset(row: Any) -> Dataset:
    said = load(row.document)
    return Dataset(
        id=DatasetId(row.id),
        owner=OrganisationId(row.organisation),
        owner_name=row.owner_name,
        name=row.name,
        card=card_from_json(said["card"]),
        terms=terms_from_json(said["terms"]),
        price=price_from_json(said["price"]),
        state=row.state,
        open=said["open"],
        versions=row.versions,
        created_at=from_us(row.created_us),
    )
