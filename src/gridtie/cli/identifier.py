"""The noun `identifier`: check one, resolve it over HTTP or from a file, and see every link of the proof."""

import argparse

from gridtie.cli.local.identifier import add_check, add_resolve


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    noun = verbs.add_parser("identifier", help="check, resolve and verify an identifier")
    inner = noun.add_subparsers(dest="verb", metavar="VERB", required=True)
    add_check(inner)
    add_resolve(inner)
