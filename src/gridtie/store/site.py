"""Sites: rows in and out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from gridtie.access import Scope
from gridtie.errors import Ambiguous, NotFound
from gridtie.lifecycle import SITE
from gridtie.registry.site import Greeted
from gridtie.store.dialect import one_of
from gridtie.store.journal import dump, load
from gridtie.store.schema import site
from gridtie.store.session import Session
from gridtie.values.ids import OrganisationId, SiteId
from gridtie.values.period import from_us, to_us

_ACTIVE = select(site.c.id).where(one_of(site.c.state, ("active", "draining"))).order_by(site.c.id)
_GET = select(site).where(site.c.id == bindparam("key"))
_GATE = select(site.c.id, site.c.organisation, site.c.state, site.c.public_key, site.c.boot, site.c.boots_past).where(
    site.c.id == bindparam("key")
)


@dataclass(frozen=True, slots=True)
class SiteGate:
    """What is needed to judge a signed call, and nothing else, so that it can be kept in memory."""

    id: SiteId
    organisation: OrganisationId
    state: str
    public_key: str | None
    greeted: tuple[Greeted, ...]  # the newest is the one that is alive


class SiteRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self, key: SiteId, *, name: str, organisation: OrganisationId, hub: str, place: str, depth: str,
        policy: Mapping[str, Any],
    ) -> None:  # fmt: skip
        row = {
            "id": key,
            "name": name,
            "organisation": organisation,
            "hub": hub,
            "place": place,
            "depth": depth,
            "state": SITE.initial,
            "policy": dump(policy),
            "boots_past": "[]",
            "version": "",
            "created_us": self._session.at_us,
            "note": "",
        }
        self._session.execute(insert(site), row)

    def get(self, key: SiteId) -> Any:
        row = self._session.execute(_GET, {"key": key}).first()
        if row is None:
            raise NotFound(noun="site", key=key)
        return row

    def gate(self, key: str) -> SiteGate | None:
        row = self._session.execute(_GATE, {"key": key}).first()
        if row is None:
            return None
        greeted = tuple(greeted_of(row))
        return SiteGate(SiteId(row.id), OrganisationId(row.organisation), row.state, row.public_key, greeted)

    def find(self, text: str, scope: Scope) -> Any:
        """The row for an id, a name or a unique short id within `scope`. Raises NotFound, Ambiguous."""
        low = text if text.startswith("site_") else f"site_{text}"
        statement = select(site).where((site.c.name == text) | site.c.id.between(low, low + "\x7f"))
        if scope.organisation is not None:
            statement = statement.where(site.c.organisation == scope.organisation)
        rows = self._session.execute(statement.order_by(site.c.id).limit(4)).all()
        exact = [row for row in rows if text in (row.id, row.name)]
        if not rows:
            raise NotFound(noun="site", key=text)
        if not exact and len(rows) > 1:
            raise Ambiguous(noun="site", key=text, matches=", ".join(row.name for row in rows))
        return (exact or rows)[0]

    def page(self, scope: Scope, *, after: str | None, limit: int) -> Sequence[Any]:
        statement = select(site).order_by(site.c.id).limit(limit)
        if scope.organisation is not None:
            statement = statement.where(site.c.organisation == scope.organisation)
        if after:
            statement = statement.where(site.c.id > after)
        rows: Sequence[Any] = self._session.execute(statement).all()
        return rows

    def move(self, key: SiteId, state: str, event: str, **columns: Any) -> str:
        """Guarded by the state it comes from. Raises ForbiddenMove."""
        target = SITE.move(state, event)
        statement = update(site).where(site.c.id == key, site.c.state == state).values(state=target, **columns)
        if not self._session.execute(statement).rowcount:
            SITE.move("moved on", event)
        return target

    def set(self, key: SiteId, **columns: Any) -> None:
        self._session.execute(update(site).where(site.c.id == key).values(**columns))

    def active_ids(self) -> list[SiteId]:
        return [SiteId(key) for key in self._session.execute(_ACTIVE).scalars()]

    def count_of(self, organisation: OrganisationId) -> int:
        statement = select(func.count()).where(site.c.organisation == organisation, site.c.state != "revoked")
        return int(self._session.execute(statement).scalar_one())

    def counts(self) -> dict[str, int]:
        return dict(
            tuple(row) for row in self._session.execute(select(site.c.state, func.count()).group_by(site.c.state))
        )

    def named(self, name: str) -> bool:
        return self._session.execute(select(site.c.id).where(site.c.name == name)).first() is not None

    @staticmethod
    def policy(row: Any) -> dict[str, Any]:
        found: dict[str, Any] = load(row.policy)
        return found

    def with_key(self, public_key: str) -> SiteId | None:
        found = self._session.execute(select(site.c.id).where(site.c.public_key == public_key)).scalar()
        return SiteId(found) if found else None


def greeted_of(row: Any) -> list[Greeted]:
    """Boots that said hello, the newest last. Versions before wrote no times, and the newest in its column alone."""
    said = [
        Greeted(one, None) if isinstance(one, str) else Greeted(one[0], from_us(one[1])) for one in load(row.boots_past)
    ]
    return said if row.boot is None or (said and said[-1].boot == row.boot) else [*said, Greeted(row.boot, None)]


def greeted_to_json(greeted: Sequence[Greeted]) -> str:
    return dump([[one.boot, to_us(one.at)] if one.at else one.boot for one in greeted])
