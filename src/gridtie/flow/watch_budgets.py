"""While runs work, money is held ahead of them; a run whose money is used up is stopped before it costs more."""

from gridtie.flow.cancel_job import cancel_job
from gridtie.flow.exchange import Exchange
from gridtie.flow.pay_run import extend_hold
from gridtie.store.unit import Unit
from gridtie.values.ids import JobId, ResourceId, RunId
from gridtie.values.money import Micros


def watch_budgets(unit: Unit, _: Exchange) -> int:
    """How many jobs were stopped for lack of money."""
    stopped = 0
    for row in unit.runs.live():
        if row.started_us is None or not row.price:
            continue
        paid = extend_hold(
            unit, JobId(row.job), RunId(row.id), price=Micros(row.price), units=row.units,
            elapsed_us=unit.at_us - row.started_us, resource=ResourceId(row.resource),
        )  # fmt: skip
        if not paid:
            cancel_job(unit, JobId(row.job), reason="its budget is used up")
            stopped += 1
    return stopped
