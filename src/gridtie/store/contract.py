"""Contracts on data, and the log of what was delivered under them: rows in and out."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from gridtie.data.contract import Contract
from gridtie.data.delivery import Delivery, Taken
from gridtie.data.documents import contract_from_payload, contract_payload
from gridtie.errors import Ambiguous, NotFound
from gridtie.lifecycle import CONTRACT, JOB
from gridtie.store.dataset import DatasetRows
from gridtie.store.dialect import one_of
from gridtie.store.journal import dump, load
from gridtie.store.schema import data_contract, data_use, delivery, job
from gridtie.store.session import Session
from gridtie.values.ids import ContractId, DatasetId, DeliveryId, JobId, OrganisationId
from gridtie.values.money import Micros
from gridtie.values.period import from_us, to_us

_ANY_LIVE = select(data_contract.c.id).where(one_of(data_contract.c.state, ("agreed", "active", "suspended"))).limit(1)
_ANY_USE = select(data_use.c.job).limit(1)


class ContractRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, record: Contract) -> None:
        row = {
            "id": record.id, "dataset": record.dataset, "provider": record.provider, "consumer": record.consumer,
            "state": record.state, "reason": record.reason, "payload": dump(contract_payload(record)),
            "signatures": dump([dict(one) for one in record.signatures]), "deliveries": 0,
            "from_us": to_us(record.start), "until_us": to_us(record.end), "created_us": self._session.at_us,
        }  # fmt: skip
        self._session.execute(insert(data_contract), row)

    def get(self, key: str) -> Contract:
        row = self._session.execute(select(data_contract).where(data_contract.c.id == key)).first()
        if row is None:
            raise NotFound(noun="contract", key=key)
        return _contract(row)

    def payload(self, key: ContractId) -> Mapping[str, Any]:
        """What both sign, as it was signed."""
        text = self._session.execute(select(data_contract.c.payload).where(data_contract.c.id == key)).scalar_one()
        said: Mapping[str, Any] = load(text)
        return said

    def find(self, text: str, party: OrganisationId | None) -> Contract:
        """By id or a unique start of it, among those of one side (None: of all). Raises NotFound, Ambiguous."""
        low = text if text.startswith("ctr_") else f"ctr_{text}"
        statement = select(data_contract).where(data_contract.c.id >= low, data_contract.c.id < low + "\x7f")
        rows = self._session.execute(_of(statement, party).order_by(data_contract.c.id).limit(3)).all()
        if not rows:
            raise NotFound(noun="contract", key=text)
        if len(rows) > 1 and rows[0].id != low:
            raise Ambiguous(noun="contract", key=text, matches=", ".join(row.id for row in rows))
        return _contract(rows[0])

    def page(
        self, *, party: OrganisationId | None, dataset: DatasetId | None = None, states: Sequence[str] = (),
        before: str | None = None, limit: int | None = None,
    ) -> list[Contract]:  # fmt: skip
        """Newest first. `party`: provider or consumer; None: all."""
        statement = _of(select(data_contract), party).order_by(data_contract.c.id.desc())
        if dataset is not None:
            statement = statement.where(data_contract.c.dataset == dataset)
        if states:
            statement = statement.where(data_contract.c.state.in_(states))
        if before is not None:
            statement = statement.where(data_contract.c.id < before)
        return [_contract(row) for row in self._session.execute(statement.limit(limit))]

    def of_consumer(self, consumer: OrganisationId, dataset: DatasetId | None = None) -> list[Contract]:
        """Those not over, the newest first."""
        where = [data_contract.c.consumer == consumer, data_contract.c.state.in_(sorted(CONTRACT.live))]
        if dataset is not None:
            where.append(data_contract.c.dataset == dataset)
        rows = self._session.execute(select(data_contract).where(*where).order_by(data_contract.c.id.desc()))
        return [_contract(row) for row in rows]

    def latest(self, consumer: OrganisationId, dataset: DatasetId) -> Contract | None:
        """His newest on it, those that are over included."""
        where = (data_contract.c.consumer == consumer) & (data_contract.c.dataset == dataset)
        row = self._session.execute(
            select(data_contract).where(where).order_by(data_contract.c.id.desc()).limit(1)
        ).first()
        return None if row is None else _contract(row)

    def due(self) -> list[Contract]:
        """Agreed ones that have begun, and those that are over by their time."""
        now = self._session.at_us
        begun = (data_contract.c.state == "agreed") & (data_contract.c.from_us <= now)
        over = data_contract.c.state.in_(("agreed", "active", "suspended")) & (data_contract.c.until_us <= now)
        rows = self._session.execute(select(data_contract).where(or_(begun, over)).order_by(data_contract.c.id))
        return [_contract(row) for row in rows]

    def any_live(self) -> bool:
        return self._session.execute(_ANY_LIVE).first() is not None

    def move(self, key: ContractId, event: str, reason: str = "") -> Contract:
        """Raises ForbiddenMove."""
        state = self.get(key).state
        target = CONTRACT.move(state, event)
        where = data_contract.c.id == key, data_contract.c.state == state
        self._session.execute(update(data_contract).where(*where).values(state=target, reason=reason))
        return self.get(key)

    def sign(self, key: ContractId, signatures: Sequence[Mapping[str, Any]]) -> None:
        kept = dump([dict(one) for one in signatures])
        self._session.execute(update(data_contract).where(data_contract.c.id == key).values(signatures=kept))

    def say(self, key: ContractId, reason: str) -> None:
        """Why it is not further."""
        self._session.execute(update(data_contract).where(data_contract.c.id == key).values(reason=reason))

    def count(self, key: ContractId) -> None:
        """One more delivery."""
        more = data_contract.c.deliveries + 1
        self._session.execute(update(data_contract).where(data_contract.c.id == key).values(deliveries=more))

    # ── jobs that read data by them ───────────────────────────────────────────────────────────────────────────────
    def use(self, key: JobId, contracts: Sequence[str]) -> None:
        for contract in dict.fromkeys(contracts):
            self._session.execute(insert(data_use), {"job": key, "contract": contract})

    def any_use(self) -> bool:
        return self._session.execute(_ANY_USE).first() is not None

    def forget_ended(self) -> None:
        """Uses of jobs that are over."""
        over = select(job.c.id).where(job.c.id == data_use.c.job, job.c.state.in_(sorted(JOB.final)))
        self._session.execute(delete(data_use).where(over.exists()))

    def in_use(self) -> list[Contract]:
        used = select(data_use.c.contract).distinct()
        rows = self._session.execute(select(data_contract).where(data_contract.c.id.in_(used)).order_by("id"))
        return [_contract(row) for row in rows]

    def jobs_of(self, key: ContractId) -> list[JobId]:
        statement = select(data_use.c.job).where(data_use.c.contract == key).order_by(data_use.c.job)
        return [JobId(found) for found in self._session.execute(statement).scalars()]


class DeliveryRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, record: Delivery) -> None:
        row = {
            "id": record.id, "dataset": record.dataset, "version": record.version, "contract": record.contract,
            "provider": record.provider, "consumer": record.consumer, "member": record.member,
            "channel": record.channel, "purpose": record.purpose, "job": record.job, "parts": f"{record.parts.mask:x}",
            "records": record.records, "bytes": record.bytes, "charge": record.charge, "at_us": to_us(record.at),
            "until_us": to_us(record.until),
            "delete_by_us": None if record.delete_by is None else to_us(record.delete_by),
        }  # fmt: skip
        self._session.execute(insert(delivery), row)

    def widen(self, record: Delivery) -> None:
        """More parts within the same delivery."""
        values = {"parts": f"{record.parts.mask:x}", "records": record.records, "bytes": record.bytes,
                  "charge": record.charge}  # fmt: skip
        self._session.execute(update(delivery).where(delivery.c.id == record.id).values(**values))

    def get(self, key: str) -> Delivery:
        row = self._session.execute(select(delivery).where(delivery.c.id == key)).first()
        if row is None:
            raise NotFound(noun="delivery", key=key)
        return self._whole(row)

    def current(
        self, consumer: OrganisationId, dataset: DatasetId, version: int, contract: ContractId | None, channel: str
    ) -> Delivery | None:
        """The newest whose links are still good."""
        where = (
            delivery.c.consumer == consumer, delivery.c.dataset == dataset, delivery.c.version == version,
            delivery.c.contract.is_(None) if contract is None else delivery.c.contract == contract,
            delivery.c.channel == channel, delivery.c.until_us > self._session.at_us,
        )  # fmt: skip
        row = self._session.execute(select(delivery).where(*where).order_by(delivery.c.id.desc()).limit(1)).first()
        return None if row is None else self._whole(row)

    def running(self, contract: ContractId) -> bool:
        """Whether the links of any delivery under it are still good."""
        where = delivery.c.contract == contract, delivery.c.until_us > self._session.at_us
        return self._session.execute(select(delivery.c.id).where(*where).limit(1)).first() is not None

    def of_job(self, job: JobId) -> list[Delivery]:
        rows = self._session.execute(select(delivery).where(delivery.c.job == job).order_by(delivery.c.id))
        return [self._whole(row) for row in rows]

    def of_work(self, key: JobId) -> list[Delivery]:
        """Of the jobs that were submitted in one file with this one, and its own."""
        together = select(job.c.batch).where(job.c.id == key).scalar_subquery()
        same = select(job.c.id).where(or_(job.c.id == key, job.c.batch == together))
        rows = self._session.execute(select(delivery).where(delivery.c.job.in_(same)).order_by(delivery.c.id))
        return [_delivery(row) for row in rows]

    def page(
        self, *, party: OrganisationId | None, dataset: DatasetId | None = None, version: int | None = None,
        contract: ContractId | None = None, before: str | None = None, limit: int | None = None,
    ) -> list[Delivery]:  # fmt: skip
        """Newest first, of one side (None: of all)."""
        statement = select(delivery).order_by(delivery.c.id.desc())
        if party is not None:
            statement = statement.where(or_(delivery.c.provider == party, delivery.c.consumer == party))
        wanted = ((delivery.c.dataset, dataset), (delivery.c.version, version), (delivery.c.contract, contract))
        for column, value in wanted:
            if value is not None:
                statement = statement.where(column == value)
        if before is not None:
            statement = statement.where(delivery.c.id < before)
        return [_delivery(row) for row in self._session.execute(statement.limit(limit))]

    def _whole(self, row: Any) -> Delivery:
        return _delivery(row, DatasetRows(self._session).layout(DatasetId(row.dataset), row.version).digests)


def _of(statement: Any, party: OrganisationId | None) -> Any:
    if party is None:
        return statement
    return statement.where(or_(data_contract.c.provider == party, data_contract.c.consumer == party))


def _contract(row: Any) -> Contract:
    return contract_from_payload(
        load(row.payload),
        state=row.state,
        reason=row.reason,
        deliveries=row.deliveries,
        signatures=load(row.signatures),
        created_at=from_us(row.created_us),
    )


def _delivery(row: Any, places: Mapping[str, int] = MappingProxyType({})) -> Delivery:
    """Without `places` only the number of its files is known."""
    return Delivery(
        id=DeliveryId(row.id),
        dataset=DatasetId(row.dataset),
        version=row.version,
        contract=None if row.contract is None else ContractId(row.contract),
        provider=OrganisationId(row.provider),
        consumer=OrganisationId(row.consumer),
        member=row.member,
        channel=row.channel,
        purpose=row.purpose,
        job=None if row.job is None else JobId(row.job),
        parts=_taken(row.parts, places),
        records=row.records,
        bytes=row.bytes,
        charge=Micros(row.charge),
        at=from_us(row.at_us),
        until=from_us(row.until_us),
        delete_by=None if row.delete_by_us is None else from_us(row.delete_by_us),
    )


def _taken(text: str, places: Mapping[str, int]) -> Taken:
    """A mask in hexadecimal; before there were any, a list of digests."""
    return Taken.of(load(text), places or None) if text.startswith("[") else Taken(places, int(text, 16))
