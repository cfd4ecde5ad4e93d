"""`ledger check`: saved receipts, offline. Who signed, whether every figure follows, and that no time counts twice."""

import argparse
from pathlib import Path
from typing import Any

from gridtie.cli.context import json_of_file
from gridtie.cli.local.certificate import key_of, unusable
from gridtie.cli.output import add_format, print_data, print_rows, structured
from gridtie.errors import InvalidSignature

FILE_BYTES_MAX = 32 << 20


def add_check(inner: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    words = "check saved receipts offline: signatures, figures, no time twice"
    parser = inner.add_parser("check", help=words, description=words)
    parser.add_argument("file", metavar="FILE", help="as `gridtie receipt JOB --save FILE` writes it")
    parser.add_argument(
        "--exchange-key", required=True, metavar="KEY", help="base64url, as `GET /v1/exchange` tells it"
    )
    parser.add_argument("--site-key", metavar="KEY", help="of the site, to check its signature as well")
    add_format(parser)
    parser.set_defaults(run=check)


def check(args: argparse.Namespace) -> int:
    """Exit 0 when every receipt holds, 1 otherwise; 2 for a file that holds no receipts."""
    from gridtie.adapters.signers.ed25519 import verify
    from gridtie.identity.signing import Envelope
    from gridtie.metering.receipt import KIND, check_receipt, settled_twice
    from gridtie.values.money import format_money

    keys = {"exchange": key_of(args.exchange_key, "--exchange-key")}
    if args.site_key:
        keys["site"] = key_of(args.site_key, "--site-key")
    rows, good = [], []
    for number, document in enumerate(_documents(args.file), start=1):
        row: dict[str, Any] = {"receipt": f"number {number}", "result": "failed", "amount": "", "detail": ""}
        try:
            envelope = Envelope.from_json(document, kind=KIND)
            row["receipt"] = str(envelope.payload.get("receipt", row["receipt"]))
            found = check_receipt(envelope, keys, verify)
        except InvalidSignature as wrong:
            row["detail"] = wrong.message
        else:
            good.append(found)
            row |= {"result": "ok", "amount": f"{format_money(found.amount)} {found.currency}",
                    "detail": f"signed by {' and '.join(sorted(keys))}"}  # fmt: skip
        rows.append(row)
    twice = settled_twice(good)
    rows += [{"receipt": "all", "result": "failed", "amount": "", "detail": words} for words in twice]
    if structured(args):
        print_data({"valid": len(good) == len(rows), "receipts": rows}, args)
    else:
        print_rows(rows, ("receipt", "result", "amount", "detail"), args)
    return 0 if len(good) == len(rows) else 1


def _documents(name: str) -> list[Any]:
    data = json_of_file(Path(name), FILE_BYTES_MAX)
    found = data if isinstance(data, list) else [data]
    if not found:
        raise unusable(name, "it holds no receipt; `gridtie receipt JOB --save FILE` writes them")
    return found
