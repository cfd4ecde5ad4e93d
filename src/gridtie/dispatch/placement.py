"""A trade and a job become a plan that a site can carry out; the plan's form on the wire."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar

from gridtie.dispatch.run import BlobFile, RunPlan, RunReport, RunTask
from gridtie.errors import InvalidInput, Problem
from gridtie.values.period import from_text, to_text

_Record = TypeVar("_Record", BlobFile, RunTask)


def plan_to_json(plan: RunPlan) -> dict[str, Any]:
    data = asdict(plan)
    data["envs"] = [list(pair) for pair in plan.envs]
    return data


def plan_from_json(data: Mapping[str, Any]) -> RunPlan:
    """Raises InvalidInput when the exchange and the site do not speak the same version."""
    try:
        values = {field.name: data[field.name] for field in fields(RunPlan)}
        values["envs"] = tuple((str(name), str(value)) for name, value in values["envs"])
        values["secret_names"] = tuple(values["secret_names"])
        values["outputs"] = tuple(values["outputs"])
        values["tasks"] = tuple(_record(RunTask, task) for task in values["tasks"])
        values["files"] = tuple(_record(BlobFile, file) for file in values["files"])
        values["checkpoint"] = tuple(_record(BlobFile, file) for file in values["checkpoint"])
        return RunPlan(**values)
    except (KeyError, TypeError, ValueError) as cause:
        raise InvalidInput(source="run plan", problems=[Problem(f"not a run plan: {cause}")]) from cause


def report_to_json(report: RunReport) -> dict[str, Any]:
    return {**asdict(report), "at": to_text(report.at)}


def report_from_json(data: Mapping[str, Any]) -> RunReport:
    """Raises InvalidInput naming the first thing that is wrong."""
    try:
        report = RunReport(**{**data, "at": from_text(data["at"])})
        whole = (report.seq, report.cpu_us, report.memory_peak_bytes)
        if not all(isinstance(number, int) and number >= 0 for number in whole):
            raise ValueError("seq, cpu_us and memory_peak_bytes are whole numbers from 0")
    except (KeyError, TypeError, ValueError) as cause:
        raise InvalidInput(source="run report", problems=[Problem(f"not a run report: {cause}")]) from cause
    return report


def _record(kind: type[_Record], data: Mapping[str, Any]) -> _Record:
    return kind(**{field.name: data.get(field.name, field.default) for field in fields(kind)})
