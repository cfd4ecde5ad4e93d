"""`gridtie clean`: personal data found in files and treated as one policy says, with an audit beside the result."""

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridtie.cli.output import add_format, print_record, print_rows, say
from gridtie.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridtie.cleaner.run import Step
    from gridtie.cleaning.policy import Policy


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = verbs.add_parser("clean", help="find personal data in files and treat it as a policy says")
    inner = parser.add_subparsers(dest="verb", metavar="VERB")
    _add_files(inner)
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
    files.add_argument("--workers", type=int, default=0, metavar="N", help="processes; default: one a core")
    files.add_argument("--field", default="text", metavar="NAME", help="what a record is about (default: text)")
    files.add_argument("--aside", action="store_true", help="also write what is dropped, as it was, into DIR/dropped")
    add_format(files)
    files.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from gridtie.adapters.tables import load_rules
    from gridtie.cleaner.run import clean
    from gridtie.cleaner.work import Task
    from gridtie.cleaning.policy import Policy

    text = _text_of(args.policy)
    policy = Policy.read(text, source=str(args.policy), kinds=load_rules().kinds)
    task = Task(
        out=args.out, policy_text=text, policy_source=str(args.policy), words_text=_words(policy, args.policy),
        text_field=args.field, aside=args.aside, keys=_keys(policy, args.policy),
    )  # fmt: skip
    inputs = _inputs(args.inputs, args.out)
    shown = _Shown()
    cleaned = clean(task, inputs, workers=args.workers or len(os.sched_getaffinity(0)), progress=shown)
    shown.end()
    print_record(summary(cleaned.parts), args)
    return 0


def summary(parts: "Sequence[Mapping[str, Any]]") -> dict[str, Any]:
    """What a person wants to know first, in numbers alone."""
    reasons, found = Counter[str](), Counter[str]()
    for part in parts:
        reasons.update(part["dropped"])
        found.update({kind: count for kind, _, count in part["found"]})
    return {
        "records": sum(part["records"] for part in parts), "kept": sum(part["kept"] for part in parts),
        "dropped": dict(reasons.most_common()), "found": dict(found.most_common()),
    }  # fmt: skip


def _inputs(given: list[Path], out: Path) -> list[Path]:
    """Files, and the files below folders in order of their names. What is written is never read."""
    from gridtie.cleaner.files import form_of

    found: list[Path] = []
    for path in given:
        if path.is_dir():
            found.extend(sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(".")))
        elif path.is_file():
            found.append(path)
        else:
            raise InvalidInput(source=str(path), problems=[Problem("no such file or folder")])
    names = [path.name for path in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        problems = [Problem(f"two files are called {name}; their results would be one") for name in twice]
        raise InvalidInput(source="INPUT", problems=problems)
    inside = [path for path in found if path.resolve().is_relative_to(out.resolve())]
    if inside:
        raise InvalidInput(source=str(inside[0]), problems=[Problem("lies in --out: name another folder for results")])
    if not found:
        raise InvalidInput(source="INPUT", problems=[Problem("no files there")])
    for path in found:
        form_of(path)
    return found


def _words(policy: "Policy", beside: Path) -> str:
    from gridtie.cleaning.words import WordLibrary

    if not policy.words:
        return ""
    path = beside.parent / policy.words
    text = _text_of(path)
    WordLibrary.read(text, source=str(path))
    return text


def _keys(policy: "Policy", beside: Path) -> dict[str, bytes]:
    """Keys are 32 bytes: a variable holds them as 64 hexadecimal digits, a file too or as they are."""
    from gridtie.cleaning.policy import KEY_BYTES

    made, problems = {}, []
    for name, place in policy.keys.items():
        where = place.variable or str(beside.parent / place.file)
        try:
            raw = os.environ[place.variable].encode() if place.variable else (beside.parent / place.file).read_bytes()
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


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as cause:
        raise InvalidInput(source=str(path), problems=[Problem(f"not UTF-8 at byte {cause.start}")]) from None


class _Shown:
    """Progress with rate and remaining time: one line rewritten on a terminal, now and then one in a log."""

    def __init__(self) -> None:
        self._stage, self._began, self._said = "", time.monotonic(), 0.0

    def __call__(self, step: "Step") -> None:
        now = time.monotonic()
        if step.stage != self._stage:
            self._stage, self._began = step.stage, now
        live = sys.stderr.isatty()
        if not live and now - self._said < 30 and step.done < step.size:
            return
        self._said = now
        took = max(now - self._began, 1e-6)
        rate = step.done / took
        left = f", {(step.size - step.done) / rate:.0f} s left" if rate and step.done < step.size else ""
        line = f"{step.stage}: {step.done / 1e6:.1f} of {step.size / 1e6:.1f} MB at {rate / 1e6:.1f} MB/s{left}"
        if live:
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
        else:
            say(line)

    def end(self) -> None:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")


def test_rules(args: argparse.Namespace) -> int:
    from gridtie.adapters.tables import rule_texts
    from gridtie.cleaning.rule import Example, RuleSet
    from gridtie.cleaning.scan import Scanner

    rules = RuleSet.read(rule_texts() | {str(path): _text_of(path) for path in args.files})
    scanner = Scanner(rules)
    rows, wrong = [], 0
    for rule in rules.rules:
        failed = [text for text in rule.hits if Example.read(text).differs(scanner.scan(Example.read(text).text))]
        failed += [text for text in rule.misses if scanner.scan(text)]
        wrong += len(failed)
        rows.append(
            {"rule": rule.id, "kind": rule.kind, "examples": len(rule.hits) + len(rule.misses), "failed": failed}
        )
    print_rows(rows, ("rule", "kind", "examples", "failed"), args)
    say(f"{len(rows)} rules of {len(rules.kinds)} kinds, {wrong} examples failed")
    return 1 if wrong else 0
