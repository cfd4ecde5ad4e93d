"""Does a receipt say what this site saw? Decides whether the site may put its signature beside the exchange's."""

from collections.abc import Mapping
from datetime import timedelta

from gridtie.dispatch.run import RunPlan
from gridtie.metering.receipt import Receipt

TOLERANCE_S = 2.0
PAID_IN_FULL = ("succeeded", "failed")


def objection(receipt: Receipt, plan: RunPlan | None, marks: Mapping[str, float]) -> str:
    """Why this site does not sign, '' when it does.

    `marks` bound from both sides when the exchange saw the run begin and end (spool.RunFolder): a receipt may not
    bill more than lies between the outermost, nor, for a run that ended by itself, less than between the innermost.
    """
    if plan is None:
        return f"{receipt.run} never ran here"
    if receipt.epoch != plan.epoch:
        return f"it is for epoch {receipt.epoch}, here ran epoch {plan.epoch}"
    if receipt.site != plan.site:
        return f"it names {receipt.site}"
    given = sum(task.cpus if receipt.unit == "core-hour" else task.accelerators for task in plan.tasks)
    wrong = [line.units for line in receipt.lines if line.units > given]
    if wrong:
        return f"it bills {wrong[0]} units, the run had {given}"
    billed_s = sum((line.period.duration_us for line in receipt.lines), 0) / 1_000_000
    counted_s = billed_s + sum(w.period.duration_us for w in receipt.usage.waived) / 1_000_000
    if "begun_min" not in marks:
        return f"it bills {timedelta(seconds=billed_s)}, and nothing was started here" if billed_s else ""
    if "ended_max" in marks:
        most = marks["ended_max"] - marks["begun_min"]
        if billed_s > most + TOLERANCE_S:
            return f"it bills {billed_s:.1f} s, the run took at most {most:.1f} s"
    if receipt.state in PAID_IN_FULL and {"begun_max", "ended_min"} <= marks.keys():
        least = marks["ended_min"] - marks["begun_max"]
        if counted_s < least - TOLERANCE_S:
            return f"it counts {counted_s:.1f} s, the run took at least {least:.1f} s"
    return ""
