"""`identifier check|resolve` and `chip list|find`: what can be answered without an exchange, and from one."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gridtie.cli.output import add_format, print_record, print_rows
from gridtie.errors import InvalidInput, Problem

CHIP_COLUMNS = ("id", "vendor", "model", "memory_gb", "form_factor", "fp16_tflops", "stack", "confidence")


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    noun = verbs.add_parser("chip", help="the chip registry and its spellings")
    inner = noun.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = inner.add_parser("list", help="every chip, with dense peak rates")
    add_format(listing)
    listing.set_defaults(run=list_chips)
    find = inner.add_parser("find", help="what a spelling means")
    find.add_argument("name", help="as a cloud, a driver or a scheduler writes it")
    add_format(find)
    find.set_defaults(run=find_chip)


def add_check(inner: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = inner.add_parser("check", help="grammar and check character, offline")
    parser.add_argument("text")
    add_format(parser)
    parser.set_defaults(run=check)


def add_resolve(inner: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from gridtie.cli.context import add_connection

    parser = inner.add_parser("resolve", help="its descriptor with the whole proof, checked here")
    parser.add_argument("identifier")
    parser.add_argument("--from", dest="file", metavar="FILE", help="a saved proof instead of the exchange")
    parser.add_argument("--root", action="append", default=[], metavar="PREFIX=KEY",
                        help="a key you trust (base64url); default: the one the exchange publishes")  # fmt: skip
    parser.add_argument("--at", help="RFC 3339; default: now")
    parser.add_argument("--save", metavar="FILE", help="keep the proof for checking it offline")
    add_format(parser)
    add_connection(parser)
    parser.set_defaults(run=resolve)


def check(args: argparse.Namespace) -> int:
    from gridtie.identity.code import parse

    found = parse(args.text)
    print_record(
        {"identifier": str(found), "issuer": found.prefix, "owner": found.owner, "place": found.place,
         "class": found.kind, "serial": found.serial},
        args,
    )  # fmt: skip
    return 0


def resolve(args: argparse.Namespace) -> int:
    """Exit 1 with the first reason when the proof does not hold."""
    from gridtie.adapters.signers.ed25519 import verify
    from gridtie.identity.resolution import Proof, Resolved
    from gridtie.identity.resolution import resolve as walk
    from gridtie.values.period import from_text, to_text

    data, roots = _proof_and_roots(args)
    at = from_text(args.at) if args.at else datetime.now(UTC)
    result = walk(args.identifier, Proof.from_json(data), roots, at, verify)
    if args.save:
        Path(args.save).write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    if not isinstance(result, Resolved):
        print_record(
            {"identifier": args.identifier, "resolved": False, "code": result.code, "why": result.reason}, args
        )
        return 1
    chain = " → ".join(f"{link.scope} [{link.fingerprint}]" for link in result.chain)
    shown = data["descriptor"]["payload"] if args.output == "json" else {
        "identifier": result.descriptor.identifier,
        "status": result.descriptor.status,
        "site": result.descriptor.site,
        "chip": result.descriptor.chip,
        "total": result.descriptor.total,
        "available": result.descriptor.available,
        "certificate": result.descriptor.certificate,
        "valid until": to_text(result.descriptor.valid_until),
        "proof": chain,
    }  # fmt: skip
    print_record(shown, args)
    return 0


def _proof_and_roots(args: argparse.Namespace) -> tuple[dict[str, Any], dict[str, bytes]]:
    from gridtie.identity.signing import PUBLIC_KEY_BYTES, decode

    roots: dict[str, bytes] = {}
    for item in args.root:
        prefix, _, key = item.partition("=")
        roots[prefix] = decode(key, length=PUBLIC_KEY_BYTES, subject=f"--root {prefix}")
    if args.file:
        if not roots:
            raise InvalidInput(source="--root", problems=[Problem("offline you must say which key you trust")])
        try:
            data: dict[str, Any] = json.loads(Path(args.file).read_text(encoding="utf-8"))
        except (OSError, ValueError) as cause:
            raise InvalidInput(source=args.file, problems=[Problem(f"not a saved proof: {cause}")]) from None
        return data, roots
    from urllib.parse import quote

    from gridtie.cli.context import connect

    client = connect(args)
    data = client.call("GET", f"/v1/identifiers/{quote(args.identifier, safe='/')}")
    if not roots:
        published = client.call("GET", "/v1/exchange")["roots"]
        roots = {p: decode(k, length=PUBLIC_KEY_BYTES, subject=f"root {p}") for p, k in published.items()}
    return data, roots


def list_chips(args: argparse.Namespace) -> int:
    from gridtie.adapters.tables import load_chips

    print_rows([_row(chip) for chip in load_chips().chips], CHIP_COLUMNS, args)
    return 0


def find_chip(args: argparse.Namespace) -> int:
    from gridtie.adapters.tables import load_chips

    print_record(_row(load_chips().find(args.name)), args)
    return 0


def _row(chip: Any) -> dict[str, Any]:
    rates = {f"{name}_tflops": value for name, value in chip.peaks.items()}
    names = ("id", "vendor", "vendor_zh", "model", "memory_gb", "form_factor", "memory_bandwidth_gbs", "dies", "stack",
             "tool", "k8s_resource", "confidence", "note")  # fmt: skip
    return {**{name: getattr(chip, name) for name in names}, **rates}
