"""The noun `offer`: capacity for sale."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from gridtie.cli.context import bytes_of_file, connect, sayable
from gridtie.cli.nouns import Verb, declare, flag
from gridtie.cli.output import first, print_record, print_rows, say, structured
from gridtie.errors import InvalidInput, Problem

COLUMNS = (
    "id",
    "state",
    "chip",
    "hub",
    "price",
    "price_now",
    "unit",
    "units_min",
    "units_max",
    "spot",
    "until",
    "listing",
)


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = [flag("offer", help="id or unique short form")]
    declare(
        verbs,
        "offer",
        "capacity for sale",
        [
            Verb("post", "offer a resource at a price", post, [
                flag("resource", help="resource id, or the site's name when it has one resource"),
                flag("--price", required=True, help="per unit-hour: accelerators, CPU cores, parts of shared cards"),
                flag("--then", action="append", default=[], metavar="UNITS:PRICE",
                     help="what a unit costs beyond so many in use at once, e.g. 8:3.10; again for more, rising"),
                flag("--until", help="RFC 3339 (default: 30 days from now)"),
                flag("--from", dest="start", help="RFC 3339 (default: now)"),
                flag("--min", type=int, default=1, help="units of the smallest trade"),
                flag("--max", type=int, help="units of the largest trade"),
                flag("--spot", action="store_true", help="may be taken back"),
                flag("--terms", default="", help="a sentence or a link the buyer accepts"),
            ]),
            Verb("list", "open offers", show_list, [
                flag("--chip"), flag("--hub"), flag("--mine", action="store_true"),
                flag("--state", default="open"), flag("--limit", type=int, default=100),
            ]),
            Verb("show", "one offer", show, one),
            Verb("withdraw", "take an offer back; what runs goes on", _mover("withdraw"), one),
            Verb("pause", "hold an offer back for now", _mover("pause"), one),
            Verb("resume", "sell it again", _mover("resume"), one),
            Verb("import", "read a cloud's price list (CSV) as listed offers", import_list, [
                flag("file", help="CSV with cloud, region, instance, accelerator, count, vCPU, memory, price, spot"),
                flag("--cloud", help="whose list it is, where no column says it"),
                flag("--currency", help="of its prices, where no column says it, e.g. USD"),
                flag("--skip", action="store_true", help="leave out rows that cannot be listed, and say which"),
                flag("--dry-run", action="store_true", help="check it and write nothing"),
            ]),
        ],
    )  # fmt: skip


def post(args: argparse.Namespace) -> int:
    body = {
        "resource": args.resource,
        "price": args.price,
        "tranches": [_tranche(text) for text in args.then] or None,
        "units_min": args.min,
        "units_max": args.max,
        "from": args.start,
        "until": args.until,
        "spot": args.spot,
        "terms": args.terms,
    }
    print_record(connect(args).call("POST", "/v1/offers", {k: v for k, v in body.items() if v is not None}), args)
    return 0


def _tranche(text: str) -> dict[str, object]:
    after, _, price = text.partition(":")
    if not (after.isascii() and after.isdecimal() and price):
        raise InvalidInput(source="--then", problems=[Problem(f"{text[:40]!r} is not UNITS:PRICE, such as 8:3.10")])
    return {"after": int(after), "price": price}


def show_list(args: argparse.Namespace) -> int:
    query = {"chip": args.chip, "hub": args.hub, "state": args.state, "mine": 1 if args.mine else None}
    offers = connect(args).pages("/v1/offers", query={**query, "limit": min(args.limit, 500)})
    print_rows(first(offers, args.limit), COLUMNS, args)
    return 0


def show(args: argparse.Namespace) -> int:
    print_record(connect(args).call("GET", f"/v1/offers/{args.offer}"), args)
    return 0


def _mover(event: str) -> Callable[[argparse.Namespace], int]:
    def move(args: argparse.Namespace) -> int:
        print_record(connect(args).call("POST", f"/v1/offers/{args.offer}/{event}", {}), args)
        return 0

    return move


def import_list(args: argparse.Namespace) -> int:
    content = bytes_of_file(Path(args.file))
    client = connect(args)
    query = {
        "source": sayable(args.file),
        "cloud": args.cloud,
        "currency": args.currency,
        "skip": 1 if args.skip else None,
        "dry_run": 1 if args.dry_run else None,
    }
    headers = {"Content-Type": "text/csv", "Idempotency-Key": uuid4().hex}
    response = client.raw("POST", "/v1/offers/import", content, headers=headers, query=query)
    answer = json.loads(response.body)
    say(f"{answer['imported']} offers {'would be ' if args.dry_run else ''}listed from {args.file}")
    if answer["skipped"]:
        say(f"{answer['skipped']} rows were left out:")
        for problem in answer["skipped_because"]:
            say(f"  {problem}")
    if structured(args):
        print_record(answer, args)
    return 0
