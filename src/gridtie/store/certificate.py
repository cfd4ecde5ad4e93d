"""Challenges and the certificates they lead to: rows in and out."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from gridtie.access import Scope
from gridtie.errors import Ambiguous, NotFound
from gridtie.store.journal import dump, load
from gridtie.store.schema import certificate, challenge, resource, site
from gridtie.store.session import Session
from gridtie.values.ids import CertificateId, ChallengeId, JobId, ResourceId, SiteId

_WITH_OWNER = (
    select(certificate, resource.c.site, resource.c.identifier, site.c.organisation)
    .join(resource, resource.c.id == certificate.c.resource)
    .join(site, site.c.id == resource.c.site)
)

_AWAITING = (
    select(certificate.c.id, certificate.c.envelope)
    .join(resource, resource.c.id == certificate.c.resource)
    .where(resource.c.site == bindparam("at_site"), certificate.c.state == "awaiting-site")
    .order_by(certificate.c.id.desc())
    .limit(64)
)
_ISSUED = select(challenge).where(challenge.c.state == "issued")


class CertificateRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    # ── challenges ────────────────────────────────────────────────────────────────────────────────────────────────
    def add_challenge(self, key: ChallengeId, *, resource: ResourceId, nonce: str, plan: Any) -> None:
        row = {
            "id": key,
            "resource": resource,
            "nonce": nonce,
            "plan": dump(plan),
            "state": "issued",
            "reason": "",
            "issued_us": self._session.at_us,
        }
        self._session.execute(insert(challenge), row)

    def bind_job(self, key: ChallengeId, job: JobId) -> None:
        self._session.execute(update(challenge).where(challenge.c.id == key).values(job=job))

    def challenge_of(self, job: JobId) -> Any | None:
        return self._session.execute(select(challenge).where(challenge.c.job == job)).first()

    def issued_challenges(self) -> Sequence[Any]:
        """Those whose test has not been judged yet."""
        rows: Sequence[Any] = self._session.execute(_ISSUED).all()
        return rows

    def first_valid(self, key: ResourceId) -> Any | None:
        """The oldest certificate of this resource that both sides signed: later ones are held against it."""
        statement = _WITH_OWNER.where(certificate.c.resource == key, certificate.c.state == "valid")
        return self._session.execute(statement.order_by(certificate.c.id).limit(1)).first()

    def open_challenge(self, key: ResourceId) -> Any | None:
        statement = select(challenge).where(challenge.c.resource == key, challenge.c.state == "issued")
        return self._session.execute(statement.order_by(challenge.c.issued_us.desc())).first()

    def end_challenge(self, key: ChallengeId, state: str, reason: str = "") -> None:
        statement = update(challenge).where(challenge.c.id == key, challenge.c.state == "issued")
        self._session.execute(statement.values(state=state, reason=reason))

    # ── certificates ──────────────────────────────────────────────────────────────────────────────────────────────
    def add(
        self, key: CertificateId, *, resource: ResourceId, envelope: Any, valid_from_us: int, expires_us: int
    ) -> None:
        row = {
            "id": key,
            "resource": resource,
            "envelope": dump(envelope),
            "valid_from_us": valid_from_us,
            "expires_us": expires_us,
            "state": "awaiting-site",
        }
        self._session.execute(insert(certificate), row)

    def get(self, key: CertificateId) -> Any:
        row = self._session.execute(_WITH_OWNER.where(certificate.c.id == key)).first()
        if row is None:
            raise NotFound(noun="certificate", key=key)
        return row

    def find(self, text: str) -> Any:
        low = text if text.startswith("cert_") else f"cert_{text}"
        rows = self._session.execute(_WITH_OWNER.where(certificate.c.id.between(low, low + "\x7f")).limit(3)).all()
        if not rows:
            raise NotFound(noun="certificate", key=text)
        if len(rows) > 1 and rows[0].id != low:
            raise Ambiguous(noun="certificate", key=text, matches=", ".join(row.id for row in rows))
        return rows[0]

    def page(self, scope: Scope, *, resource_key: ResourceId | None, before: str | None, limit: int) -> Sequence[Any]:
        """Newest first."""
        statement = _WITH_OWNER.order_by(certificate.c.id.desc()).limit(limit)
        if scope.organisation is not None:
            statement = statement.where(site.c.organisation == scope.organisation)
        if resource_key is not None:
            statement = statement.where(certificate.c.resource == resource_key)
        if before:
            statement = statement.where(certificate.c.id < before)
        rows: Sequence[Any] = self._session.execute(statement).all()
        return rows

    def awaiting(self, key: SiteId) -> list[tuple[str, dict[str, Any]]]:
        """Certificates that this site has yet to sign, newest first."""
        return [(row.id, load(row.envelope)) for row in self._session.execute(_AWAITING, {"at_site": key})]

    def set(self, key: CertificateId, **columns: Any) -> None:
        self._session.execute(update(certificate).where(certificate.c.id == key).values(**columns))

    def void_of(self, key: ResourceId) -> list[str]:
        """Revokes what is not revoked yet; their ids."""
        statement = select(certificate.c.id).where(
            certificate.c.resource == key, certificate.c.state.in_(["valid", "awaiting-site"])
        )
        keys = list(self._session.execute(statement).scalars())
        if keys:
            self._session.execute(update(certificate).where(certificate.c.id.in_(keys)).values(state="revoked"))
        return keys

    def others(self, key: ResourceId, newest: CertificateId) -> list[str]:
        """Valid certificates of this resource besides `newest`."""
        statement = select(certificate.c.id).where(
            certificate.c.resource == key, certificate.c.id != newest, certificate.c.state == "valid"
        )
        return list(self._session.execute(statement).scalars())
