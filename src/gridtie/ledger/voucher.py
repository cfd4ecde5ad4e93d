"""Earmarked money: for one holder, in a window, for some chips, hubs and a purpose, up to a highest unit price.

Seller and price are as for any other money. A voucher is worth what its account holds: it is issued by a transfer
from `grants`, and what it does not spend goes back there when it expires or is revoked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gridtie.errors import VoucherUnusable
from gridtie.ledger.account import GRANTS, voucher_account
from gridtie.ledger.balance import Balance, Fold
from gridtie.ledger.transfer import EXPIRE, ISSUE, REVOKE, Transfer
from gridtie.values.ids import OrganisationId, TransferId, VoucherId, derived_id
from gridtie.values.money import Micros, format_money
from gridtie.values.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    id: VoucherId
    name: str
    issuer: OrganisationId
    holder: OrganisationId
    amount: Micros
    max_unit_price: Micros | None
    window: Period
    chips: tuple[str, ...] = ()  # empty: any
    hubs: tuple[str, ...] = ()
    purpose: str = ""  # of the jobs it pays for; empty: any


def why_unusable(
    voucher: Voucher,
    *,
    organisation: OrganisationId,
    at: datetime,
    price: Micros | None = None,
    chip: str | None = None,
    hub: str | None = None,
    purpose: str | None = None,
) -> str | None:
    """The first reason why this voucher cannot pay, as a sentence; None when it can.

    What is not known yet is not asked. What is not its holder's business is not told: a voucher of somebody else
    simply cannot be used.
    """
    if organisation != voucher.holder:
        return "it does not exist, or is not yours"
    if at < voucher.window.start:
        return f"it is valid from {voucher.window.start:%Y-%m-%d}"
    if at >= voucher.window.end:
        return f"it expired on {voucher.window.end:%Y-%m-%d}"
    if purpose is not None and voucher.purpose and purpose != voucher.purpose:
        return f"it pays only for jobs with the purpose {voucher.purpose}"
    if chip is not None and voucher.chips and chip not in voucher.chips:
        return f"it pays only for {', '.join(voucher.chips)}"
    if hub is not None and voucher.hubs and hub not in voucher.hubs:
        return f"it pays only in {', '.join(voucher.hubs)}"
    if price is not None and voucher.max_unit_price is not None and price > voucher.max_unit_price:
        return f"it pays at most {format_money(voucher.max_unit_price)} per unit-hour"
    return None


def highest_price(vouchers: Sequence[Voucher]) -> Micros | None:
    """What a request paid by these vouchers alone may cost per unit-hour; None: no limit.

    A grant never bids above its maximum, so vouchers cannot inflate the market.
    """
    limits = [voucher.max_unit_price for voucher in vouchers]
    if not limits or any(limit is None for limit in limits):
        return None
    return max(limit for limit in limits if limit is not None)


def issue(voucher: Voucher, *, at: datetime) -> Transfer:
    """Books what the voucher is worth. Raises AmountOutOfRange."""
    return Transfer(
        id=TransferId(derived_id("tx", ISSUE, voucher.id)),
        debit=GRANTS,
        credit=voucher_account(voucher.id),
        amount=voucher.amount,
        kind=ISSUE,
        at=at,
        memo=f"voucher {voucher.name}",
    )


def take_back(voucher: Voucher, balance: Balance, *, at: datetime, revoke: bool = False) -> Transfer | None:
    """Returns to `grants` what is free of a voucher that has expired, or that its issuer revokes; None: nothing is.

    What is held for runs stays until they end, and a refund may come later still: call it again then. Raises
    VoucherUnusable when it is neither over nor to be revoked.
    """
    if not revoke and at < voucher.window.end:
        raise VoucherUnusable(
            reason=f"{voucher.name} is valid until {voucher.window.end:%Y-%m-%d}, so it cannot expire"
        )
    if balance.available <= 0:
        return None
    kind = REVOKE if revoke else EXPIRE
    return Transfer(
        id=TransferId(derived_id("tx", kind, voucher.id, balance.credits, balance.debits)),
        debit=voucher_account(voucher.id),
        credit=GRANTS,
        amount=balance.available,
        kind=kind,
        at=at,
        memo=f"voucher {voucher.name} {'was revoked' if revoke else 'expired'}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherBook:
    """Where a voucher's money is. issued = spent + held + free + expired + revoked, always."""

    issued: int
    spent: int  # refunds taken off
    held: int
    free: int
    expired: int
    revoked: int


def book_of(voucher: Voucher, transfers: Iterable[Transfer]) -> VoucherBook:
    """Read off every transfer of its account, in order. `spent` is counted from the transfers, not as what is left."""
    code = voucher_account(voucher.id)
    fold = Fold()
    moved = {ISSUE: 0, EXPIRE: 0, REVOKE: 0}
    spent = 0
    for transfer in transfers:
        if code not in (transfer.debit, transfer.credit):
            continue
        before = fold.balances.get(code, Balance()).posted
        fold.apply(transfer)
        change = fold.balances[code].posted - before
        if transfer.kind in moved:
            moved[transfer.kind] += abs(change)
        else:
            spent -= change
    balance = fold.balances.get(code, Balance())
    return VoucherBook(
        issued=moved[ISSUE],
        spent=spent,
        held=balance.held,
        free=balance.available,
        expired=moved[EXPIRE],
        revoked=moved[REVOKE],
    )
