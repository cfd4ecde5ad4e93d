"""Delegations and revocations, the signed documents that identifiers are resolved by."""

from typing import Any

from sqlalchemy import insert, select

from gridtie.store.journal import dump, load
from gridtie.store.schema import identity_document
from gridtie.store.session import Session


class IdentityRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, digest: str, *, kind: str, subject: str, envelope: Any) -> None:
        """Keeps a document once, however often it is handed in."""
        known = self._session.execute(
            select(identity_document.c.digest).where(identity_document.c.digest == digest)
        ).first()
        if known is None:
            row = {
                "digest": digest,
                "kind": kind,
                "subject": subject,
                "envelope": dump(envelope),
                "created_us": self._session.at_us,
            }
            self._session.execute(insert(identity_document), row)

    def about(self, kind: str, subject: str) -> list[dict[str, Any]]:
        """Envelopes as JSON, oldest first."""
        statement = (
            select(identity_document.c.envelope)
            .where(identity_document.c.kind == kind, identity_document.c.subject == subject)
            .order_by(identity_document.c.created_us, identity_document.c.digest)
        )
        return [load(text) for text in self._session.execute(statement).scalars()]
