"""What a job cost: computing by its receipts, and beside it the data that was bought for it, which no site signs."""

from typing import Any

from gridtie.data.contract import charge_words
from gridtie.data.delivery import Delivery
from gridtie.store.unit import Unit
from gridtie.values.ids import JobId
from gridtie.values.money import format_money
from gridtie.views.receipt import receipt_view


def data_cost(unit: Unit, job: JobId) -> int:
    return sum(made.charge for made in unit.deliveries.of_job(job))


def cost_view(unit: Unit, job: JobId, *, currency: str) -> dict[str, Any]:
    """Of jobs of one file the first that took the data paid for all."""
    work = unit.deliveries.of_work(job)
    own = [made for made in work if made.job == job]
    data = [_data_view(unit, made, work) for made in own]
    computing, spent = sum(unit.receipts.amounts(job)), sum(made.charge for made in own)
    by_bank = unit.market.request_row(job).mode == "bank"
    lines = [f"  {one['dataset']} {one['version']}: {one['charge']} {currency}, {one['why']}" for one in data]
    if lines:
        total = (
            f"computing {format_money(computing)}{' reference hours' if by_bank else ''}, data {format_money(spent)}"
        )
        both = "" if by_bank else f", together {format_money(computing + spent)}"
        lines = [f"data of {job}", *lines, f"{total}{both} {currency}"]
    return {
        "items": [receipt_view(row) for row in unit.receipts.of_job(job)],
        "computing": format_money(computing),
        "paid_in": "hours" if by_bank else "money",
        "data": data,
        "data_cost": format_money(spent),
        "lines": lines,
    }


def _data_view(unit: Unit, made: Delivery, work: list[Delivery]) -> dict[str, Any]:
    first = next(one for one in work if _what(one) == _what(made))
    if made.contract is None:
        why = "its own, or open to all"
    elif first.id != made.id:
        why = f"paid with {first.job}, which came in one file with it"
    else:
        why = charge_words(unit.contracts.get(made.contract).price)
    return {
        "dataset": unit.datasets.get(made.dataset).full_name,
        "version": f"v{made.version}",
        "delivery": made.id,
        "contract": made.contract,
        "charge": format_money(made.charge),
        "why": why,
    }


def _what(made: Delivery) -> tuple[object, ...]:
    return made.dataset, made.version, made.contract
