"""A whole exchange for one simulation: real verbs and store, a database in memory, and time that only we move.

Everything goes through the door that a real site goes through: declared, invited, enrolled with a proof of its key,
approved by its fingerprint, greeted, identified, certified by both signatures, offered. One thing is not real and
cannot be: nothing was measured behind the certificates, for there is no hardware.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from gridtie.access import Actor, Scope, roles_of
from gridtie.adapters.signers.ed25519 import Ed25519Signer
from gridtie.clock import VirtualClock
from gridtie.flow.add_member import add_member
from gridtie.flow.add_organisation import add_organisation
from gridtie.flow.agent_gate import AgentIdentity
from gridtie.flow.approve_site import approve_site
from gridtie.flow.conclude_certification import countersign_certificate
from gridtie.flow.declare_site import declare_site
from gridtie.flow.enrol_site import Application, enrol_site, invite_site, start_enrolment
from gridtie.flow.exchange import Exchange
from gridtie.flow.fund_account import top_up
from gridtie.flow.greet_agent import Hello, greet_agent
from gridtie.flow.post_offer import OfferTerms, post_offer
from gridtie.flow.unit import Unit
from gridtie.identity.signing import Envelope, encode, fingerprint
from gridtie.registry.resource import Declaration, Machine
from gridtie.registry.site import PROTOCOL, signed_site_proof
from gridtie.simulator.system_site import SimulatedSite
from gridtie.store.journal import Note
from gridtie.values.ids import CertificateId, MemberId, OrganisationId, ResourceId, SiteId, uuid7_text
from gridtie.values.money import Micros
from gridtie.values.period import Period, to_us

T = TypeVar("T")
CHIP = "nv-a100-80"  # of every simulated accelerator; the book depth knows no models either
HUB = "gz"
GIB = 1 << 30
INVENTORY = "sha256:" + "00" * 32


@dataclass
class OrderedClock(VirtualClock):
    """Ids made later sort later, also within one instant: so jobs that come together keep the order of their trace."""

    _made: int = field(init=False, default=0)

    def new_id(self, prefix: str) -> str:
        self._made += 1
        chance = int.from_bytes(self.random_bytes(5), "big")
        return f"{prefix}_{uuid7_text(int(self.now().timestamp() * 1000), self._made << 40 | chance)}"


@dataclass(frozen=True, slots=True)
class Party:
    organisation: OrganisationId
    member: MemberId


@dataclass
class World:
    """`heard` collects what was committed since somebody last asked."""

    exchange: Exchange
    clock: VirtualClock
    until: timedelta  # how long certificates and offers last from now
    heard: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.exchange.database.on_commit(self.heard.extend)

    def write(self, verb: Callable[[Unit], T], *, actor: str = "simulation") -> T:
        return self.exchange.database.write(verb, actor=actor)

    def read(self, look: Callable[[Unit], T]) -> T:
        return self.exchange.database.read(look)

    # ── who takes part ────────────────────────────────────────────────────────────────────────────────────────────
    def party(self, name: str, balance: Micros) -> Party:
        organisation = self.write(lambda unit: add_organisation(unit, name))
        admin = Actor(name="simulation", roles=roles_of("exchange-admin"))
        member = self.write(
            lambda unit: add_member(unit, self.exchange, admin, organisation, name="owner", role="owner")
        )
        if balance:
            self.write(lambda unit: top_up(unit, organisation, balance, memo="budget of the simulation"))
        return Party(organisation, member)

    def site(self, name: str, owner: OrganisationId, units: int, *, machines: int = 1) -> SimulatedSite:
        """One machine that holds all accelerators, as the book depth counts them, unless shapes of nodes matter."""
        key = self.write(
            lambda unit: declare_site(
                unit, self.exchange, organisation=owner, name=name, hub=HUB, place=None, depth="schedulable", policy={}
            )
        )
        signer = Ed25519Signer(self.clock.random_bytes(32))
        pools = (pool_of(name, units, machines),)
        self._enrol(key, signer, pools)
        self.write(lambda unit: approve_site(unit, self.exchange, key, fingerprint(signer.public_key)))
        identity = AgentIdentity(key, owner, self.clock.random_bytes(16).hex(), "active")
        hello = Hello(
            version="simulated", protocol=PROTOCOL, inventory={}, inventory_digest=INVENTORY, resources=pools, held=()
        )
        self.write(lambda unit: greet_agent(unit, self.exchange, identity, hello))
        self._certify(key, signer)
        return SimulatedSite(exchange=self.exchange, id=key, name=name, signer=signer)

    def offer(self, site: SimulatedSite, owner: OrganisationId, price: Micros) -> None:
        actor = Actor(name="owner", organisation=owner, roles=roles_of("owner"))
        terms = OfferTerms(price=price, window=Period(self.clock.now(), self.clock.now() + self.until), units_min=1,
                           units_max=None, spot=False, terms="")  # fmt: skip
        resource = self._resource(site.id)
        self.write(lambda unit: post_offer(unit, actor, Scope(None), resource, terms))

    def _enrol(self, key: SiteId, signer: Ed25519Signer, pools: Sequence[Declaration]) -> None:
        issued, _ = self.write(lambda unit: invite_site(unit, self.exchange, key))
        nonce = self.clock.random_bytes(16).hex()
        start = self.write(lambda unit: start_enrolment(unit, self.exchange, issued.id, nonce))
        application = Application(
            token=issued.text,
            public_key=encode(signer.public_key),
            server_nonce=start["server_nonce"],
            proof=encode(signer.sign(signed_site_proof(issued.id, start["server_nonce"]))),
            version="simulated",
            inventory={},
            inventory_digest=INVENTORY,
            resources=tuple(pools),
        )
        self.write(lambda unit: enrol_site(unit, self.exchange, application))

    def _certify(self, key: SiteId, signer: Ed25519Signer) -> None:
        resource = self._resource(key)

        def issue(unit: Unit) -> CertificateId:
            certificate = CertificateId(unit.new_id("cert"))
            document = {"id": certificate, "score": 1, "latency_us": 0, "simulated": True}
            envelope = Envelope("certificate", document).sign("exchange", self.exchange.signer)
            unit.certificates.add(
                certificate, resource=resource, envelope=envelope.to_json(), valid_from_us=unit.at_us,
                expires_us=to_us(unit.at + self.until),
            )  # fmt: skip
            return certificate

        certificate = self.write(issue)
        [data] = self.read(lambda unit: [data for one, data in unit.certificates.awaiting(key) if one == certificate])
        signed = Envelope.from_json(data, kind="certificate").sign("site", signer)
        self.write(lambda unit: countersign_certificate(unit, self.exchange, key, certificate, signed))

    def _resource(self, key: SiteId) -> ResourceId:
        [row] = self.read(lambda unit: unit.resources.of_site(key))
        return ResourceId(row.id)


def pool_of(name: str, units: int, machines: int) -> Declaration:
    """`units` accelerators shared equally by `machines`."""
    memory, each = 64 * GIB * units, units // machines
    return Declaration(
        name="pool",
        resource_class="ai",
        chip=CHIP,
        chip_memory_bytes=80 * GIB,
        isolation="sandbox",
        machines=tuple(
            Machine(
                name=f"m{number}",
                cpus=each,
                memory_bytes=memory // machines,
                disk_bytes=200 * GIB * each,
                accelerators=each,
            )
            for number in range(machines)
        ),
        host_digest="sha256:" + hashlib.sha256(name.encode()).hexdigest(),
        host_cpus=units,
        host_memory_bytes=memory,
        simulated_machines=True,
    )
