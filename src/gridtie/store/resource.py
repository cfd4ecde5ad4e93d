"""Resources, the pools that carry identifiers: rows in and out."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update

from gridtie.access import Scope
from gridtie.errors import Ambiguous, NotFound
from gridtie.store.schema import resource, site
from gridtie.store.session import Session
from gridtie.values.ids import ResourceId, SiteId

_WITH_SITE = select(
    resource,
    site.c.name.label("site_name"),
    site.c.organisation,
    site.c.hub,
    site.c.place,
    site.c.depth,
    site.c.state.label("site_state"),
).join(site, site.c.id == resource.c.site)
_GET = _WITH_SITE.where(resource.c.id == bindparam("key"))
_OF_SITE = select(resource).where(resource.c.site == bindparam("site")).order_by(resource.c.id)
_CLAIMS = (
    select(resource.c.site, resource.c.name, resource.c.chip, resource.c.machines, resource.c.host)
    .join(site, site.c.id == resource.c.site)
    .where(resource.c.state == "active", site.c.state != "revoked")
)
_OF_HOST = _CLAIMS.where(resource.c.host_digest == bindparam("digest"))


class ResourceRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, key: ResourceId, site: SiteId, **columns: Any) -> None:
        row = {"id": key, "site": site, "state": "active", "updated_us": self._session.at_us, **columns}
        self._session.execute(insert(resource), row)

    def set(self, key: ResourceId, **columns: Any) -> None:
        statement = update(resource).where(resource.c.id == key)
        self._session.execute(statement.values(updated_us=self._session.at_us, **columns))

    def get(self, key: ResourceId) -> Any:
        """The row with its site's name, owner and state. Raises NotFound."""
        row = self._session.execute(_GET, {"key": key}).first()
        if row is None:
            raise NotFound(noun="resource", key=key)
        return row

    def find(self, text: str, scope: Scope) -> Any:
        """By id, identifier, unique short id, or its site's name where that has but one. Raises NotFound, Ambiguous."""
        low = text if text.startswith("res_") else f"res_{text}"
        condition = resource.c.id.between(low, low + "\x7f")
        named = (site.c.name == text) & (resource.c.state == "active")
        statement = _WITH_SITE.where((resource.c.identifier == text) | condition | named)
        statement = statement.order_by(resource.c.id).limit(4)
        if scope.organisation is not None:
            statement = statement.where(site.c.organisation == scope.organisation)
        rows = self._session.execute(statement).all()
        exact = [row for row in rows if text in (row.id, row.identifier)]
        if not rows:
            raise NotFound(noun="resource", key=text)
        if not exact and len(rows) > 1:
            raise Ambiguous(noun="resource", key=text, matches=", ".join(row.id for row in rows))
        return (exact or rows)[0]

    def with_identifier(self, identifier: str) -> Any | None:
        return self._session.execute(_WITH_SITE.where(resource.c.identifier == identifier)).first()

    def of_site(self, key: SiteId) -> Sequence[Any]:
        rows: Sequence[Any] = self._session.execute(_OF_SITE, {"site": key}).all()
        return rows

    def of_host(self, host_digest: str) -> Sequence[Any]:
        """(site, name, machines, host) of every active pool that claims a slice of this host."""
        rows: Sequence[Any] = self._session.execute(_OF_HOST, {"digest": host_digest}).all()
        return rows

    def of_devices(self, devices: Sequence[str]) -> Sequence[Any]:
        """(site, name, machines, host) of every active pool that names one of these accelerators."""
        named = or_(*(resource.c.host.contains(f'"{device}"', autoescape=True) for device in devices))
        rows: Sequence[Any] = self._session.execute(_CLAIMS.where(named)).all()
        return rows

    def page(self, scope: Scope, *, site_key: SiteId | None, after: str | None, limit: int) -> Sequence[Any]:
        statement = _WITH_SITE.where(resource.c.state == "active").order_by(resource.c.id).limit(limit)
        if scope.organisation is not None:
            statement = statement.where(site.c.organisation == scope.organisation)
        if site_key is not None:
            statement = statement.where(resource.c.site == site_key)
        if after:
            statement = statement.where(resource.c.id > after)
        rows: Sequence[Any] = self._session.execute(statement).all()
        return rows

    def serials(self, prefix: str) -> int:
        """How many identifiers begin with `prefix`, tombstones included: the next serial is one more."""
        statement = select(func.count()).where(resource.c.identifier.between(prefix, prefix + "\x7f"))
        return int(self._session.execute(statement).scalar_one())
