"""The noun `bank`: idle capacity deposited now, withdrawn elsewhere later. A withdrawal is a job that it pays for."""

import argparse
from urllib.parse import quote

from gridtie.cli.context import connect
from gridtie.cli.nouns import Verb, declare, flag
from gridtie.cli.output import first, print_data, print_record, print_rows, say, structured
from gridtie.values.period import to_the_second

RATES = ("chip", "site", "hub", "resource", "rate", "unit", "score", "reference", "deposited")
DEPOSITS = ("id", "state", "chip", "resource", "units_max", "from", "until")


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    declare(
        verbs,
        "bank",
        "the compute bank: deposit idle capacity, withdraw elsewhere later (a job with pay_with: [bank])",
        [
            Verb("rates", "reference hours for a unit-hour of each certified resource, and why", rates,
                 [flag("--chip", help="only this chip")]),
            Verb("deposit", "let others withdraw idle capacity of a certified resource", deposit, [
                flag("resource", help="resource id, or the site's name when it has one resource"),
                flag("--until", help="RFC 3339 (default: 30 days from now)"),
                flag("--from", dest="start", help="RFC 3339 (default: now)"),
                flag("--max", type=int, help="units of the largest withdrawal"),
            ]),
            Verb("deposits", "open deposits", deposits,
                 [flag("--mine", action="store_true", help="only of your organisation"),
                  flag("--state", default="open", choices=("open", "closed", "expired"), metavar="STATE",
                       help="open (default), closed or expired"),
                  flag("--limit", type=int, default=100, help="at most so many (default 100)")]),
            Verb("close", "take a deposit back; what runs goes on and earns", close,
                 [flag("deposit", help="id or unique short form")]),
            Verb("statement", "hours earned, withdrawn and owed", statement,
                 [flag("--organisation", help="another than your own"), flag("--chip", help="only this chip"),
                  flag("--from", dest="start", help="RFC 3339 (default: the first hour)"),
                  flag("--to", dest="end", help="RFC 3339 (default: now)")]),
            Verb("lend", "lend an organisation hours, paid back first from what it earns (exchange-admin)", lend,
                 [flag("organisation"), flag("hours"), flag("--chip", default="cpu")]),
        ],
    )  # fmt: skip


def rates(args: argparse.Namespace) -> int:
    items = connect(args).call("GET", "/v1/bank/rates", query={"chip": args.chip})["items"]
    if not items:
        what = f"No resource of the chip {args.chip!r}" if args.chip else "Nothing"
        say(f"{what} is certified yet, so there are no rates: gridtie resource certify --help")
    print_rows(items, RATES, args)
    return 0


def deposit(args: argparse.Namespace) -> int:
    body = {"resource": args.resource, "units_max": args.max, "from": args.start, "until": args.until}
    given = {key: value for key, value in body.items() if value is not None}
    print_record(connect(args).call("POST", "/v1/bank/deposits", given), args)
    return 0


def deposits(args: argparse.Namespace) -> int:
    query = {"state": args.state, "mine": 1 if args.mine else None, "limit": min(args.limit, 500)}
    print_rows(first(connect(args).pages("/v1/bank/deposits", query=query), args.limit), DEPOSITS, args)
    return 0


def close(args: argparse.Namespace) -> int:
    path = f"/v1/bank/deposits/{quote(args.deposit, safe='')}/close"
    print_record(connect(args).call("POST", path, {}), args)
    return 0


def statement(args: argparse.Namespace) -> int:
    query = {"organisation": args.organisation, "chip": args.chip, "from": args.start, "to": args.end}
    answer = connect(args).call("GET", "/v1/bank/statements", query=query)
    if structured(args):
        print_data(answer, args)
        return 0
    since = f"{to_the_second(answer['from'])} … " if args.start else "until "  # else from the first hour on
    say(f"{answer['organisation']}: {since}{to_the_second(answer['to'])}, in reference hours")
    if not answer["accounts"]:
        say("no hours yet: gridtie bank deposit --help")
    for account in answer["accounts"]:
        chip = account["chip"]
        print(f"{chip}: opening {account['opening']}, held {account['held']}, owed {account['owed']}")
        print_rows(account["lines"], ("at", "kind", "job", "amount", "balance", "memo"), args)
        print(f"{chip}: closing {account['closing']}")
    return 0


def lend(args: argparse.Namespace) -> int:
    body = {"organisation": args.organisation, "chip": args.chip, "hours": args.hours}
    print_record(connect(args).call("POST", "/v1/bank/loans", body), args)
    return 0
