"""A job names data: its terms are asked at submit, become limits of the job, and are asked again at its place."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from gridtie.data.contract import Contract, charge, lapsed, unusable
from gridtie.data.dataset import Dataset
from gridtie.data.limits import Brought, clashes, files_of, limited, objections
from gridtie.data.terms import RUN, Denial
from gridtie.dispatch.job import DataUse, JobSpec
from gridtie.dispatch.record import Job
from gridtie.dispatch.run import BlobFile, DataFile
from gridtie.errors import DataDenied, InsufficientFunds, InvalidJobFile, NotFound, Problem
from gridtie.flow.deliver_data import no_contract, use_of
from gridtie.ledger.account import balance_of
from gridtie.ledger.transfer import Transfer
from gridtie.market.offer import Capacity
from gridtie.store.unit import Unit
from gridtie.values.ids import DatasetId, OrganisationId, SiteId
from gridtie.values.money import format_money
from gridtie.values.period import from_text

_NAMED = re.compile(r"([^@]+)(?:@v?([0-9]{1,9}))?")


def bring_data(
    unit: Unit, spec: JobSpec, organisation: OrganisationId, *, files: Sequence[BlobFile] = ()
) -> tuple[JobSpec, list[Brought]]:
    """`spec` within the terms of the data it names, and that data. `files`: what the job brings itself.

    Raises InvalidJobFile for data that is not in the catalogue and for what its terms do not go with, DataDenied.
    """
    found = [_found(unit, spec, organisation, number, use) for number, use in enumerate(spec.data)]
    brought = [one for one in found if isinstance(one, Brought)]
    problems = [one for one in found if isinstance(one, Problem)]
    if brought and not problems:
        problems = objections(spec, brought)
    if problems:
        raise InvalidJobFile(source=spec.name or "job", problems=problems)
    if not brought:
        return spec, []
    bounded = limited(spec, brought)
    laid = [file for one in brought for file in _files(bounded.data[one.number], one)]
    if problems := clashes(laid, [file.path for file in files]):
        raise InvalidJobFile(source=spec.name or "job", problems=problems)
    return bounded, brought


def _found(
    unit: Unit, spec: JobSpec, organisation: OrganisationId, number: int, use: DataUse
) -> Brought | Problem | None:
    """None: a name that only its submitter knows, with what he says of it."""
    path, match = f"gridtie.data[{number}].name", _NAMED.fullmatch(use.name)
    whole, version = (match[1], match[2]) if match else (use.name, None)
    dataset = _dataset(unit, organisation, whole)
    if dataset is None:
        if "/" not in use.name or "://" in use.name:
            return None
        near = get_close_matches(whole, [one.full_name for one in unit.datasets.page(limit=1000)], n=1)
        hint = f"; did you mean {near[0]}?" if near else "; a name without '/' is your own business"
        return Problem(f"the catalogue has no dataset {use.name[:130]!r}{hint}", path=path)
    try:
        part = unit.datasets.version(dataset.id, None if version is None else int(version))
    except NotFound:
        return Problem(f"{dataset.full_name} has no version v{version}; its newest is v{dataset.versions}", path=path)
    own = dataset.owner == organisation
    contract = None if own or dataset.open else _contract(unit, organisation, dataset, spec)
    one = Brought(number=number, use=use, dataset=dataset, version=part, contract=contract, own=own)
    return replace(one, site=unit.sites.get(SiteId(one.held_by)).name) if one.held_by else one


def _dataset(unit: Unit, organisation: OrganisationId, name: str) -> Dataset | None:
    """By owner/name, by id, or by the bare name of one's own; a withdrawn one is there for who has a contract on it."""
    try:
        found = unit.datasets.find(name) if "/" in name or name.startswith("ds_") else None
    except NotFound:
        found = None
    found = found or unit.datasets.named(organisation, name)
    if found is None or found.state == "listed" or found.owner == organisation:
        return found
    return found if unit.contracts.of_consumer(organisation, found.id) else None


def _contract(unit: Unit, organisation: OrganisationId, dataset: Dataset, spec: JobSpec) -> Contract:
    """The newest that allows it, wherever it will run: its places become limits. Raises DataDenied."""
    starts = [max(unit.at, from_text(start)) for start in (spec.start_at, spec.start_by) if start] or [unit.at]
    denials: list[Denial] = []
    for contract in unit.contracts.of_consumer(organisation, dataset.id):
        anywhere = replace(contract, terms=replace(contract.terms, places=()))
        use = use_of(unit, contract, RUN, purpose=spec.purpose)
        denial = next(filter(None, (unusable(anywhere, replace(use, at=at)) for at in starts)), None)
        if denial is None:
            return contract
        denials.append(denial)
    nearest = denials[0] if denials else no_contract(unit, organisation, dataset)
    raise DataDenied(dataset=dataset.full_name, reason=nearest.reason, change=nearest.change)


def travelling(brought: Sequence[Brought]) -> int:
    """Bytes that move to the site: what a site holds does not."""
    return sum(one.version.size for one in brought if not one.held_by)


# ── at its place ──────────────────────────────────────────────────────────────────────────────────────────────────
def data_of(job: Job) -> list[DataUse]:
    """What it reads of the catalogue."""
    return [use for use in job.spec.data if use.dataset]


def check_data(
    unit: Unit, job: Job, where: Capacity, *, holds: Sequence[Transfer], spoken_for: Mapping[str, int]
) -> int:
    """What its data will cost when this site takes it: its contracts allow that there, and now. `spoken_for`: what
    others of the same round take from an account. Raises DataDenied, InsufficientFunds."""
    uses = data_of(job)
    if not uses:
        return 0
    due = allowed(unit, job, (where.place, where.hub))
    payer = balance_of(job.organisation)
    taken = spoken_for.get(payer, 0) + sum(hold.amount for hold in holds if hold.debit == payer)
    have = unit.ledger.balance(payer).available - taken
    if due and due > have:
        names = " and ".join(use.name for use in uses)
        raise InsufficientFunds(needed=format_money(due), available=format_money(max(have, 0)),
                                detail=f"for {names}, from the balance")  # fmt: skip
    return due


def allowed(unit: Unit, job: Job, site: tuple[str, str]) -> int:
    """What all of its data costs that its work had not before, at a site of this place and hub. Raises DataDenied for
    the first contract that does not allow it."""
    had, due = set(paid(unit, job)), 0
    for use in data_of(job):
        if not use.contract:
            continue
        contract = unit.contracts.get(use.contract)
        asked = use_of(unit, contract, RUN, purpose=job.spec.purpose, site=site)
        again = _paid_as(use) in had
        denial = unusable(contract, replace(asked, used=0) if again else asked)
        if denial is not None:
            raise DataDenied(dataset=contract.dataset_name, reason=denial.reason, change=denial.change)
        if not again:
            parts = unit.datasets.version(DatasetId(use.dataset), use.version).parts
            due += charge(contract.price, parts, again=False)
            had.add(_paid_as(use))
    return due


def handed(unit: Unit, job: Job) -> Collection[tuple[str, int]]:
    """Datasets and versions that an earlier run of it had."""
    return {(made.dataset, made.version) for made in unit.deliveries.of_job(job.id)}


def paid(unit: Unit, job: Job) -> Collection[tuple[str, int, str]]:
    """Datasets, versions and contracts that a run of it, or of a job submitted in one file with it, had: what comes in
    one file is one use, paid and counted once."""
    return {(made.dataset, made.version, made.contract or "") for made in unit.deliveries.of_work(job.id)}


def _paid_as(use: DataUse) -> tuple[str, int, str]:
    return use.dataset, use.version, use.contract


def data_files(unit: Unit, job: Job) -> tuple[DataFile, ...]:
    """The files of its data, for the plan of a run."""
    found: list[DataFile] = []
    for use in data_of(job):
        key = DatasetId(use.dataset)
        parts = unit.datasets.version(key, use.version).parts
        found += files_of(use.target, unit.datasets.get(key).name, parts)
    return tuple(found)


def revoked(unit: Unit, job: Job) -> Denial | None:
    """Why nothing of its data may be given or released any more."""
    contracts = [unit.contracts.get(use.contract) for use in data_of(job) if use.contract]
    return next(filter(None, (lapsed(contract, unit.at) for contract in contracts)), None)


def _files(use: DataUse, one: Brought) -> tuple[DataFile, ...]:
    return files_of(use.target, one.dataset.name, one.version.parts)
