from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gridtie.errors import VoucherUnusable
from gridtie.ledger.account import GRANTS, voucher_account
from gridtie.ledger.balance import Balance
from gridtie.ledger.transfer import HOLD, Transfer
from gridtie.ledger.voucher import Voucher, book_of, highest_price, issue, take_back, why_unusable
from gridtie.values.ids import OrganisationId, TransferId, VoucherId, derived_id
from gridtie.values.money import Micros
from gridtie.values.period import Period

AT = datetime(2026, 5, 1, tzinfo=UTC)
LAB, OTHER = (OrganisationId(derived_id("org", name)) for name in ("lab", "other"))
VOUCHER = Voucher(
    id=VoucherId(derived_id("voucher", 1)),
    name="AI-2026",
    issuer=OTHER,
    holder=LAB,
    amount=Micros(100_000_000),
    max_unit_price=Micros(2_500_000),
    window=Period(AT, AT + timedelta(days=30)),
    chips=("a100-80g",),
    hubs=("gz",),
    purpose="research",
)
GOOD = {
    "organisation": LAB,
    "at": AT,
    "price": Micros(2_500_000),
    "chip": "a100-80g",
    "hub": "gz",
    "purpose": "research",
}


def test_a_voucher_pays_up_to_its_highest_unit_price_from_its_first_instant():
    assert why_unusable(VOUCHER, **GOOD) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"organisation": OTHER}, "it does not exist, or is not yours"),
        ({"at": AT - timedelta(microseconds=1)}, "it is valid from 2026-05-01"),
        ({"at": AT + timedelta(days=30)}, "it expired on 2026-05-31"),
        ({"purpose": "user"}, "it pays only for jobs with the purpose research"),
        ({"chip": "cpu"}, "it pays only for a100-80g"),
        ({"hub": "nmg"}, "it pays only in gz"),
        ({"price": Micros(2_500_001)}, "it pays at most 2.50 per unit-hour"),
    ],
)
def test_the_first_reason_against_it_is_a_sentence(change, reason):
    assert why_unusable(VOUCHER, **{**GOOD, **change}) == reason


def test_a_stranger_learns_nothing_about_it_whatever_else_is_wrong():
    assert why_unusable(VOUCHER, organisation=OTHER, at=AT + timedelta(days=99)) == "it does not exist, or is not yours"


def test_vouchers_alone_never_bid_above_their_highest():
    assert highest_price([VOUCHER, replace(VOUCHER, max_unit_price=Micros(9))]) == 2_500_000
    assert highest_price([VOUCHER, replace(VOUCHER, max_unit_price=None)]) is None
    assert highest_price([]) is None


def test_what_is_free_goes_back_when_it_is_over_and_what_is_held_stays():
    over = VOUCHER.window.end
    balance = Balance(credits=100, debits=30, held=20)
    with pytest.raises(VoucherUnusable):
        take_back(VOUCHER, balance, at=AT)
    back = take_back(VOUCHER, balance, at=over)
    assert back is not None
    assert (back.kind, back.debit, back.credit, back.amount) == (
        "voucher-expire",
        voucher_account(VOUCHER.id),
        GRANTS,
        50,
    )
    later = take_back(VOUCHER, Balance(credits=100, debits=80), at=over)
    assert later is not None
    assert later.amount == 20
    assert later.id != back.id
    assert take_back(VOUCHER, Balance(credits=100, debits=100), at=over) is None


def test_its_book_says_where_all_its_money_is():
    code = voucher_account(VOUCHER.id)
    held = Transfer(id=TransferId(derived_id("tx", 1)), debit=code, credit="fees", amount=40_000_000, kind=HOLD, at=AT)
    revoked = take_back(VOUCHER, Balance(credits=VOUCHER.amount, held=held.amount), at=AT, revoke=True)
    book = book_of(VOUCHER, [issue(VOUCHER, at=AT), held, revoked])
    assert (book.issued, book.spent, book.held, book.free) == (100_000_000, 0, 40_000_000, 0)
    assert (book.expired, book.revoked) == (0, 60_000_000)
