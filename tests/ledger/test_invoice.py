import csv
import io
from datetime import UTC, datetime, timedelta

from gridtie.ledger.account import CASH, GRANTS, balance_of, earnings_of, voucher_account
from gridtie.ledger.invoice import statement, to_csv, to_json
from gridtie.ledger.transfer import Transfer
from gridtie.values.ids import OrganisationId, TransferId, VoucherId, derived_id
from gridtie.values.period import Period

MAY = datetime(2026, 5, 1, tzinfo=UTC)
PERIOD = Period(MAY, MAY + timedelta(days=31))
LAB, FARM = (OrganisationId(derived_id("org", name)) for name in ("lab", "farm"))
PURSE, EARNING = balance_of(LAB), earnings_of(FARM)
GRANT = voucher_account(VoucherId(derived_id("voucher", 1)))
HOLD = TransferId(derived_id("tx", "hold"))


def tx(debit: str, credit: str, amount: int, kind: str, day: int, memo: str = "", **rest: object) -> Transfer:
    key = TransferId(derived_id("tx", debit, credit, amount, kind, day))
    at = MAY + timedelta(days=day)
    return Transfer(id=key, debit=debit, credit=credit, amount=amount, kind=kind, at=at, memo=memo, **rest)  # type: ignore[arg-type]


BOOKS = [
    tx(CASH, PURSE, 50_000_000, "deposit", -3),
    tx(CASH, PURSE, 10_000_000, "deposit", 2, memo='=HYPERLINK("http://x")'),
    tx(GRANTS, GRANT, 20_000_000, "voucher-issue", 3),
    tx(PURSE, EARNING, 9_000_000, "hold", 4),
    tx(PURSE, EARNING, 7_500_000, "post", 5, pending=HOLD, job="job_1", memo="-2+3"),
    tx(GRANT, EARNING, 1_000_000, "post", 5, pending=HOLD, job="job_1"),
    tx(EARNING, PURSE, 500_000, "refund", 6, job="job_1"),
    tx(CASH, PURSE, 1, "deposit", 31),
]
OURS = (PURSE, GRANT)


def test_opening_and_lines_make_closing_and_the_end_belongs_to_the_next_period():
    made = statement(BOOKS, OURS, PERIOD)
    assert (made.opening, made.closing) == (50_000_000, 72_000_000)
    assert made.opening + sum(line.amount for line in made.lines) == made.closing == made.lines[-1].balance
    after = statement(BOOKS, OURS, Period(PERIOD.end, PERIOD.end + timedelta(days=1)))
    assert (after.opening, after.closing) == (made.closing, made.closing + 1)


def test_a_clock_that_stepped_back_moves_no_money_between_opening_and_lines():
    late = [BOOKS[1], BOOKS[0], *BOOKS[2:]]
    made = statement(late, OURS, PERIOD)
    assert (made.opening, made.closing) == (50_000_000, 72_000_000)


def test_money_between_accounts_of_one_organisation_is_no_line():
    assert statement(BOOKS, (*OURS, EARNING), PERIOD).closing == 80_000_000


def test_a_voucher_pays_the_cost_but_not_the_bill_and_a_refund_is_a_correction():
    rows = to_json(statement(BOOKS, OURS, PERIOD))["lines"]
    by_kind = [(row["kind"], row["ContractedCost"], row["BilledCost"], row["ChargeClass"]) for row in rows]
    assert by_kind == [
        ("deposit", None, None, None),
        ("voucher-issue", None, None, None),
        ("post", "7.50", "7.50", None),
        ("post", "1.00", "0.00", None),
        ("refund", "-0.50", "-0.50", "Correction"),
    ]


def test_what_a_seller_earns_is_no_charge_to_him():
    rows = to_json(statement(BOOKS, (EARNING,), PERIOD))["lines"]
    assert [row["BilledCost"] for row in rows] == [None, None, None]


def test_a_spreadsheet_runs_no_cell_of_it_and_numbers_stay_numbers():
    rows = list(csv.DictReader(io.StringIO(to_csv(statement(BOOKS, OURS, PERIOD)))))
    assert rows[0]["memo"] == '\'=HYPERLINK("http://x")'
    assert rows[2]["memo"] == "'-2+3"
    assert rows[2]["amount"] == "-7.50"
    assert to_csv(statement([], OURS, PERIOD)).startswith("at,kind,job")
