"""While runs work, money is held ahead of them; a run whose money is used up is stopped before it costs more."""

from collections.abc import Iterator
from typing import Any

from gridtie.flow.cancel_job import cancel_job
from gridtie.flow.exchange import Exchange
from gridtie.flow.pay_run import extend_hold
from gridtie.ledger.settlement import needs_more
from gridtie.store.unit import Unit
from gridtie.values.ids import JobId, ResourceId, RunId
from gridtie.values.money import Micros


def short_of_hold(unit: Unit, _: Exchange) -> Iterator[Any]:
    """Runs at work that will soon have cost more than is held for them, with their jobs. Reads only."""
    for row in unit.runs.live_holds():
        elapsed_us = unit.at_us - row.started_us
        if needs_more(row.hold_total, price=Micros(row.price), units=row.units, elapsed_us=elapsed_us):
            yield row


def watch_budgets(unit: Unit, exchange: Exchange) -> int:
    """How many jobs were stopped for lack of money."""
    stopped = 0
    for row in short_of_hold(unit, exchange):
        paid = extend_hold(
            unit, JobId(row.job), RunId(row.id), price=Micros(row.price), units=row.units,
            elapsed_us=unit.at_us - row.started_us, resource=ResourceId(row.resource),
        )  # fmt: skip
        if not paid:
            cancel_job(unit, JobId(row.job), reason="its budget is used up")
            stopped += 1
    return stopped
