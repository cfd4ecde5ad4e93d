"""Answers kept under the caller's key, so that a repeated call cannot act twice."""

from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from gridtie.store.schema import idempotency
from gridtie.store.session import Session

_GET = select(idempotency).where(idempotency.c.tenant == bindparam("tenant"), idempotency.c.key == bindparam("key"))
_ADD = insert(idempotency)


class IdempotencyRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, tenant: str, key: str) -> Any | None:
        return self._session.execute(_GET, {"tenant": tenant, "key": key}).first()

    def add(self, tenant: str, key: str, *, route: str, body_hash: str, status: int, body: str) -> None:
        row = {
            "tenant": tenant,
            "key": key,
            "route": route,
            "body_hash": body_hash,
            "status": status,
            "body": body,
            "created_us": self._session.at_us,
        }
        self._session.execute(_ADD, row)

    def forget_before(self, us: int) -> int:
        return int(self._session.execute(delete(idempotency).where(idempotency.c.created_us < us)).rowcount)
