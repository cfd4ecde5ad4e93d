"""A job that names data: refused by name, bound by its terms, placed where they allow, paid once, stopped with them."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from gridtie.access import Actor, roles_of
from gridtie.data.cardfile import CardFile
from gridtie.data.dataset import Card, Part, Price
from gridtie.data.terms import COMPUTE, Release, Terms
from gridtie.dispatch.job import DataUse, JobDocument
from gridtie.dispatch.run import BlobFile
from gridtie.errors import DataDenied, InvalidInput, InvalidJobFile
from gridtie.flow.hand_data import given_to, keep_data
from gridtie.flow.make_contract import Proposal, move_contract, propose_contract, sign_contract
from gridtie.flow.publish_artefacts import publish_artefacts
from gridtie.flow.publish_dataset import publish_dataset
from gridtie.flow.quote_job import quote_jobs
from gridtie.flow.submit_job import Submission, submit_document
from gridtie.values.money import Micros
from gridtie.values.period import to_text
from gridtie.views.cost import cost_view

YUAN = 1_000_000
AWAY = Terms(purposes=("training",), delivery=COMPUTE, release=Release(files=("metrics.json",)))


class Trade:
    """A lab with data and sites, and a clinic that reads it."""

    def __init__(self, world: Any, spec: Callable[..., Any]) -> None:
        self.world, self.spec = world, spec
        self.lab, self.clinic = (world.organisation(name, balance=100 * YUAN) for name in ("lab", "clinic"))
        world.any_member(self.clinic)
        self.near = world.site("near", self.lab, hub="gz")
        self.far = world.site("far", self.lab, hub="nmg")
        for site in (self.near, self.far):
            world.offer(site, YUAN)
        self.contract: Any = None

    def publish(self, terms: Terms = AWAY, *, name: str = "scans", held_by: str = "", price: Price | None = None,
                sizes: tuple[int, ...] = (10, 20)) -> None:  # fmt: skip
        parts = [Part(path=f"p{n}.jsonl", sha256=hashlib.sha256(f"{name}{n}".encode()).hexdigest(), size=size,
                      media="application/jsonl", records=size, held_by=held_by)
                 for n, size in enumerate(sizes)]  # fmt: skip
        card = Card(title=name, description=name, licence="CC0")
        described = CardFile(card=card, terms=terms, price=price or Price(), open=False)
        owner = Actor(name="owner", organisation=self.lab, roles=roles_of("owner"))
        self.world.write(lambda unit: publish_dataset(unit, owner, name, described, parts))

    def agree(self, name: str = "scans", *, purpose: str = "training", place: str = "gz") -> Any:
        def work(unit: Any) -> Any:
            exchange = self.world.exchange
            dataset = unit.datasets.find(f"lab/{name}")
            made = propose_contract(unit, exchange, self.clinic, dataset, Proposal(purpose=purpose, place=place))
            return sign_contract(unit, exchange, made, self.lab)

        self.contract = self.world.write(work)
        assert self.contract.state == "active"
        return self.contract

    def job(self, *names: str, **more: Any) -> Any:
        data = tuple(DataUse(name=name) for name in names or ("lab/scans",))
        return self.spec(**{"data": data, "purpose": "training", **more})

    def submit(self, *names: str, files: tuple[BlobFile, ...] = (), **more: Any) -> Any:
        given = Submission(organisation=self.clinic, member=self.world.any_member(self.clinic), envs={}, secrets={},
                           files=files)  # fmt: skip
        made = self.job(*names, **more)
        document = JobDocument(jobs=(made,))
        return self.world.write(lambda unit: submit_document(unit, self.world.exchange, document, [made], given))[0]

    def chain(self, count: int, *, files: tuple[BlobFile, ...] = (), **more: Any) -> list[Any]:
        """`count` jobs of one file, each after the one before, with these files for each."""
        given = Submission(organisation=self.clinic, member=self.world.any_member(self.clinic), envs={}, secrets={},
                           files=files)  # fmt: skip
        made = [self.job(**more) for _ in range(count)]
        document = JobDocument(jobs=tuple(made), kind="chain")
        return self.world.write(lambda unit: submit_document(unit, self.world.exchange, document, made, given))

    def refusal(self, *names: str, **more: Any) -> Any:
        before = self.world.rows()
        with pytest.raises((InvalidJobFile, DataDenied)) as caught:
            self.submit(*names, **more)
        assert self.world.rows() == before
        error = caught.value
        return [(p.path, str(p)) for p in error.problems] or error.message

    def placed(self, **more: Any) -> Any:
        job = self.submit(**more)
        self.world.alive()
        self.world.clear()
        run = self.world.job(job).run
        assert run is not None, self.world.job(job).reason
        return job, run

    def move(self, event: str) -> None:
        key = self.contract.id

        def work(unit: Any) -> Any:
            return move_contract(unit, unit.contracts.get(key), event, by="lab", reason="a look into it")

        self.contract = self.world.write(work)

    def keep(self) -> int:
        return self.world.write(lambda unit: keep_data(unit, self.world.exchange))

    def deliveries(self) -> list[Any]:
        return self.world.read(lambda unit: unit.deliveries.page(party=self.clinic))

    def given(self, site: Any, run: Any) -> Any:
        return self.world.read(lambda unit: given_to(unit, site.id, unit.runs.get(run).plan.data[0].sha256))


@pytest.fixture
def trade(world: Any, spec: Callable[..., Any]) -> Trade:
    return Trade(world, spec)


def test_a_name_that_the_catalogue_does_not_know_is_refused_at_its_place_unless_it_is_nobodys_but_the_jobs(
    trade: Trade,
) -> None:
    trade.publish()
    said = trade.refusal("mine", "lab/scan")
    assert said == [("gridtie.data[1].name", "the catalogue has no dataset 'lab/scan'; did you mean lab/scans?")]
    trade.agree()
    assert "has no version v7; its newest is v1" in trade.refusal("lab/scans@v7")[0][1]
    job = trade.world.job(trade.submit("mine", "s3://bucket/x"))
    assert '"dataset": ""' in job.document or '"dataset":""' in job.document


def test_without_a_contract_that_allows_it_nothing_is_submitted_and_the_reason_is_named(trade: Trade) -> None:
    trade.publish()
    assert "no contract on it" in trade.refusal()
    trade.agree()
    assert "the contract is for training, not resale" in trade.refusal(purpose="resale")
    trade.move("suspend")
    assert "suspended: a look into it (by lab)" in trade.refusal()


def test_what_the_job_says_against_the_terms_is_refused_by_its_key(trade: Trade) -> None:
    trade.publish()
    trade.agree()
    said = trade.refusal(network="host", interactive=True)
    assert [path for path, _ in said] == ["gridtie.network", "gridtie.interactive"]
    assert "no copy of lab/scans may leave" in said[0][1]
    clash = BlobFile(path="data/scans/p0.jsonl", sha256="00" * 32, size=1)
    assert "data/scans/p0.jsonl is there twice" in trade.refusal(files=(clash,))[0][1]


def test_terms_become_limits_that_quote_market_and_site_all_show(trade: Trade) -> None:
    trade.publish(Terms(purposes=("training",), places=("gz",), delivery=COMPUTE, release=Release(files=("m.json",))))
    contract = trade.agree()
    job, run = trade.placed()
    assert trade.world.run(run).site == trade.near.id
    kept, plan = trade.world.read(lambda unit: (unit.jobs.get(job).spec, unit.runs.get(run).plan))
    assert (kept.isolation, kept.deadline) == ("sandbox", to_text(contract.end))
    assert plan.release == Release(files=("m.json",))
    assert [(file.path, file.places) for file in plan.data] == [("data/scans/p0.jsonl", ()),
                                                                ("data/scans/p1.jsonl", ())]  # fmt: skip
    request = trade.world.read(lambda unit: unit.market.request_of(job))
    assert (request.needs.data_places, request.needs.guarded) == (("gz",), ("lab/scans@v1",))
    assert request.transfer_bytes == 30
    document = JobDocument(jobs=(trade.job(),))
    (quoted,) = trade.world.read(lambda unit: quote_jobs(unit, trade.world.exchange, document, trade.clinic))
    told = "\n".join(quoted["lines"])
    assert "lab/scans@v1 may not leave gz; far is in nmg" in told
    assert "no network and its output stays at the site; what leaves are at most 16 files m.json of figures" in told


def test_the_places_of_the_job_and_of_all_its_data_hold_together(trade: Trade) -> None:
    trade.publish(Terms(places=("CN-52",), purposes=("training",)))
    trade.publish(Terms(places=("CN-15",), purposes=("training",)), name="notes")
    trade.agree(place="CN-52")
    trade.agree("notes", place="CN-15")
    said = trade.refusal("lab/scans", "lab/notes")
    assert said == [("gridtie.data", "there is no place where all of its data may be: "
                     "lab/scans in CN-52; lab/notes in CN-15")]  # fmt: skip
    narrow = (DataUse(name="lab/scans", stays_in=("CN-5201",)),)
    job = trade.submit(data=narrow)
    assert trade.world.read(lambda unit: unit.market.request_of(job)).needs.data_places == ("CN-5201",)


def test_files_that_are_published_already_are_not_said_to_lie_elsewhere_now(trade: Trade) -> None:
    trade.publish()
    with pytest.raises(InvalidInput) as refused:
        trade.publish(held_by="far")
    assert "these very files are v1, and held elsewhere" in refused.value.problems[0].message


def test_what_a_site_holds_is_read_there_alone_and_moves_nowhere_and_its_owner_is_bound_by_no_contract(
    trade: Trade,
) -> None:
    trade.publish(held_by="far")
    trade.agree()
    job, run = trade.placed()
    assert trade.world.run(run).site == trade.far.id
    plan, request = trade.world.read(lambda unit: (unit.runs.get(run).plan, unit.market.request_of(job)))
    digest = plan.data[0].sha256
    assert plan.data[0].places == ("scans/p0.jsonl", "p0.jsonl", digest)
    assert (request.transfer_bytes, request.needs.data_sites) == (0, (trade.far.id,))
    trade.world.report(run, "accept")
    assert trade.given(trade.far, run) is None  # the exchange has no copy to give
    own = trade.world.submit(trade.lab, trade.job("scans", network="host", interactive=True, purpose=""))
    mine = trade.world.read(lambda unit: unit.jobs.get(own).spec)
    assert (mine.release, mine.data[0].contract, mine.data[0].held_at) == (None, "", "far")


def test_data_is_given_and_paid_when_its_site_takes_the_run_and_once_per_job(trade: Trade) -> None:
    trade.publish(price=Price(kind="access", amount=Micros(2 * YUAN)))
    trade.agree()
    job, run = trade.placed()
    site = trade.near if trade.world.run(run).site == trade.near.id else trade.far
    assert (trade.deliveries(), trade.given(site, run)) == ([], None)
    trade.world.report(run, "accept")
    (made,) = trade.deliveries()
    assert (made.channel, made.job, made.charge, made.bytes, made.records) == ("job", job, 2 * YUAN, 30, 30)
    assert trade.given(site, run) == trade.lab
    other = trade.far if site is trade.near else trade.near
    assert trade.given(other, run) is None
    assert trade.world.earnings(trade.lab).posted == 2 * YUAN
    trade.world.report(run, "reject", reason="site")
    assert trade.given(site, run) is None
    trade.world.alive()
    trade.world.clear()
    again = trade.world.job(job).run
    assert again != run
    trade.world.report(again, "accept", "start", "finish", "succeed")
    assert (len(trade.deliveries()), trade.world.job(job).state) == (1, "succeeded")
    assert trade.world.read(lambda unit: unit.contracts.get(trade.contract.id)).deliveries == 1


def test_who_cannot_pay_for_the_data_is_not_placed_and_hears_it(trade: Trade) -> None:
    trade.publish(price=Price(kind="record", amount=Micros(4 * YUAN)))
    trade.agree()
    job = trade.submit()
    trade.world.alive()
    assert trade.world.clear() == 0
    row = trade.world.job(job)
    assert (row.state, row.reason_code) == ("queued", "insufficient-funds")
    assert "120" in row.reason


def test_a_contract_suspended_before_the_place_makes_the_job_wait_and_one_that_ended_makes_it_fail(
    trade: Trade,
) -> None:
    trade.publish()
    trade.agree()
    job = trade.submit()
    trade.move("suspend")
    trade.world.alive()
    assert trade.world.clear() == 0
    row = trade.world.job(job)
    assert (row.state, row.reason_code) == ("queued", "data-denied")
    assert "suspended" in row.reason
    assert trade.keep() == 0
    trade.move("resume")
    assert trade.world.clear() == 1
    other = trade.submit()
    trade.move("end")
    assert trade.keep() == 2
    assert (trade.world.job(other).state, trade.world.job(other).reason_code) == ("failed", "data-denied")
    assert "being stopped: lab/scans: the contract is ended" in trade.world.job(job).reason
    assert trade.keep() == 0


def test_a_running_job_whose_contract_is_suspended_is_stopped_and_gets_and_releases_nothing_more(trade: Trade) -> None:
    trade.publish()
    trade.agree()
    job, run = trade.placed()
    trade.world.report(run, "accept", "start")
    site = trade.near if trade.world.run(run).site == trade.near.id else trade.far
    assert trade.given(site, run) == trade.lab
    trade.move("suspend")
    assert trade.given(site, run) is None
    assert (trade.keep(), trade.keep()) == (1, 0)
    with pytest.raises(DataDenied, match="suspended"):
        publish(trade, run, site, "output", "metrics.json")
    trade.world.report(run, "finish", "cancel")
    assert (trade.world.job(job).state, trade.keep()) == ("cancelled", 0)


def test_what_a_run_left_that_ended_before_its_contract_is_released_and_what_ended_after_it_is_not(
    trade: Trade,
) -> None:
    trade.publish()
    trade.agree()
    trade.world.offer(trade.near, YUAN)
    (early, first), (late, second) = trade.placed(), trade.placed()
    for run in (first, second):
        trade.world.report(run, "accept", "start")
    trade.world.later(minutes=30)
    trade.world.report(first, "finish")
    trade.move("suspend")
    trade.world.report(second, "finish")
    assert trade.keep() == 0
    site = {one.id: one for one in (trade.near, trade.far)}
    assert publish(trade, first, site[trade.world.run(first).site], "output", "metrics.json")
    with pytest.raises(DataDenied, match="suspended"):
        publish(trade, second, site[trade.world.run(second).site], "output", "metrics.json")
    trade.world.report(first, "succeed")
    trade.world.report(second, "cancel", reason="cancelled")
    assert trade.world.job(early).state == "succeeded"
    assert (trade.world.job(late).state, trade.world.job(late).reason) == (
        "cancelled", "lab/scans@v1: the contract is suspended: a look into it (by lab)")  # fmt: skip
    assert sum(trade.world.paid(early)) == sum(trade.world.paid(late)) > 0, "the machine's time is paid for both"
    assert len(trade.deliveries()) == 2


def publish(trade: Trade, run: Any, site: Any, kind: str, path: str, size: int = 1) -> bool:
    file = BlobFile(path=path, sha256="00" * 32, size=size)
    epoch = trade.world.run(run).epoch
    return trade.world.write(
        lambda unit: publish_artefacts(
            unit, trade.world.exchange, site=site.id, key=run, epoch=epoch, kind=kind, rank=0, sequence=1, files=[file]
        )
    )


def test_the_exchange_takes_no_checkpoint_and_no_other_file_of_such_a_run_whatever_its_agent_lets_out(
    trade: Trade,
) -> None:
    trade.publish()
    trade.agree()
    _, run = trade.placed()
    trade.world.report(run, "accept", "start")
    site = trade.near if trade.world.run(run).site == trade.near.id else trade.far
    for kind, path, size in (("checkpoint", "state", 1), ("output", "all.csv", 1), ("output", "metrics.json", 1 << 30)):
        with pytest.raises(DataDenied):
            publish(trade, run, site, kind, path, size)
    assert publish(trade, run, site, "output", "metrics.json")


def test_a_count_that_is_used_up_fails_who_waits_for_it(trade: Trade) -> None:
    trade.publish(Terms(purposes=("training",), count=1))
    trade.agree()
    _, run = trade.placed()
    late = trade.submit()
    trade.world.report(run, "accept")
    assert trade.keep() == 1
    assert trade.world.job(late).reason == "lab/scans: its terms allow 1 deliveries, and 1 were made"
    assert "its terms allow 1 deliveries" in trade.refusal()


def test_a_withdrawn_dataset_is_there_for_who_has_a_contract_and_for_nobody_else(trade: Trade) -> None:
    trade.publish()
    trade.agree()
    trade.world.write(lambda unit: unit.datasets.move(unit.datasets.find("lab/scans").id, "withdraw"))
    assert trade.submit()
    trade.move("end")
    assert "the catalogue has no dataset 'lab/scans'" in trade.refusal()[0][1]


def test_jobs_of_one_file_are_one_use_of_the_data_and_another_file_is_another(trade: Trade) -> None:
    trade.publish(Terms(purposes=("training",), count=1), price=Price(kind="access", amount=Micros(2 * YUAN)))
    trade.agree()
    first, second = trade.chain(2)
    trade.world.alive()
    trade.world.clear()
    trade.world.report(trade.world.job(first).run, "accept", "start", "finish", "succeed")
    assert trade.keep() == 0, "what follows in the same file has it already"
    trade.world.clear()
    run = trade.world.job(second).run
    trade.world.report(run, "accept", "start")
    assert {one.job: one.charge for one in trade.deliveries()} == {first: 2 * YUAN, second: 0}
    told = [trade.world.read(lambda unit, key=key: cost_view(unit, key, currency="CNY")) for key in (first, second)]
    assert [one["data_cost"] for one in told] == ["2.00", "0.00"]
    assert f"paid with {first}" in told[1]["lines"][1]
    assert trade.given(trade.near, run) or trade.given(trade.far, run)
    assert trade.world.read(lambda unit: unit.contracts.get(trade.contract.id)).deliveries == 1
    assert trade.world.earnings(trade.lab).posted >= 2 * YUAN
    assert "its terms allow 1 deliveries" in trade.refusal()


def test_a_job_of_a_chain_begins_with_what_the_one_before_it_left(trade: Trade) -> None:
    own = [BlobFile(path="metrics.json", sha256="aa" * 32, size=1), BlobFile(path="run.py", sha256="bb" * 32, size=2)]
    first, second = trade.chain(2, data=(), files=tuple(own))
    trade.world.alive()
    trade.world.clear()
    run = trade.world.job(first).run
    trade.world.report(run, "accept", "start")
    site = trade.near if trade.world.run(run).site == trade.near.id else trade.far
    publish(trade, run, site, "output", "metrics.json", 5)
    before = trade.world.read(lambda unit: (unit.jobs.get(second).files, unit.market.request_of(second)))
    assert before[0] == tuple(own)
    trade.world.report(run, "finish", "succeed")
    files, request = trade.world.read(lambda unit: (unit.jobs.get(second).files, unit.market.request_of(second)))
    assert files == (own[1], BlobFile(path="metrics.json", sha256="00" * 32, size=5))
    assert request.transfer_bytes == before[1].transfer_bytes + 5


def test_what_is_left_where_data_is_to_lie_fails_the_job_that_would_begin_with_both(trade: Trade) -> None:
    trade.publish(Terms(purposes=("training",)))
    trade.agree()
    first, second = trade.chain(2)
    trade.world.alive()
    trade.world.clear()
    run = trade.world.job(first).run
    trade.world.report(run, "accept", "start")
    site = trade.near if trade.world.run(run).site == trade.near.id else trade.far
    publish(trade, run, site, "output", "data/scans/p0.jsonl")
    trade.world.report(run, "finish", "succeed")
    assert trade.world.job(second).state == "failed"
    assert "lies where its data is to lie: data/scans/p0.jsonl is there twice" in trade.world.job(second).reason
