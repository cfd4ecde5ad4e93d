"""`identifier check|resolve` and `chip list|find`: what can be answered without an exchange, and from one."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridtie.cli.context import json_of_file
from gridtie.cli.output import add_format, print_record, print_rows, say, structured
from gridtie.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from gridtie.identity.resolution import Resolved, Unresolved

PROOF_BYTES_MAX = 4 << 20
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
    from gridtie.identity.code import parse
    from gridtie.identity.resolution import Proof, Resolved
    from gridtie.identity.resolution import resolve as walk
    from gridtie.identity.signing import encode

    name = str(parse(args.identifier))
    at = _instant(args.at)
    roots = _trusted(args.root)
    if args.file:
        if not roots:
            why = "offline you must say which key you trust; `resolve … --save FILE` prints the exchange's"
            raise InvalidInput(source="--root", problems=[Problem(why)])
        data = json_of_file(Path(args.file), PROOF_BYTES_MAX)
    else:
        data, published = _fetched(args, name)
        roots = roots or published
    result = walk(name, Proof.from_json(data), roots, at, verify)
    if args.save:
        _save(Path(args.save), data)
        trusted = " ".join(f"--root {prefix}={encode(key)}" for prefix, key in roots.items())
        say(f"offline: gridtie identifier resolve {name} --from {args.save} {trusted}")
    print_resolution(name, result, args)
    return 0 if isinstance(result, Resolved) else 1


def print_resolution(name: str, result: "Resolved | Unresolved", args: argparse.Namespace) -> None:
    """The same record for both outcomes; `descriptor` is there whenever its signature held."""
    from gridtie.identity.descriptor import payload
    from gridtie.identity.resolution import Resolved

    found = result.descriptor
    chain = result.chain if isinstance(result, Resolved) else ()
    record: dict[str, Any] = {"identifier": name, "resolved": isinstance(result, Resolved)}
    if not isinstance(result, Resolved):
        record |= {"code": result.code, "why": result.reason}
    if structured(args):
        record["proof"] = [{"scope": link.scope, "key": link.fingerprint} for link in chain]
        record["descriptor"] = None if found is None else payload(found)
    elif found is not None:
        public = payload(found)
        names = ("status", "site", "hub", "chip", "isolation", "total", "available", "certificate",
                 "offers", "valid_until")  # fmt: skip
        record |= {name.replace("_", " "): public[name] for name in names}
        if chain:
            record["proof"] = " → ".join(f"{link.scope} [{link.fingerprint}]" for link in chain)
    print_record(record, args)


def _instant(text: str | None) -> datetime:
    from gridtie.values.period import from_text

    try:
        return from_text(text) if text else datetime.now(UTC)
    except ValueError as cause:
        raise InvalidInput(
            source="--at", problems=[Problem(f"not a time such as 2026-11-24T12:00:00Z: {cause}")]
        ) from None


def _trusted(options: list[str]) -> dict[str, bytes]:
    from gridtie.identity.signing import PUBLIC_KEY_BYTES, decode

    roots: dict[str, bytes] = {}
    for option in options:
        scope, equals, key = option.partition("=")
        if not scope or not equals:
            raise InvalidInput(source="--root", problems=[Problem(f"{option!r} is not PREFIX=KEY")])
        roots[scope] = decode(key, length=PUBLIC_KEY_BYTES, subject=f"--root {scope}")
    return roots


def _save(path: Path, data: object) -> None:
    try:
        path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as cause:
        raise InvalidInput(source="--save", problems=[Problem(f"cannot write {path}: {cause.strerror}")]) from None


def _fetched(args: argparse.Namespace, name: str) -> tuple[object, dict[str, bytes]]:
    """The proof and the keys that the exchange publishes."""
    from urllib.parse import quote

    from gridtie.cli.context import connect
    from gridtie.identity.signing import PUBLIC_KEY_BYTES, decode

    client = connect(args)
    data = client.call("GET", f"/v1/identifiers/{quote(name, safe='/')}")
    roots = client.call("GET", "/v1/exchange")["roots"]
    return data, {
        root["prefix"]: decode(root["key"], length=PUBLIC_KEY_BYTES, subject=f"root {root['prefix']}") for root in roots
    }


def list_chips(args: argparse.Namespace) -> int:
    from gridtie.adapters.tables import load_chips

    print_rows([_row(chip) for chip in load_chips().chips], CHIP_COLUMNS, args)
    return 0


def find_chip(args: argparse.Namespace) -> int:
    from gridtie.adapters.tables import load_chips

    print_record(_row(load_chips().find(args.name)), args)
    return 0


def _row(chip: Any) -> dict[str, Any]:
    rates = {f"{name}_{'tops' if name == 'int8' else 'tflops'}": value for name, value in chip.peaks.items()}
    names = ("id", "vendor", "vendor_zh", "model", "memory_gb", "form_factor", "memory_bandwidth_gbs", "dies", "stack",
             "tool", "k8s_resource", "confidence", "note")  # fmt: skip
    return {**{name: getattr(chip, name) for name in names}, **rates}
