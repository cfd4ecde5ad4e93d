"""The chart of accounts. A balance is credits minus debits, in micro-units of the account's asset.

    cash                   money from outside: as far below zero as the books hold paid-in money
    grants                 where vouchers and tokens come from: as far below zero as they are worth
    fees                   what the exchange earned
    rounding               whole micro-units that rounding left, either sign
    org:<id>:balance       what an organisation may spend
    org:<id>:earnings      what it earned with its sites
    voucher:<id>           what is left of a voucher
    org:<id>:bank:<chip>   what it may withdraw from the compute bank, in reference hours of that chip
    org:<id>:lent:<chip>   what the bank lent it: as far below zero as it owes
    bank-rounding:<chip>   whole micro-hours that rounding left, either sign

The asset of the last three is the hours of their chip, of all others the exchange's currency. A transfer stays within
one asset, so each asset sums to zero by itself. Only the first four and the last belong to the exchange. Nothing a
customer owns is ever below zero, holds included.
"""

import re
from dataclasses import dataclass

from gridtie.errors import NotFound
from gridtie.values.ids import OrganisationId, VoucherId

CASH, GRANTS, FEES, ROUNDING = "cash", "grants", "fees", "rounding"

MONEY = ""  # the asset of every account but the bank's
BANK = "bank:"  # before the chip: the currency of a receipt that the compute bank paid

_OVERDRAWN = frozenset({CASH, GRANTS, ROUNDING})
_CHIP = r"[a-z0-9][a-z0-9-]{0,63}"
_CODE = re.compile(
    r"(cash|grants|fees|rounding)|org:(org_[0-9a-z]{26}):(balance|earnings)|voucher:(voucher_[0-9a-z]{26})"
    rf"|org:(org_[0-9a-z]{{26}}):(bank|lent):({_CHIP})|(bank-rounding):({_CHIP})"
)


@dataclass(frozen=True, slots=True)
class Account:
    """A parsed code. `owner` is None for the exchange's own accounts."""

    code: str
    kind: str  # cash | grants | fees | rounding | balance | earnings | voucher | bank | lent | bank-rounding
    owner: OrganisationId | VoucherId | None = None
    asset: str = MONEY  # or the chip whose hours it counts

    @property
    def may_overdraw(self) -> bool:
        return may_overdraw(self.code)

    @property
    def normal_side(self) -> str:
        """The side that makes it grow: cash and grants stand for claims on the outside world, the rest are owed."""
        return "debit" if self.kind in (CASH, GRANTS, "lent") else "credit"


def parse_account(code: str) -> Account:
    """Raises NotFound for anything that is not in the chart."""
    match = _CODE.fullmatch(code)
    if match is None:
        raise NotFound(noun="account", key=code)
    own, organisation, part, voucher, banker, hours, chip, rounding, rounded = match.groups()
    if own:
        return Account(code, own)
    if organisation:
        return Account(code, part, OrganisationId(organisation))
    if banker:
        return Account(code, hours, OrganisationId(banker), chip)
    if rounding:
        return Account(code, rounding, None, rounded)
    return Account(code, "voucher", VoucherId(voucher))


def balance_of(organisation: OrganisationId) -> str:
    """What an organisation may spend."""
    return f"org:{organisation}:balance"


def earnings_of(organisation: OrganisationId) -> str:
    """What an organisation earned with its sites."""
    return f"org:{organisation}:earnings"


def voucher_account(voucher: VoucherId) -> str:
    return f"voucher:{voucher}"


def bank_of(organisation: OrganisationId, chip: str) -> str:
    """What an organisation may withdraw, in reference hours of a chip."""
    return f"org:{organisation}:bank:{chip}"


def lent_to(organisation: OrganisationId, chip: str) -> str:
    """What an organisation owes the bank, below zero."""
    return f"org:{organisation}:lent:{chip}"


def asset_in(currency: str) -> str:
    """The asset of a receipt: a chip for hours of the bank, else money."""
    return currency.removeprefix(BANK) if currency.startswith(BANK) else MONEY


def income_of(organisation: OrganisationId, asset: str) -> str:
    """Where a seller is paid: money into his earnings; hours into the same account that he withdraws from."""
    return bank_of(organisation, asset) if asset else earnings_of(organisation)


def rounding_of(asset: str) -> str:
    return f"bank-rounding:{asset}" if asset else ROUNDING


def asset_of(code: str) -> str:
    """MONEY, or the chip whose hours an account counts. Raises NotFound."""
    return parse_account(code).asset


def may_overdraw(code: str) -> bool:
    """Only accounts that stand for the outside world, for what was lent, or for rounding, may be below zero."""
    return code in _OVERDRAWN or ":lent:" in code or code.startswith("bank-rounding:")


def owner_of(code: str) -> str | None:
    """The organisation or voucher an account belongs to; None: the exchange's own."""
    return parse_account(code).owner
