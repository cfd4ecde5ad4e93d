"""Who is entitled to more, as data that a round records in its book's parameters, so that a replay sees the same.

    fair_weights       organisation → how much its needs count against others' (1 where it is not named)
    fair_credits       organisation → unit-hours it lent less those it borrowed; weighs it up or down
    fair_credit_scale  unit-hours: who lent so much more than it borrowed counts double, who borrowed it half

What a clearing rule sees of it are weights by request. The reserve of an owner in his own pool is data of the pool: see
`owner_first`. Tokens are the currency of a community that trades without money: what a purse may spend is the ledger's
to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gridtie.errors import InvalidBook
from gridtie.market.clearing import Book
from gridtie.values.ids import OrganisationId, RequestId
from gridtie.values.money import Micros

PPM = 1_000_000
WEIGHT_MAX = 1_000_000  # times the usual; beyond it nobody else would count
CREDIT_FACTOR_MAX = 4  # however much somebody lent or borrowed
_HOUR_US = 3_600_000_000


# ── weights ───────────────────────────────────────────────────────────────────────────────────────────────────────
def weights(book: Book) -> Mapping[RequestId, int]:
    """In millionths of the usual, of each request: what its organisation's needs count. Raises InvalidBook."""
    of = {organisation: weight_of(book.parameters, organisation) for organisation in
          {request.organisation for request in book.requests}}  # fmt: skip
    return {request.id: of[request.organisation] for request in book.requests}


def weighed(book: Book) -> bool:
    """Whether anybody counts more than another."""
    return len(set(weights(book).values())) > 1


def weight_of(parameters: Mapping[str, Any], organisation: OrganisationId) -> int:
    """In millionths; at least 1. Raises InvalidBook for figures that make no sense."""
    own = _number(parameters, "fair_weights", organisation, 1)
    if not 0 < own <= WEIGHT_MAX:
        raise InvalidBook(
            field=f"fair_weights[{organisation}]", message=f"a weight is above 0 and at most {WEIGHT_MAX}"
        )
    credit = _number(parameters, "fair_credits", organisation, 0)
    scale = parameters.get("fair_credit_scale", 0)
    if credit and not (isinstance(scale, int) and scale > 0):
        raise InvalidBook(field="fair_credit_scale", message="credits weigh only against a scale above 0")
    factor = (scale + max(credit, 0)) / (scale + max(-credit, 0)) if credit else 1
    return max(1, round(own * min(max(factor, 1 / CREDIT_FACTOR_MAX), CREDIT_FACTOR_MAX) * PPM))


def _number(parameters: Mapping[str, Any], name: str, organisation: OrganisationId, usual: int) -> float:
    table = parameters.get(name, {})
    if not isinstance(table, Mapping):
        raise InvalidBook(field=name, message="it names organisations and a number for each")
    value = table.get(organisation, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:  # also NaN
        raise InvalidBook(field=f"{name}[{organisation}]", message=f"{value!r} is not a number that can be used")
    return value


# ── tokens ────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPolicy:
    """Equal tokens for equal members, again and again. What is not used is kept up to `carry_over`, the rest lapses."""

    refresh: Micros
    every: timedelta
    carry_over: Micros

    def __post_init__(self) -> None:
        if self.every <= timedelta(0):
            raise InvalidBook(field="every", message="tokens are refreshed after a time above 0")
        for name in ("refresh", "carry_over"):
            if getattr(self, name) < 0:
                raise InvalidBook(field=name, message="it must not be negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    balance: Micros
    refreshed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    purse: Purse
    minted: Micros
    lapsed: Micros


def refreshed(policy: TokenPolicy, purse: Purse, at: datetime, *, weight_ppm: int = PPM) -> Refresh:
    """The purse after every refresh that is due by `at`: nothing before the first is over, and twice is once.

    old balance + minted = new balance + lapsed.
    """
    due = max((at - purse.refreshed_at) // policy.every, 0)
    if not due:
        return Refresh(purse=purse, minted=Micros(0), lapsed=Micros(0))
    income = policy.refresh * weight_ppm // PPM
    kept = min(policy.carry_over, purse.balance + (due - 1) * income)  # of the last period; the earlier ones likewise
    balance, minted = kept + income, due * income
    renewed = Purse(balance=Micros(balance), refreshed_at=purse.refreshed_at + due * policy.every)
    return Refresh(purse=renewed, minted=Micros(minted), lapsed=Micros(purse.balance + minted - balance))
