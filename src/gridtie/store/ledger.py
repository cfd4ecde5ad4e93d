"""Transfers and accounts: rows in and out. The database itself forbids spending what is not there."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from gridtie.errors import InsufficientFunds
from gridtie.ledger.account import may_overdraw
from gridtie.ledger.balance import Balance, check_transfer
from gridtie.ledger.transfer import GENESIS, HOLD, VOID, Transfer, chain_hash, content, from_content
from gridtie.store.journal import dump, load
from gridtie.store.schema import account, transfer
from gridtie.store.session import Session
from gridtie.values.ids import TransferId
from gridtie.values.money import format_money
from gridtie.values.period import from_us, to_text, to_us

_LAST = select(transfer.c.seq, transfer.c.hash).order_by(transfer.c.seq.desc()).limit(1)
_BY_ID = select(transfer).where(transfer.c.id == bindparam("key"))
_CHANGE = (
    update(account)
    .where(account.c.code == bindparam("key"))
    .values(
        debits_posted=account.c.debits_posted + bindparam("debits"),
        credits_posted=account.c.credits_posted + bindparam("credits"),
        debits_held=account.c.debits_held + bindparam("held"),
    )
)
_APPEND = insert(transfer)
_OPEN_ACCOUNT = insert(account)
_ACCOUNT = select(account).where(account.c.code == bindparam("key"))
_ENDED = select(transfer.c.seq).where(transfer.c.pending_id == bindparam("hold"))
_OF_JOB = select(transfer).where(transfer.c.job == bindparam("job")).order_by(transfer.c.seq)
_ALL = select(transfer).order_by(transfer.c.seq).execution_options(yield_per=1000)
_HOLDS = _OF_JOB.where(transfer.c.kind == HOLD)


def _content(row: Any) -> dict[str, Any]:
    """{} for one that cannot be read: its hash and its fields are missed, and the proof of the books names the row."""
    try:
        data = load(row.document)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _balance(row: Any | None) -> Balance:
    return Balance() if row is None else Balance(row.credits_posted, row.debits_posted, row.debits_held)


class LedgerRows:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._newest: tuple[int, str] | None = None  # number and hash of the last transfer, once this unit booked one

    def post(self, record: Transfer) -> bool:
        """Books it; False when the very same transfer is booked already.

        Raises what ledger.balance.check_transfer raises.
        """
        hold = None if record.pending is None else self._get(record.pending)
        ended = record.pending is not None and self._has_ended(record.pending)
        rows = {code: self._session.execute(_ACCOUNT, {"key": code}).first() for code in (record.debit, record.credit)}
        balances = {code: _balance(row) for code, row in rows.items()}
        if not check_transfer(record, balances, existing=self._get(record.id), hold=hold, hold_ended=ended):
            return False
        for code in (code for code, row in rows.items() if row is None):
            self._session.execute(_OPEN_ACCOUNT, {"code": code, "may_overdraw": int(may_overdraw(code))})
        try:
            self._move(record, hold)
        except IntegrityError:
            have = balances[record.debit].available
            raise InsufficientFunds(
                needed=format_money(record.amount), available=format_money(have), detail=f"from {record.debit}"
            ) from None
        self._append(record)
        return True

    def _move(self, record: Transfer, hold: Transfer | None) -> None:
        change = {"debits": 0, "credits": 0, "held": 0}
        if record.kind == HOLD:
            self._session.execute(_CHANGE, {**change, "key": record.debit, "held": record.amount})
            return
        if hold is not None:
            self._session.execute(_CHANGE, {**change, "key": hold.debit, "held": -hold.amount})
        if record.kind != VOID:
            self._session.execute(_CHANGE, {**change, "key": record.debit, "debits": record.amount})
            self._session.execute(_CHANGE, {**change, "key": record.credit, "credits": record.amount})

    def _append(self, record: Transfer) -> None:
        if self._newest is None:
            last = self._session.execute(_LAST).first()
            self._newest = (last.seq, last.hash) if last else (0, GENESIS)
        seq, previous = self._newest[0] + 1, self._newest[1]
        self._newest = seq, chain_hash(previous, record)
        self._session.execute(
            _APPEND,
            {
                "seq": seq,
                "id": record.id,
                "debit": record.debit,
                "credit": record.credit,
                "amount": record.amount,
                "kind": record.kind,
                "pending_id": record.pending,
                "job": record.job,
                "document": dump(content(record)),
                "at_us": to_us(record.at),
                "previous_hash": previous,
                "hash": self._newest[1],
            },
        )

    def pending_hold(self, key: TransferId) -> Transfer | None:
        """The hold, unless it has ended."""
        return None if self._has_ended(key) else self._get(key)

    def _get(self, key: TransferId) -> Transfer | None:
        row = self._session.execute(_BY_ID, {"key": key}).first()
        return None if row is None else from_content(load(row.document))

    def _has_ended(self, hold: TransferId) -> bool:
        return self._session.execute(_ENDED, {"hold": hold}).first() is not None

    def pending_holds(self, job: str, run: str) -> list[Transfer]:
        """The holds of a run that have not ended, oldest first."""
        holds = [from_content(load(row.document)) for row in self._session.execute(_HOLDS, {"job": job})]
        return [hold for hold in holds if hold.run == run and self.pending_hold(hold.id)]

    def of_receipt(self, job: str, receipt: str) -> list[Transfer]:
        """Everything that settled a receipt of `job` or was given back of it, oldest first."""
        booked = (from_content(load(row.document)) for row in self._session.execute(_OF_JOB, {"job": job}))
        return [transfer for transfer in booked if transfer.receipt == receipt]

    def balance(self, code: str) -> Balance:
        return _balance(self._session.execute(_ACCOUNT, {"key": code}).first())

    def balances(self, prefixes: Sequence[str] | None) -> dict[str, Balance]:
        """Accounts whose code begins with one of `prefixes`; None: all of them."""
        statement = select(account).order_by(account.c.code)
        if prefixes is not None:
            statement = statement.where(or_(*[account.c.code.startswith(prefix) for prefix in prefixes]))
        return {
            row.code: Balance(row.credits_posted, row.debits_posted, row.debits_held)
            for row in self._session.execute(statement)
        }

    def chain(self) -> Iterator[tuple[dict[str, Any], str, str]]:
        """The content of every transfer in order, as stored, with the hash before it and its own."""
        for row in self._session.execute(_ALL):
            yield _content(row), row.previous_hash, row.hash

    def unlike_content(self) -> list[int]:
        """Numbers of rows whose searchable columns are not what their hashed content says, or that are out of turn."""
        found = []
        for expected, row in enumerate(self._session.execute(_ALL), 1):
            data = _content(row)
            at = to_text(from_us(row.at_us))
            columns = (row.id, row.debit, row.credit, str(row.amount), row.kind, row.pending_id, row.job, at)
            names = ("id", "debit", "credit", "amount", "kind", "pending", "job", "at")
            if row.seq != expected or columns != tuple(data.get(name) for name in names):
                found.append(int(row.seq))
        return found

    def of_accounts(self, codes: Sequence[str]) -> Sequence[Any]:
        """Every row that touches any of `codes`, oldest first."""
        statement = select(transfer).where(or_(transfer.c.debit.in_(codes), transfer.c.credit.in_(codes)))
        rows: Sequence[Any] = self._session.execute(statement.order_by(transfer.c.seq)).all()
        return rows

    def newest_of(self, codes: Sequence[str], *, before: int | None, limit: int) -> Sequence[Any]:
        """The last of them, newest first: a page of each account, so that no long history is sorted for a short one."""
        found: dict[int, Any] = {}
        for side in (transfer.c.debit, transfer.c.credit):
            for code in codes:
                statement = select(transfer).where(side == code).order_by(transfer.c.seq.desc()).limit(limit)
                if before is not None:
                    statement = statement.where(transfer.c.seq < before)
                found |= {row.seq: row for row in self._session.execute(statement)}
        return [found[seq] for seq in sorted(found, reverse=True)[:limit]]

    def last_credit(self, code: str, kind: str) -> Transfer | None:
        statement = select(transfer).where(transfer.c.credit == code, transfer.c.kind == kind)
        row = self._session.execute(statement.order_by(transfer.c.seq.desc()).limit(1)).first()
        return None if row is None else from_content(load(row.document))

    def newest(self, *, before: int | None, limit: int) -> Sequence[Any]:
        statement = select(transfer).order_by(transfer.c.seq.desc()).limit(limit)
        if before is not None:
            statement = statement.where(transfer.c.seq < before)
        rows: Sequence[Any] = self._session.execute(statement).all()
        return rows
