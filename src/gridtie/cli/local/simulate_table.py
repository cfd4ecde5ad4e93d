"""What a study found, on a terminal: the same figures and the same assumptions as on its page."""

import textwrap
from typing import TYPE_CHECKING

from gridtie.cli.output import print_table

if TYPE_CHECKING:
    from gridtie.simulator.study import Cell, Study
    from gridtie.values.money import Micros

WIDTH = 120


def show(study: "Study") -> None:
    from gridtie.simulator.study import without_equal

    capacity = sum(row.units for row in study.sites)
    demand = sum(row.demand for row in study.sites)
    print(f"{study.title}: {_count(study.jobs, 'job')} of {_count(len(study.gains), 'organisation')} at "
          f"{_count(len(study.sites), 'site')}, {study.span_s / 86_400:.1f} days")  # fmt: skip
    mean = f"{demand:,.{0 if demand >= 10 else 2}f}"
    print(f"capacity {capacity:,} {study.unit} ({study.capacity_rule}), mean demand {mean}")
    if study.skipped:
        print("; ".join(f"{_count(count, 'row')} left out: {reason}" for reason, count in study.skipped))
    print()
    late = any(cell.figures.missed is not None for cell in study.cells)
    stranded = any(cell.figures.ran < study.jobs for cell in study.cells)
    print_table([_cells(cell, study.jobs, late=late, left=stranded) for cell in study.cells], (
        "sharing", "policy", "capacity", "mobile", "mean_wait_s", "95%_interval", "median", "p95", "p99", "by_size",
        "slowdown", "utilised", "moved", *(("missed", "value") if late else ()), *(("never_ran",) if stranded else ()),
    ))  # fmt: skip
    _show_sizes(study)
    if study.equal_wait:
        print("\nCapacity that waits no longer than the silos do:")
        print_table(
            [(e.arrangement, e.policy, f"{e.silo_capacity:,}", seconds(e.silo_mean_s), f"{e.capacity:,}",
              percent(e.share), seconds(e.mean_s), percent(e.silo_utilisation), percent(e.utilisation))
             for e in study.equal_wait],
            ("sharing", "policy", "silo_capacity", "silo_wait_s", "capacity", "of_silos'", "wait_s", "silo_utilised",
             "utilised"),
        )  # fmt: skip
    for arrangement, policy in without_equal(study):
        print(
            f"{arrangement} · {policy} waits longer than the silos, or runs fewer jobs, even with all their capacity."
        )
    if study.compared[0] != study.compared[1]:
        _show_gains(study, left=stranded)
    _show_sites(study)
    _show_assumptions(study)


def _show_sizes(study: "Study") -> None:
    """Where jobs differ in size: whether a policy lets some of them wait for it."""
    shown = [cell for cell in study.cells if cell.factor == 1 and cell.sizes]
    classes = max((cell.sizes for cell in shown), key=len, default=())
    if len(classes) > 1:
        print(
            f"\nMean wait by the {study.unit} that a job needs at once, and if the log were other weeks like its own:"
        )
        print_table(
            [(cell.arrangement, cell.policy, percent(cell.mobility) if cell.arrangement == "federated" else "–",
              *(seconds(next((of.mean_s for of in cell.sizes if of.least == one.least), None)) for one in classes),
              _between(cell.log_low_s, cell.log_high_s)) for cell in shown],
            ("sharing", "policy", "mobile", *(f"{of.least}-{of.most}" if of.most > of.least else f"{of.least}"
                                              for of in classes), "other_weeks"),
        )  # fmt: skip


def _show_gains(study: "Study", *, left: bool) -> None:
    print(f"\nWho gains and who loses, {study.compared[1]} against {study.compared[0]} (mean wait, s):")
    ordered = sorted(study.gains, key=lambda gain: ((gain.connected_s or 0) - (gain.alone_s or 0), gain.organisation))
    print_table(
        [(gain.organisation, f"{gain.jobs:,}", seconds(gain.alone_s), seconds(gain.connected_s),
          "–" if gain.change is None else ("gains", "same", "loses")[gain.change + 1], _money(gain.paid),
          _money(gain.earned),
          *((f"{gain.alone_never:,}", f"{gain.connected_never:,}") if left else ())) for gain in ordered],
        ("organisation", "jobs", "alone", "connected", "change", "paid", "earned",
         *(("never_ran_alone", "connected") if left else ())),
    )  # fmt: skip


def _show_sites(study: "Study") -> None:
    speeds = len({row.speed for row in study.sites}) > 1
    print("\nSites, and what those who came from elsewhere paid them:")
    print_table(
        [(row.site, f"{row.units:,}", f"{row.demand:,.1f}", f"{row.jobs:,}", *((f"{row.speed:g}",) if speeds else ()),
          _money(row.price), _money(row.earned)) for row in study.sites],
        ("site", "units", "mean_demand", "jobs", *(("speed",) if speeds else ()), "ask", "earned"),
    )  # fmt: skip


def _show_assumptions(study: "Study") -> None:
    from gridtie.simulator.study_report import assumptions

    print("\nRead this with the numbers:")
    for words in assumptions(study):
        print(textwrap.fill(words.en, WIDTH, initial_indent="- ", subsequent_indent="  "))


def _cells(cell: "Cell", jobs: int, *, late: bool, left: bool) -> tuple[str, ...]:
    f = cell.figures
    mobile = percent(cell.mobility) if cell.arrangement == "federated" else "–"
    deadlines = (percent(f.missed), percent(f.value)) if late else ()
    never = (f"{jobs - f.ran:,}",) if left else ()
    return (
        cell.arrangement, cell.policy, f"{cell.capacity:,}", mobile, seconds(f.mean_s),
        _between(cell.low_s, cell.high_s), seconds(f.median_s), seconds(f.p95_s), seconds(f.p99_s),
        seconds(f.weighted_s),
        "–" if f.slowdown is None else f"{f.slowdown:,.1f}", percent(f.utilisation), percent(f.moved),
        *deadlines, *never,
    )  # fmt: skip


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _between(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{seconds(low)} … {seconds(high)}"


def seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def percent(share: float | None) -> str:
    if share is not None and 0.9995 <= share < 1:
        return "> 99.9 %"  # what is less than all never reads as all
    return "–" if share is None else f"{100 * share:.1f} %"


def _money(amount: "Micros | None") -> str:
    from gridtie.simulator.report import money

    return money(amount)
