"""Receipts and vouchers: rows in and out."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, insert, literal, or_, select, update

from gridtie.errors import NotFound
from gridtie.ledger.voucher import Voucher
from gridtie.store.journal import dump, load
from gridtie.store.schema import account, receipt, voucher
from gridtie.store.session import Session
from gridtie.values.ids import JobId, OrganisationId, ReceiptId, RunId, SiteId, VoucherId
from gridtie.values.money import Micros
from gridtie.values.period import Period, from_text, to_text

_ADD = insert(receipt)
_AWAITING = (
    select(receipt.c.id, receipt.c.envelope)
    .where(receipt.c.site == bindparam("site"), receipt.c.state == "awaiting-site")
    .order_by(receipt.c.id.desc())
    .limit(64)
)
_SIGN = update(receipt).where(receipt.c.id == bindparam("key"), receipt.c.state == "awaiting-site")
_AMOUNTS = select(receipt.c.amount).where(receipt.c.job == bindparam("job"))


class ReceiptRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self, key: ReceiptId, *, run: RunId, job: JobId, organisation: OrganisationId, site: SiteId, amount: int,
        envelope: dict[str, Any], by_site: bool = True,
    ) -> None:  # fmt: skip
        """`by_site`: the site has seen the run, and signs too."""
        row = {
            "id": key,
            "run": run,
            "job": job,
            "organisation": organisation,
            "site": site,
            "amount": amount,
            "envelope": dump(envelope),
            "state": "awaiting-site" if by_site else "exchange-alone",
            "created_us": self._session.at_us,
        }
        self._session.execute(_ADD, row)

    def row(self, key: str) -> Any:
        row = self._session.execute(select(receipt).where(receipt.c.id == key)).first()
        if row is None:
            raise NotFound(noun="receipt", key=key)
        return row

    def awaiting(self, site: SiteId) -> list[tuple[str, dict[str, Any]]]:
        """Receipts that `site` has still to sign, newest first: those it will not sign keep none of the others."""
        return [(row.id, load(row.envelope)) for row in self._session.execute(_AWAITING, {"site": site})]

    def sign(self, key: ReceiptId, envelope: dict[str, Any]) -> None:
        row = {"envelope": dump(envelope), "state": "signed", "signed_us": self._session.at_us}
        self._session.execute(_SIGN, {"key": key, **row})

    def of_job(self, job: JobId) -> Sequence[Any]:
        rows: Sequence[Any] = self._session.execute(
            select(receipt).where(receipt.c.job == job).order_by(receipt.c.id)
        ).all()
        return rows

    def amounts(self, job: JobId) -> list[int]:
        return list(self._session.execute(_AMOUNTS, {"job": job}).scalars())

    def all(self) -> Sequence[Any]:
        rows: Sequence[Any] = self._session.execute(select(receipt).order_by(receipt.c.id)).all()
        return rows


class VoucherRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, record: Voucher) -> None:
        row = {
            "id": record.id,
            "name": record.name,
            "issuer": record.issuer,
            "holder": record.holder,
            "document": _document(record),
            "created_us": self._session.at_us,
        }
        self._session.execute(insert(voucher), row)

    def set_window(self, record: Voucher) -> None:
        self._session.execute(update(voucher).where(voucher.c.id == record.id).values(document=_document(record)))

    def find(self, text: str) -> Voucher:
        """By id or name. Raises NotFound."""
        row = self._session.execute(select(voucher).where(or_(voucher.c.id == text, voucher.c.name == text))).first()
        if row is None:
            raise NotFound(noun="voucher", key=text)
        return _voucher(row)

    def with_money(self) -> list[Voucher]:
        """Those with something on them that is not held, oldest first."""
        free = account.c.credits_posted - account.c.debits_posted - account.c.debits_held
        statement = (
            select(voucher).join(account, account.c.code == literal("voucher:") + voucher.c.id).where(free > 0)
        ).order_by(voucher.c.id)
        return [_voucher(row) for row in self._session.execute(statement)]

    def page(self, *, holder: OrganisationId | None, before: str | None, limit: int | None) -> list[Voucher]:
        statement = select(voucher).order_by(voucher.c.id.desc()).limit(limit)
        if holder is not None:
            statement = statement.where(voucher.c.holder == holder)
        if before is not None:
            statement = statement.where(voucher.c.id < before)
        return [_voucher(row) for row in self._session.execute(statement)]


def _document(record: Voucher) -> str:
    return dump(
        {
            "amount": str(record.amount),
            "max_unit_price": None if record.max_unit_price is None else str(record.max_unit_price),
            "from": to_text(record.window.start),
            "until": to_text(record.window.end),
            "chips": list(record.chips),
            "hubs": list(record.hubs),
            "purpose": record.purpose,
        }
    )


def _voucher(row: Any) -> Voucher:
    document = load(row.document)
    price = document["max_unit_price"]
    return Voucher(
        id=VoucherId(row.id),
        name=row.name,
        issuer=OrganisationId(row.issuer),
        holder=OrganisationId(row.holder),
        amount=Micros(int(document["amount"])),
        max_unit_price=None if price is None else Micros(int(price)),
        window=Period(from_text(document["from"]), from_text(document["until"])),
        chips=tuple(document["chips"]),
        hubs=tuple(document["hubs"]),
        purpose=document.get("purpose", ""),
    )
