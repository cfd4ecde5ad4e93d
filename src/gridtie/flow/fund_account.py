"""Money comes in from outside, and earmarked money from grants."""

from typing import Any

from gridtie.errors import AlreadyExists, NotFound
from gridtie.ledger.account import CASH, GRANTS, balance_of, voucher_account
from gridtie.ledger.transfer import Transfer
from gridtie.ledger.voucher import Voucher
from gridtie.store.unit import Unit
from gridtie.values.ids import OrganisationId, TransferId, VoucherId
from gridtie.values.money import Micros, format_money
from gridtie.values.period import Period


def top_up(unit: Unit, organisation: OrganisationId, amount: int, *, memo: str) -> dict[str, Any]:
    """Books a deposit; the balance before and after it."""
    code = balance_of(organisation)
    before = unit.ledger.balance(code)
    key = TransferId(unit.new_id("tx"))
    unit.ledger.post(Transfer(id=key, debit=CASH, credit=code, amount=amount, kind="deposit", at=unit.at, memo=memo))
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
) -> Voucher:  # fmt: skip
    """Raises AlreadyExists when the name is taken."""
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
    )
    unit.vouchers.add(made)
    key = TransferId(unit.new_id("tx"))
    unit.ledger.post(
        Transfer(
            id=key,
            debit=GRANTS,
            credit=voucher_account(made.id),
            amount=amount,
            kind="voucher-issue",
            at=unit.at,
            memo=f"voucher {name}",
        )
    )
    unit.note("voucher.issued", made.id, organisation=holder, name=name, amount=format_money(amount))
    return made
