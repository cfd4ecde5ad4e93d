from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gridtie.errors import InsufficientFunds
from gridtie.ledger.account import FEES, balance_of, earnings_of, voucher_account
from gridtie.ledger.settlement import Payer, hold_for, needs_more, refund, release, settle
from gridtie.ledger.transfer import FEE, POST, REFUND, VOID
from gridtie.metering.receipt import Receipt
from gridtie.metering.usage import Billed, Usage
from gridtie.values.ids import JobId, OrganisationId, ReceiptId, RunId, SiteId, VoucherId, derived_id
from gridtie.values.money import Micros
from gridtie.values.period import Period

AT = datetime(2026, 5, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAB, FARM = (OrganisationId(derived_id("org", name)) for name in ("lab", "farm"))
GRANT = voucher_account(VoucherId(derived_id("voucher", "grant")))
PURSE, EARNING = balance_of(LAB), earnings_of(FARM)
RECEIPT = Receipt(
    id=ReceiptId(derived_id("rcpt", 1)),
    run=RunId(derived_id("run", 1)),
    job=JobId(derived_id("job", 1)),
    epoch=1,
    organisation=LAB,
    seller=FARM,
    site=SiteId(derived_id("site", 1)),
    site_name="aurora",
    state="succeeded",
    unit="accelerator-hour",
    price=Micros(1000),
    currency="CNY",
    usage=Usage((Billed(Period(AT, AT + HOUR), 1),)),
)


def holds(needed: int, *payers: tuple[str, int], part: int = 0):
    listed = [Payer(account, available, account[:7]) for account, available in payers]
    return hold_for(needed, listed, seller=FARM, job=RECEIPT.job, run=RECEIPT.run, at=AT, part=part)


def shown(transfers, kind):
    return [(transfer.debit, transfer.amount) for transfer in transfers if transfer.kind == kind]


def test_payers_hold_in_their_order_and_each_only_what_it_has():
    assert [(h.debit, h.amount) for h in holds(100, (GRANT, 70), (PURSE, 500))] == [(GRANT, 70), (PURSE, 30)]
    assert [(h.debit, h.amount) for h in holds(100, (GRANT, 0), (PURSE, 500))] == [(PURSE, 100)]
    assert [(h.debit, h.amount) for h in holds(71, (GRANT, 70), (PURSE, 500))] == [(GRANT, 70), (PURSE, 1)]


def test_too_little_is_refused_with_what_each_payer_has():
    with pytest.raises(InsufficientFunds) as refused:
        holds(40_000_000, (GRANT, 20_000_000), (PURSE, 11_200_000))
    assert refused.value.message == "needs a hold of 40.00, 31.20 is available"
    assert refused.value.reason == "voucher 20.00, org:org 11.20"


def test_the_first_payer_pays_all_it_holds_before_the_next_even_from_later_holds():
    made = [*holds(800, (GRANT, 300), (PURSE, 5000)), *holds(900, (GRANT, 500), (PURSE, 5000), part=1)]
    transfers = settle(RECEIPT, made, seller=FARM, fee_ppm=20_000, at=AT)
    assert shown(transfers, POST) == [(GRANT, 300), (GRANT, 500), (PURSE, 200)]
    assert shown(transfers, VOID) == [(PURSE, 400)]
    assert shown(transfers, FEE) == [(EARNING, 20)]


def test_settling_again_makes_the_same_transfers():
    made = holds(1500, (PURSE, 5000))
    once, later = (settle(RECEIPT, made, seller=FARM, fee_ppm=20_000, at=at) for at in (AT, AT + HOUR))
    assert [t.id for t in once] == [t.id for t in later]
    assert len({t.id for t in once}) == len(once)


def test_a_receipt_beyond_its_holds_is_refused_unless_capped():
    made = holds(900, (PURSE, 5000))
    with pytest.raises(InsufficientFunds):
        settle(RECEIPT, made, seller=FARM, fee_ppm=0, at=AT)
    capped = replace(RECEIPT, limit=Micros(900))
    assert shown(settle(capped, made, seller=FARM, fee_ppm=0, at=AT), POST) == [(PURSE, 900)]


def test_a_single_micro_unit_is_given_back_and_so_is_its_part_of_the_fee():
    settled = settle(RECEIPT, holds(1500, (PURSE, 5000)), seller=FARM, fee_ppm=20_000, at=AT)
    lost = Period(AT + HOUR - timedelta(seconds=3.6), AT + HOUR)  # a thousandth of an hour at 1000 micro-units
    back = refund(RECEIPT, [lost], settled, reason="lost", at=AT)
    assert shown(back, REFUND) == [(FEES, 1), (EARNING, 1)]


def test_a_run_that_cost_nothing_returns_every_hold():
    made = holds(900, (GRANT, 300), (PURSE, 5000))
    nothing = replace(RECEIPT, usage=Usage())
    assert {t.kind for t in settle(nothing, made, seller=FARM, fee_ppm=20_000, at=AT)} == {VOID}
    assert [t.amount for t in release(made, at=AT)] == [300, 600]


def test_a_refund_goes_to_the_last_payer_first_and_takes_the_fee_along():
    made = holds(1000, (GRANT, 700), (PURSE, 5000))
    settled = settle(RECEIPT, made, seller=FARM, fee_ppm=100_000, at=AT)
    lost = [Period(AT + HOUR / 2, AT + 2 * HOUR)]
    back = refund(RECEIPT, lost, settled, reason="the site lost it", at=AT)
    assert [(t.debit, t.credit, t.amount) for t in back] == [
        (FEES, EARNING, 50),
        (EARNING, PURSE, 300),
        (EARNING, GRANT, 200),
    ]
    assert refund(RECEIPT, lost, [*settled, *back], reason="the site lost it", at=AT) == []
    rest = refund(RECEIPT, [Period(AT, AT + HOUR)], [*settled, *back], reason="all of it", at=AT)
    assert [(t.credit, t.amount) for t in rest if t.kind == REFUND] == [(EARNING, 50), (GRANT, 500)]
    assert not {t.id for t in rest} & {t.id for t in back}


def test_a_hold_grows_only_when_the_next_half_minute_is_not_covered():
    rate = {"price": Micros(3_600_000), "units": 1}  # 1000 micro-units a second
    assert needs_more(60_000, elapsed_us=29_000_000, **rate) == 0
    assert needs_more(60_000, elapsed_us=31_000_000, **rate) == 31_000
    assert needs_more(400_000, elapsed_us=399_000_000, **rate) == 100_000
    assert needs_more(0, price=Micros(0), units=8, elapsed_us=10**12) == 0
