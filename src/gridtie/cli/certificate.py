"""The noun `certificate`: measured against claimed. list and show ask the exchange, verify works offline."""

import argparse
import json
from pathlib import Path

from gridtie.cli.context import connect
from gridtie.cli.local.certificate import add_verify, print_tests
from gridtie.cli.nouns import Verb, declare, flag
from gridtie.cli.output import print_record, print_rows, say


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    inner = declare(
        verbs,
        "certificate",
        "signed test results",
        [
            Verb("list", "certificates, newest first", show_list, [flag("--resource")]),
            Verb("show", "one certificate with its spread", show,
                 [flag("certificate"), flag("--save", metavar="FILE", help="write it for offline verification")]),
        ],
    )  # fmt: skip
    add_verify(inner)


def show_list(args: argparse.Namespace) -> int:
    rows = list(connect(args).pages("/v1/certificates", query={"resource": args.resource}))
    print_rows(rows, ("id", "resource", "state", "valid_from", "expires"), args)
    return 0


def show(args: argparse.Namespace) -> int:
    answer = connect(args).call("GET", f"/v1/certificates/{args.certificate}")
    if args.save:
        Path(args.save).write_text(json.dumps(answer["envelope"], indent=2) + "\n", encoding="utf-8")
        say(f"written to {args.save}; check it anywhere: gridtie certificate verify {args.save}")
    if args.output != "table" or args.columns:
        print_record(answer, args)
        return 0
    signed = answer["envelope"]["payload"]
    head = {name: answer[name] for name in ("id", "identifier", "state", "valid_from", "expires")}
    print_record({**head, "machines": signed["machines"], "units": signed["units"], "score": signed["score"]}, args)
    print()
    print_tests(signed["items"], args)
    return 0
