"""`gridtie clean`: personal data found in files and treated as one policy says, with an audit beside the result."""

import argparse
import csv
import getpass
import json
import os
import secrets
import shlex
import signal
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridtie.cli.context import read_bounded, text_of_file, unlisted
from gridtie.cli.local.clean_rules import own_rules, test_rules, text_beside
from gridtie.cli.output import add_format, plain, print_record, say
from gridtie.errors import NO_ROOM, InvalidInput, NoRoom, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gridtie.adapters.signers.ed25519 import Ed25519Signer
    from gridtie.cleaner.run import Step
    from gridtie.cleaning.audit import Verdict
    from gridtie.cleaning.policy import Policy

KEY_MAX = 4096  # bytes of a file with a key: more is none
FILES_TOLD = 10
SLOW = 1e5  # bytes a second, below which megabytes would be 0.0
UNREAD = {
    "broken-json": "a line is one JSON object; a list over several lines must be written so first",
    "no-record": "a line is an object or a text, no list and no number",
    "not-utf8": "write it in UTF-8 first, such as iconv -f gb18030 -t utf-8",
    "nul-bytes": "it holds bytes of no text",
    "too-deep": "objects and lists of over 100 within each other",
    "too-long": "a line, paragraph or row of over 16 MiB",
    "truncated": "the packed file breaks off; what stands before was read",
    "unreadable": "it is not of the format that its name says, or damaged",
    "no-head": "the first line names no columns, so no row can be read",
    "broken-row": "a row has more or fewer cells than the head, or quotes that do not close",
    "columns-of-one-name": "two columns are called the same",
}


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = verbs.add_parser("clean", help="find personal data in files and treat it as a policy says")
    inner = parser.add_subparsers(dest="verb", metavar="VERB")
    _add_files(inner)
    review = inner.add_parser("review", help="give a person's verdicts on the hand sample")
    review.add_argument("folder", type=Path, metavar="DIR", help="the --out of a cleaning")
    review.add_argument("--reviewer", metavar="NAME", help="who judges (default: the user of this machine)")
    review.add_argument("--verdicts", type=Path, metavar="CSV", help="item,passed,personal,note instead of asking")
    review.set_defaults(run=run_review)
    verify = inner.add_parser("verify", help="recompute every figure of a report from what lies beside it")
    verify.add_argument("folder", type=Path, metavar="DIR", help="the --out of a cleaning")
    verify.set_defaults(run=run_verify)
    train = inner.add_parser("train", help="teach the model of names from labelled texts of your own")
    train.add_argument("inputs", nargs="+", type=Path, metavar="LABELLED", help='lines of {"text": "…", "labels": '
                       '[[start, end, "NAME"], …]}, also .gz and .zst')  # fmt: skip
    train.add_argument("--out", type=Path, required=True, metavar="MODEL", help="the file that a policy then names")
    train.add_argument("--base", type=Path, metavar="MODEL", help="the model to teach; default: the built-in one")
    train.add_argument("--precision", type=float, default=0.95, metavar="SHARE",
                       help="how much of what it finds must be names (default: 0.95)")  # fmt: skip
    add_format(train)
    train.set_defaults(run=run_train)
    rules = inner.add_parser("rules", help="the rules that find personal data")
    asked = rules.add_subparsers(dest="asked", metavar="VERB", required=True)
    test = asked.add_parser("test", help="hold every rule against the examples it carries")
    test.add_argument("files", nargs="*", type=Path, metavar="FILE", help="rule files of your own beside the built-in")
    add_format(test)
    test.set_defaults(run=test_rules)


def _add_files(inner: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    files = inner.add_parser("files", help="clean files; `gridtie clean FILE…` is the same")
    files.add_argument("inputs", nargs="+", type=Path, metavar="INPUT", help="files, or folders of them: .jsonl .txt "
                       ".csv .tsv .parquet, also .gz and .zst")  # fmt: skip
    files.add_argument(
        "--policy", type=Path, required=True, metavar="FILE", help="what becomes of what is found (TOML)"
    )
    files.add_argument("--out", type=Path, required=True, metavar="DIR", help="where results and audit go")
    files.add_argument("--sources", type=Path, metavar="FILE", help="licence and collection record of each (TOML)")
    files.add_argument("--pack", type=Path, metavar="FILE", help="the thresholds to hold it to; default: GB/T 45654")
    files.add_argument("--detector", action="append", default=[], metavar="NAME=COMMAND", help="what runs for a "
                       "detector that the policy names, such as presidio='venv/bin/python presidio.py'")  # fmt: skip
    files.add_argument("--workers", type=int, default=0, metavar="N", help="processes; default: one a core")
    files.add_argument("--field", default="text", metavar="NAME", help="what a record is about (default: text)")
    files.add_argument("--aside", action="store_true", help="also write what is dropped, as it was, into DIR/dropped")
    add_format(files)
    files.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from gridtie.adapters.tables import load_rules
    from gridtie.cleaner.report import keep_run, usual_pack, write_report
    from gridtie.cleaner.run import Cleaned, clean
    from gridtie.cleaner.work import Task, named_by_people, veiled
    from gridtie.cleaning.policy import Policy
    from gridtie.cleaning.sources import RulePack, Source

    if args.workers < 0:
        raise InvalidInput(source="--workers", problems=[Problem("is 1 or more; without it one a core")])
    text = text_of_file(args.policy)
    rules = own_rules(text, args.policy)
    policy = Policy.read(text, source=str(args.policy), kinds=load_rules(rules).kinds)
    sources = text_of_file(args.sources) if args.sources else ""
    if sources:
        Source.read_all(sources, source=str(args.sources))
    pack = text_of_file(args.pack) if args.pack else usual_pack()
    RulePack.read(pack, source=str(args.pack or "the built-in pack"))
    task = Task(
        out=args.out, policy_text=text, policy_source=str(args.policy), words_text=words_of(policy, args.policy),
        names_text=names_of(policy, args.policy), own_rules=rules, text_field=args.field, aside=args.aside,
        keys=keys_of(policy, args.policy), detectors=_detectors(policy, args),
    )  # fmt: skip
    inputs = _inputs(args.inputs, args.out, partial(veiled, task))
    if problems := named_by_people(task, inputs.values()):
        more = [f"and {len(problems) - FILES_TOLD} more"] if len(problems) > FILES_TOLD else []
        raise InvalidInput(source="INPUT", problems=[Problem(one) for one in [*problems[:FILES_TOLD], *more]])
    if inside := [path for path in inputs if path.resolve().is_relative_to(args.out.resolve())]:
        raise InvalidInput(source=str(inside[0]), problems=[Problem("lies in --out: name another folder for results")])
    shown, made = Shown(), dict[str, Any]()

    def finish(cleaned: Cleaned) -> None:
        keep_run(task, cleaned, sources, pack)
        made.update(write_report(args.out, cleaned.parts, signer()))

    try:
        workers = args.workers or len(os.sched_getaffinity(0))
        with stopping():
            cleaned = clean(task, list(inputs), workers=workers, progress=shown, names=inputs, finish=finish)
    except KeyboardInterrupt as cause:
        shown.end()
        say(f"\nstopped {shown.done}; the same command goes on. Files in the middle begin anew, an unpacked .jsonl "
            "from its last 64 MB")  # fmt: skip
        return cause.code if isinstance(cause, Stopped) else 130
    except OSError as cause:
        if cause.errno not in NO_ROOM:
            raise
        shown.end()
        say("what is finished is kept: the same command goes on with it")
        raise NoRoom(path=args.out, reason=cause.strerror) from None
    shown.end()
    for name in cleaned.mended[:FILES_TOLD]:
        say(f"data/{name} was no longer what had been written; it is written anew")
    if len(cleaned.mended) > FILES_TOLD:
        say(f"and {len(cleaned.mended) - FILES_TOLD} more files")
    _say_unread(cleaned.parts)
    print_record(_summary(made) | {"report": str(args.out / "audit.json")}, args)
    return 0


def _say_unread(parts: "Sequence[Mapping[str, Any]]") -> None:
    """Which files hold what could not be read, and what may help: the sums of a run do not say where."""
    by_file: dict[str, Counter[str]] = {}
    for part in parts:
        unread = {why: count for why, count in part["counts"]["dropped"].items() if why in UNREAD}
        if unread:
            by_file.setdefault(part["input"], Counter()).update(unread)
    told = list(by_file.items())
    for name, counts in told[:FILES_TOLD]:
        say(f"not read of {name}: " + "; ".join(f"{why} {count}, {UNREAD[why]}" for why, count in counts.items()))
    if len(told) > FILES_TOLD:
        say(f"and of {len(told) - FILES_TOLD} more files; audit.json counts all of it")


def signer() -> "Ed25519Signer":
    """The key of whoever cleans here, made at the first report."""
    from gridtie.adapters.signers.ed25519 import load_or_create
    from gridtie.cli.context import data_home

    home = data_home()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return load_or_create(home / "cleaner.key", secrets.token_bytes(32))


def _summary(made: "Mapping[str, Any]") -> dict[str, Any]:
    """What a person wants to know first, in numbers alone."""
    counts = made["counts"]
    found = Counter[str]()
    for kind, _, count in counts["found"]:
        found[kind] += count
    return {
        "records": counts["records"], "kept": counts["kept"],
        "dropped": dict(Counter(counts["dropped"]).most_common()), "found": dict(found.most_common()),
        "hand_sample": f"{made['hand_sample']['judged']} of {made['hand_sample']['items']} judged",
        **({"table": _table_summary(made["table"])} if made["table"] else {}),
        "checks": f"{made['pack']}: {_checks_summary(made['checks'])}",
    }  # fmt: skip


def _checks_summary(checks: "Sequence[Mapping[str, Any]]") -> str:
    """Those that do not hold, by name: they are what is to be done."""
    failed = [check["name"] for check in checks if check["held"] is False]
    named = f" ({', '.join(failed)})" if failed else ""
    held = sum(check["held"] is True for check in checks)
    unseen = sum(check["held"] is None for check in checks)
    return f"{held} held, {len(failed)} not held{named}, {unseen} not looked at"


def _table_summary(table: "Mapping[str, Any]") -> str:
    grade = f"GB/T 42460 grade {table['grade']}" if table["grade"] else "no grade"
    left_out = f"{sum(table['left_out'].values())} left out"
    return f"{table['classes']} classes, the smallest of {table['smallest']} records; {left_out}; {grade}"


def run_train(args: argparse.Namespace) -> int:
    from gridtie.adapters.tables import load_rules, names_text
    from gridtie.cleaner.files import parts_of, read
    from gridtie.cleaning.scan import Scanner
    from gridtie.cleaning.tagger import NamesModel
    from gridtie.cleaning.training import labelled, train

    if not 0 < args.precision <= 1:
        raise InvalidInput(source="--precision", problems=[Problem("is a share above 0 and up to 1, such as 0.95")])
    base = text_of_file(args.base) if args.base else names_text()
    model = NamesModel.read(base, source=str(args.base or "the built-in model"))
    inputs = _inputs(args.inputs, args.out)
    if args.out.resolve() in {path.resolve() for path in inputs} or args.out.is_dir():
        why = "is a folder" if args.out.is_dir() else "is one of the labelled files"
        raise InvalidInput(source="--out", problems=[Problem(f"{args.out} {why}: name another file for the model")])
    texts = []
    for path in inputs:
        records = ((one.line, one.value, one.problem) for part in parts_of(path) for one in read(part))
        texts += labelled(records, source=str(path))
    made = f"{len(texts)} labelled texts, on top of {model.digest[:12]}"
    trained = train(texts, Scanner(load_rules()), model, precision=args.precision, made=made)
    scratch = args.out.with_name(f".{args.out.name}")
    scratch.write_text(trained.model, encoding="utf-8")
    scratch.replace(args.out)
    print_record(
        {"model": str(args.out), "texts": trained.texts, "judged_by": trained.judging,
         "names_unannounced": trained.names, "found": trained.found, "false": trained.false}, args,
    )  # fmt: skip
    return 0


def run_verify(args: argparse.Namespace) -> int:
    from gridtie.cleaner.report import differences, read_report

    made = read_report(args.folder)
    wrong = differences(args.folder)
    for line in wrong:
        print(line)
    signed = (args.folder / "audit.signature.json").exists()
    figures = f"{made['counts']['records']} records, {len(made['outputs'])} outputs"
    for one in made["detectors"]:
        say(f"what {one['name']} ({one['tool']} {one['version']}) found is taken as it lies in work/: it was not asked")
    if wrong:
        differ = f"{len(wrong)} figure{'s differ' if len(wrong) > 1 else ' differs'}"
        say(f"{differ}. The same gridtie clean again, with this --out, makes anew what was changed; verdicts stay")
        return 1
    say(f"every figure holds: {figures}; {'signed' if signed else 'not signed'}")
    return 0


def run_review(args: argparse.Namespace) -> int:
    """Asks about what nobody has judged yet; what was said is kept at once, and the report says it at the end."""
    from gridtie.cleaner.report import add_verdicts, rewrite_report, sample_of, verdicts_of

    reviewer = args.reviewer or getpass.getuser()
    items = sample_of(args.folder)
    if not items:
        raise InvalidInput(source=str(args.folder), problems=[Problem("no hand sample lies there; clean first")])
    if args.verdicts:
        given = _verdicts(args.verdicts, {item["item"] for item in items}, reviewer)
        add_verdicts(args.folder, given)
    else:
        judged = {verdict.item for verdict in verdicts_of(args.folder)}
        for verdict in _asked([item for item in items if item["item"] not in judged], reviewer):
            add_verdicts(args.folder, [verdict])
    hand = rewrite_report(args.folder, signer())["hand_sample"]
    left = hand["personal_left"]
    print(f"{hand['judged']} of {hand['items']} judged, {hand['passed_ppm'] / 10_000:.2f} % passed "
          f"(at least {hand['passed_at_least_ppm'] / 10_000:.2f} % at 95 % confidence)")  # fmt: skip
    if left["between"]:
        print(f"records with personal data left: about {left['estimated_records']}, between {left['between'][0]} and "
              f"{left['between'][1]} at 95 % confidence")  # fmt: skip
    return 0


def _asked(items: "list[dict[str, Any]]", reviewer: str) -> "Iterator[Verdict]":
    from gridtie.cleaning.audit import Verdict

    for item in items:
        print(f"\n── item {item['item']} of {item['output']} ──")
        print(plain(json.dumps(item["record"], ensure_ascii=False, indent=1)))
        said = ""
        while said.split(" ")[0] not in ("p", "f", "q") and not said.isdecimal():
            said = input("p passed · f NOTE failed · NUMBER of personal values left · q stop: ").strip().lower()
        if said == "q":
            return
        personal = int(said) if said.isdecimal() else 0
        yield Verdict(
            item=item["item"], passed=said == "p" or said == "0", personal=personal, note=said[2:], reviewer=reviewer,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
        )  # fmt: skip


def _verdicts(path: Path, known: set[int], reviewer: str) -> "list[Verdict]":
    """Of a table; refused whole with every wrong line, so that half of a review is never taken."""
    from gridtie.cleaning.audit import Verdict

    rows = csv.DictReader(text_of_file(path).splitlines())
    if not {"item", "passed"} <= set(rows.fieldnames or ()):
        raise InvalidInput(source=str(path), problems=[Problem("needs the columns item and passed", line=1, column=1)])
    made, problems = [], []
    for row in rows:
        item, passed, personal = row["item"] or "", (row["passed"] or "").lower(), row.get("personal") or "0"
        if not item.isdecimal() or int(item) not in known:
            problems.append(Problem("its item is no number of this sample", line=rows.line_num, column=1))
        elif passed not in ("yes", "no") or not personal.isdecimal():
            problems.append(Problem("passed is yes or no, personal a whole number", line=rows.line_num, column=1))
        else:
            made.append(Verdict(
                item=int(item), passed=passed == "yes", personal=int(personal), note=row.get("note") or "",
                reviewer=row.get("reviewer") or reviewer, at=datetime.now(UTC).isoformat(timespec="seconds"),
            ))  # fmt: skip
    if problems:
        raise InvalidInput(source=str(path), problems=problems)
    return made


def _inputs(given: list[Path], out: Path, shown: "Callable[[str], str]" = str) -> dict[Path, str]:
    """Files, and the files below folders in order of their names, each with what it is called: from the folder that was
    given. What is written is never read. `shown`: how a path is said."""
    found: dict[Path, str] = {}
    for path in given:
        if path.is_dir():
            found |= {below: below.relative_to(path).as_posix() for below in _below(path, out, shown)}
        elif path.is_file():
            found[path] = path.name
        else:
            why = "no file but a pipe or a device" if path.exists() else "no such file or folder"
            raise InvalidInput(source=shown(str(path)), problems=[Problem(why)])
    if not found:
        raise InvalidInput(source="INPUT", problems=[Problem("no files there")])
    return found


def _below(folder: Path, out: Path, shown: "Callable[[str], str]") -> list[Path]:
    """What is left out is said, but for the results themselves."""
    found: list[Path] = []
    left: dict[str, list[Path]] = {}
    for parent, folders, names in os.walk(folder, onerror=unlisted):
        here = [Path(parent) / name for name in (*folders, *names)]
        own = [path for path in here if path.resolve() == out.resolve()]
        folders[:] = [name for name in folders if not name.startswith(".") and Path(parent) / name not in own]
        for path in (path for path in here if path not in own):
            if path.name.startswith("."):
                left.setdefault("hidden", []).append(path)
            elif path.is_dir():
                if path.is_symlink():
                    left.setdefault("a link to a folder", []).append(path)
            elif not path.is_file():
                left.setdefault("no file (a pipe, a device, a link that leads nowhere)", []).append(path)
            else:
                found.append(path)
    for why, paths in left.items():
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        say(f"left out: {shown(str(min(paths)))}{more}: {why}")
    return sorted(found)


def _detectors(policy: "Policy", args: argparse.Namespace) -> dict[str, tuple[str, ...]]:
    """A policy is read by many and runs nothing: what runs is said by whoever gives the command."""
    made, problems = {}, []
    for said in args.detector:
        name, _, command = said.partition("=")
        try:
            words = tuple(shlex.split(command))
        except ValueError as cause:
            problems.append(Problem(f"{name}: {str(cause).lower()} in its command"))
            continue
        if not words:
            problems.append(Problem(f"{said!r} is not NAME=COMMAND"))
        elif name not in policy.detectors:
            problems.append(Problem(f"the policy has no [detectors.{name}], which says what becomes of what it finds"))
        elif name in made:
            problems.append(Problem(f"{name} is given twice"))
        made[name] = words
    if problems:
        raise InvalidInput(source="--detector", problems=problems)
    if missing := sorted(set(policy.detectors) - set(made)):
        raise InvalidInput(source=str(args.policy), problems=[
            Problem(f"names the detector {name}; say what runs with --detector {name}=COMMAND") for name in missing
        ])  # fmt: skip
    return made


def words_of(policy: "Policy", beside: Path) -> str:
    from gridtie.cleaning.words import WordLibrary

    if not policy.words:
        return ""
    path = beside.parent / policy.words
    text = text_beside(beside, policy.words, "the word library")
    WordLibrary.read(text, source=str(path))
    return text


def names_of(policy: "Policy", beside: Path) -> str:
    """The model of names as its file has it; empty for none."""
    from gridtie.adapters.tables import names_text
    from gridtie.cleaning.policy import BUILT_IN, NONE
    from gridtie.cleaning.tagger import NamesModel

    if policy.names in (BUILT_IN, NONE):
        return names_text() if policy.names == BUILT_IN else ""
    path = beside.parent / policy.names
    text = text_beside(beside, policy.names, "the model of names")
    NamesModel.read(text, source=str(path))
    return text


def keys_of(policy: "Policy", beside: Path) -> dict[str, bytes]:
    """Keys are 32 bytes: a variable holds them as 64 hexadecimal digits, a file too or as they are."""
    from gridtie.cleaning.policy import KEY_BYTES

    made, problems = {}, []
    for name, place in policy.keys.items():
        where = place.variable or str(beside.parent / place.file)
        try:
            raw = (
                os.environ[place.variable].encode()
                if place.variable
                else read_bounded(beside.parent / place.file, KEY_MAX)
            )
            made[name] = raw if len(raw) == KEY_BYTES else bytes.fromhex(raw.decode().strip())
        except (OSError, KeyError):
            problems.append(Problem(f"key {name}: there is no {where}; make one with: openssl rand -hex {KEY_BYTES}"))
            continue
        except (ValueError, UnicodeDecodeError):
            made[name] = b""
        if len(made[name]) != KEY_BYTES:
            long = f"{KEY_BYTES} bytes, or {2 * KEY_BYTES} hexadecimal digits"
            problems.append(Problem(f"key {name} in {where} must be {long}"))
    if problems:
        raise InvalidInput(source=str(beside), problems=problems)
    return made


class Stopped(KeyboardInterrupt):
    """By a signal of another program, or by a terminal that was closed."""

    def __init__(self, number: int) -> None:
        self.code = 128 + number


@contextmanager
def stopping() -> "Iterator[None]":
    """A request to end is met as Ctrl-C is: workers and half files would else be left."""

    def stop(number: int, _frame: object) -> None:
        raise Stopped(number)

    numbers = [one for one in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(one) == signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


class Shown:
    """Progress with rate and remaining time: one line rewritten on a terminal, now and then one in a log."""

    def __init__(self) -> None:
        self._stage, self._began, self._before, self._said = "", time.monotonic(), 0, 0.0
        self._last: Step | None = None
        self.done = "before anything was done"

    def __call__(self, step: "Step") -> None:
        now = time.monotonic()
        self.done = f"while {step.stage}, {step.done / 1e6:.1f} of {step.size / 1e6:.1f} MB done"
        if step.stage != self._stage or step.done < self._before:  # a rank began again
            self._stage, self._began, self._before = step.stage, now, step.done
        live = sys.stderr.isatty()
        if not live and now - self._said < 30 and step.done < step.size:
            return
        self._said = now
        rate = (step.done - self._before) / max(now - self._began, 1e-6)
        said = f" at {rate / 1e6:.1f} MB/s" if rate >= SLOW else f" at {rate / 1e3:.1f} kB/s" if rate else ""
        left = f", {(step.size - step.done) / rate:.0f} s left" if rate and step.done < step.size else ""
        line = f"{step.stage}: {step.done / 1e6:.1f} of {step.size / 1e6:.1f} MB{said}{left}"
        if live:
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
        elif step != self._last:  # of a job it is asked again and again
            say(line)
        self._last = step

    def end(self) -> None:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
