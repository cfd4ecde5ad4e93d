"""The chart of accounts. A balance is credits minus debits, in micro-units of the exchange's currency.

    cash                   money from outside: as far below zero as the books hold paid-in money
    grants                 where vouchers come from: as far below zero as they are worth
    fees                   what the exchange earned
    rounding               whole micro-units that rounding left, either sign
    org:<id>:balance       what an organisation may spend
    org:<id>:earnings      what it earned with its sites
    voucher:<id>           what is left of a voucher

Only the first four belong to the exchange. Nothing a customer owns is ever below zero, holds included.
"""

import re
from dataclasses import dataclass

from gridtie.errors import NotFound
from gridtie.values.ids import OrganisationId, VoucherId

CASH, GRANTS, FEES, ROUNDING = "cash", "grants", "fees", "rounding"

_OVERDRAWN = frozenset({CASH, GRANTS, ROUNDING})
_CODE = re.compile(
    r"(cash|grants|fees|rounding)|org:(org_[0-9a-z]{26}):(balance|earnings)|voucher:(voucher_[0-9a-z]{26})"
)


@dataclass(frozen=True, slots=True)
class Account:
    """A parsed code. `owner` is None for the exchange's own accounts."""

    code: str
    kind: str  # cash | grants | fees | rounding | balance | earnings | voucher
    owner: OrganisationId | VoucherId | None = None

    @property
    def may_overdraw(self) -> bool:
        return self.code in _OVERDRAWN

    @property
    def normal_side(self) -> str:
        """The side that makes it grow: cash and grants stand for claims on the outside world, the rest are owed."""
        return "debit" if self.code in (CASH, GRANTS) else "credit"


def parse_account(code: str) -> Account:
    """Raises NotFound for anything that is not in the chart."""
    match = _CODE.fullmatch(code)
    if match is None:
        raise NotFound(noun="account", key=code)
    own, organisation, part, voucher = match.groups()
    if own:
        return Account(code, own)
    if organisation:
        return Account(code, part, OrganisationId(organisation))
    return Account(code, "voucher", VoucherId(voucher))


def balance_of(organisation: OrganisationId) -> str:
    """What an organisation may spend."""
    return f"org:{organisation}:balance"


def earnings_of(organisation: OrganisationId) -> str:
    """What an organisation earned with its sites."""
    return f"org:{organisation}:earnings"


def voucher_account(voucher: VoucherId) -> str:
    return f"voucher:{voucher}"


def may_overdraw(code: str) -> bool:
    """Only accounts that stand for the outside world, or for rounding, may be below zero."""
    return code in _OVERDRAWN


def check_code(code: str) -> None:
    """Raises NotFound for anything that is not in the chart."""
    if _CODE.fullmatch(code) is None:
        raise NotFound(noun="account", key=code)


def owner_of(code: str) -> str | None:
    """The organisation or voucher an account belongs to; None: the exchange's own."""
    return parse_account(code).owner
