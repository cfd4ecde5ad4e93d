"""The chart of accounts. A balance is credits minus debits, in micro-units of the exchange's currency."""

import re

from gridtie.errors import NotFound
from gridtie.values.ids import OrganisationId, VoucherId

CASH = "cash"  # money that came from outside: always as far below zero as the books hold above it
GRANTS = "grants"  # where vouchers come from
FEES = "fees"
ROUNDING = "rounding"

_OVERDRAWN = frozenset({CASH, GRANTS, ROUNDING})
_CODE = re.compile(r"cash|grants|fees|rounding|org:org_[0-9a-z]{26}:(balance|earnings)|voucher:voucher_[0-9a-z]{26}")


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
    if not _CODE.fullmatch(code):
        raise NotFound(noun="account", key=code)


def owner_of(code: str) -> str | None:
    """The organisation or voucher an account belongs to; None: the exchange's own."""
    kind, _, rest = code.partition(":")
    return rest.removesuffix(":balance").removesuffix(":earnings") if kind in ("org", "voucher") else None
