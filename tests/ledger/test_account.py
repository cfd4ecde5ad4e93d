import pytest

from gridtie.errors import NotFound
from gridtie.ledger.account import (
    MONEY,
    asset_in,
    asset_of,
    balance_of,
    bank_of,
    earnings_of,
    income_of,
    lent_to,
    may_overdraw,
    owner_of,
    parse_account,
    rounding_of,
    voucher_account,
)
from gridtie.values.ids import OrganisationId, VoucherId, derived_id

LAB = OrganisationId(derived_id("org", "lab"))
GRANT = VoucherId(derived_id("voucher", "grant"))


@pytest.mark.parametrize(
    ("code", "kind", "owner", "side"),
    [
        ("cash", "cash", None, "debit"),
        ("grants", "grants", None, "debit"),
        ("fees", "fees", None, "credit"),
        ("rounding", "rounding", None, "credit"),
        (balance_of(LAB), "balance", LAB, "credit"),
        (earnings_of(LAB), "earnings", LAB, "credit"),
        (voucher_account(GRANT), "voucher", GRANT, "credit"),
        (bank_of(LAB, "nv-h100"), "bank", LAB, "credit"),
        (lent_to(LAB, "nv-h100"), "lent", LAB, "debit"),
        (rounding_of("nv-h100"), "bank-rounding", None, "credit"),
    ],
)
def test_every_code_of_the_chart_is_read_back(code, kind, owner, side):
    account = parse_account(code)
    assert (account.code, account.kind, account.owner, account.normal_side) == (code, kind, owner, side)
    assert owner_of(code) == owner
    assert account.may_overdraw == may_overdraw(code)


def test_what_a_customer_owns_is_never_overdrawn():
    owned = (balance_of(LAB), earnings_of(LAB), voucher_account(GRANT), bank_of(LAB, "cpu"), "fees")
    assert not any(may_overdraw(code) for code in owned)


def test_hours_are_of_their_chip_and_everything_else_is_money():
    assert {asset_of(code(LAB, "nv-h100")) for code in (bank_of, lent_to)} == {"nv-h100"}
    assert (asset_of(rounding_of("cpu")), rounding_of(MONEY), asset_of(balance_of(LAB))) == ("cpu", "rounding", MONEY)
    assert (income_of(LAB, asset_in("CNY")), income_of(LAB, asset_in("bank:cpu"))) == (
        earnings_of(LAB), bank_of(LAB, "cpu"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "code",
    [
        "",
        "Cash",
        "cash ",
        "org:lab:balance",
        balance_of(LAB) + "x",
        f"org:{LAB}:loan",
        "cash\n",
        bank_of(LAB, ""),
        bank_of(LAB, "A:b"),
        "bank-rounding:",
    ],
)
def test_a_code_outside_the_chart_is_refused(code):
    with pytest.raises(NotFound):
        parse_account(code)
