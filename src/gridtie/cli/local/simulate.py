"""`gridtie simulate`: what clusters would gain by interconnecting, from their own logs."""

import argparse
import shlex
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gridtie.cli.local.compiled import kept_or_said
from gridtie.cli.local.simulate_system import play
from gridtie.cli.output import print_json, print_table, say
from gridtie.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from gridtie.simulator.policies import Assumptions
    from gridtie.simulator.study import Cell, Step, Study
    from gridtie.simulator.trace import Trace

CAPACITY = (
    "load=0.6, total=944, peak=0.95, observed, or a CSV file site,units[,speed][,price]; "
    "default: observed where the log has real starts, else load=0.6"
)
POLICIES = (
    "fifo, easy, fill, sjf, sjf-fill, sjf-drop, edf, edf-drop, laxity, laxity-drop, late, bid, market; "
    "the last is shown in detail"
)
RULES = "of --depth system: posted prices (default), at each tick a call auction, or at each tick the large engine"

QUIET_S = 30.0  # after which a long run says in a log file how far it is


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = verbs.add_parser(
        "simulate",
        help="what clusters would gain by interconnecting, from their own logs",
        description="Replays job logs with every cluster alone (silo), with jobs free to run at any member (federated) "
        "and as one pool (merged). Several files: each is a site of its own, unless it names sites itself.",
    )
    parser.add_argument("traces", nargs="+", metavar="TRACE", help="sacct -P, SWF or CSV, also .gz")
    reading = parser.add_argument_group("reading")
    reading.add_argument("--format", default="auto", help="auto (default), csv, swf, sacct, or a known trace's name")
    reading.add_argument("--map", metavar="ROLE=FIELD[:UNIT],…", help="which column is what: submit=t,run=secs:min")
    reading.add_argument(
        "--zone", default="UTC", metavar="Z", help="of times that name none, as in Asia/Shanghai; default UTC"
    )
    reading.add_argument("--days", metavar="A:B", help="only jobs submitted from day A up to before day B")
    reading.add_argument("--min-jobs", type=int, default=1, metavar="N", help="only sites with at least N jobs")
    reading.add_argument("--deadline", type=float, metavar="F", help="assume each job is due F times its run time")
    reading.add_argument("--align", action="store_true", help="move logs by whole weeks onto the time of the first")
    asking = parser.add_argument_group("what to replay")
    asking.add_argument("--depth", choices=("book", "system"), default="book", help="book (default): the market alone; "
                        "system: a short trace through the whole exchange, money and signatures included")  # fmt: skip
    asking.add_argument("--rule", choices=("posted", "auction", "welfare"), default="posted", help=RULES)
    asking.add_argument("--capacity", metavar="RULE", help=CAPACITY)
    asking.add_argument("--step", type=int, default=1, metavar="N", help="capacity comes in steps of N, as in 8")
    asking.add_argument("--arrangements", default="silo,federated,merged", metavar="A,B")
    asking.add_argument("--policies", default="fifo,easy,market", metavar="A,B", help=POLICIES)
    asking.add_argument("--mobility", default="1", metavar="S,T", help="shares of jobs that may leave home")
    asking.add_argument("--factors", default="1", metavar="F,G", help="of the capacity, for the curve of waits")
    asking.add_argument("--equal-wait", action="store_true", help="search the capacity that waits as long as silos do")
    asking.add_argument("--seeds", type=int, default=1, metavar="N", help="repetitions where chance plays a part")
    assuming = parser.add_argument_group("assumptions")
    assuming.add_argument("--estimates", default="exact", metavar="E", help="exact (default), limits, or error=0.5")
    assuming.add_argument("--bids", metavar="B", help="log (a column, --map bid=FIELD), flat, or lognormal=SIGMA; "
                          "default: log where a column is named, else lognormal=0.5")  # fmt: skip
    assuming.add_argument("--delay", type=int, default=0, metavar="S", help="seconds that moving a job's data takes")
    assuming.add_argument("--eligible", choices=("all", "observed"), help="sites open to an organisation: all, or "
                          "those where it has run")  # fmt: skip
    assuming.add_argument("--tick", type=int, default=60, metavar="S", help="seconds between the market's clearings")
    giving = parser.add_argument_group("results")
    giving.add_argument("--out", type=Path, metavar="DIR", help="write study.json and report.html there")
    giving.add_argument("-o", "--output", choices=("table", "json"), default="table", metavar="FORMAT")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    _say_compiling()
    from gridtie.simulator.capacity import sized
    from gridtie.simulator.study import Plan, as_json, run_study

    if (minutes := _minutes(args)) is not None:
        return _measure(minutes, args)
    trace, eligible = _read(args)
    rule = args.capacity or ("load=0.6" if (trace.waited < 0).any() else "observed")
    for flag, value in (("--step", args.step), ("--tick", args.tick)):
        if not 1 <= value <= 10**7:
            raise InvalidInput(source=flag, problems=[Problem(f"{value} is not from 1 to 10,000,000")])
    plan = Plan(
        arrangements=_words(args.arrangements), policies=_words(args.policies),
        mobility=_numbers("--mobility", args.mobility), factors=_numbers("--factors", args.factors),
        equal_wait=args.equal_wait, seeds=args.seeds, tick_s=args.tick, step=args.step,
        assumed=_assumed(args, args.eligible or eligible),
    )  # fmt: skip
    if args.depth == "system":
        return play(trace, sized(trace, rule, step=args.step), plan, rule=args.rule, told=_told(args),
                    output=args.output, out=args.out)  # fmt: skip
    if args.rule != "posted":
        raise InvalidInput(source="--rule", problems=[Problem("it is of --depth system; here --policies says it")])
    if args.out is not None:
        args.out.mkdir(parents=True, exist_ok=True)  # what cannot be written is said before the work
    study = run_study(trace, sized(trace, rule, step=args.step), plan, progress=_Progress())
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    command = shlex.join(["gridtie", *_told(args)])
    text = as_json(study, command=command)
    if args.output == "json":
        sys.stdout.write(text)
    else:
        _show(study)
    if args.out is not None:
        _write(args.out, study, text, command)
    return 0


def _minutes(args: argparse.Namespace) -> Path | None:
    """The one file, if it holds minutes of a cluster rather than jobs."""
    from gridtie.simulator.formats import MINUTES, MINUTES_HEADER
    from gridtie.simulator.readers import read_lines

    if args.format not in ("auto", MINUTES) or args.map or len(args.traces) != 1:
        return None
    path = Path(args.traces[0])
    return path if args.format == MINUTES or read_lines(path)[:1] == [MINUTES_HEADER] else None


def _measure(path: Path, args: argparse.Namespace) -> int:
    """Nothing is replayed: the minutes themselves say what stood still while others waited."""
    from gridtie.simulator.stranding import measured

    found = measured(path)
    if args.output == "json":
        print_json(asdict(found))
        return 0
    print(f"{path.name}: {found.minutes:,} minutes of {found.groups} groups; measured, nothing simulated\n")
    print_table([
        ("accelerators there, mean", f"{found.capacity:,.1f}"),
        ("at work, mean", f"{found.running:,.1f} ({_p(found.running / max(found.capacity, 1))})"),
        ("asked for by waiting jobs, mean", f"{found.pending:,.1f} ({_p(found.pending_of_demand)} of demand)"),
        ("minutes in which somebody waits", _p(found.minutes_with_waiting)),
        ("of these, idle ones anywhere cover the whole queue", _p(found.minutes_covered)),
        ("accelerator-hours waited for", f"{found.waiting_hours:,.0f}"),
        ("of these, as many idle somewhere", _p(found.coincident)),
        ("of these, idle with other groups, beyond a group's own", _p(found.elsewhere)),
        *((f"p{100 * q:.0f} of demand: the groups' own, summed, and of all together",
           f"{own:,.0f}, {pool:,.0f} ({100 * (pool / max(own, 1) - 1):+.0f} %)") for q, own, pool in found.own_peaks),
    ], ("measured", "value"))  # fmt: skip
    return 0


def _read(args: argparse.Namespace) -> "tuple[Trace, str]":
    """The trace, and which sites are open to an organisation where the format knows."""
    from gridtie.simulator import trace as traces
    from gridtie.simulator.formats import PRESETS
    from gridtie.simulator.readers import FORMATS, read_trace, recognised

    if args.format not in FORMATS:
        raise InvalidInput(
            source="--format", problems=[Problem(f"no format {args.format!r}; there are: {', '.join(FORMATS)}")]
        )
    paths = [Path(name) for name in args.traces]
    columns, zone = _map(args.map), _zone(args.zone)
    logs = [read_trace(path, form=args.format, columns=columns, zone=zone) for path in paths]
    trace = traces.joined(traces.aligned(logs) if args.align else logs)
    if args.days:
        since, until = _days(args.days)
        trace = traces.in_days(trace, since, until)
    trace = traces.of_sites(trace, least=args.min_jobs)
    if not trace.jobs:
        raise InvalidInput(source=", ".join(args.traces), problems=[Problem("no job is left after --days, --min-jobs")])
    if args.deadline is not None:
        trace = traces.with_deadlines(trace, args.deadline)
    form = recognised(paths[0]) if args.format == "auto" else args.format
    return trace, PRESETS[form].eligible if form in PRESETS else "all"


def _map(text: str | None) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in (text or "").split(",") if pair.strip()]
    wrong = [Problem(f"{''.join(pair)!r} is not ROLE=FIELD") for pair in pairs if not (pair[0] and pair[2])]
    if wrong:
        raise InvalidInput(source="--map", problems=wrong)
    return {role.strip(): name.strip() for role, _, name in pairs}


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        message = f"no zone {name!r} is known here; zones are such as Asia/Shanghai or UTC"
        raise InvalidInput(source="--zone", problems=[Problem(message)]) from None


def _days(text: str) -> tuple[float, float]:
    since, _, until = text.partition(":")
    try:
        days = float(since), float(until)
    except ValueError:
        days = (0.0, 0.0)
    if not days[0] < days[1] <= 10**6:
        raise InvalidInput(source="--days", problems=[Problem(f"{text!r} is not two days such as 20:80")])
    return days


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _numbers(flag: str, text: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(word) for word in _words(text))
    except ValueError:
        numbers = ()
    if not numbers:
        raise InvalidInput(source=flag, problems=[Problem(f"{text!r} is not a list of numbers such as 0,0.5,1")])
    return numbers


def _assumed(args: argparse.Namespace, eligible: str) -> "Assumptions":
    from gridtie.simulator.policies import Assumptions

    kind, _, sigma = args.estimates.partition("=")
    try:
        error = float(sigma) if kind == "error" else 0.0
    except ValueError:
        error = -1.0
    if kind not in ("exact", "limits", "error") or not 0 <= error <= 5:
        raise InvalidInput(
            source="--estimates",
            problems=[Problem(f"{args.estimates!r} is none of exact, limits, error=SIGMA (0 to 5)")],
        )
    if not 0 <= args.delay <= 10**7:
        raise InvalidInput(source="--delay", problems=[Problem("seconds from 0 to 10,000,000 are possible")])
    bids, spread = _bids(args)
    return Assumptions(
        estimates=kind, error=error, delay_s=args.delay, eligible=eligible, bids=bids, premium_sigma=spread
    )


def _bids(args: argparse.Namespace) -> tuple[str, float]:
    kind, _, sigma = (args.bids or ("log" if "bid" in _map(args.map) else "lognormal")).partition("=")
    try:
        spread = float(sigma) if sigma else 0.5
    except ValueError:
        spread = -1.0
    if kind not in ("log", "flat", "lognormal") or not 0 <= spread <= 5 or (sigma and kind != "lognormal"):
        raise InvalidInput(
            source="--bids", problems=[Problem(f"{args.bids!r} is none of log, flat, lognormal=SIGMA (0 to 5)")]
        )
    return kind, spread


def _say_compiling() -> None:
    """Before anything compiled is imported: where nothing can be kept, it is compiled for this run alone."""

    def imports() -> None:
        import gridtie.simulator.events  # noqa: F401

    if not kept_or_said(imports, "half a minute"):
        return
    from gridtie.simulator.events import advance

    if not any(Path(advance.stats.cache_path).glob("events.advance-*.nbc")):
        say("compiling the event loop, once for this installation (some 15 s, under market half a minute) …")


class _Progress:
    """How far it is: on a terminal always, in a log file now and then."""

    def __init__(self) -> None:
        self.said = self.begun = time.monotonic()
        self.policy = ""  # of the replay under way
        self.took: dict[str, list[float]] = {}  # seconds, by policy

    def __call__(self, step: "Step") -> None:
        now = time.monotonic()
        if self.policy:
            self.took.setdefault(self.policy, []).append(now - self.begun)
        self.begun, self.policy = now, step.policies[0]
        told = f"replay {step.done + 1} of at most {step.done + len(step.policies)}: {step.what}{self.left(step)}"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{told}")
            sys.stderr.flush()
        elif time.monotonic() - self.said > QUIET_S:
            say(told)
            self.said = time.monotonic()

    def left(self, step: "Step") -> str:
        """From what each policy took so far; nothing while one has not been replayed yet."""
        if not set(step.policies) <= self.took.keys():
            return ""
        seconds = sum(sum(self.took[of]) / len(self.took[of]) for of in step.policies)
        return (
            f"; at most some {seconds / 60:.0f} min left" if seconds >= 90 else f"; at most some {seconds:.0f} s left"
        )


def _told(args: argparse.Namespace) -> list[str]:
    """The command that makes the same study again, wherever its results are written."""
    words = ["simulate", *args.traces]
    options = {
        "--depth": "book", "--rule": "posted",
        "--format": "auto", "--map": None, "--zone": "UTC", "--days": None, "--min-jobs": 1, "--deadline": None,
        "--capacity": None, "--step": 1, "--arrangements": "silo,federated,merged", "--policies": "fifo,easy,market",
        "--mobility": "1", "--factors": "1", "--seeds": 1, "--bids": None, "--estimates": "exact",
        "--delay": 0, "--eligible": None, "--tick": 60,
    }  # fmt: skip
    for flag, default in options.items():
        value = getattr(args, flag[2:].replace("-", "_"))
        if value != default:
            words += [flag, str(value)]
    words += ["--align"] if args.align else []
    return [*words, "--equal-wait"] if args.equal_wait else words


def _show(study: "Study") -> None:
    left = "; ".join(f"{count:,} rows left out: {reason}" for reason, count in study.skipped)
    capacity = sum(row.units for row in study.sites)
    demand = sum(row.demand for row in study.sites)
    print(f"{study.title}: {study.jobs:,} jobs of {len(study.gains):,} organisations at {len(study.sites):,} sites, "
          f"{study.span_s / 86_400:.1f} days")  # fmt: skip
    print(f"capacity {capacity:,} {study.unit} ({study.capacity_rule}), mean demand {demand:,.0f}")
    if left:
        print(left)
    print()
    late = any(cell.figures.missed is not None for cell in study.cells)
    stranded = any(cell.figures.ran < study.jobs for cell in study.cells)
    print_table([_cells(cell, study.jobs, left=stranded) for cell in study.cells], (
        "sharing", "policy", "capacity", "mobile", "mean_wait_s", "95%_interval", "median", "p95", "p99", "by_size",
        "slowdown", "utilised", "moved", *(("missed", "value") if late else ()), *(("never_ran",) if stranded else ()),
    ))  # fmt: skip
    _show_sizes(study)
    if stranded:
        print("Jobs that never ran were given up, or larger than any site open to them. Waits are of those that ran.")
    if len(study.sites) == 1:
        print("There is one site: nothing can be shared. Give a file per cluster, or say which column is the site.")
    if study.equal_wait:
        print("\nCapacity that waits no longer than the silos do:")
        print_table(
            [(e.arrangement, e.policy, f"{e.silo_capacity:,}", _s(e.silo_mean_s), f"{e.capacity:,}", _p(e.share),
              _s(e.mean_s), _p(e.silo_utilisation), _p(e.utilisation)) for e in study.equal_wait],
            ("sharing", "policy", "silo_capacity", "silo_wait_s", "capacity", "of_silos'", "wait_s", "silo_utilised",
             "utilised"),
        )  # fmt: skip
    if study.compared[0] != study.compared[1]:
        _show_gains(study)


def _show_sizes(study: "Study") -> None:
    """Where jobs differ in size: whether a policy lets some of them wait for it."""
    shown = [cell for cell in study.cells if cell.factor == 1 and cell.sizes]
    classes = max((cell.sizes for cell in shown), key=len, default=())
    if len(classes) > 1:
        print(
            f"\nMean wait by the {study.unit} that a job needs at once, and if the log were other weeks like its own:"
        )
        print_table(
            [(cell.arrangement, cell.policy, _p(cell.mobility) if cell.arrangement == "federated" else "–",
              *(_s(next((of.mean_s for of in cell.sizes if of.least == one.least), 0.0)) for one in classes),
              "–" if cell.log_low_s is None else f"{_s(cell.log_low_s)} … {_s(cell.log_high_s or 0.0)}")
             for cell in shown],
            ("sharing", "policy", "mobile", *(f"{of.least}-{of.most}" if of.most > of.least else f"{of.least}"
                                              for of in classes), "other_weeks"),
        )  # fmt: skip


def _show_gains(study: "Study") -> None:
    from gridtie.values.money import format_money

    print(f"\nWho gains and who loses, {study.compared[1]} against {study.compared[0]} (mean wait, s):")
    ordered = sorted(study.gains, key=lambda gain: (gain.connected_s - gain.alone_s, gain.organisation))
    print_table(
        [(gain.organisation, f"{gain.jobs:,}", _s(gain.alone_s), _s(gain.connected_s),
          "loses" if gain.connected_s > gain.alone_s else "gains" if gain.connected_s < gain.alone_s else "same",
          format_money(gain.paid), "–" if gain.earned is None else format_money(gain.earned)) for gain in ordered],
        ("organisation", "jobs", "alone", "connected", "change", "paid", "earned"),
    )  # fmt: skip
    if len({of.split(" · ")[1] for of in study.compared}) > 1:
        print("Sharing and the order of service change here; rows of one policy above show what sharing alone brings.")
    print("\nSites, and what those who came from elsewhere paid them (asks and bids are assumed):")
    print_table(
        [(row.site, f"{row.units:,}", f"{row.demand:,.1f}", f"{row.jobs:,}", format_money(row.price),
          format_money(row.earned)) for row in study.sites],
        ("site", "units", "mean_demand", "jobs", "ask", "earned"),
    )  # fmt: skip


def _cells(cell: "Cell", jobs: int, *, left: bool) -> tuple[str, ...]:
    f = cell.figures
    between = "–" if cell.low_s is None or cell.high_s is None else f"{_s(cell.low_s)} … {_s(cell.high_s)}"
    mobile = _p(cell.mobility) if cell.arrangement == "federated" else "–"
    deadlines = () if f.missed is None else (_p(f.missed), _p(f.value))
    never = (f"{jobs - f.ran:,}",) if left else ()
    return (
        cell.arrangement, cell.policy, f"{cell.capacity:,}", mobile, _s(f.mean_s), between, _s(f.median_s),
        _s(f.p95_s), _s(f.p99_s), _s(f.weighted_s), f"{f.slowdown:.1f}", _p(f.utilisation), _p(f.moved), *deadlines,
        *never,
    )  # fmt: skip


def _s(seconds: float) -> str:
    return f"{seconds:,.0f}" if seconds >= 10 else f"{seconds:.2g}"


def _p(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _write(folder: Path, study: "Study", text: str, command: str) -> None:
    from gridtie.simulator.report import page
    from gridtie.simulator.study_report import report_data

    (folder / "study.json").write_text(text, encoding="utf-8")
    (folder / "report.html").write_text(page(report_data(study, command=command)), encoding="utf-8")
    say(f"written: {folder / 'study.json'}, {folder / 'report.html'}")
