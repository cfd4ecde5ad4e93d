"""Who pays for a job, and the money set aside before and while it runs."""

from collections.abc import Mapping, Sequence

from gridtie.dispatch.record import Job
from gridtie.errors import BankUnusable, InsufficientFunds, InsufficientHours, NotFound, VoucherUnusable
from gridtie.ledger.account import MONEY, balance_of, bank_of, voucher_account
from gridtie.ledger.settlement import Payer, hold_for, needs_more
from gridtie.ledger.transfer import Transfer
from gridtie.ledger.voucher import Voucher, highest_price, why_unusable
from gridtie.registry.parts import share_of, whole_of
from gridtie.store.unit import Unit
from gridtie.values.ids import JobId, OrganisationId, ResourceId, RunId
from gridtie.values.money import Micros, format_money, price_for

PREFIX = "voucher:"


def _vouchers(unit: Unit, job: Job) -> list[Voucher]:
    """The vouchers a job names. Raises VoucherUnusable without telling what is somebody else's business."""
    found = []
    for name in job.spec.budget.pay_with:
        if not name.startswith(PREFIX):
            continue
        try:
            voucher = unit.vouchers.find(name.removeprefix(PREFIX))
        except NotFound:
            raise VoucherUnusable(reason=f"{name.removeprefix(PREFIX)} does not exist, or is not yours") from None
        if reason := why_unusable(voucher, organisation=job.organisation, at=unit.at, purpose=job.spec.purpose):
            raise VoucherUnusable(reason=f"{voucher.name}: {reason}")
        found.append(voucher)
    return found


def check_payers(unit: Unit, job: Job) -> None:
    """Raises InsufficientFunds when nothing that may pay has anything left, VoucherUnusable for a wrong voucher,
    BankUnusable for a job that cannot be a withdrawal, InsufficientHours when it has nothing to withdraw."""
    if job.spec.budget.by_bank:
        _check_withdrawal(job)
        chips = sorted({alternative.chip for alternative in job.spec.alternatives})
        if not any(unit.ledger.balance(bank_of(job.organisation, chip)).available > 0 for chip in chips):
            raise InsufficientHours(needed="more than 0.00", available="0.00", detail=f"hours of {' or '.join(chips)}")
        return
    vouchers = _vouchers(unit, job)
    available = sum(unit.ledger.balance(voucher_account(v.id)).available for v in vouchers)
    if "balance" in job.spec.budget.pay_with:
        available += unit.ledger.balance(balance_of(job.organisation)).available
    if available <= 0:
        payers = ", ".join(job.spec.budget.pay_with) or "nothing"
        raise InsufficientFunds(needed="more than 0.00", available="0.00", detail=f"paid with {payers}")


def _check_withdrawal(job: Job) -> None:
    """Raises BankUnusable for what has no meaning in hours."""
    budget = job.spec.budget
    if len(budget.pay_with) > 1:
        raise BankUnusable(reason="it counts hours and the other payers money; write pay_with: [bank] alone")
    limits = (budget.max_price, budget.max_total, *(a.max_hourly_cost for a in job.spec.alternatives))
    if any(limit is not None for limit in limits):
        raise BankUnusable(reason="the job limits its cost in money (max_price, max_total, max_hourly_cost)")
    if job.spec.mode == "auction":
        raise BankUnusable(reason="mode: auction bids money, and hours have one rate for all")


def price_cap(unit: Unit, job: Job) -> Micros | None:
    """The highest unit price a job may pay when only vouchers pay for it. Raises VoucherUnusable, BankUnusable."""
    if job.spec.budget.by_bank:
        _check_withdrawal(job)
    return None if "balance" in job.spec.budget.pay_with else highest_price(_vouchers(unit, job))


def payers_of(unit: Unit, job: Job, *, price: Micros, chip: str, hub: str) -> list[Payer]:
    """In the order the job names them; vouchers that may not pay this price or place are passed over.

    What a voucher says of chips and prices holds for whole accelerators, as what a job says of them.
    """
    payers, whole = [], Micros(price * share_of(chip))
    for name in job.spec.budget.pay_with:
        if name == "balance":
            code = balance_of(job.organisation)
            payers.append(Payer(code, unit.ledger.balance(code).available, "balance"))
            continue
        if name == "bank":
            code = bank_of(job.organisation, chip)
            payers.append(Payer(code, unit.ledger.balance(code).available, f"hours of {chip} in the bank"))
            continue
        voucher = unit.vouchers.find(name.removeprefix(PREFIX))
        unusable = why_unusable(
            voucher, organisation=job.organisation, at=unit.at, price=whole, chip=whole_of(chip), hub=hub,
            purpose=job.spec.purpose,
        )  # fmt: skip
        if unusable is None:
            code = voucher_account(voucher.id)
            payers.append(Payer(code, unit.ledger.balance(code).available, f"voucher {voucher.name}"))
    return payers


def holds_for_run(
    unit: Unit, job: Job, run: RunId, *, price: Micros, units: int, run_us: int, resource: str,
    spoken_for: Mapping[str, int],
) -> list[Transfer]:  # fmt: skip
    """What `run_us`, its expected time there, costs, within the job's whole budget, as holds that are not booked yet.

    `spoken_for`: what others of the same round take from an account. Raises InsufficientFunds.
    """
    needed, _ = price_for(price, units, run_us)
    if (limit := job.spec.budget.max_total) is not None:
        left = limit - sum(unit.receipts.amounts(job.id))
        if left <= 0:
            raise InsufficientFunds(needed=format_money(needed), available="0.00", detail="budget.max_total is used up")
        needed = Micros(min(needed, left))
    return _holds(unit, job, run, needed, price=price, resource=resource, part=0, spoken_for=spoken_for)


def book_holds(unit: Unit, job: Job, holds: Sequence[Transfer], *, held: int = 0) -> None:
    """`held`: what is held for the run already."""
    for transfer in holds:
        unit.ledger.post(transfer)
    unit.jobs.set(job.id, hold_total=held + sum(hold.amount for hold in holds))


def extend_hold(
    unit: Unit, key: JobId, run: RunId, *, price: Micros, units: int, elapsed_us: int, resource: str
) -> bool:
    """Before a run outlasts its hold, holds more. False: there is no money for it."""
    held = sum(hold.amount for hold in unit.ledger.pending_holds(key, run))
    needed: int = needs_more(held, price=price, units=units, elapsed_us=elapsed_us)
    if not needed:
        return True
    job = unit.jobs.get(key)
    spent, _ = price_for(price, units, elapsed_us)
    if (limit := job.spec.budget.max_total) is not None:
        left = limit - sum(unit.receipts.amounts(job.id)) - held
        needed = min(needed, left)
    if needed <= 0:
        return spent < held
    try:
        holds = _holds(unit, job, run, needed, price=price, resource=resource, part=held, spoken_for={})
    except InsufficientFunds:
        return spent < held
    book_holds(unit, job, holds, held=held)
    return True


def _holds(
    unit: Unit, job: Job, run: RunId, needed: int, *, price: Micros, resource: str, part: int,
    spoken_for: Mapping[str, int],
) -> list[Transfer]:  # fmt: skip
    sold = unit.resources.get(ResourceId(resource))
    payers = [
        Payer(payer.account, payer.available - spoken_for.get(payer.account, 0), payer.words)
        for payer in payers_of(unit, job, price=price, chip=sold.chip, hub=sold.hub)
    ]
    seller, by_bank = OrganisationId(sold.organisation), job.spec.budget.by_bank
    try:
        return hold_for(
            needed, payers, seller=seller, job=job.id, run=run, at=unit.at, part=part,
            asset=sold.chip if by_bank else MONEY,
        )  # fmt: skip
    except InsufficientFunds as short:
        if by_bank:
            have, detail = short.params["available"], short.params["detail"]
            raise InsufficientHours(needed=format_money(needed), available=have, detail=detail) from None
        raise
