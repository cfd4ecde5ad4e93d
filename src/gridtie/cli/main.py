"""The command line: find the noun, load only what it needs, print errors in one shape, exit with a stated code."""

import _thread
import argparse
import importlib
import os
import re
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from gridtie import __version__
from gridtie.cli.output import say
from gridtie.errors import NO_ROOM, GridtieError, LocalFault, NoRoom, ProgramFault

# Command → (module that registers it, one line for the overview). Only the module asked for is imported.
COMMANDS = {
    "init": ("gridtie.cli.local.init", "make a new exchange on this machine"),
    "serve": ("gridtie.cli.local.serve", "run the exchange"),
    "db": ("gridtie.cli.local.db", "migrate, backup, restore, check the exchange's database"),
    "demo": ("gridtie.cli.local.demo", "a whole exchange with three sites on this machine"),
    "agent": ("gridtie.cli.local.agent", "join a cluster to an exchange and run its agent"),
    "identify": ("gridtie.cli.local.identify", "what this host has"),
    "simulate": ("gridtie.cli.local.simulate", "what clusters would gain by interconnecting, from their logs"),
    "clean": ("gridtie.cli.local.clean", "find personal data in files and treat it as a policy says"),
    "doctor": ("gridtie.cli.local.doctor", "check this machine and say how to mend what is wrong"),
    "quote": ("gridtie.cli.job", "which offers fit a job file, at what total cost"),
    "submit": ("gridtie.cli.job", "hand in a job file or an #SBATCH script"),
    "status": ("gridtie.cli.job", "jobs, or one job with its whole story"),
    "logs": ("gridtie.cli.job", "what a job prints"),
    "cancel": ("gridtie.cli.job", "stop a job"),
    "receipt": ("gridtie.cli.job", "what a job cost, line by line"),
    "exec": ("gridtie.cli.enter", "run a command beside a running job"),
    "port-forward": ("gridtie.cli.enter", "reach a port of a running job"),
    "job": ("gridtie.cli.job", "show, explain, wait, outputs, events of jobs"),
    "market": ("gridtie.cli.market", "show, index, why, rounds, replay"),
    "offer": ("gridtie.cli.offer", "post, list, withdraw, import price lists"),
    "bank": ("gridtie.cli.bank", "the compute bank: deposit, deposits, close, rates, statement, lend"),
    "dataset": ("gridtie.cli.dataset", "data in the catalogue: publish, list, show, fetch, deliveries, lineage"),
    "contract": ("gridtie.cli.dataset", "agreements on data: propose, sign, suspend, end"),
    "site": ("gridtie.cli.site", "declare, enrol, approve, drain, list, hubs"),
    "resource": ("gridtie.cli.site", "list, show, certify, revoke"),
    "certificate": ("gridtie.cli.certificate", "list, show, verify offline"),
    "probe": ("gridtie.cli.local.certificate", "run the certification tests here yourself"),
    "identifier": ("gridtie.cli.identifier", "check, resolve and verify an identifier"),
    "chip": ("gridtie.cli.local.identifier", "the chip registry and its spellings"),
    "ledger": ("gridtie.cli.ledger", "accounts, transfers, verify, top-up"),
    "statement": ("gridtie.cli.ledger", "a period read off the ledger"),
    "voucher": ("gridtie.cli.ledger", "issue and list vouchers"),
    "organisation": ("gridtie.cli.party", "organisations of the exchange"),
    "member": ("gridtie.cli.party", "members and their roles"),
    "token": ("gridtie.cli.party", "API tokens"),
    "login": ("gridtie.cli.party", "keep a token for this exchange"),
    "whoami": ("gridtie.cli.party", "who this token speaks for"),
    "config": ("gridtie.cli.party", "which setting won, and from where"),
}

# `gridtie clean FILE…` means `gridtie clean files FILE…`: (the verb that is meant, all of them).
UNSAID = {"clean": ("files", ("files", "review", "rules", "train", "verify"))}

EXIT_CODES = """\
exit codes: 0 done · 1 failed · 2 wrong usage or invalid file · 3 not found · 4 sign-in needed · 5 refused
            6 exchange unreachable · 7 stopped waiting (the job goes on) · 20 the job itself failed · 130 interrupted"""


class Parser(argparse.ArgumentParser):
    """Two examples before the options; a wrong word gets the nearest right one. Usage errors end with exit code 2."""

    def format_help(self) -> str:
        from gridtie.cli.examples import examples

        shown = "".join(f"  {line}\n" for line in examples(self.prog))
        return (f"examples:\n{shown}\n" if shown else "") + super().format_help()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """What is left over is refused by the command it was meant for, which knows its own flags."""
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            self.error(
                f"unrecognized arguments: {' '.join(rest)}" + _did_you_mean(rest[0], self._option_string_actions)
            )
        return found, rest

    def error(self, message: str) -> NoReturn:
        if wrong := re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)$", message):
            message += _did_you_mean(wrong[1], re.findall(r"'(.*?)'", wrong[2]))
        if message.endswith("required: VERB"):
            verbs = next(of.choices for of in self._actions if isinstance(of, argparse._SubParsersAction))
            message = f"say what to do: {', '.join(verbs)}"
        self.print_usage(sys.stderr)
        sys.stderr.write(f"{self.prog}: {message}\n")
        raise SystemExit(2)


def _did_you_mean(word: str, right: Iterable[str]) -> str:
    near = get_close_matches(word.partition("=")[0], list(right), n=1, cutoff=0.5)
    return f". Did you mean {near[0]}?" if near else ""


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        _overview()
        return 0
    if arguments[0] in ("-V", "--version", "version"):
        print(f"gridtie {__version__}")
        return 0
    name = arguments[0]
    if name not in COMMANDS:
        near = get_close_matches(name, COMMANDS, n=1)
        hint = f" Did you mean: gridtie {near[0]}?" if near else " See: gridtie --help"
        sys.stderr.write(f"gridtie: no command {name!r}.{hint}\n")
        return 2
    sys.unraisablehook = _unraised
    try:
        return _run(name, arguments)
    except GridtieError as error:
        print_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted\n")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as cause:
        print_error(_of_this_machine(cause))
        return 1
    except Exception as bug:  # noqa: BLE001  the outermost loop of every command
        print_error(_fault_of_ours(bug))
        return 1


def _unraised(lost: "sys.UnraisableHookArgs") -> None:
    """Ctrl-C that fell into a call out of a compiled library is asked again, a moment later."""
    import threading

    if issubclass(lost.exc_type, KeyboardInterrupt):
        threading.Timer(0.05, _thread.interrupt_main).start()
    else:
        sys.__unraisablehook__(lost)


def _of_this_machine(cause: OSError) -> GridtieError:
    """A file that cannot be read or written, wherever it is met: one line, never a traceback."""
    place, words = cause.filename or "this machine", cause.strerror or str(cause)
    if cause.errno in NO_ROOM:
        return NoRoom(path=place, reason=words)
    return LocalFault(reason=f"{place}: {words}")


def _fault_of_ours(bug: Exception) -> GridtieError:
    """The traceback goes into a file that can be sent, not on the screen of somebody who cannot use it."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="gridtie-fault-", suffix=".txt", delete=False) as file:
        traceback.print_exception(bug, file=file)
    return ProgramFault(reason=f"{type(bug).__name__}: {bug}", file=file.name)


def _run(name: str, arguments: list[str]) -> int:
    parser = Parser(prog="gridtie", add_help=False, allow_abbrev=False)
    verbs = parser.add_subparsers(dest="command", parser_class=Parser, metavar="COMMAND")
    importlib.import_module(COMMANDS[name][0]).register(verbs)
    meant, verbs_there = UNSAID.get(name, ("", ()))
    if meant and len(arguments) > 1 and arguments[1] not in (*verbs_there, "-h", "--help"):
        arguments = [name, meant, *arguments[1:]]
    args = parser.parse_args(arguments)
    run = getattr(args, "run", None)
    if run is None:
        parser.parse_args([*arguments, "--help"])
        return 2
    return int(run(args))


def _overview() -> None:
    width = max(map(len, COMMANDS))
    print("usage: gridtie COMMAND …\n\nexamples:\n  gridtie demo\n  gridtie submit job.yaml\n\ncommands:")
    for name, (_, sentence) in COMMANDS.items():
        print(f"  {name:<{width}}  {sentence}")
    print(f"\n{EXIT_CODES}\n\nMore about one command: gridtie COMMAND --help")


def print_error(error: GridtieError) -> None:
    """What happened, every problem at its place, why, and what to do; on stderr."""
    lines = [f"error: {error.message}"]
    source = error.params.get("source")
    for problem in error.problems:
        place = f"{source}:{problem.line}:{problem.column}: " if problem.line and source else ""
        lines.append(f"  {place}{problem.message}")
    if error.reason:
        lines.append(f"  why: {error.reason}")
    if error.remedy:
        lines.append(f"  do:  {error.remedy}")
    request = error.params.get("request")
    lines.append(f"  code: {error.code}" + (f", request {request}" if request else ""))
    say("\n".join(lines))


if __name__ == "__main__":
    raise SystemExit(main())
