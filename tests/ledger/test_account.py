import pytest

from gridtie.errors import NotFound
from gridtie.ledger.account import balance_of, earnings_of, may_overdraw, owner_of, parse_account, voucher_account
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
    ],
)
def test_every_code_of_the_chart_is_read_back(code, kind, owner, side):
    account = parse_account(code)
    assert (account.code, account.kind, account.owner, account.normal_side) == (code, kind, owner, side)
    assert owner_of(code) == owner
    assert account.may_overdraw == may_overdraw(code)


def test_what_a_customer_owns_is_never_overdrawn():
    assert not any(may_overdraw(code) for code in (balance_of(LAB), earnings_of(LAB), voucher_account(GRANT), "fees"))


@pytest.mark.parametrize(
    "code", ["", "Cash", "cash ", "org:lab:balance", balance_of(LAB) + "x", f"org:{LAB}:loan", "cash\n"]
)
def test_a_code_outside_the_chart_is_refused(code):
    with pytest.raises(NotFound):
        parse_account(code)
