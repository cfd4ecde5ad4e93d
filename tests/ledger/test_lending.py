"""A loan stands beside what it lets somebody withdraw, and is paid back first, once, and never beyond what is owed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.errors import AmountOutOfRange, NotFound
from gridtie.ledger.account import bank_of, lent_to
from gridtie.ledger.balance import Balance, Fold
from gridtie.ledger.lending import lend, repay
from gridtie.metering.receipt import Receipt
from gridtie.metering.usage import Billed, Usage
from gridtie.values.ids import OrganisationId, TransferId, derived_id
from gridtie.values.period import Period

AT = datetime(2026, 5, 1, tzinfo=UTC)
LAB, BUYER = (OrganisationId(derived_id("org", name)) for name in ("lab", "buyer"))
KEY = TransferId(derived_id("tx", "loan"))


def earned(hours: int) -> Receipt:
    return Receipt(
        id=derived_id("rcpt", hours), run="run_1", job="job_1", epoch=1, organisation=BUYER, seller=LAB, site="site_1",
        site_name="north", state="succeeded", unit="core-hour", price=1_000_000, currency="bank:cpu",
        usage=Usage((Billed(Period(AT, AT.replace(hour=hours)), 1),)),
    )  # fmt: skip


def test_a_loan_gives_what_it_takes_from_an_account_that_may_be_below_zero() -> None:
    fold = Fold()
    fold.apply(lend(LAB, "cpu", 5, key=KEY, at=AT))
    assert (fold.balances[bank_of(LAB, "cpu")].posted, fold.balances[lent_to(LAB, "cpu")].posted) == (5, -5)
    assert fold.broken == []
    with pytest.raises(AmountOutOfRange):
        lend(LAB, "cpu", 0, key=KEY, at=AT)
    with pytest.raises(NotFound):
        lend(LAB, "no chip", 5, key=KEY, at=AT)


@given(st.integers(1, 23), st.integers(0, 30_000_000), st.integers(0, 30_000_000))
def test_what_is_paid_back_is_the_least_of_earned_free_and_owed(hours: int, free: int, owed: int) -> None:
    receipt = earned(hours)
    back = repay(receipt, Balance(credits=free), Balance(debits=owed), at=AT)
    assert (0 if back is None else back.amount) == min(hours * 1_000_000, free, owed)
    if back is not None:
        again = repay(receipt, Balance(credits=free), Balance(debits=owed), at=AT)
        assert (back.debit, back.credit, back.id) == (bank_of(LAB, "cpu"), lent_to(LAB, "cpu"), again.id)
