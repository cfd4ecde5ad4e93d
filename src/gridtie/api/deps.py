"""The doors: every route names its action here, and gets back who asks. A test fails for a route without a door."""

import asyncio
import base64
import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request

from gridtie.access import ACTIONS, NOBODY, PUBLIC, SITE, Actor, authorize
from gridtie.api.bus import Fact
from gridtie.api.context import exchange_of
from gridtie.errors import NotSignedIn, QuotaExceeded
from gridtie.flow.agent_gate import AgentGates, AgentIdentity
from gridtie.flow.exchange import Exchange
from gridtie.flow.issue_token import actor_of
from gridtie.registry.token import parse_token

CACHE_S = 2.0
CACHE_MAX = 10_000
LAST_USE_EVERY = timedelta(minutes=1)


@dataclass
class _Known:
    actor: Actor
    expires: datetime
    checked: float  # monotonic


@dataclass
class _Bucket:
    """Allows `rate` calls per second, in bursts of one second's worth."""

    level: float
    at: float


@dataclass
class TokenDoor:
    """Checks tokens. What it knows is at most two seconds old and forgotten as soon as any token is revoked."""

    exchange: Exchange
    _known: dict[bytes, _Known] = field(default_factory=dict)
    _used: dict[str, datetime] = field(default_factory=dict)
    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    _streams: dict[str, int] = field(default_factory=dict)

    def actor(self, text: str) -> Actor:
        """Raises NotSignedIn."""
        digest = hashlib.sha256(text.encode()).digest()  # the secret itself is not kept in memory
        cache, now = self._known, time.monotonic()
        known = cache.get(digest)
        if known is None or now - known.checked > CACHE_S:
            actor, expires, used = self.exchange.database.read(lambda unit: actor_of(unit, self.exchange, text))
            _make_room(cache)
            known = cache[digest] = _Known(actor, expires, now)  # not in one that a revocation began while we read
            self._note_use(actor, used)
        elif known.expires <= self.exchange.clock.now():
            raise NotSignedIn(reason="this token expired")
        return known.actor

    def throttle(self, actor: Actor) -> None:
        """Raises QuotaExceeded when a token calls more often than its share."""
        rate, now = self.exchange.settings.requests_per_s, time.monotonic()
        _make_room(self._buckets)
        bucket = self._buckets.setdefault(actor.token or actor.name, _Bucket(rate, now))
        bucket.level = min(rate, bucket.level + (now - bucket.at) * rate) - 1
        bucket.at = now
        if bucket.level < 0:
            bucket.level = 0
            raise QuotaExceeded(what_of="the number of calls per second", limit=rate)

    def open_stream(self, actor: Actor) -> None:
        limit, key = self.exchange.settings.streams_max, actor.token or actor.name
        if self._streams.get(key, 0) >= limit:
            raise QuotaExceeded(what_of="the number of open streams of one token", limit=limit)
        self._streams[key] = self._streams.get(key, 0) + 1

    def close_stream(self, actor: Actor) -> None:
        key = actor.token or actor.name
        self._streams[key] -= 1
        if not self._streams[key]:
            del self._streams[key]

    def committed(self, notes: Iterable[Fact]) -> None:
        """Called by the writer thread: a revoked token is forgotten before its revocation is acknowledged."""
        if any(note.kind in ("token.revoked", "member.removed") for note in notes):
            self._known = {}

    def _note_use(self, actor: Actor, used: datetime | None) -> None:
        """Last use is a courtesy to its owner: at most one row a minute, and nobody waits for it."""
        key, now = str(actor.token), self.exchange.clock.now()
        last = max((at for at in (used, self._used.get(key)) if at is not None), default=None)
        if last is not None and now - last < LAST_USE_EVERY:
            return
        _make_room(self._used)
        self._used[key] = now
        self.exchange.database.submit(lambda unit: unit.tokens.used(key), actor=actor.name)


def _make_room(table: dict[Any, Any]) -> None:
    """Tokens end and others are made: what is known of them is begun anew before it is too much."""
    if len(table) >= CACHE_MAX:
        table.clear()


def bearer(request: Request, *, basic: bool = False) -> str | None:
    """The token as sent, or None. `basic`: HTTP Basic may carry it as the password. Raises NotSignedIn otherwise."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, value = header.partition(" ")
    if basic and scheme.lower() == "basic":
        value = _password(value)
        if value == "None":  # what old TES clients send when their user names nobody
            return None
    elif scheme.lower() != "bearer":
        raise NotSignedIn(reason="send the token as 'Authorization: Bearer gridtie_user_…'")
    parse_token(value.strip())
    return value.strip()


def _password(value: str) -> str:
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        raise NotSignedIn(reason="send HTTP Basic as any name and your token as the password") from None
    return password or name


class Allow:
    """The door of a route for members and for the public: `actor: Annotated[Actor, Depends(Allow("job.read"))]`.

    It checks that the action is the actor's at all; what it is done *to* is checked by the route with
    `authorize(actor, action, organisation)`, or by querying through `scope(actor, action)`.
    """

    def __init__(self, action: str, *, basic: bool = False) -> None:
        if SITE in ACTIONS[action]:
            raise ValueError(f"{action} is for agents; use AllowAgent")
        self.action = action
        self.basic = basic

    async def __call__(self, request: Request) -> Actor:
        text = bearer(request, basic=self.basic)
        if text is None:
            authorize(NOBODY, self.action)
            return NOBODY
        door: TokenDoor = request.app.state.tokens
        try:
            actor = door.actor(text)
        except NotSignedIn:
            if PUBLIC in ACTIONS[self.action]:
                return NOBODY
            raise
        door.throttle(actor)
        authorize(actor, self.action)
        return actor


class AllowAgent:
    """The door of a route for agents: checks the signature over the call. See docs of the agent protocol."""

    def __init__(self, action: str, *, greeting: bool = False) -> None:
        if ACTIONS[action] != frozenset({SITE}):
            raise ValueError(f"{action} is not for agents")
        self.action = action
        self._greeting = greeting

    async def __call__(self, request: Request) -> AgentIdentity:
        gates: AgentGates = request.app.state.gates
        path = request.scope["raw_path"].decode("ascii", "replace").partition("?")[0]
        if query := request.scope["query_string"].decode("ascii", "replace"):
            path += "?" + query
        digest = hashlib.sha256(await request.body()).hexdigest()
        call = gates.check(request.headers, request.method, path, digest, greeting=self._greeting)
        if call.cloned:
            exchange = exchange_of(request)
            await asyncio.wrap_future(exchange.database.submit(call.quarantine, actor=call.identity.site))
            raise call.rejection
        return call.identity


def doors_of(route: Any) -> list[Allow | AllowAgent]:
    """The doors a route stands behind, for the test that none is without."""
    found = []
    queue = [route.dependant]
    while queue:
        dependant = queue.pop()
        if isinstance(dependant.call, Allow | AllowAgent):
            found.append(dependant.call)
        queue.extend(dependant.dependencies)
    return found
