"""A contract on data: what both sides sign, what it allows now, and what a delivery of it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridtie.data.dataset import ACCESS, FLAT, RECORD, Part, Price
from gridtie.data.terms import Denial, Terms, Use, denied
from gridtie.errors import AmountOutOfRange
from gridtie.values.ids import ContractId, DatasetId, OrganisationId
from gridtie.values.money import MICROS_MAX, Micros, format_money
from gridtie.values.period import to_the_second

KIND = "data-contract"
PROVIDER, CONSUMER = "provider", "consumer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """Terms and price are those of the dataset when it was proposed, whatever becomes of them later. `place` and
    `purpose` are what the consumer declares and signs; `deliveries` how many were made."""

    id: ContractId
    dataset: DatasetId
    dataset_name: str
    provider: OrganisationId
    consumer: OrganisationId
    consumer_name: str
    purpose: str
    place: str
    hub: str
    terms: Terms
    price: Price
    start: datetime
    end: datetime
    state: str = "offered"
    reason: str = ""  # why it is suspended or ended
    deliveries: int = 0
    signatures: Sequence[Mapping[str, Any]] = ()
    created_at: datetime | None = None

    def signed_by(self, role: str) -> bool:
        return any(signature["role"] == role for signature in self.signatures)


def lapsed(contract: Contract, at: datetime) -> Denial | None:
    """Why nothing at all is allowed by it at that time."""
    if contract.state == "suspended":
        return Denial("suspended", f"the contract is suspended: {contract.reason}", "ask the data's owner")
    if contract.state != "active":
        said = f": {contract.reason}" if contract.reason else ""
        return Denial("not-active", f"the contract is {contract.state}{said}", _next_step(contract))
    if not contract.start <= at < contract.end:
        when = f"from {to_the_second(contract.start)} until {to_the_second(contract.end)}"
        return Denial("contract-over", f"the contract is for {when}", "make another contract")
    return None


def unusable(contract: Contract, use: Use) -> Denial | None:
    """Why this contract does not allow the use now; None: it does."""
    if (over := lapsed(contract, use.at)) is not None:
        return over
    if use.purpose != contract.purpose:
        return Denial("purpose", f"the contract is for {contract.purpose or 'no stated purpose'}, not {use.purpose}",
                      "make another contract for that purpose")  # fmt: skip
    return denied(contract.terms, use)


def charge(price: Price, fresh: Sequence[Part], *, again: bool) -> Micros:
    """What a delivery costs: `fresh` are the parts that it brings, `again` says that it goes on with one that was paid.

    Raises AmountOutOfRange.
    """
    amount = 0
    if price.kind == ACCESS and not again:
        amount = price.amount
    if price.kind == RECORD:
        amount = price.amount * sum(part.records or 0 for part in fresh)
    if amount > MICROS_MAX:
        raise AmountOutOfRange(amount=format_money(amount), reason="it is more than the books can carry")
    return Micros(amount)


def charge_words(price: Price) -> str:
    """Why a delivery costs what it does."""
    amount = format_money(price.amount)
    if price.kind == FLAT:
        return f"{amount} was paid when its contract began"
    each = {ACCESS: "use", RECORD: "record"}.get(price.kind)
    return f"{amount} for each {each}" if each else "free"


def at_start(price: Price) -> Micros:
    """What is paid when a contract becomes active."""
    return price.amount if price.kind == FLAT else Micros(0)


def _next_step(contract: Contract) -> str:
    match contract.state:
        case "offered":
            missing = PROVIDER if contract.signed_by(CONSUMER) else CONSUMER
            return f"it waits for the signature of its {missing}"
        case "agreed":
            return f"it begins on {to_the_second(contract.start)}, once what it costs is paid"
    return "make another contract"
