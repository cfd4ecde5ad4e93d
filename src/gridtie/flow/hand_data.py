"""A run is taken by its site: from then on that may fetch the run's data, so it is paid, counted and written down.

Each job has its delivery, however many runs it takes; those of one file pay and count once. And what becomes of open
jobs when a contract is suspended or ends.
"""

from datetime import timedelta

from gridtie.data.contract import charge, lapsed
from gridtie.data.dataset import Part
from gridtie.data.delivery import JOB as BY_JOB
from gridtie.data.delivery import Delivery, Taken
from gridtie.dispatch.job import DataUse
from gridtie.dispatch.record import Job, Run
from gridtie.errors import DataDenied, InsufficientFunds
from gridtie.flow.bring_data import allowed, data_of, handed, paid, revoked
from gridtie.flow.cancel_job import cancel_job
from gridtie.flow.exchange import Exchange
from gridtie.flow.pay_data import pay_data
from gridtie.flow.reopen_request import start_followers
from gridtie.ledger.account import balance_of
from gridtie.lifecycle import CONTRACT
from gridtie.lifecycle import JOB as JOBS
from gridtie.store.unit import Unit
from gridtie.values.ids import ContractId, DeliveryId, JobId, OrganisationId, RunId, SiteId
from gridtie.values.money import ZERO, format_money


def hand_data(unit: Unit, exchange: Exchange, job: Job, run: Run) -> int:
    """How many deliveries were made. A job whose data may not be given after all, or is not paid, is stopped."""
    uses = data_of(job)
    if not uses:
        return 0
    site = unit.sites.get(run.site)
    try:
        due = allowed(unit, job, (site.place, site.hub))
        have = unit.ledger.balance(balance_of(job.organisation)).available
        if due and due > have:
            raise InsufficientFunds(needed=format_money(due), available=format_money(max(have, 0)), detail="its data")
    except (DataDenied, InsufficientFunds) as refused:
        cancel_job(unit, job.id, reason=refused.message)
        return 0
    had = set(handed(unit, job))
    fresh = [use for use in uses if (use.dataset, use.version) not in had]
    for use in {(use.dataset, use.version): use for use in fresh}.values():
        _deliver(unit, exchange, job, use)
    return len(fresh)


def _deliver(unit: Unit, exchange: Exchange, job: Job, use: DataUse) -> None:
    dataset = unit.datasets.get(use.dataset)
    parts = list({part.sha256: part for part in unit.datasets.version(dataset.id, use.version).parts}.values())
    contract = unit.contracts.get(use.contract) if use.contract else None
    again = (use.dataset, use.version, use.contract) in paid(unit, job)
    days = None if contract is None else contract.terms.delete_after_days
    taken = Taken.of([part.sha256 for part in parts])
    cost = ZERO if contract is None or again else charge(contract.price, parts, again=False)
    made = Delivery(
        id=DeliveryId(unit.new_id("dlv")), dataset=dataset.id, version=use.version,
        contract=None if contract is None else contract.id, provider=dataset.owner, consumer=job.organisation,
        member=job.member, channel=BY_JOB, purpose=job.spec.purpose, job=job.id,
        parts=taken, records=_records(parts), bytes=sum(part.size for part in parts),
        charge=cost, at=unit.at, until=unit.at,
        delete_by=None if days is None else unit.at + timedelta(days=days),
    )  # fmt: skip
    if contract is not None and not again:
        pay_data(unit, exchange, contract, made.charge, subject=made.id, memo="delivery")
        unit.contracts.count(contract.id)
    unit.deliveries.add(made)
    for party in dict.fromkeys((made.provider, made.consumer)):
        unit.note("data.delivered", made.id, organisation=party, dataset=dataset.full_name, version=f"v{use.version}",
                  channel=made.channel, contract=made.contract, consumer=made.consumer, job=job.id)  # fmt: skip


def _records(parts: list[Part]) -> int | None:
    known = [part.records for part in parts if part.records is not None]
    return sum(known) if len(known) == len(parts) else None


def given_to(unit: Unit, site: SiteId, sha256: str) -> OrganisationId | None:
    """Whose part of a dataset this is that the site may fetch now: of a run that it took, whose delivery was made, and
    whose contracts still stand."""
    for row in unit.runs.live_at(site):
        if row.state == "assigned" or row.cancel_us is not None or f'"{sha256}"' not in unit.runs.row(row.id).plan:
            continue
        plan = unit.runs.get(RunId(row.id)).plan  # parsed: what else names that digest in it, its buyer wrote
        if not any(file.sha256 == sha256 and not file.places for file in plan.data):
            continue
        made = next((one for one in unit.deliveries.of_job(JobId(row.job)) if sha256 in one.parts), None)
        if made is not None and revoked(unit, unit.jobs.get(JobId(row.job))) is None:
            return made.provider
    return None


def check_finish(unit: Unit, job: Job) -> None:
    """A run that ends after a contract on its data did releases nothing, also when the round that would have stopped it
    had not come yet."""
    denial = None if job.spec.release is None else revoked(unit, job)
    if denial is not None:
        names = " and ".join(use.name for use in data_of(job))
        cancel_job(unit, job.id, reason=f"{names}: {denial.reason}")


def keep_data(unit: Unit, _: Exchange) -> int:
    """Stops what works on data of a contract that stands no more, and fails what waits for one that never will again;
    how many. What waits for one that is suspended goes on waiting: a round tells it why."""
    unit.contracts.forget_ended()
    moved = 0
    for contract in unit.contracts.in_use():
        denial = lapsed(contract, unit.at)
        limit = contract.terms.count
        if denial is None and (limit is None or contract.deliveries < limit):
            continue
        over = contract.state in CONTRACT.final or unit.at >= contract.end
        for key in unit.contracts.jobs_of(contract.id):
            job = unit.jobs.get(key)
            if denial is None:
                used_up = f"its terms allow {limit} deliveries, and {contract.deliveries} were made"
                if job.state == "queued" and not _had(unit, job, contract.id):
                    moved += _fail(unit, job, f"{contract.dataset_name}: {used_up}")
            elif job.state == "queued" and over:
                moved += _fail(unit, job, f"{contract.dataset_name}: {denial.reason}")
            elif job.state in ("placed", "running") and job.run:
                moved += _stop(unit, job, f"{contract.dataset_name}: {denial.reason}")
    return moved


def _stop(unit: Unit, job: Job, words: str) -> bool:
    """Whether it has to be stopped: a run that ended while its contracts stood may send what it left."""
    run = unit.runs.get(job.run) if job.run else None
    if run is None or run.state == "finishing":
        return False
    cancel_job(unit, job.id, reason=words)
    return run.cancel_at is None


def _had(unit: Unit, job: Job, contract: ContractId) -> bool:
    return any(made.contract == contract for made in unit.deliveries.of_work(job.id))


def _fail(unit: Unit, job: Job, words: str) -> int:
    if not JOBS.allows(job.state, "fail"):
        return 0
    unit.market.withdraw(job.id)
    unit.jobs.move(job.id, job.state, "fail", reason=words, reason_code="data-denied")
    unit.jobs.set(job.id, ended_us=unit.at_us)
    start_followers(unit, job.id, succeeded=False)
    unit.note("job.failed", job.id, organisation=job.organisation, reason=words)
    return 1
