"""The gate of the agents: every call is signed by its site's key, numbered, and of the one boot that is alive."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from gridtie.errors import AgentRejected, AgentRevoked, CallRepeated, GridtieError, InvalidSignature, NotSignedIn
from gridtie.flow.exchange import Exchange
from gridtie.identity.signing import PUBLIC_KEY_BYTES, SIGNATURE_BYTES, decode
from gridtie.registry.site import SeqWindow, check_boot, signed_call
from gridtie.store.site import SiteGate
from gridtie.store.unit import Unit
from gridtie.values.ids import OrganisationId, SiteId, is_id

CLONED = "two agents use one key"
FOREIGN = "it spoke for a run of another site"


class Fact(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def subject(self) -> str: ...


@dataclass(frozen=True, slots=True)
class AgentIdentity:
    """Who signed a call. `state` is the site's; a pending site may greet and wait, nothing else."""

    site: SiteId
    organisation: OrganisationId
    boot: str
    state: str


@dataclass(frozen=True, slots=True)
class Call:
    identity: AgentIdentity
    cloned: bool = False  # the caller must run `quarantine` and then raise `rejection`

    @property
    def rejection(self) -> GridtieError:
        return AgentRejected(reason=f"{CLONED}; the site is quarantined")

    def quarantine(self, unit: Unit) -> None:
        quarantine_site(unit, self.identity.site, CLONED)


def quarantine_site(unit: Unit, key: SiteId, why: str) -> None:
    """Takes a site out of the market until it is approved again; doing it twice changes nothing."""
    row = unit.sites.get(key)
    if row.state in ("active", "draining"):
        unit.sites.move(key, row.state, "quarantine", note=why)
        unit.note("site.quarantined", key, organisation=row.organisation, reason=why)


@dataclass
class AgentGates:
    """Keys and windows in memory. A site's entry is dropped by any note about it, so a revoked key works no longer."""

    exchange: Exchange
    _gates: dict[str, SiteGate] = field(default_factory=dict)
    _windows: dict[tuple[str, str], SeqWindow] = field(default_factory=dict)
    _changes: int = 0  # notes about sites so far
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(
        self, headers: Mapping[str, str], method: str, path: str, body_sha256: str, *, greeting: bool = False
    ) -> Call:
        """Raises NotSignedIn (sign again), AgentRejected (stop), AgentRevoked (enrol again).

        `greeting`: a hello, which alone may come with a boot that is not known yet.
        """
        site, boot, seq, signature = _headers(headers)
        gate = self._gate(site)
        if gate is None or gate.public_key is None or gate.state == "declared":
            raise AgentRevoked(reason="the exchange does not know it")
        if gate.state == "revoked":
            raise AgentRevoked(reason="it was revoked")
        try:
            raw = decode(signature, length=SIGNATURE_BYTES, subject="the call")
            public = decode(gate.public_key, length=PUBLIC_KEY_BYTES, subject="the site")
        except InvalidSignature as cause:
            raise NotSignedIn(reason=cause.message) from cause
        if not self.exchange.verify(public, signed_call(method, path, body_sha256, site, boot, seq), raw):
            raise NotSignedIn(reason="the signature does not match the call")
        identity = AgentIdentity(gate.id, gate.organisation, boot, gate.state)
        verdict = check_boot(boot, greeted=gate.greeted, at=self.exchange.clock.now(), greeting=greeting)
        if verdict == "clone":
            return Call(identity, cloned=True)
        if verdict == "late":
            raise CallRepeated(number=seq)
        if verdict == "unknown":
            raise NotSignedIn(reason="say hello first: this boot is not known")
        if gate.state == "quarantined" and not greeting:
            raise AgentRejected(reason="the site is quarantined; its operator must approve it again")
        with self._lock:
            window = self._windows.get((site, boot))
            if window is None:
                for old in [key for key in self._windows if key[0] == site]:
                    del self._windows[old]
                window = self._windows[site, boot] = SeqWindow()
            if not window.admit(seq):
                raise CallRepeated(number=seq)
        return Call(identity)

    def committed(self, notes: Iterable[Fact]) -> None:
        """Called by the writer thread after each commit."""
        changed = [note.subject for note in notes if note.kind.startswith("site.")]
        with self._lock:
            self._changes += len(changed)
            for site in changed:
                self._gates.pop(site, None)

    def _gate(self, site: str) -> SiteGate | None:
        gate = self._gates.get(site)
        if gate is None:
            before = self._changes
            read: Callable[[Unit], Any] = lambda unit: unit.sites.gate(site)  # noqa: E731
            gate = self.exchange.database.read(read)
            with self._lock:
                if gate is not None and self._changes == before:  # else a revocation may have passed us on the way
                    self._gates[site] = gate
        return gate


def _headers(headers: Mapping[str, str]) -> tuple[str, str, int, str]:
    site, boot = headers.get("gridtie-site", ""), headers.get("gridtie-boot", "")
    seq, signature = headers.get("gridtie-seq", ""), headers.get("gridtie-signature", "")
    if not is_id("site", site):
        raise NotSignedIn(reason="the header Gridtie-Site does not hold a site's id")
    if len(boot) != 32 or any(c not in "0123456789abcdef" for c in boot):
        raise NotSignedIn(reason="the header Gridtie-Boot does not hold 32 hexadecimal digits")
    if not seq.isascii() or not seq.isdigit() or len(seq) > 15:
        raise NotSignedIn(reason="the header Gridtie-Seq does not hold a whole number")
    return site, boot, int(seq), signature
