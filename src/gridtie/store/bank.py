"""Deposits of the compute bank, and the certificates that set its references: rows in and out."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from gridtie.errors import Ambiguous, NotFound
from gridtie.lifecycle import DEPOSIT
from gridtie.market.bank import Deposit
from gridtie.store.dialect import json_count, json_text, json_whole
from gridtie.store.schema import bank_deposit, certificate, resource
from gridtie.store.session import Session
from gridtie.values.ids import CertificateId, DepositId, OrganisationId, ResourceId
from gridtie.values.period import Period, from_us, to_us

_SCORE = json_whole(certificate.c.envelope, "payload", "score")
_CHIP = func.coalesce(json_text(certificate.c.envelope, "payload", "chip"), resource.c.chip)
# Only what both sides have signed was ever valid, whatever became of it since.
_FIRST = (
    select(certificate.c.id, _SCORE.label("score"))
    .join(resource, resource.c.id == certificate.c.resource)
    .where(
        bindparam("chip") == _CHIP,
        json_count(certificate.c.envelope, "signatures") == 2,
        _SCORE > 0,
    )
    .order_by(certificate.c.id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Reference:
    """The score that one reference hour of a chip stands for, and the certificate that says so."""

    score: int
    certificate: CertificateId


class BankRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def reference(self, chip: str) -> Reference | None:
        """None as long as no certificate for the chip was ever valid here."""
        row = self._session.execute(_FIRST, {"chip": chip}).first()
        return None if row is None else Reference(int(row.score), CertificateId(row.id))

    def add(self, record: Deposit) -> None:
        row = {
            "id": record.id,
            "resource": record.resource,
            "organisation": record.owner,
            "state": record.state,
            "chip": record.chip,
            "from_us": to_us(record.window.start),
            "until_us": to_us(record.window.end),
            "units_max": record.units_max,
            "created_us": self._session.at_us,
        }
        self._session.execute(insert(bank_deposit), row)

    def get(self, key: DepositId) -> Deposit:
        row = self._session.execute(select(bank_deposit).where(bank_deposit.c.id == key)).first()
        if row is None:
            raise NotFound(noun="deposit", key=key)
        return _deposit(row)

    def find(self, text: str, owner: OrganisationId | None) -> Deposit:
        """By id or a unique start of it, among those of `owner` (None: of all). Raises NotFound, Ambiguous."""
        low = text if text.startswith("dep_") else f"dep_{text}"
        statement = select(bank_deposit).where(bank_deposit.c.id >= low, bank_deposit.c.id < low + "\x7f")
        if owner is not None:
            statement = statement.where(bank_deposit.c.organisation == owner)
        rows = self._session.execute(statement.order_by(bank_deposit.c.id).limit(3)).all()
        if not rows:
            raise NotFound(noun="deposit", key=text)
        if len(rows) > 1 and rows[0].id != low:
            raise Ambiguous(noun="deposit", key=text, matches=", ".join(row.id for row in rows))
        return _deposit(rows[0])

    def move(self, key: DepositId, event: str) -> str:
        """The state afterwards. Raises ForbiddenMove."""
        state = self.get(key).state
        target = DEPOSIT.move(state, event)
        statement = update(bank_deposit).where(bank_deposit.c.id == key, bank_deposit.c.state == state)
        self._session.execute(statement.values(state=target))
        return target

    def deposits(self, *, resource: ResourceId | None = None) -> list[Deposit]:
        """Open ones, oldest first."""
        statement = select(bank_deposit).where(bank_deposit.c.state == "open").order_by(bank_deposit.c.id)
        if resource is not None:
            statement = statement.where(bank_deposit.c.resource == resource)
        return [_deposit(row) for row in self._session.execute(statement)]

    def page(self, *, state: str, owner: OrganisationId | None, before: str | None, limit: int) -> list[Deposit]:
        """Newest first."""
        statement = select(bank_deposit).where(bank_deposit.c.state == state).order_by(bank_deposit.c.id.desc())
        if owner is not None:
            statement = statement.where(bank_deposit.c.organisation == owner)
        if before is not None:
            statement = statement.where(bank_deposit.c.id < before)
        return [_deposit(row) for row in self._session.execute(statement.limit(limit))]


def _deposit(row: Any) -> Deposit:
    return Deposit(
        id=DepositId(row.id),
        resource=ResourceId(row.resource),
        owner=OrganisationId(row.organisation),
        chip=row.chip,
        window=Period(from_us(row.from_us), from_us(row.until_us)),
        units_max=row.units_max,
        state=row.state,
    )
