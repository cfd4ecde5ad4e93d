"""`gridtie simulate --depth system`: a short trace through the whole exchange, each site alone and all connected."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gridtie.cli.local.simulate_table import seconds
from gridtie.cli.output import print_table, say
from gridtie.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from gridtie.simulator.capacity import Sites
    from gridtie.simulator.study import Plan
    from gridtie.simulator.system_study import SystemStudy
    from gridtie.simulator.trace import Trace

BOOK_ONLY = ("--arrangements", "--policies", "--factors", "--equal-wait", "--seeds", "--estimates", "--delay",
             "--deadline")  # fmt: skip


def play(
    trace: "Trace", sites: "Sites", plan: "Plan", *, rule: str, told: Sequence[str], output: str, out: Path | None
) -> int:
    """0 when every law held, else 1. Raises InvalidInput for what only book depth can do."""
    from gridtie.simulator.policies import draw
    from gridtie.simulator.system_study import as_json, study_case, system_case

    problems = [Problem(f"{flag} is for --depth book") for flag in BOOK_ONLY if flag in told]
    if len(plan.mobility) > 1:
        problems.append(Problem("--mobility: one share at a time"))
    if problems:
        raise InvalidInput(source="--depth system", problems=problems)
    mobility = plan.mobility[0]
    case = system_case(
        trace, sites, draw(trace, plan.assumed, 1), mobility=mobility, mode=rule, tick_s=plan.tick_s,
        eligible=plan.assumed.eligible,
    )  # fmt: skip
    say(f"playing {trace.jobs:,} jobs through the whole exchange, twice; some 20 to 100 ms each …")
    study = study_case(trace, sites, case, mobility=mobility)
    command = shlex.join(["gridtie", *told])
    text = as_json(study, command=command)
    if output == "json":
        sys.stdout.write(text)
    else:
        _show(study)
    if out is not None:
        _write(out, study, text, command)
    return 0 if study.sound else 1


def _show(study: "SystemStudy") -> None:
    from gridtie.values.money import format_money

    book = study.by_book()
    print(f"{study.trace.name}: {study.trace.jobs:,} jobs at {len(study.trace.sites):,} sites, capacity "
          f"{study.sites.total:,} {study.trace.unit} ({study.sites.rule})\n")  # fmt: skip
    print_table(
        [(scope, study.alone.case.mode, seconds(found.mean_s), seconds(found.median_s), seconds(found.p95_s),
          f"{100 * found.utilisation:.1f} %", str(found.unplaceable),
          "–" if book is None else seconds(book[at].book_mean_s),
          run.journal_sha256[:16])
         for at, ((scope, run), found) in enumerate(zip(study.runs, study.figures(), strict=True))],
        ("sharing", "rule", "mean_wait_s", "median", "p95", "utilised", "never_placed", "at_book_depth_s", "journal"),
    )  # fmt: skip
    print()
    print_table([(law.name, "yes" if law.holds else "BROKEN", law.detail) for law in study.laws()],
                ("law", "holds", "detail"))  # fmt: skip
    print()
    print_table(
        [(gain.organisation, f"{gain.jobs:,}", seconds(gain.alone_s), seconds(gain.connected_s),
          format_money(gain.paid or 0), format_money(gain.earned or 0)) for gain in study.gains()],
        ("organisation", "jobs", "alone_s", "connected_s", "paid", "earned"),
    )  # fmt: skip


def _write(folder: Path, study: "SystemStudy", text: str, command: str) -> None:
    from gridtie.simulator.report import page
    from gridtie.simulator.system_study import report_data

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.json").write_text(text, encoding="utf-8")
    (folder / "report.html").write_text(page(report_data(study, command=command)), encoding="utf-8")
    say(f"written: {folder / 'study.json'}, {folder / 'report.html'}")
