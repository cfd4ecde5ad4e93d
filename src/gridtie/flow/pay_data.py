"""Data is paid for at once, from the consumer's balance to the provider's earnings, less the exchange's fee."""

from gridtie.data.contract import Contract
from gridtie.errors import DataUnpaid
from gridtie.flow.exchange import Exchange
from gridtie.ledger.account import FEES, balance_of, earnings_of
from gridtie.ledger.settlement import fee_of
from gridtie.ledger.transfer import CHARGE, FEE, Transfer
from gridtie.store.unit import Unit
from gridtie.values.ids import TransferId, derived_id
from gridtie.values.money import Micros, format_money


def pay_data(unit: Unit, exchange: Exchange, contract: Contract, amount: Micros, *, subject: str, memo: str) -> None:
    """`subject` is what is paid for, once: its transfers follow from it. Raises DataUnpaid."""
    if amount <= 0:
        return
    have = unit.ledger.balance(balance_of(contract.consumer)).available
    if have < amount:
        what = f"this {memo} of {contract.dataset_name}"
        raise DataUnpaid(needed=format_money(amount), available=format_money(max(have, 0)), detail=what)
    words = f"data {contract.dataset_name}, {memo} {subject}"
    earnings = earnings_of(contract.provider)
    unit.ledger.post(
        Transfer(
            id=TransferId(derived_id("tx", CHARGE, subject)),
            debit=balance_of(contract.consumer),
            credit=earnings,
            amount=amount,
            kind=CHARGE,
            at=unit.at,
            memo=words,
        )
    )
    if fee := fee_of(amount, exchange.settings.fee_ppm):
        key = TransferId(derived_id("tx", FEE, subject))
        share = f"fee of {format_money(exchange.settings.fee_ppm * 100)} % on {words}"
        unit.ledger.post(Transfer(id=key, debit=earnings, credit=FEES, amount=fee, kind=FEE, at=unit.at, memo=share))
