"""`gridtie simulate`: what clusters would gain by interconnecting, from their own logs."""

import argparse
import shlex
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gridtie.cli.local.compiled import kept_or_said, lies_compiled
from gridtie.cli.local.simulate_system import play
from gridtie.cli.local.simulate_table import percent, show
from gridtie.cli.output import print_json, print_table, say
from gridtie.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from gridtie.simulator.policies import Assumptions
    from gridtie.simulator.study import Step, Study
    from gridtie.simulator.trace import Trace

CAPACITY = (
    "load=0.6, total=944, peak=0.95, observed, or a CSV file site,units[,speed][,price]; "
    "default: observed where the log has real starts, else load=0.6"
)
POLICIES = (
    "default fifo,easy,market; of fifo, easy, fill, sjf, sjf-fill, bid, market, and where jobs have deadlines, their "
    "own or by --deadline, sjf-drop, edf, edf-drop, laxity, laxity-drop, late. The last is shown in detail. Sites "
    "alone (silo) have no market"
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
    reading.add_argument("--deadline", type=float, metavar="F", help="assume that each job is due F times its "
                         "run time after it came, whatever the log says; deadlines are made up then")  # fmt: skip
    reading.add_argument("--align", action="store_true", help="move logs by whole weeks onto the time of the first")
    asking = parser.add_argument_group("what to replay")
    asking.add_argument("--depth", choices=("book", "system"), default="book", help="book (default): the market alone; "
                        "system: a short trace through the whole exchange, money and signatures included")  # fmt: skip
    asking.add_argument("--rule", choices=("posted", "auction", "welfare"), default="posted", help=RULES)
    asking.add_argument("--capacity", metavar="RULE", help=CAPACITY)
    asking.add_argument("--step", type=int, default=1, metavar="N", help="capacity comes in steps of N, as in 8")
    asking.add_argument("--arrangements", default="silo,federated,merged", metavar="A,B",
                        help="default all: of silo, federated, merged; silo is replayed in any case")  # fmt: skip
    asking.add_argument("--policies", default="fifo,easy,market", metavar="A,B", help=POLICIES)
    asking.add_argument(
        "--mobility", default="1", metavar="S,T", help="shares of jobs that may leave home, default 1: 0,0.5,1"
    )
    asking.add_argument(
        "--factors", default="1", metavar="F,G", help="of the capacity, for the curve of waits: 0.8,1,1.2"
    )
    asking.add_argument("--equal-wait", action="store_true", help="search the capacity that waits as long as silos do")
    asking.add_argument("--seeds", type=int, default=1, metavar="N", help="repetitions where chance plays a part")
    assuming = parser.add_argument_group("assumptions")
    assuming.add_argument("--estimates", default="exact", metavar="E", help="run times as policies see them: "
                          "exact (default), limits (what was asked for), or error=0.5 (a lognormal sigma)")  # fmt: skip
    assuming.add_argument("--bids", metavar="B", help="log (a column, --map bid=FIELD), flat, or lognormal=SIGMA; "
                          "default: log where a column is named, else lognormal=0.5")  # fmt: skip
    assuming.add_argument(
        "--delay", type=int, default=0, metavar="S", help="seconds that moving a job's data takes, default 0"
    )
    assuming.add_argument("--eligible", choices=("all", "observed"), help="sites open to an organisation: all, or "
                          "those where it has run")  # fmt: skip
    assuming.add_argument("--tick", type=int, default=60, metavar="S", help="seconds between the market's clearings, "
                          "default 60; and between the plans of late, where that is above its own 300")  # fmt: skip
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
        assumed=_assumed(args, trace, args.eligible or eligible),
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
        show(study)
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
        ("at work, mean", f"{found.running:,.1f} ({percent(found.running / max(found.capacity, 1))})"),
        ("asked for by waiting jobs, mean", f"{found.pending:,.1f} ({percent(found.pending_of_demand)} of demand)"),
        ("minutes in which somebody waits", percent(found.minutes_with_waiting)),
        ("of these, idle ones anywhere cover the whole queue", percent(found.minutes_covered)),
        ("accelerator-hours waited for", f"{found.waiting_hours:,.0f}"),
        ("of these, as many idle somewhere", percent(found.coincident)),
        ("of these, idle with other groups, beyond a group's own", percent(found.elsewhere)),
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
    if args.min_jobs < 1:
        raise InvalidInput(source="--min-jobs", problems=[Problem(f"{args.min_jobs} is not from 1 on")])
    columns, zone = _map(args.map), _zone(args.zone)
    logs = [
        read_trace(path, form=args.format, columns=columns, zone=zone, name=name)
        for path, name in zip(paths, _site_names(paths), strict=True)
    ]
    logs = traces.once(logs)
    trace = traces.joined(traces.aligned(logs) if args.align else logs)
    all_jobs = trace
    if args.days:
        since, until = _days(args.days)
        trace = traces.in_days(trace, since, until)
    then = trace
    trace = traces.of_sites(trace, least=args.min_jobs)
    if not trace.jobs:
        raise InvalidInput(source=", ".join(args.traces), problems=[Problem(_nothing_left(all_jobs, then, args))])
    if args.deadline is not None:
        trace = traces.with_deadlines(trace, args.deadline)
    form = recognised(paths[0]) if args.format == "auto" else args.format
    return trace, PRESETS[form].eligible if form in PRESETS else "all"


def _site_names(paths: list[Path]) -> list[str]:
    """A file's stem; where several have one, with as many of its folders as tell them apart."""
    from gridtie.simulator.readers import stem

    twice = [str(path) for at, path in enumerate(paths) if path.resolve() in [one.resolve() for one in paths[:at]]]
    if twice:
        problem = Problem("it is given twice; for two sites that are alike, give a copy under another name")
        raise InvalidInput(source=", ".join(twice), problems=[problem])
    names = [stem(path) for path in paths]
    for depth in range(1, max(len(path.resolve().parts) for path in paths)):
        alike = {name for name in names if names.count(name) > 1}
        names = [
            "/".join([*path.resolve().parts[-1 - depth : -1], stem(path)]) if name in alike else name
            for path, name in zip(paths, names, strict=True)
        ]
    return names


def _nothing_left(trace: "Trace", then: "Trace", args: argparse.Namespace) -> str:
    """What there was, in all and in the days that were asked for, so that the next try may find it."""
    import numpy as np

    from gridtie.simulator.trace import days

    gone = f"no job is left of {trace.jobs:,}"
    if not then.jobs:
        since, until = days(trace)
        return f"{gone} under --days {args.days}: they came on days {since:.1f} to {until:.1f}"
    most = int(np.bincount(then.site).max())
    within = f" in --days {args.days}" if args.days else ""
    return f"{gone} under --min-jobs {args.min_jobs}: the largest site has {most:,}{within}"


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


def _assumed(args: argparse.Namespace, trace: "Trace", eligible: str) -> "Assumptions":
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
    bids, spread = _bids(args, named=trace.bid is not None)
    return Assumptions(
        estimates=kind,
        error=error,
        delay_s=args.delay,
        eligible=eligible,
        bids=bids,
        premium_sigma=spread,
        deadline=args.deadline,
    )


def _bids(args: argparse.Namespace, *, named: bool) -> tuple[str, float]:
    kind, _, sigma = (args.bids or ("log" if named else "lognormal")).partition("=")
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

    if not lies_compiled(advance, "events.advance"):
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


def _write(folder: Path, study: "Study", text: str, command: str) -> None:
    from gridtie.simulator.report import page
    from gridtie.simulator.study_report import report_data

    (folder / "study.json").write_text(text, encoding="utf-8")
    (folder / "report.html").write_text(page(report_data(study, command=command)), encoding="utf-8")
    say(f"written: {folder / 'study.json'}, {folder / 'report.html'}")
