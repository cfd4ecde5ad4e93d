"""quote, submit, status, logs, cancel, receipt, and the noun `job`."""

import argparse
import hashlib
import json
import os
import re
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gridtie.cli.context import add_connection, connect, data_home, sayable, text_of_file, write_private
from gridtie.cli.output import (
    add_format,
    coloured,
    first,
    plain,
    print_data,
    print_lines,
    print_record,
    print_rows,
    print_table,
    say,
    structured,
    text_of,
)
from gridtie.cli.workdir import collect
from gridtie.client.exchange import FINAL, ExchangeClient, JobHandle
from gridtie.errors import (
    Ambiguous,
    GridtieError,
    InvalidInput,
    NotFound,
    Overloaded,
    Problem,
    SubmitUnanswered,
    Unreachable,
    WaitTimedOut,
)  # fmt: skip
from gridtie.values.ids import is_id
from gridtie.values.period import from_text

UNANSWERED_S = 24 * 3600  # later, the same command means another job
SHORT_ID = re.compile(r"(?:job|req)_[0-9a-z]*|[0-7][0-9a-hjkmnp-tv-z]*")  # or a name, such as job_1 and 70b
LIST_COLUMNS = ("id", "name", "state", "site", "hub", "created_at", "reason")


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    _register_sending(verbs)
    status = verbs.add_parser("status", help="jobs, or one job with its whole story")
    status.add_argument("job", nargs="?", help="id, unique short form, name, or @last")
    status.add_argument("--state", action="append", help="only these states (repeatable)")
    status.add_argument("--limit", type=int, default=20, help="how many of a list (default 20)")
    add_format(status)
    add_connection(status)
    status.set_defaults(run=show_status)

    logs = verbs.add_parser("logs", help="what a job prints")
    logs.add_argument("job", help="id, unique short form, name, or @last")
    logs.add_argument("--rank", type=int, help="one machine of a gang (default: all, merged)")
    logs.add_argument("-f", "--follow", action="store_true", help="go on until the job ends")
    logs.add_argument("--tail", type=int, metavar="N", help="the last N lines")
    logs.add_argument("--search", metavar="TEXT", help="only lines that contain TEXT")
    add_connection(logs)
    logs.set_defaults(run=show_logs)

    cancel = verbs.add_parser("cancel", help="stop a job; what ran is billed, the rest of the hold returns")
    cancel.add_argument("job", nargs="+")
    add_format(cancel)
    add_connection(cancel)
    cancel.set_defaults(run=cancel_jobs)

    receipt = verbs.add_parser("receipt", help="what a job cost, line by line")
    receipt.add_argument("job")
    receipt.add_argument("--save", metavar="FILE", help="write the signed receipts to FILE")
    add_format(receipt)
    add_connection(receipt)
    receipt.set_defaults(run=show_receipt)
    _register_noun(verbs)


def _register_sending(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for name, words, run in (
        ("quote", "which offers fit a job file, at what total cost, and why the others do not", show_quote),
        ("submit", "hand in a job file (YAML) or an #SBATCH script", submit),
    ):
        parser = verbs.add_parser(name, help=words)
        parser.add_argument("file", help="job file; '-' reads stdin")
        parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="(repeatable)")
        parser.add_argument("--start-at", metavar="TIME", help="book capacity from then on (RFC 3339), for as long as "
                            "the job's `expected` says")  # fmt: skip
        parser.add_argument("--start-by", metavar="TIME", help="with --start-at: from any time between, which the "
                            "exchange picks")  # fmt: skip
        if name == "submit":
            parser.add_argument("--secret", action="append", default=[], metavar="NAME",
                                help="value is taken from this shell's environment variable NAME")  # fmt: skip
            parser.add_argument("--name", help="instead of the file's name")
            parser.add_argument("--detach", action="store_true", help="do not wait; print the id")
            parser.add_argument("--timeout", type=float, metavar="S", help="stop waiting after S seconds (exit 7)")
            parser.add_argument("--exit-code", action="store_true", help="exit with the job's own exit code")
        add_format(parser)
        add_connection(parser)
        parser.set_defaults(run=run)


def _register_noun(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    noun = verbs.add_parser("job", help="show, explain, wait, outputs, events of jobs")
    inner = noun.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, words, run in (
        ("list", "jobs, newest first", show_status),
        ("show", "its state, place, runs, why it waits, and what it cost", show_status),
        ("wait", "until it ended (exit 20 when it failed)", wait),
        ("outputs", "bring its results here", fetch_outputs),
        ("events", "everything that happened to it", show_events),
        ("explain", "why it waits and what would change that", explain),
    ):
        parser = inner.add_parser(name, help=words)
        if name == "list":
            parser.add_argument("--state", action="append")
            parser.add_argument("--limit", type=int, default=50)
            parser.set_defaults(job=None)
        else:
            parser.add_argument("job")
        if name == "wait":
            parser.add_argument("--timeout", type=float, metavar="S")
        if name == "outputs":
            parser.add_argument("--to", default=".", metavar="FOLDER")
        add_format(parser)
        add_connection(parser)
        parser.set_defaults(run=run)
    first = inner.add_parser("init", help="write a commented job file to start from")
    first.add_argument("file", nargs="?", default="job.yaml")
    first.set_defaults(run=write_first)


# ── quote and submit ──────────────────────────────────────────────────────────────────────────────────────────────
def read_job_file(name: str) -> tuple[str, str, Path]:
    """(source name, text, the folder its paths are relative to)."""
    if name == "-":
        return "stdin", sys.stdin.read(), Path.cwd()
    text = text_of_file(Path(name))
    return sayable(name), text, Path(name).resolve().parent


def pairs(given: list[str]) -> dict[str, str]:
    wrong = [item for item in given if "=" not in item]
    if wrong:
        raise InvalidInput(source="--env", problems=[Problem(f"{item!r} is not NAME=VALUE") for item in wrong])
    return dict(item.split("=", 1) for item in given)


def show_quote(args: argparse.Namespace) -> int:
    source, text, _ = read_job_file(args.file)
    answer = connect(args).quote(text, source=source, envs=pairs(args.env), start_at=args.start_at,
                                 start_by=args.start_by)  # fmt: skip
    for note in answer.get("notes", []):
        say(f"note: {note}")
    if structured(args):
        print_data(answer, args)
    elif args.output == "table" and not args.columns:
        print_lines(line for quote in answer["quotes"] for line in quote["lines"])
    else:
        choices = [
            {"job": q["job"], **choice, "id": choice["offer"]} for q in answer["quotes"] for choice in q["choices"]
        ]
        print_rows(choices, ("job", "offer", "site", "hub", "units", "price", "terms", "total", "start"), args)
    return 0 if all(quote["fits"] for quote in answer["quotes"]) else 5


def submit(args: argparse.Namespace) -> int:
    source, text, folder = read_job_file(args.file)
    client = connect(args)
    missing = [name for name in args.secret if name not in os.environ]
    if missing:
        raise InvalidInput(source="--secret", problems=[Problem(f"{n} is not set in this shell") for n in missing])
    secrets = {name: os.environ[name] for name in args.secret}
    plan = client.call("POST", "/v1/jobs/check", {"source": source, "text": text, "envs": pairs(args.env)})
    files = collect(client, folder, plan)
    jobs = submit_once(client, text, source=source, envs=pairs(args.env), secrets=secrets, files=files, name=args.name,
                       start_at=args.start_at, start_by=args.start_by)  # fmt: skip
    write_private(data_home() / "last-job", jobs[0].id + "\n")
    for note in plan.get("notes", []):
        say(f"note: {note}")
    if args.detach or args.output not in ("table", "wide"):
        print_rows([job.data for job in jobs], ("id", "name", "state", "reason"), args)
        return 0
    return watch(jobs, timeout_s=args.timeout, own_code=args.exit_code)


def _kept_key(name: str) -> Path:
    """The file of a key for this command: one that was never answered, or a fresh one."""
    own = data_home() / "unanswered" / f"{name}.{os.getpid()}"
    for left in sorted(own.parent.glob(f"{name}.*")):
        try:
            if time.time() - left.stat().st_mtime <= UNANSWERED_S and not _at_work(left.suffix.removeprefix(".")):
                left.rename(own)
                return own
        except FileNotFoundError:
            continue  # another one was faster
    write_private(own, uuid.uuid4().hex)
    return own


def _at_work(pid: str) -> bool:
    """Whether another command of that number runs still."""
    if int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def submit_once(client: ExchangeClient, text: str, **what: Any) -> list[JobHandle]:
    """Keeps the request's key until it is answered, so that the same command, given again, cannot run twice. Two that
    run side by side are two: a key is taken over only from a command that has ended without an answer."""
    whole = json.dumps([client.url, text, what], sort_keys=True)
    kept = _kept_key(hashlib.sha256(whole.encode()).hexdigest()[:32])
    try:
        jobs = client.submit(text, key=kept.read_text(encoding="ascii"), **what)
    except Overloaded:
        raise
    except Unreachable as cause:
        raise SubmitUnanswered(url=client.url, reason=cause.params.get("reason", "")) from cause
    except GridtieError:
        kept.unlink(missing_ok=True)
        raise
    kept.unlink(missing_ok=True)
    return jobs


def watch(jobs: list[JobHandle], *, timeout_s: float | None, own_code: bool) -> int:
    """One line per change of each job until all ended. Ctrl-C stops watching, never the jobs."""
    shown: dict[str, str] = {}
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    pause = 0.1
    try:
        while True:
            for job in jobs:
                line = progress_line(job.refresh().data)
                if shown.get(job.id) != line:
                    shown[job.id], pause = line, 0.1
                    print(line, flush=True)
            if all(job.state in FINAL for job in jobs):
                break
            if deadline is not None and time.monotonic() > deadline:
                raise WaitTimedOut(noun="job", key=jobs[0].id)
            time.sleep(pause)
            pause = min(pause * 1.4, 1.0)
    except KeyboardInterrupt:
        say(f"\nstopped watching; the job goes on. Look again: gridtie status {jobs[0].id}")
        return 130
    failed = [job for job in jobs if job.state != "succeeded"]
    for job in jobs:
        cost = f"{job.data['cost']} hours" if in_hours(job.data) else job.data["cost"]
        data = f", data {job.data['data_cost']}" if paid_data(job.data) else ""
        say(f"{job.id}: cost {cost}{data}   output: gridtie logs {job.id}   receipt: gridtie receipt {job.id}")
    if failed and own_code:
        return int(failed[0].data.get("exit_code") or 1)
    return 20 if failed else 0


def in_hours(job: Mapping[str, Any]) -> bool:
    """The compute bank pays for it: its price, its cost and what is held are reference hours."""
    return job.get("paid_in") == "hours"


def paid_data(job: Mapping[str, Any]) -> bool:
    return str(job.get("data_cost", "0.00")) != "0.00"


def progress_line(job: Mapping[str, Any], *, colour: bool = True) -> str:
    """For stdout; without colour for `say`, which spells out what a terminal would obey."""
    words = [job["id"], job["name"]]
    if job.get("site") and job["state"] != "queued":  # where it ran before says nothing of where it will
        words.append(f"at {job['site']} ({job['hub']}), {job['price']}{' hours' if in_hours(job) else ''}/h")
    if len(job.get("runs", [])) > 1:
        words.append(f"run {len(job['runs'])}")
    if job.get("reason"):
        words.append(f"– {job['reason']}")
    if job.get("change"):
        words.append(f"– {job['change']}")
    elif job["state"] == "placed" and job.get("runs") and job["runs"][-1]["detail"]:
        words.append(f"– {job['runs'][-1]['detail']}")
    told = [plain(word) for word in words]
    return "  ".join([*told[:2], coloured(job["state"]) if colour else job["state"], *told[2:]])


# ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────
def whole_id(client: ExchangeClient, text: str, *, newest: bool = True) -> str:
    """@last → the job submitted last from this account; a job's name → its newest. Raises NotFound, and Ambiguous for a
    name of several where `newest` will not do."""
    if text == "@last":
        path = data_home() / "last-job"
        if not path.exists():
            raise NotFound(noun="job", key="@last")
        return path.read_text(encoding="ascii").strip()
    if is_id("job", text) or is_id("req", text):
        return text
    named = client.call("GET", "/v1/jobs", query={"name": text, "limit": 2})["items"]
    if not named and SHORT_ID.fullmatch(text):
        return text
    if not named:
        raise NotFound(noun="job", key=text)
    if len(named) > 1 and not newest:
        raise Ambiguous(noun="job", key=text, matches=", ".join(job["id"] for job in named))
    if len(named) > 1:
        say(f"note: several jobs are called {text}; this is the newest, {named[0]['id']}")
    return str(named[0]["id"])


def show_status(args: argparse.Namespace) -> int:
    client = connect(args)
    if args.output in ("table", "wide"):
        _say_health(client)
    if args.job is None:
        rows = first(client.jobs(state=args.state, limit=min(args.limit, 500)), args.limit)
        if not rows and args.output in ("table", "wide"):
            say("No job is in such a state." if args.state else
                "No jobs yet. Start one: gridtie job init && gridtie submit job.yaml")  # fmt: skip
            return 0
        print_rows(rows, LIST_COLUMNS, args)
        return 0
    job: Mapping[str, Any] = client.job(whole_id(client, args.job))
    if args.output != "table" or args.columns:
        print_record(job, args)
        return 0
    print(progress_line(job))
    summary = {
        key: job[key] for key in ("resources", "created_at", "started_at", "ended_at", "exit_code", "cost", "held")
    }
    if (end := job.get("expected_end")) is not None:
        deadline = job["spec"].get("deadline")
        late = deadline is not None and from_text(end) > from_text(deadline)
        summary["expected_end"] = f"{end}, after its deadline, which is the latest start" if late else end
    if paid_data(job):
        summary["data_cost"] = job["data_cost"]
    if in_hours(job):
        summary["paid_in"] = "reference hours of the compute bank"
    print_record({key: value for key, value in summary.items() if value is not None}, args)
    if job["runs"]:
        print()
        columns = ("epoch", "site", "hub", "state", "reason", "units", "price", "started_at", "ended_at", "exit_code")
        print_table([[text_of(run[c]) for c in columns] for run in job["runs"]], columns)
    for run in job["runs"]:
        if run["detail"]:
            print_lines(["", f"run {run['epoch']}: {run['detail']}"])
    if refusal := job.get("refusal"):
        print_lines(["", f"waits: {refusal['reason']}"])
        for code, count in sorted(refusal["counts"].items(), key=lambda item: -item[1]):
            print(f"  {count} offer{'' if count == 1 else 's'}: {code}")
    if any(run["ended_at"] for run in job["runs"]):
        print()
        print_costs(client.costs(job["id"]))
    for note in job.get("notes", []):
        say(f"note: {note}")
    return 0


def _say_health(client: ExchangeClient) -> None:
    try:
        health = client.health()
        for words in (*health["complaints"], *health.get("notes", [])):
            say(f"warning: {words}")
    except Unreachable:
        return  # the call after this one says so
    except GridtieError as error:
        say(f"warning: {error.message}")


def show_logs(args: argparse.Namespace) -> int:
    client = connect(args)
    key = whole_id(client, args.job)
    ranks = [args.rank] if args.rank is not None else list(range(client.job(key)["machines"]))
    printer = LogPrinter(named=len(ranks) > 1, search=args.search if args.follow else None)
    reached: dict[tuple[str, int], int] = {}
    if args.tail is not None or (args.search is not None and not args.follow):
        for rank in ranks:
            part = client.log(key, rank=rank, tail=args.tail, search=args.search)
            printer.add(rank, part.body.decode("utf-8", "replace"))
            if run := part.headers.get("gridtie-run"):
                reached[run, rank] = int(part.headers["gridtie-next-offset"])
            printer.end()
    elif not args.follow:
        for rank in ranks:
            printer.add(rank, client.log_text(key, rank=rank))
            printer.end()
    if not args.follow:
        return 0
    newest = {run for run, _ in reached}
    earlier = {run["id"] for run in client.job(key)["runs"] if newest and run["id"] not in newest}
    reached |= {(run, rank): 1 << 50 for run in earlier for rank in ranks}
    try:
        for item in client.follow(key, rank=args.rank, start=reached):
            if item["event"] == "log":
                printer.add(item["rank"], item["text"])
        printer.end()
    except KeyboardInterrupt:
        say(f"\nstopped following; the job goes on. Again: gridtie logs -f {key}")
        return 130
    return 0


class LogPrinter:
    """What one rank printed goes out as it comes; of several, line by line, each with the rank's number."""

    def __init__(self, *, named: bool, search: str | None) -> None:
        self._named, self._search = named, search
        self._begun: dict[int, str] = {}  # the line that each rank has not ended yet

    def add(self, rank: int, text: str) -> None:
        if not self._named and self._search is None:
            sys.stdout.write(text)
            sys.stdout.flush()
            return
        *lines, self._begun[rank] = (self._begun.get(rank, "") + text).split("\n")
        for line in lines:
            self._print(rank, line)
        sys.stdout.flush()

    def end(self) -> None:
        for rank, line in sorted(self._begun.items()):
            if line:
                self._print(rank, line)
        self._begun.clear()

    def _print(self, rank: int, line: str) -> None:
        if self._search is None or self._search in line:
            sys.stdout.write(f"[{rank}] {line}\n" if self._named else f"{line}\n")


def show_receipt(args: argparse.Namespace) -> int:
    client = connect(args)
    costs = client.costs(whole_id(client, args.job))
    items = costs["items"]
    if args.save:
        write_private(Path(args.save), json.dumps([item["envelope"] for item in items], indent=2) + "\n")
        say(f"{len(items)} signed receipt(s) in {args.save}")
    if not items:
        say("No receipt yet: a run is settled when it ends.")
    if args.output != "table" or args.columns:
        print_rows(items, ("id", "job", "run", "state", "amount", "created_at", "signed_at"), args)
        return 0
    print_costs(costs)
    return 0


def print_costs(costs: Mapping[str, Any]) -> None:
    print_lines([line for item in costs["items"] for line in item["lines"]] + costs["lines"])


def show_events(args: argparse.Namespace) -> int:
    client = connect(args)
    items = client.call("GET", f"/v1/jobs/{whole_id(client, args.job)}/events")["items"]
    rows = [{**item, "data": " ".join(f"{k}={text_of(v)}" for k, v in item["data"].items())} for item in items]
    print_rows(items if structured(args) else rows, ("at", "kind", "actor", "data"), args)
    return 0


def explain(args: argparse.Namespace) -> int:
    client = connect(args)
    answer = client.call("GET", f"/v1/market/why/{whole_id(client, args.job)}")
    if structured(args):
        print_data(answer, args)
    else:
        print_lines(answer["lines"])
    return 0


# ── doing ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def cancel_jobs(args: argparse.Namespace) -> int:
    client = connect(args)
    rows = [client.cancel(whole_id(client, key, newest=False)) for key in args.job]
    print_rows(rows, ("id", "name", "state", "reason"), args)
    return 0


def wait(args: argparse.Namespace) -> int:
    client = connect(args)
    job = client.handle(whole_id(client, args.job)).refresh()
    try:
        if job.state not in FINAL:
            say(f"waits for {progress_line(job.data)}")
        job.wait(timeout_s=args.timeout)
    except KeyboardInterrupt:
        say(f"\nstopped waiting; the job goes on. Again: gridtie job wait {job.id}")
        return 130
    print_record(job.data, args) if structured(args) else print(progress_line(job.data))
    return 0 if job.state == "succeeded" else 20


def fetch_outputs(args: argparse.Namespace) -> int:
    client = connect(args)
    written = client.download_outputs(whole_id(client, args.job), Path(args.to))
    for path in written:
        print(path)
    if not written:
        say("No outputs: the job named none under gridtie.outputs, or has not ended yet.")
    return 0


FIRST_JOB = """\
name: hello
resources:
  cpus: 1            # cores of one machine; 8+ means at least eight
  memory: 1GB
run: |
  echo "Hello from rank $SKYPILOT_NODE_RANK of $SKYPILOT_NUM_NODES"
  echo 42 > result.txt
gridtie:
  budget: {max_price: "2.50", max_total: "5"}   # per core-hour, and for the whole job
  expected: 10m      # how long you think it takes; money is held for that
  outputs: [result.txt]
  # isolation: none  # accepts sites that have no sandbox; default: sandbox
"""


def write_first(args: argparse.Namespace) -> int:
    path = Path(args.file)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(FIRST_JOB)
    except FileExistsError:
        raise InvalidInput(source=str(path), problems=[Problem("exists already; name another file")]) from None
    say(f"wrote {path}; next: gridtie quote {path}, then gridtie submit {path}")
    return 0
