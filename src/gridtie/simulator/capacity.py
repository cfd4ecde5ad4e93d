"""How large the sites are, where a trace does not say: rules that an operator can choose between, and his own file."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from gridtie.errors import InvalidInput, Problem
from gridtie.simulator.readers import read_table
from gridtie.simulator.trace import NONE, Ints, Trace
from gridtie.values.money import MICROS_PER_UNIT, parse_money

PRICE = MICROS_PER_UNIT  # 1.00 per accelerator-hour or core-hour, where nothing is known
MOST = 2.0**40  # units: no cluster has more
FORMS = "load=0.6, total=944, peak=0.95, observed, or a CSV file with site,units[,speed][,price]"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sites:
    """[S] in the order of the trace's sites. `rule` says where the sizes come from."""

    rule: str
    units: Ints
    speed: npt.NDArray[np.float64]
    price: Ints  # micro-units per unit and hour

    @property
    def total(self) -> int:
        return int(self.units.sum())


def sized(trace: Trace, rule: str, *, step: int = 1) -> Sites:
    """Sizes in whole steps, at least a site's own largest job unless a file says less; raises InvalidInput."""
    if _work(trace).sum() / trace.span >= MOST or float(trace.units.sum()) >= MOST:
        raise InvalidInput(
            source=trace.name,
            problems=[Problem(f"its mean demand is {_work(trace).sum() / trace.span:.3g} {trace.unit}: are units and "
                              "times what they seem, and in the unit that --map names?")],
        )  # fmt: skip
    kind, _, text = rule.partition("=")
    if kind == "observed" and not text:
        return _alike(trace, "observed", _peaks(trace, 1.0, step, observed=True))
    if kind not in ("load", "total", "peak") or not text:
        if not Path(rule).is_file():
            _refuse(f"{rule!r} is neither a rule nor a file: give {FORMS}")
        return _of_file(trace, Path(rule))
    try:
        value = float(text)
    except ValueError:
        _refuse(f"{text!r} in {rule!r} is not a number")
    if kind == "load":
        if not 0.0001 <= value <= 10:
            _refuse("a load is from 0.0001 to 10, such as load=0.6")
        return _alike(trace, rule, _stepped(demand(trace) / value, largest(trace), step))
    if kind == "peak":
        if not 0 < value <= 1:
            _refuse("a quantile is above 0 and at most 1, such as peak=0.95")
        return _alike(trace, rule, _peaks(trace, value, step, observed=False))
    if not 1 <= value < 2**40 or value != int(value):
        _refuse("a total is a whole number of accelerators, such as total=944")
    return _alike(trace, rule, _proportional(demand(trace), largest(trace), int(value), step))


def scaled(trace: Trace, sites: Sites, factor: float, *, step: int = 1) -> Sites:
    """The same sites with `factor` times the units in all, in whole steps; none below its own largest job, unless it
    was there before."""
    if factor == 1:
        return sites
    floor = np.minimum(largest(trace), sites.units)
    total = max(round(sites.total * factor), int(_stepped(np.zeros(len(floor)), floor, step).sum()))
    return replace(sites, units=_proportional(sites.units.astype(np.float64), floor, total, step))


def demand(trace: Trace) -> npt.NDArray[np.float64]:
    """[S] mean units at work if nobody waited: unit-seconds over the span of submissions, and never more than all jobs
    at once, as would come out where they last much longer than the log."""
    at_once = np.bincount(trace.site, weights=trace.units, minlength=len(trace.sites)).astype(np.float64)
    return np.minimum(_work(trace) / trace.span, at_once)


def _work(trace: Trace) -> npt.NDArray[np.float64]:
    """[S] unit-seconds."""
    work = trace.run.astype(np.float64) * trace.units
    return np.bincount(trace.site, weights=work, minlength=len(trace.sites)).astype(np.float64)


def largest(trace: Trace) -> Ints:
    """[S] units of its largest job."""
    most = np.zeros(len(trace.sites), np.int64)
    np.maximum.at(most, trace.site, trace.units)
    return most


def _alike(trace: Trace, rule: str, units: Ints) -> Sites:
    count = len(trace.sites)
    return Sites(rule=rule, units=units, speed=np.ones(count), price=np.full(count, PRICE, np.int64))


def _stepped(units: npt.NDArray[np.float64], floor: Ints, step: int) -> Ints:
    """To the nearest whole step, at least the floor and one step."""
    least = -(-np.maximum(floor, 1) // step) * step
    sizes: Ints = np.maximum(np.rint(units / step).astype(np.int64) * step, least)
    return sizes


def _proportional(weight: npt.NDArray[np.float64], floor: Ints, total: int, step: int) -> Ints:
    """The largest sizes in proportion to `weight` that sum to at most `total`."""
    least = int(_stepped(np.zeros(len(weight)), floor, step).sum())
    if total < least:
        _refuse(f"total={total} is less than the {least} that the sites' own largest jobs need")
    low, high = 0.0, 2.0 * total / max(float(weight.sum()), 1e-9) + 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if int(_stepped(weight * middle, floor, step).sum()) <= total:
            low = middle
        else:
            high = middle
    return _stepped(weight * low, floor, step)


def _peaks(trace: Trace, quantile: float, step: int, *, observed: bool) -> Ints:
    """Over time, the quantile of each site's units at work: as they really ran, or as if nobody had waited."""
    if observed and (trace.waited == NONE).any():
        _refuse("`observed` needs the real start of every job, which this trace does not have")
    start = trace.submit + np.where(observed, trace.waited, 0)
    until = int(trace.submit[-1])
    out = np.zeros(len(trace.sites), np.int64)
    for site in range(len(trace.sites)):
        mine = trace.site == site
        at = np.concatenate((start[mine], start[mine] + trace.run[mine]))
        change = np.concatenate((trace.units[mine], -trace.units[mine]))
        order = np.lexsort((change, at))  # at equal times ends first
        level = np.cumsum(change[order])
        if quantile >= 1:
            out[site] = level.max()
            continue
        edges = np.clip(at[order], int(trace.submit[0]), until)
        span = np.diff(np.append(edges, until))
        idle = max(until - int(trace.submit[0]) - int(span.sum()), 0)  # before its first job
        levels = np.append(level, 0)
        weights = np.append(span, idle).astype(np.float64)
        rising = np.argsort(levels, kind="stable")
        share = np.cumsum(weights[rising]) / max(weights.sum(), 1.0)
        out[site] = levels[rising][min(int(np.searchsorted(share, quantile)), len(levels) - 1)]
    return _stepped(np.ceil(out / step) * step, largest(trace), step)


def _of_file(trace: Trace, path: Path) -> Sites:
    table = read_table(path, needed=("site", "units"))
    known = {name: i for i, name in enumerate(trace.sites)}
    units = np.zeros(len(known), np.int64)
    speed, price = np.ones(len(known)), np.full(len(known), PRICE, np.int64)
    seen: set[str] = set()
    for row, cells in enumerate(table.rows):
        name = cells[table.names["site"]].strip()
        if name not in known or name in seen:
            why = "stands there twice" if name in seen else f"is none of the trace's: {', '.join(trace.sites[:20])}"
            table.wrong(row, table.names["site"], f"site {name!r} {why}")
            continue
        seen.add(name)
        for field, parse in _FIELDS.items():
            if field not in table.names:
                continue
            at = table.names[field]
            try:
                value = parse(cells[at].strip())
            except ValueError as cause:
                table.wrong(row, at, f"{field}: {cause}")
                continue
            {"units": units, "speed": speed, "price": price}[field][known[name]] = value
    missing = [name for name in trace.sites if name not in seen]
    if missing:
        table.problems.append(Problem(f"no line for {len(missing)} site(s): {', '.join(missing[:20])}"))
    if table.problems:
        table.refuse()
    return Sites(rule=path.name, units=units, speed=speed, price=price)


def _units(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 2**40:
        raise ValueError(f"{text!r} is not a whole number above 0")
    return int(text)


def _speed(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.001 <= value <= 1000:
        raise ValueError(f"{text!r} is not a speed; 1 is that of the trace")
    return value


def _price(text: str) -> int:
    amount = parse_money(text)
    if not 0 <= amount <= 10**6 * MICROS_PER_UNIT:
        raise ValueError(f"{text!r} is not a price per hour from 0 to 1,000,000")
    return amount


_FIELDS = {"units": _units, "speed": _speed, "price": _price}


def _refuse(message: str) -> NoReturn:
    raise InvalidInput(source="--capacity", problems=[Problem(message)])
