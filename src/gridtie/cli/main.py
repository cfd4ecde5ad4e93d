"""The command line: find the noun, load only what it needs, print errors in one shape, exit with a stated code."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NoReturn

from gridtie import __version__
from gridtie.cli.output import say
from gridtie.errors import GridtieError, LocalFault

# Command → (module that registers it, one line for the overview). Only the module asked for is imported.
COMMANDS = {
    "init": ("gridtie.cli.local.init", "make a new exchange on this machine"),
    "serve": ("gridtie.cli.local.serve", "run the exchange"),
    "demo": ("gridtie.cli.local.demo", "a whole exchange with three sites on this machine"),
    "agent": ("gridtie.cli.local.agent", "join a cluster to an exchange and run its agent"),
    "identify": ("gridtie.cli.local.identify", "what this host has"),
    "doctor": ("gridtie.cli.local.doctor", "check this machine and say how to mend what is wrong"),
    "quote": ("gridtie.cli.job", "which offers fit a job file, at what total cost"),
    "submit": ("gridtie.cli.job", "hand in a job file or an #SBATCH script"),
    "status": ("gridtie.cli.job", "jobs, or one job with its whole story"),
    "logs": ("gridtie.cli.job", "what a job prints"),
    "cancel": ("gridtie.cli.job", "stop a job"),
    "receipt": ("gridtie.cli.job", "what a job cost, line by line"),
    "job": ("gridtie.cli.job", "explain, wait, outputs, events of jobs"),
    "market": ("gridtie.cli.market", "show, why, rounds, replay"),
    "offer": ("gridtie.cli.offer", "post, list, withdraw, import price lists"),
    "site": ("gridtie.cli.site", "declare, enrol, approve, drain, list"),
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

EXIT_CODES = """\
exit codes: 0 done · 1 failed · 2 wrong usage or invalid file · 3 not found · 4 sign-in needed · 5 refused
            6 exchange unreachable · 7 stopped waiting (the job goes on) · 20 the job itself failed · 130 interrupted"""


class Parser(argparse.ArgumentParser):
    """Suggests the nearest word when a choice is wrong; usage errors end with exit code 2."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        sys.stderr.write(f"{self.prog}: {message}\n")
        raise SystemExit(2)


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
    except Exception as cause:
        if os.environ.get("GRIDTIE_TRACEBACK"):
            raise
        print_error(LocalFault(reason=f"`gridtie {name}` did not expect this: {type(cause).__name__}: {cause}"))
        say("  do:  Report it with what this prints: GRIDTIE_TRACEBACK=1 and the same command.")
        return 1


def _run(name: str, arguments: list[str]) -> int:
    parser = Parser(prog="gridtie", add_help=False, allow_abbrev=False)
    verbs = parser.add_subparsers(dest="command", parser_class=Parser, metavar="COMMAND")
    importlib.import_module(COMMANDS[name][0]).register(verbs)
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
