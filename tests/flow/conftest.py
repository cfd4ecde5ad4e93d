"""An exchange on a real database file under a clock that only tests move; after each test its books must balance."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from gridtie.access import Actor, Scope, roles_of
from gridtie.adapters.signers.ed25519 import Ed25519Signer
from gridtie.clock import VirtualClock
from gridtie.data.cardfile import CardFile
from gridtie.data.contract import Contract
from gridtie.data.dataset import Card, Dataset, Part, Price
from gridtie.data.delivery import FILE, Delivery
from gridtie.data.terms import Terms
from gridtie.dispatch.job import Budget, JobDocument, JobSpec, Retry
from gridtie.dispatch.run import BlobFile, RunReport
from gridtie.dispatch.site import Room, SiteCapacity
from gridtie.flow.add_member import add_member
from gridtie.flow.add_organisation import add_organisation
from gridtie.flow.advance_runs import take_reports
from gridtie.flow.agent_gate import AgentIdentity
from gridtie.flow.approve_site import approve_site
from gridtie.flow.clear_market import clear_market
from gridtie.flow.conclude_certification import countersign_certificate
from gridtie.flow.declare_site import declare_site
from gridtie.flow.deliver_data import deliver_data, followed, link_key
from gridtie.flow.deposit_capacity import deposit_capacity
from gridtie.flow.enrol_site import Application, enrol_site, invite_site, start_enrolment
from gridtie.flow.exchange import Exchange
from gridtie.flow.fund_account import issue_voucher, top_up
from gridtie.flow.greet_agent import Hello, greet_agent
from gridtie.flow.lend_hours import lend_hours
from gridtie.flow.make_contract import Proposal, move_contract, propose_contract, sign_contract
from gridtie.flow.post_offer import OfferTerms, post_offer
from gridtie.flow.publish_artefacts import publish_artefacts
from gridtie.flow.publish_dataset import examined, publish_dataset
from gridtie.flow.submit_job import Submission, submit_document
from gridtie.flow.sync_agent import Held
from gridtie.flow.unit import Unit
from gridtie.identity.signing import Envelope, encode, fingerprint
from gridtie.ledger.account import balance_of, bank_of, earnings_of, lent_to, voucher_account
from gridtie.ledger.balance import Balance
from gridtie.ledger.voucher import Voucher
from gridtie.lifecycle import RUN
from gridtie.market.bank import Deposit
from gridtie.market.offer import Offer
from gridtie.market.request import Alternative
from gridtie.registry.resource import Declaration, Machine
from gridtie.registry.site import PROTOCOL, signed_site_proof
from gridtie.settings import load
from gridtie.store.journal import Note, of_subject
from gridtie.store.schema import member, metadata
from gridtie.values.ids import CertificateId, JobId, MemberId, OrganisationId, ResourceId, RunId, SiteId
from gridtie.values.money import Micros
from gridtie.values.period import Period, to_us
from gridtie.views.receipt import verification
from gridtie.wiring import close_exchange, open_exchange

T = TypeVar("T")
GIB = 1 << 30
YUAN = 1_000_000  # micro-units
HOUR = timedelta(hours=1)


@dataclass
class Site:
    """A cluster with its agent's key: approved, certified, greeted, and heard of whenever `alive` is called."""

    id: SiteId
    name: str
    owner: OrganisationId
    resource: ResourceId
    signer: Ed25519Signer
    boot: str
    identity: AgentIdentity


@dataclass
class World:
    exchange: Exchange
    clock: VirtualClock
    sites: dict[str, Site] = field(default_factory=dict)

    # ── time and the database ─────────────────────────────────────────────────────────────────────────────────────
    def write(self, verb: Callable[[Unit], T], *, actor: str = "test") -> T:
        """One unit of work, a millisecond after the one before, so that ids made later sort later."""
        self.clock.advance(timedelta(milliseconds=1))
        return self.exchange.database.write(verb, actor=actor)

    def read(self, look: Callable[[Unit], T]) -> T:
        return self.exchange.database.read(look)

    def later(self, **span: float) -> None:
        self.clock.advance(timedelta(**span))

    def rows(self) -> dict[str, list[Any]]:
        """Everything in the database, to show that nothing changed."""

        def look(unit: Unit) -> dict[str, list[Any]]:
            tables = metadata.sorted_tables
            return {
                table.name: list(unit.execute(select(table).order_by(*table.primary_key)).all()) for table in tables
            }

        return self.read(look)

    def facts(self, subject: str) -> list[Note]:
        return list(self.read(lambda unit: of_subject(unit.connection, subject)))

    def kinds(self, subject: str) -> list[str]:
        return [note.kind for note in self.facts(subject)]

    # ── who takes part ────────────────────────────────────────────────────────────────────────────────────────────
    def organisation(self, name: str, *, balance: int = 0) -> OrganisationId:
        key = self.write(lambda unit: add_organisation(unit, name))
        if balance:
            self.write(lambda unit: top_up(unit, key, balance, memo="paid in"))
        return key

    def member(self, organisation: OrganisationId, *, role: str = "owner", name: str = "") -> Actor:
        admin = Actor(name="test", roles=roles_of("exchange-admin"))
        key = self.write(
            lambda unit: add_member(unit, self.exchange, admin, organisation, name=name or role, role=role)
        )
        return Actor(name=key, member=key, organisation=organisation, roles=roles_of(role))

    def declared_site(self, name: str, owner: OrganisationId, *, hub: str = "gz") -> SiteId:
        return self.write(
            lambda unit: declare_site(
                unit, self.exchange, organisation=owner, name=name, hub=hub, place=None, depth="schedulable", policy={}
            )
        )

    def enrol(self, key: SiteId, signer: Ed25519Signer, pools: tuple[Declaration, ...]) -> None:
        issued, _ = self.write(lambda unit: invite_site(unit, self.exchange, key))
        start = self.write(lambda unit: start_enrolment(unit, self.exchange, issued.id, "00" * 16))
        application = Application(
            token=issued.text,
            public_key=encode(signer.public_key),
            server_nonce=start["server_nonce"],
            proof=encode(signer.sign(signed_site_proof(issued.id, start["server_nonce"]))),
            version="0.1.0",
            inventory={},
            inventory_digest="sha256:" + "00" * 32,
            resources=pools,
        )
        self.write(lambda unit: enrol_site(unit, self.exchange, application))

    def site(self, name: str, owner: OrganisationId, *, hub: str = "gz", score: int = 1000, **shape: Any) -> Site:
        """Through the door that every site goes through; only the measurement behind its certificate is not made."""
        key = self.declared_site(name, owner, hub=hub)
        signer = Ed25519Signer(hashlib.sha256(name.encode()).digest())
        self.enrol(key, signer, (pool(name, **shape),))
        self.write(lambda unit: approve_site(unit, self.exchange, key, fingerprint(signer.public_key)))
        [resource] = self.read(lambda unit: [ResourceId(row.id) for row in unit.resources.of_site(key)])
        boot = hashlib.sha256(name.encode()).hexdigest()[:32]
        made = Site(key, name, owner, resource, signer, boot, AgentIdentity(key, owner, boot, "active"))
        self.sites[name] = made
        self.greet(made, **shape)
        self.certify(made, score=score)
        return made

    def greet(self, site: Site, *held: Held, boot: str | None = None, **shape: Any) -> Any:
        """The agent says hello, and from then on counts as connected."""
        who = AgentIdentity(site.id, site.owner, boot or site.boot, "active")
        hello = Hello(
            version="0.1.0",
            protocol=PROTOCOL,
            inventory={},
            inventory_digest="sha256:" + "00" * 32,
            resources=(pool(site.name, **shape),),
            held=held,
        )
        answer = self.write(lambda unit: greet_agent(unit, self.exchange, who, hello))
        self.alive(site)
        return answer

    def queued(self, site: Site, wait_s: int) -> None:
        """Its agent says that all of it can be lent, and how long its scheduler lets a run wait."""
        capacities = self.read(lambda unit: unit.market.capacities(lambda _: True))
        total = next(one.machines_total for one in capacities.values() if one.site == site.id)
        rooms = {one.name: Room(one.cpus, one.memory_bytes, one.accelerators) for one in total}
        self.exchange.presence.take_capacity(site.id, SiteCapacity(machines=rooms, queue_wait_s=wait_s))

    def certify(self, site: Site, *, days: int = 30, score: int = 1000) -> CertificateId:
        """A certificate that both sides sign, and the market gate that opens by the second signature."""
        key = self.awaiting_certificate(site, days=days, score=score)
        self.write(lambda unit: countersign_certificate(unit, self.exchange, site.id, key, self.signed(site, key)))
        return key

    def awaiting_certificate(self, site: Site, *, days: int = 30, score: int = 1000) -> CertificateId:
        def issue(unit: Unit) -> CertificateId:
            key = CertificateId(unit.new_id("cert"))
            envelope = Envelope("certificate", {"id": key, "score": score, "latency_us": 1000, "items": []})
            unit.certificates.add(
                key,
                resource=site.resource,
                envelope=envelope.sign("exchange", self.exchange.signer).to_json(),
                valid_from_us=unit.at_us,
                expires_us=to_us(unit.at + timedelta(days=days)),
            )
            return key

        return self.write(issue)

    def signed(self, site: Site, key: CertificateId) -> Envelope:
        [envelope] = self.read(
            lambda unit: [data for known, data in unit.certificates.awaiting(site.id) if known == key]
        )
        return Envelope.from_json(envelope, kind="certificate").sign("site", site.signer)

    def alive(self, *sites: Site, runs: tuple[RunId, ...] = ()) -> None:
        """A sync of these sites (of all, when none is named) that says they hold `runs`."""
        for site in sites or self.sites.values():
            self.exchange.presence.renew(site.id, runs, self.clock.now())

    # ── the market ────────────────────────────────────────────────────────────────────────────────────────────────
    def offer(self, site: Site, price: int = YUAN, *, hours: float = 24 * 30) -> Offer:
        owner = Actor(name="owner", organisation=site.owner, roles=roles_of("owner"))
        now = self.clock.now()
        terms = OfferTerms(
            price=Micros(price), window=Period(now, now + hours * HOUR), units_min=1, units_max=None, spot=False,
            terms="",
        )  # fmt: skip
        return self.write(lambda unit: post_offer(unit, owner, Scope(None), site.resource, terms))

    def deposit(self, site: Site, *, hours: float = 24 * 30, units_max: int | None = None) -> Deposit:
        owner = Actor(name="owner", organisation=site.owner, roles=roles_of("owner"))
        window = Period(self.clock.now(), self.clock.now() + hours * HOUR)
        return self.write(lambda unit: deposit_capacity(unit, owner, Scope(None), site.resource, window, units_max))

    def lend(self, organisation: OrganisationId, amount: int, *, chip: str = "cpu") -> dict[str, Any]:
        return self.write(lambda unit: lend_hours(unit, organisation, chip, amount))

    def voucher(
        self, holder: OrganisationId, amount: int, *, name: str = "v", max_unit_price: int | None = None,
        days: float = 30, **limits: Any,
    ) -> Voucher:  # fmt: skip
        window = Period(self.clock.now(), self.clock.now() + timedelta(days=days))
        highest = None if max_unit_price is None else Micros(max_unit_price)
        given = {"chips": (), "hubs": (), **limits}
        return self.write(
            lambda unit: issue_voucher(
                unit,
                issuer=holder,
                holder=holder,
                name=name,
                amount=amount,
                max_unit_price=highest,
                window=window,
                **given,
            )
        )

    def submit(self, organisation: OrganisationId, *specs: JobSpec, kind: str = "job", **more: Any) -> JobId:
        """The first of the jobs; `more` are fields of its specification."""
        return self.submit_all(organisation, *(specs or (job_spec(**more),)), kind=kind)[0]

    def submit_all(self, organisation: OrganisationId, *specs: JobSpec, kind: str = "job") -> list[JobId]:
        given = Submission(organisation=organisation, member=self.any_member(organisation), envs={}, secrets={})
        document = JobDocument(jobs=specs, kind=kind)
        return self.write(lambda unit: submit_document(unit, self.exchange, document, specs, given))

    def clear(self, mode: str = "posted") -> int:
        return self.write(lambda unit: clear_market(unit, self.exchange, mode)).placed

    def placed(self, organisation: OrganisationId, **more: Any) -> tuple[JobId, RunId]:
        """A job that has just got its place."""
        job = self.submit(organisation, **more)
        self.alive()
        self.clear()
        run = self.job(job).run
        assert run is not None, self.job(job).reason
        return job, run

    # ── runs ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def report(self, run: RunId, *events: str, **more: Any) -> tuple[int, str]:
        """The site reports `events`, in order, from where it stands."""
        row = self.run(run)
        answer = (row.next_seq, row.state)
        for event in events:
            row = self.run(run)
            report = RunReport(seq=row.next_seq, event=event, at=self.clock.now(), **more)
            answer = self.write(
                lambda unit, row=row, report=report: take_reports(
                    unit, self.exchange, site=SiteId(row.site), key=run, epoch=row.epoch, reports=[report]
                )
            )
        return answer

    def ran(self, run: RunId, **span: float) -> None:
        """From its start to its good end."""
        self.report(run, "accept", "start")
        self.later(**span)
        self.alive(runs=(run,))
        self.report(run, "finish", "succeed", exit_code=0)

    def checkpoint(
        self, run: RunId, content: str, *, sequence: int = 0, rank: int = 0, ran_s: float | None = None
    ) -> bool:
        row = self.run(run)
        file = BlobFile(path="state", sha256=hashlib.sha256(content.encode()).hexdigest(), size=len(content))
        return self.write(
            lambda unit: publish_artefacts(
                unit,
                self.exchange,
                site=SiteId(row.site),
                key=run,
                epoch=row.epoch,
                kind="checkpoint",
                rank=rank,
                sequence=sequence,
                files=[file],
                ran_us=None if ran_s is None else round(ran_s * 1_000_000),
            )
        )

    def paid(self, job: JobId) -> list[int]:
        """What each receipt of a job came to."""
        return self.read(lambda unit: unit.receipts.amounts(job))

    # ── what is so ────────────────────────────────────────────────────────────────────────────────────────────────
    def job(self, key: JobId) -> Any:
        return self.read(lambda unit: unit.jobs.row(key))

    def run(self, key: RunId) -> Any:
        return self.read(lambda unit: unit.runs.row(key))

    def runs(self, job: JobId) -> list[Any]:
        return list(self.read(lambda unit: unit.runs.of_job(job)))

    def balance(self, organisation: OrganisationId) -> Balance:
        return self.read(lambda unit: unit.ledger.balance(balance_of(organisation)))

    def earnings(self, organisation: OrganisationId) -> Balance:
        return self.read(lambda unit: unit.ledger.balance(earnings_of(organisation)))

    def hours(self, organisation: OrganisationId) -> Balance:
        return self.read(lambda unit: unit.ledger.balance(bank_of(organisation, "cpu")))

    def owed(self, organisation: OrganisationId) -> int:
        return -self.read(lambda unit: unit.ledger.balance(lent_to(organisation, "cpu"))).posted

    def left_of(self, voucher: Voucher) -> Balance:
        return self.read(lambda unit: unit.ledger.balance(voucher_account(voucher.id)))

    def any_member(self, organisation: OrganisationId) -> MemberId:
        key = self.read(
            lambda unit: unit.execute(select(member.c.id).where(member.c.organisation == organisation)).scalar()
        )
        return MemberId(key) if key else MemberId(str(self.member(organisation).member))

    def check(self) -> None:
        """The invariants of the ledger, the journal, the jobs and the capacity."""
        proof = self.read(lambda unit: verification(unit, self.exchange))
        assert proof["ok"], proof
        rows = self.read(lambda unit: unit.connection.exec_driver_sql("SELECT job, epoch, state FROM run").all())
        for job in {row.job for row in rows}:
            epochs = sorted(row.epoch for row in rows if row.job == job)
            assert epochs == list(range(1, len(epochs) + 1)), f"epochs of {job} are {epochs}"
            live = [row.epoch for row in rows if row.job == job and row.state in RUN.live]
            assert live in ([], [epochs[-1]]), f"{job} has live runs of the epochs {live}"
        for capacity in self.read(lambda unit: unit.market.capacities(lambda _: True)).values():
            for machine in capacity.machines:
                left = (machine.cpus, machine.memory_bytes, machine.disk_bytes, machine.accelerators)
                assert min(left) >= 0, f"{machine.name} of {capacity.site_name} was sold twice: {left}"


def pool(name: str, *, cpus: int = 1, machines: int = 1, chip: str = "cpu", accelerators: int = 0) -> Declaration:
    return Declaration(
        name="pool",
        resource_class="general",
        chip=chip,
        chip_memory_bytes=0,
        isolation="sandbox",
        machines=tuple(
            Machine(
                name=f"m{number}", cpus=cpus, memory_bytes=64 * GIB, disk_bytes=200 * GIB, accelerators=accelerators
            )
            for number in range(machines)
        ),
        host_digest="sha256:" + hashlib.sha256(name.encode()).hexdigest(),
        host_cpus=cpus * machines,
        host_memory_bytes=64 * GIB * machines,
        simulated_machines=machines > 1,
    )


def job_spec(
    *, cpus: int = 1, budget: dict[str, Any] | None = None, retry: dict[str, Any] | None = None, **more: Any
) -> JobSpec:
    """One core for an hour, paid from the balance, unless something else is said."""
    given = {"name": "job", "run": "true", "expected": HOUR, **more}
    return JobSpec(
        alternatives=(Alternative(chip="cpu", cpus=cpus),),
        budget=Budget(**(budget or {})),
        retry=Retry(**(retry or {})),
        **given,
    )


DATA_CARD = Card(title="Decisions", description="of 2024", licence="CC-BY-4.0", keywords=("law",))
DATA_TEXTS = {"a.jsonl": '{"text": "one"}\n{"text": "two"}\n', "b.jsonl": '{"text": "three"}\n'}


class Trade:
    """aurora has data, bison wants it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.aurora, self.bison = world.organisation("aurora"), world.organisation("bison", balance=100 * YUAN)
        self.provider: Actor = world.member(self.aurora)
        self.consumer: Actor = world.member(self.bison)

    def sent(self, texts: dict[str, str] = DATA_TEXTS) -> tuple[Part, ...]:
        parts = []
        for path, text in texts.items():
            raw = text.encode()
            digest = hashlib.sha256(raw).hexdigest()
            if self.world.exchange.blobs.size(digest, self.aurora) is None:
                self.world.exchange.blobs.append(digest, 0, len(raw), raw, self.aurora)
            parts.append(Part(path=path, sha256=digest, size=len(raw), media=""))
        return examined(self.world.exchange, self.aurora, parts)

    def publish(self, texts: dict[str, str] = DATA_TEXTS, *, price: Price | None = None, open: bool = False, **terms: Any) -> Dataset:  # fmt: skip # noqa: E501
        described = CardFile(card=DATA_CARD, terms=Terms(**terms), price=price or Price(), open=open)
        parts = self.sent(texts)
        made = self.world.write(lambda unit: publish_dataset(unit, self.provider, "decisions", described, parts))
        return made.dataset

    def propose(self, dataset: Dataset, purpose: str = "training", **more: Any) -> Contract:
        given = Proposal(purpose=purpose, place=more.pop("place", ""), **more)
        return self.world.write(lambda unit: propose_contract(unit, self.world.exchange, self.bison, dataset, given))

    def sign(self, contract: Contract) -> Contract:
        return self.world.write(lambda unit: sign_contract(unit, self.world.exchange, contract, self.aurora))

    def agreed(self, dataset: Dataset, **more: Any) -> Contract:
        return self.sign(self.propose(dataset, **more))

    def deliver(self, dataset: Dataset, *paths: str, actor: Actor | None = None, channel: str = FILE) -> Delivery:
        def work(unit: Any) -> Delivery:
            version = unit.datasets.version(dataset.id)
            parts = [part for part in version.parts if not paths or part.path in paths]
            who = actor or self.consumer
            return deliver_data(unit, self.world.exchange, who, dataset, version, channel, parts)

        return self.world.write(work)

    def follow(self, delivery: Delivery, digest: str, key: str | None = None) -> Part:
        given = link_key(self.world.exchange, delivery, digest) if key is None else key
        return self.world.read(lambda unit: followed(unit, self.world.exchange, delivery.id, digest, given, None))[1]

    def move(self, contract: Contract, event: str) -> Contract:
        return self.world.write(lambda unit: move_contract(unit, contract, event, by="aurora", reason="so"))


@pytest.fixture
def settings() -> dict[str, Any]:
    """What a test sets otherwise than the defaults."""
    return {}


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(seed=7)


@pytest.fixture
def world(tmp_path: Path, place: Path | str, settings: dict[str, Any], clock: VirtualClock) -> Iterator[World]:
    """On either database, each test once."""
    kept = load(tmp_path / "home", {}, database=str(place), **settings)
    exchange = open_exchange(kept, clock=clock, create=True)
    made = World(exchange, clock)
    try:
        yield made
        made.check()
    finally:
        close_exchange(exchange)


@pytest.fixture
def spec() -> Callable[..., JobSpec]:
    return job_spec


@pytest.fixture
def trade(world: World) -> Trade:
    return Trade(world)
