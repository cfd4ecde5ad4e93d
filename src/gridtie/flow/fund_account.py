"""Money comes in from outside, and earmarked money from grants."""

from dataclasses import replace
from typing import Any

from gridtie.errors import AlreadyExists, NotFound
from gridtie.ledger.account import CASH, balance_of, voucher_account
from gridtie.ledger.transfer import DEPOSIT, Transfer
from gridtie.ledger.voucher import Voucher, issue, take_back
from gridtie.store.unit import Unit
from gridtie.values.ids import OrganisationId, TransferId, VoucherId
from gridtie.values.money import Micros, format_money
from gridtie.values.period import Period


def top_up(unit: Unit, organisation: OrganisationId, amount: int, *, memo: str) -> dict[str, Any]:
    """Books a deposit; the balance before and after it."""
    code = balance_of(organisation)
    before = unit.ledger.balance(code)
    key = TransferId(unit.new_id("tx"))
    unit.ledger.post(Transfer(id=key, debit=CASH, credit=code, amount=amount, kind=DEPOSIT, at=unit.at, memo=memo))
    unit.note("ledger.toppedup", key, organisation=organisation, amount=format_money(amount), memo=memo)
    after = unit.ledger.balance(code)
    return {
        "id": key,
        "organisation": organisation,
        "amount": format_money(amount),
        "before": format_money(before.available),
        "after": format_money(after.available),
    }


def issue_voucher(
    unit: Unit, *, issuer: OrganisationId, holder: OrganisationId, name: str, amount: int,
    max_unit_price: Micros | None, window: Period, chips: tuple[str, ...], hubs: tuple[str, ...],
    purpose: str = "",
) -> Voucher:  # fmt: skip
    """`purpose` of the jobs it pays for; empty: any. Raises AlreadyExists when the name is taken."""
    try:
        unit.vouchers.find(name)
    except NotFound:
        pass
    else:
        raise AlreadyExists(noun="voucher", key=name)
    made = Voucher(
        id=VoucherId(unit.new_id("voucher")),
        name=name,
        issuer=issuer,
        holder=holder,
        amount=Micros(amount),
        max_unit_price=max_unit_price,
        window=window,
        chips=chips,
        hubs=hubs,
        purpose=purpose,
    )
    unit.vouchers.add(made)
    unit.ledger.post(issue(made, at=unit.at))
    unit.note("voucher.issued", made.id, organisation=holder, name=name, amount=format_money(amount))
    return made


def revoke_voucher(unit: Unit, voucher: Voucher) -> Voucher:
    """Ends its window now and takes back what is free of it. What runs goes on with the money held for it; what that
    leaves, or a refund brings, is taken back as from any voucher that is over. Ending it twice changes nothing."""
    if unit.at >= voucher.window.end:
        return voucher
    over = replace(voucher, window=Period(min(voucher.window.start, unit.at), unit.at))
    unit.vouchers.set_window(over)
    back = take_back(voucher, unit.ledger.balance(voucher_account(voucher.id)), at=unit.at, revoke=True)
    if back is not None:
        unit.ledger.post(back)
    unit.note("voucher.revoked", voucher.id, organisation=voucher.holder, name=voucher.name,
              returned=format_money(0 if back is None else back.amount))  # fmt: skip
    return over


def expire_vouchers(unit: Unit) -> int:
    """What is free on vouchers whose window is over goes back to where grants come from; of how many.

    Money held for a run stays until the run is settled, and is taken the next time.
    """
    taken = 0
    for voucher in unit.vouchers.with_money():
        if unit.at < voucher.window.end:
            continue
        back = take_back(voucher, unit.ledger.balance(voucher_account(voucher.id)), at=unit.at)
        if back is not None and unit.ledger.post(back):
            unit.note("voucher.expired", voucher.id, organisation=voucher.holder, name=voucher.name,
                      returned=format_money(back.amount))  # fmt: skip
            taken += 1
    return taken
