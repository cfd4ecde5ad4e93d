"""How a noun with verbs is declared: one row per verb, so that every command has the same shape and flags."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gridtie.cli.context import add_connection
from gridtie.cli.output import add_format
from gridtie.errors import InvalidInput, Problem


@dataclass(frozen=True, slots=True)
class Flag:
    """One argument, in argparse's own words."""

    names: tuple[str, ...]
    options: dict[str, Any]


def flag(*names: str, **options: Any) -> Flag:
    return Flag(names, options)


@dataclass(frozen=True, slots=True)
class Verb:
    name: str
    words: str
    run: Callable[[argparse.Namespace], int]
    flags: Sequence[Flag] = ()


def of_version(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """`OWNER/NAME@V`, as job files and lineage write it, for `OWNER/NAME --version V`."""

    def running(args: argparse.Namespace) -> int:
        name, at, version = args.dataset.partition("@")
        if at and args.version not in ("", version):
            raise InvalidInput(source=args.dataset, problems=[Problem(f"--version says {args.version}")])
        args.dataset, args.version = name, version or args.version
        return run(args)

    return running


def declare(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", noun: str, words: str, rows: Sequence[Verb]
) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    """Adds `noun` with its verbs; the inner action is returned for verbs declared elsewhere."""
    parser = verbs.add_parser(noun, help=words, description=words)
    inner = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for row in rows:
        leaf = inner.add_parser(row.name, help=row.words, description=row.words)
        for item in row.flags:
            leaf.add_argument(*item.names, **item.options)
        add_format(leaf)
        add_connection(leaf)
        leaf.set_defaults(run=row.run)
    return inner
