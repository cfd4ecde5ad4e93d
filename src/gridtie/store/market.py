"""Offers, requests, rounds and trades, and the capacity the market may sell: rows in and out."""

import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Select, bindparam, cast, func, insert, select, true, update

from gridtie.errors import Ambiguous, NotFound
from gridtie.lifecycle import OFFER, REQUEST, RUN
from gridtie.market.book import offer_from_json, offer_to_json, request_from_json, request_to_json
from gridtie.market.bookings import Calendar
from gridtie.market.offer import Booked, Capacity, MachineShape, Offer
from gridtie.market.request import Request
from gridtie.registry.open_hours import OpenHours, open_hours_of, opening
from gridtie.store.dialect import POSTGRESQL, SQLITE, json_text, one_of
from gridtie.store.journal import dump, load
from gridtie.store.run import AHEAD
from gridtie.store.schema import offer, request, resource, round_, run, site, trade
from gridtie.store.session import Session
from gridtie.values.ids import JobId, OrganisationId, RequestId, ResourceId, SiteId, TradeId
from gridtie.values.period import EPOCH, from_text, from_us, to_text

_CAPACITY = (
    select(resource, site.c.name.label("site_name"), site.c.organisation.label("owner"), site.c.hub, site.c.place,
           site.c.depth, site.c.policy, site.c.state.label("site_state"))
    .join(site, site.c.id == resource.c.site)
    .where(resource.c.state == "active", site.c.state == "active")
    .order_by(resource.c.id)
)  # fmt: skip
_MARK = (
    select(func.count(), func.max(resource.c.updated_us))
    .join_from(resource, site, site.c.id == resource.c.site)
    .where(resource.c.state == "active", site.c.state == "active")
)
_TAKEN = select(
    run.c.resource, run.c.organisation, run.c.allocation, run.c.displaced, run.c.waits_for, run.c.until_us,
    run.c.starts_us, cast(AHEAD, Integer).label("ahead"),
).where(one_of(run.c.state, RUN.live))  # fmt: skip
_BUSY = (
    select(run.c.resource, run.c.allocation, func.coalesce(run.c.started_us, run.c.assigned_us).label("since_us"),
           request.c.document, trade.c.document.label("trade"))
    .join(request, request.c.job == run.c.job)
    .join(trade, trade.c.id == run.c.trade)
    .where(one_of(run.c.state, RUN.live))
)  # fmt: skip
_ON_SALE = (
    select(offer).where(one_of(offer.c.state, ("open",)), offer.c.resource.is_not(None)).order_by(offer.c.id.desc())
)
_ASK = insert(request)
_OF_JOB = select(request).where(request.c.job == bindparam("job"))
_STATE = select(request.c.state).where(request.c.id == bindparam("key"))
_MOVE = update(request).where(request.c.id == bindparam("key"), request.c.state == bindparam("from_state"))
_REFUSALS = select(request.c.id, request.c.refusal).where(request.c.id.in_(bindparam("keys", expanding=True)))
_REFUSE = update(request).where(request.c.id == bindparam("key"))
_NUMBER = select(func.coalesce(func.max(round_.c.number), 0))
_KEEP_ROUND = insert(round_)
_PRICES = (
    select(round_.c.at_us, round_.c.prices)
    .where(round_.c.prices.is_not(None))
    .order_by(round_.c.number.desc())
    .limit(1)
)
_KEEP_PRICES = (
    update(round_)
    .where(round_.c.number == select(func.max(round_.c.number)).where(round_.c.prices.is_not(None)).scalar_subquery())
    .values(prices=bindparam("prices_now"))
)
_KEEP_TRADE = insert(trade)
_WAITS = (
    select(request.c.id)
    .where(request.c.state == "open", request.c.mode == bindparam("mode"), request.c.pinned == bindparam("pinned"))
    .limit(1)
)
_NOTHING = (0, 0, 0, 0)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
PER_KIND = 64  # requests of one kind of need that a round looks at


def _queue(database: str) -> "Select[Any]":
    """The heads of all queues. Walks from one kind of need to the next and reads no more than the head of each, so
    that a round costs the same however many wait behind. SQLite has no LATERAL; PostgreSQL needs it, or it would hold
    every request against every kind."""

    def open_in(rows: FromClause) -> tuple[ColumnElement[bool], ...]:
        return rows.c.state == "open", rows.c.mode == bindparam("mode"), rows.c.pinned == bindparam("pinned")

    least, more, ahead, head = (request.alias(name) for name in ("least", "more", "ahead", "head"))
    kind = select(func.min(least.c.signature).label("signature")).where(*open_in(least)).cte("kind", recursive=True)
    following = select(func.min(more.c.signature)).where(*open_in(more), more.c.signature > kind.c.signature)
    kind = kind.union_all(select(following.scalar_subquery()).where(kind.c.signature.is_not(None)))
    kept = select(ahead.c.id).where(*open_in(ahead), ahead.c.signature == kind.c.signature)
    kept = kept.order_by(ahead.c.priority.desc(), ahead.c.id).limit(bindparam("per_kind")).correlate(kind)
    heads: FromClause = head
    walked: FromClause
    if database == POSTGRESQL:
        front = kept.add_columns(ahead.c.signature, ahead.c.priority).lateral("front")
        heads, walked = front, kind.join(front, true())
    else:
        walked = kind.join(head, head.c.id.in_(kept))
    order = heads.c.priority.desc(), heads.c.id
    rank = func.row_number().over(partition_by=heads.c.signature, order_by=order).label("rank")
    ranked = select(heads.c.id, heads.c.priority, rank).select_from(walked).subquery()
    first = select(ranked).order_by(ranked.c.priority.desc(), ranked.c.rank, ranked.c.id)
    chosen = first.limit(bindparam("most")).subquery()
    return (
        select(request)
        .join(chosen, chosen.c.id == request.c.id)
        .order_by(chosen.c.priority.desc(), chosen.c.rank, chosen.c.id)
    )


_QUEUE = {database: _queue(database) for database in (SQLITE, POSTGRESQL)}


class MarketRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    # ── offers ────────────────────────────────────────────────────────────────────────────────────────────────────
    def post(self, *records: Offer) -> None:
        if records:
            self._session.execute(insert(offer), [self._offer_row(record) for record in records])

    def _offer_row(self, record: Offer) -> dict[str, Any]:
        return {
            "id": record.id,
            "resource": record.resource,
            "organisation": record.owner,
            "state": record.state,
            "chip": record.chip,
            "hub": record.hub,
            "price": record.price,
            "document": dump(offer_to_json(record)),
            "created_us": self._session.at_us,
        }

    def offer_row(self, key: str) -> Any:
        row = self._session.execute(select(offer).where(offer.c.id == key)).first()
        if row is None:
            raise NotFound(noun="offer", key=key)
        return row

    def offers(
        self, *, states: Sequence[str] = ("open",), chip: str | None = None, hub: str | None = None,
        organisation: str | None = None, before: str | None = None, limit: int | None = None,
    ) -> list[Offer]:  # fmt: skip
        """Newest first."""
        statement = select(offer).where(offer.c.state.in_(states)).order_by(offer.c.id.desc())
        for column, value in ((offer.c.chip, chip), (offer.c.hub, hub), (offer.c.organisation, organisation)):
            if value is not None:
                statement = statement.where(column == value)
        if before is not None:
            statement = statement.where(offer.c.id < before)
        if limit is not None:
            statement = statement.limit(limit)
        return [offer_of(row) for row in self._session.execute(statement)]

    def on_sale(self) -> list[Offer]:
        """All that are open and of a resource here, newest first."""
        return [offer_of(row) for row in self._session.execute(_ON_SALE)]

    def find_offer(self, text: str) -> str:
        """The whole id for a unique short form. Raises NotFound, Ambiguous."""
        key = text if text.startswith("offer_") else f"offer_{text}"
        statement = select(offer.c.id).where(offer.c.id >= key, offer.c.id < key + "\x7f").limit(3)
        found = list(self._session.execute(statement).scalars())
        if not found:
            raise NotFound(noun="offer", key=text)
        if len(found) > 1 and found[0] != key:
            raise Ambiguous(noun="offer", key=text, matches=", ".join(found))
        return str(found[0])

    def job_of_request(self, key: RequestId) -> JobId | None:
        found = self._session.execute(select(request.c.job).where(request.c.id == key)).scalar()
        return None if found is None else JobId(found)

    def move_offer(self, key: str, event: str) -> str:
        state = self.offer_row(key).state
        target = OFFER.move(state, event)
        self._session.execute(update(offer).where(offer.c.id == key, offer.c.state == state).values(state=target))
        return target

    def withdraw_offers(self, keys: Sequence[str]) -> None:
        """All of these at once; what is not open stays as it is."""
        target = OFFER.move("open", "withdraw")
        statement = update(offer).where(offer.c.id == bindparam("key"), offer.c.state == "open").values(state=target)
        if keys:
            self._session.execute(statement, [{"key": key} for key in keys])

    # ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────
    def ask(self, record: Request, *, waiting: bool, pinned: bool) -> None:
        row = {
            "id": record.id,
            "job": record.job,
            "organisation": record.organisation,
            "state": "waiting" if waiting else "open",
            "mode": record.mode,
            "priority": record.priority,
            "pinned": int(pinned),
            **_request_document(record),
        }
        self._session.execute(_ASK, row)

    def request_of(self, job: JobId) -> Request:
        return request_of_row(self.request_row(job))

    def request_row(self, job: JobId) -> Any:
        row = self._session.execute(_OF_JOB, {"job": job}).first()
        if row is None:
            raise NotFound(noun="request", key=job)
        return row

    def queue(self, *, mode: str, pinned: bool, limit: int = 256, per_kind: int = PER_KIND) -> list[Request]:
        """What the next round looks at: of every kind of need the first `per_kind`, by priority and age.

        A kind that nobody can serve therefore never hides another kind behind it.
        """
        return [request_of_row(row) for row in self._queued(mode=mode, pinned=pinned, limit=limit, per_kind=per_kind)]

    def _queued(self, *, mode: str, pinned: bool, limit: int = 256, per_kind: int = PER_KIND) -> Sequence[Any]:
        parameters = {"mode": mode, "pinned": int(pinned), "most": limit, "per_kind": per_kind}
        statement = _QUEUE[self._session.connection.dialect.name]
        rows: Sequence[Any] = self._session.execute(statement, parameters).all()
        return rows

    def sight(self, mode: str, of_site: Callable[[SiteId], Any]) -> Any:
        """What rounds of this mode read, as it stands: offers, runs at work, capacity with `of_site` and whether it is
        admitted now, and the queue without what its requests were told."""
        now = self._session.at_us
        offers, taken, capacity = (self._session.execute(plain).all() for plain in (_ON_SALE, _TAKEN, _CAPACITY))
        return (
            [(row.id, row.priority, row.document) for row in self._queued(mode=mode, pinned=False)],
            [tuple(row) for row in offers],
            [tuple(row) for row in taken],
            [(tuple(row), of_site(SiteId(row.site)), _admitted(row, now)) for row in capacity],
        )

    def waits(self, mode: str, *, pinned: bool) -> bool:
        """Whether any request is open."""
        return self._session.execute(_WAITS, {"mode": mode, "pinned": int(pinned)}).first() is not None

    def open_count(self) -> int:
        statement = select(func.count()).select_from(request).where(request.c.state == "open")
        return int(self._session.execute(statement).scalar_one())

    def move_request(self, key: RequestId, event: str, **columns: Any) -> None:
        state = self._session.execute(_STATE, {"key": key}).scalar_one()
        target = REQUEST.move(state, event)
        self._session.execute(_MOVE, {"key": key, "from_state": state, "state": target, **columns})

    def refuse(self, refusals: Mapping[RequestId, Mapping[str, Any]], number: int | None) -> list[RequestId]:
        """Keeps why they stayed open; those of them for which that is new."""
        known = {row.id: row.refusal for row in self._session.execute(_REFUSALS, {"keys": list(refusals)})}
        texts = {key: dump(refusal) for key, refusal in refusals.items()}
        told = [key for key, text in texts.items() if known[key] != text]
        for key in told:
            self._session.execute(_REFUSE, {"key": key, "refusal": texts[key], "round": number})
        return told

    def unbooked(self) -> list[JobId]:
        """Jobs that asked for a time that has come, and never had a place."""
        start = func.coalesce(json_text(request.c.document, "start_by"), json_text(request.c.document, "start_at"))
        statement = select(request.c.job, start, request.c.document).where(
            request.c.state == "open", start.is_not(None)
        )
        return [JobId(job) for job, text, document in self._session.execute(statement)
                if from_text(text) <= self._session.at and load(document).get("run_before") is None]  # fmt: skip

    def overdue(self) -> list[JobId]:
        """Jobs whose open request is past its deadline. Reads every open one: not for the writer."""
        deadline = json_text(request.c.document, "deadline")
        statement = select(request.c.job, deadline).where(request.c.state == "open", deadline.is_not(None))
        return [JobId(job) for job, text in self._session.execute(statement) if from_text(text) <= self._session.at]

    def reopen(self, record: Request) -> None:
        """Back from filled to open, with what it needs now."""
        self.move_request(record.id, "reopen", **_request_document(record))

    def open_waiting(self, job: JobId, *, more_bytes: int = 0) -> None:
        """`more_bytes` travel to it than was known when it was asked for."""
        found = self.request_of(job)
        known = replace(found, transfer_bytes=found.transfer_bytes + more_bytes)
        self.move_request(found.id, "open", **_request_document(known))

    def withdraw(self, job: JobId) -> None:
        row = self.request_row(job)
        if REQUEST.allows(row.state, "withdraw"):
            self.move_request(RequestId(row.id), "withdraw")

    # ── capacity ──────────────────────────────────────────────────────────────────────────────────────────────────
    def capacities(self, connected: Callable[[SiteId], bool]) -> dict[ResourceId, Capacity]:
        """Every resource of an active site; what is free follows from the live runs, never from a counter.

        Of a machine that changes hands counts what is more: what those hold who go, or what those get who come.
        """
        taken: dict[str, dict[str, dict[str, list[int]]]] = {}  # resource → machine → who stays, goes, comes
        held: Counter[tuple[str, str, str]] = Counter()  # resource, organisation, kind of unit → units
        booked: dict[str, list[Booked]] = {}
        for row in self._session.execute(_TAKEN):
            if row.ahead:
                booked.setdefault(row.resource, []).extend(_promised(row, self._session.at_us))
                continue
            machines = taken.setdefault(row.resource, {})
            for name, *amounts in load(row.allocation):
                held[row.resource, row.organisation, "core"] += amounts[0]
                held[row.resource, row.organisation, "accelerator"] += amounts[3]
                part = "comes" if row.waits_for != "[]" else "stays" if row.displaced is None else "goes"
                used = machines.setdefault(name, {})
                used[part] = [a + b for a, b in zip(used.get(part, _NOTHING), amounts, strict=True)]
        now = self._session.at_us
        found: dict[ResourceId, Capacity] = {}
        for row in self._session.execute(_CAPACITY):
            own = held[row.id, row.owner, "core" if row.chip == "cpu" else "accelerator"]
            one = _capacity(row, _used(taken.get(row.id, {})), own, connected(SiteId(row.site)), now)
            one = replace(one, booked=tuple(sorted(booked.get(row.id, ()), key=lambda b: (b.start, b.machine))))
            found[ResourceId(row.id)] = one
        return found

    def pools(self) -> list[Capacity]:
        """Every resource of an active site as if nothing ran there."""
        return [_capacity(row, {}, 0, True, self._session.at_us) for row in self._session.execute(_CAPACITY)]

    def pools_mark(self) -> tuple[int, int]:
        """Another one whenever a resource was declared anew, came or went. What a site's owner allows is not in it."""
        count, latest = self._session.execute(_MARK).one()
        return int(count), int(latest or 0)

    def calendar(self, connected: Callable[[SiteId], bool]) -> Calendar:
        """Every resource of an active site, and what runs hold of it, or are promised, from when to when."""
        now, promises = self._session.at_us, dict[ResourceId, list[tuple[OrganisationId, Booked]]]()
        for row in self._session.execute(_TAKEN):
            mine = promises.setdefault(ResourceId(row.resource), [])
            mine += [(OrganisationId(row.organisation), one) for one in _promised(row, now)]
        rows = self._session.execute(_CAPACITY).all()
        capacities = {ResourceId(row.id): _capacity(row, {}, 0, connected(SiteId(row.site)), now) for row in rows}
        hours = {ResourceId(row.id): known for row in rows if (known := _hours(row.policy)) is not None}
        return Calendar(capacities, promises, hours=hours)

    def busy_until(self, lasts_us: Callable[[Request, ResourceId, int], int]) -> dict[str, dict[str, str]]:
        """{resource: {machine: when it should be free}}, if its runs take as long as `lasts_us` says for their request,
        resource and alternative."""
        found: dict[str, dict[str, int]] = {}
        for row in self._session.execute(_BUSY):
            machines, sold = found.setdefault(row.resource, {}), load(row.trade)
            asked = request_from_json(load(row.document))
            ends_us = row.since_us + lasts_us(asked, ResourceId(row.resource), sold["alternative"])
            for name, *_ in load(row.allocation):
                machines[name] = max(machines.get(name, 0), ends_us)
        return {
            resource: {name: to_text(from_us(us)) for name, us in machines.items()}
            for resource, machines in found.items()
        }

    # ── rounds and trades ─────────────────────────────────────────────────────────────────────────────────────────
    def next_number(self) -> int:
        return int(self._session.execute(_NUMBER).scalar_one()) + 1

    def keep_round(
        self, *, number: int, rule: str, book: bytes, clearing: bytes, book_digest: str, digest: str, trades: int,
        refusals: int, prices: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        row = {
            "number": number,
            "rule": rule,
            "at_us": self._session.at_us,
            "book": zlib.compress(book),
            "clearing": zlib.compress(clearing),
            "book_digest": book_digest,
            "digest": digest,
            "trades": trades,
            "refusals": refusals,
            "prices": None if prices is None else dump(prices),
        }
        self._session.execute(_KEEP_ROUND, row)

    def round(self, number: int) -> Any:
        """The row, with `book` and `clearing` as bytes again under `book_bytes` and `clearing_bytes`."""
        row = self._session.execute(select(round_).where(round_.c.number == number)).first()
        if row is None:
            raise NotFound(noun="round", key=number)
        return row, zlib.decompress(row.book), zlib.decompress(row.clearing)

    def clearing(self, number: int) -> bytes:
        """Of a round that is there; without its book, which may be many times as large."""
        return zlib.decompress(
            self._session.execute(select(round_.c.clearing).where(round_.c.number == number)).scalar_one()
        )

    def rounds(self, *, before: int | None, limit: int) -> Sequence[Any]:
        columns = [c for c in round_.c if c.name not in ("book", "clearing", "prices")]
        statement = select(*columns).order_by(round_.c.number.desc()).limit(limit)
        if before is not None:
            statement = statement.where(round_.c.number < before)
        rows: Sequence[Any] = self._session.execute(statement).all()
        return rows

    def last_prices(self) -> tuple[int, Mapping[str, Any]] | None:
        """(when, prices of the pools) of the newest round that has any."""
        row = self._session.execute(_PRICES).first()
        return None if row is None else (row.at_us, load(row.prices))

    def keep_prices(self, prices: Mapping[str, Any]) -> None:
        """Of the newest round that has any, what is known of them since."""
        self._session.execute(_KEEP_PRICES, {"prices_now": dump(prices)})

    def keep_trade(self, key: TradeId, *, number: int, job: JobId, document: Mapping[str, Any]) -> None:
        row = {
            "id": key,
            "round": number,
            "request": document["request"],
            "job": job,
            "offer": document["offer"],
            "resource": document["resource"],
            "units": document["units"],
            "price": document["price"],
            "document": dump(document),
            "at_us": self._session.at_us,
        }
        self._session.execute(_KEEP_TRADE, row)

    def last_round_of(self, job: JobId) -> int | None:
        """The newest round that traded it or gave a reason why not."""
        traded: int | None = self._session.execute(select(func.max(trade.c.round)).where(trade.c.job == job)).scalar()
        row = self.request_row(job)
        seen: int | None = row.round
        return seen if seen is not None and (row.state == "open" or traded is None) else traded


def offer_of(row: Any) -> Offer:
    record = offer_from_json({**load(row.document), "state": row.state})
    return record


def request_of_row(row: Any) -> Request:
    return request_from_json({**load(row.document), "state": row.state if row.state in REQUEST.states else "open"})


def _request_document(record: Request) -> dict[str, Any]:
    document = request_to_json(record)
    return {"document": dump(document), "signature": sha256(dump(document["needs"]).encode()).hexdigest()[:16]}


def _promised(row: Any, now_us: int) -> list[Booked]:
    """What a run holds of each machine from when to when; who overstays may stay for ever."""
    end = from_us(row.until_us) if row.until_us is not None and row.until_us > now_us else _NEVER
    return [
        Booked(machine=name, start=from_us(row.starts_us) if row.ahead else EPOCH, end=end, cpus=cpus,
               memory_bytes=memory, disk_bytes=disk, accelerators=accelerators)
        for name, cpus, memory, disk, accelerators in load(row.allocation)
    ]  # fmt: skip


def _used(machines: Mapping[str, Mapping[str, Sequence[int]]]) -> dict[str, list[int]]:
    parts = {name: [used.get(part, _NOTHING) for part in ("stays", "goes", "comes")] for name, used in machines.items()}
    return {name: [stays + max(goes, comes) for stays, goes, comes in zip(*three, strict=True)]
            for name, three in parts.items()}  # fmt: skip


def _capacity(row: Any, taken: Mapping[str, Sequence[int]], own: int, connected: bool, now_us: int) -> Capacity:
    policy, hours = load(row.policy), _hours(row.policy)
    total = tuple(MachineShape(**machine) for machine in load(row.machines))
    return Capacity(
        resource=ResourceId(row.id),
        identifier=row.identifier or "",
        site=SiteId(row.site),
        site_name=row.site_name,
        owner=OrganisationId(row.owner),
        hub=row.hub,
        place=row.place,
        chip=row.chip,
        chip_memory_bytes=row.chip_memory_bytes,
        isolation=row.isolation,
        depth=row.depth,
        in_market=_admitted(row, now_us),
        connected=connected,
        score=row.score,
        latency_us=row.latency_us,
        machines=tuple(_less(machine, taken.get(machine.name, _NOTHING)) for machine in total),
        machines_total=total,
        allowed_organisations=tuple(policy.get("allowed_organisations", ())),
        denied_purposes=tuple(policy.get("denied_purposes", ())),
        work_classes=tuple(policy.get("work_classes", ())),
        opening=None if hours is None else opening(hours, from_us(now_us)),
        reserved_percent=policy.get("reserved_percent", 0),
        owner_units=own,
        images=load(row.host).get("images", False),
    )


@lru_cache(maxsize=1024)  # by a policy's text: the same for every resource of a site, from round to round
def _hours(policy: str) -> OpenHours | None:
    return open_hours_of(load(policy))


def _admitted(row: Any, now_us: int) -> bool:
    return row.in_market_until_us is not None and row.in_market_until_us > now_us


def _less(machine: MachineShape, used: Sequence[int]) -> MachineShape:
    cpus, memory, disk, accelerators = used
    return MachineShape(
        name=machine.name,
        cpus=machine.cpus - cpus,
        memory_bytes=machine.memory_bytes - memory,
        disk_bytes=machine.disk_bytes - disk,
        accelerators=machine.accelerators - accelerators,
    )
