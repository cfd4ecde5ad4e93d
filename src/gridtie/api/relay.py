"""Sessions: bytes between a member at his terminal and a run at a site, both of whom only call us.

Each direction is a pipe that remembers what its reader has not acknowledged, so that a lost answer loses nothing, and
holds at most PIPE_MAX, so that a fast writer waits. In memory alone: a restart of the exchange ends every session.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from gridtie.errors import NotFound, OffsetMismatch, QuotaExceeded, SessionEnded
from gridtie.values.ids import SiteId

PIPE_MAX = 256 << 10
PART_MAX = 64 << 10
OF_JOB_MAX = 64
IDLE_S = 120.0  # a session whose member does not call for so long is over
LOST_S = 45.0  # and one whose agent does not: while it works at one it calls every ten seconds at least
COMING_S = 3.0  # the bell of its site is answered at once, unless nobody is there


@dataclass
class Pipe:
    """Offsets count bytes from the beginning. Belongs to one event loop."""

    hold_s: float
    _start: int = 0  # what the reader has for sure
    _held: bytearray = field(default_factory=bytearray)
    _ended: bool = False
    _moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def write(self, offset: int, part: bytes, *, end: bool) -> int:
        """The next offset, after as much as there is room for within `hold_s`. Raises OffsetMismatch for a gap."""
        async with self._moved:
            if offset > self._following:
                raise OffsetMismatch(expected=self._following, given=offset)
            if offset + len(part) > self._following:
                await self._wait(lambda: len(self._held) < PIPE_MAX or self._ended)
            following = self._following
            part = part[following - offset :]  # some may have come already, also by the same call while both waited
            taken = part[: PIPE_MAX - len(self._held)] if not self._ended else b""
            self._held += taken
            self._ended |= end and len(taken) == len(part)
            self._moved.notify_all()
            return following + len(taken)

    @property
    def _following(self) -> int:
        return self._start + len(self._held)

    async def read(self, offset: int, *, within: float | None = None) -> tuple[bytes, bool]:
        """(what follows, whether it ends there), within `hold_s` or so; everything before `offset` is forgotten."""
        async with self._moved:
            if not self._start <= offset <= self._following:
                raise OffsetMismatch(expected=self._start, given=offset)
            del self._held[: offset - self._start]
            self._start = offset
            self._moved.notify_all()
            await self._wait(lambda: bool(self._held) or self._ended or self._start != offset, within)
            part = bytes(self._held[:PART_MAX]) if self._start == offset else b""
            return part, self._ended and len(part) == len(self._held)

    async def end(self) -> None:
        async with self._moved:
            self._ended = True
            self._moved.notify_all()

    async def _wait(self, true: Any, within: float | None = None) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._moved.wait_for(true), self.hold_s if within is None else within)


@dataclass
class RelaySession:
    id: str
    owner: str  # the member's actor
    job: str
    run: str
    site: SiteId
    order: dict[str, Any]  # what the agent is told
    inward: Pipe
    outward: Pipe
    boot: str = ""  # of the agent that works at it; none yet
    heard: float = field(default_factory=time.monotonic)  # its member
    worked: float = field(default_factory=time.monotonic)  # its agent
    lost: str = ""  # why nobody will work at it any more

    async def output(self, offset: int) -> tuple[bytes, bool, bool]:
        """(what comes out, whether it ends there, whether it waits for an agent that should have called by now)."""
        part, ended = await self.outward.read(offset, within=None if self.boot else min(COMING_S, self.outward.hold_s))
        overdue = time.monotonic() - self.worked > (self.outward.hold_s + COMING_S if self.boot else 0)
        return part, ended, overdue and not part and not ended


class Relay:
    """All sessions of the exchange."""

    def __init__(self) -> None:
        self._sessions: dict[str, RelaySession] = {}

    async def open(self, session: RelaySession) -> None:
        """Raises QuotaExceeded."""
        await self._forget_idle()
        if sum(one.job == session.job for one in self._sessions.values()) >= OF_JOB_MAX:
            raise QuotaExceeded(what_of="the number of sessions of one job", limit=OF_JOB_MAX)
        self._sessions[session.id] = session

    async def of_member(self, key: str, actor: str) -> RelaySession:
        """Raises NotFound, also for somebody else's; SessionEnded, once, when its agent has left it."""
        session = self._sessions.get(key)
        if session is None or session.owner != actor:
            raise NotFound(noun="session", key=key)
        session.heard = time.monotonic()
        if session.heard - session.worked > LOST_S:
            session.lost = session.lost or f"the agent of its site was not heard for {LOST_S:g} s"
        if session.lost:
            await self.close(key)
            raise SessionEnded(reason=session.lost)
        return session

    def of_site(self, key: str, site: SiteId, boot: str) -> RelaySession:
        session = self._sessions.get(key)
        if session is None or session.site != site or session.lost:
            raise NotFound(noun="session", key=key)
        session.boot, session.worked = boot, time.monotonic()
        return session

    async def waiting(self, site: SiteId, boot: str) -> list[dict[str, Any]]:
        """Orders that its agent has not begun with. What an earlier life of it worked at is lost."""
        await self._forget_idle()
        ours = [one for one in self._sessions.values() if one.site == site]
        for one in ours:
            if one.boot not in ("", boot):
                one.lost = "the agent of its site was started again"
        return [one.order for one in ours if not one.boot]

    async def close(self, key: str) -> None:
        """Whoever works at it finds it gone."""
        session = self._sessions.pop(key, None)
        if session is not None:
            await session.inward.end()
            await session.outward.end()

    async def _forget_idle(self) -> None:
        for key in [one.id for one in self._sessions.values() if time.monotonic() - one.heard > IDLE_S]:
            await self.close(key)
