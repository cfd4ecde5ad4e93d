"""The nouns `ledger`, `statement` and `voucher`: who owes whom, and proof that the books are right."""

import argparse
import sys
from urllib.parse import quote

from gridtie.cli.context import connect
from gridtie.cli.local import receipts
from gridtie.cli.nouns import Verb, declare, flag
from gridtie.cli.output import first, print_data, print_lines, print_record, print_rows, say, structured


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    inner = declare(
        verbs,
        "ledger",
        "double-entry books, hash-chained",
        [
            Verb("accounts", "balances you may see", accounts),
            Verb("transfers", "postings of an account, newest first", transfers,
                 [flag("--account"), flag("--limit", type=int, default=50)]),
            Verb("verify", "recompute every balance and the whole chain", verify),
            Verb("top-up", "book money that came in (exchange-admin)", top_up,
                 [flag("organisation"), flag("amount"), flag("--memo", default="")]),
            Verb("refund", "give back what a receipt bills for lost time (its seller, or exchange-admin)", refund,
                 [flag("receipt"), flag("--reason", required=True),
                  flag("--from", dest="start", help="RFC 3339; without --from and --until: all of it"),
                  flag("--until")]),
        ],
    )  # fmt: skip
    receipts.add_check(inner)
    declare(
        verbs,
        "statement",
        "a period read off the ledger",
        [
            Verb("show", "opening balance, lines, closing balance", statement,
                 [flag("--organisation"), flag("--from", dest="start"), flag("--to", dest="end")]),
        ],
    )  # fmt: skip
    declare(
        verbs,
        "voucher",
        "earmarked money",
        [
            Verb("issue", "give an organisation a voucher", issue, [
                flag("name"), flag("--holder", required=True), flag("--amount", required=True),
                flag("--max-unit-price", help="pays only where a unit-hour costs at most this"),
                flag("--chip", action="append"), flag("--hub", action="append"),
                flag("--until", help="RFC 3339 (default: 365 days from now)"),
            ]),
            Verb("list", "vouchers you may see", vouchers),
            Verb("show", "one voucher and what is left of it", voucher, [flag("voucher")]),
            Verb("revoke", "end a voucher now (exchange-admin)", revoke, [flag("voucher")]),
        ],
    )  # fmt: skip


def accounts(args: argparse.Namespace) -> int:
    items = connect(args).call("GET", "/v1/ledger/accounts")["items"]
    print_rows(items, ("organisation", "account", "posted", "held", "available"), args)
    return 0


def transfers(args: argparse.Namespace) -> int:
    rows = first(connect(args).pages("/v1/ledger/transfers", query={"account": args.account}), args.limit)
    print_rows(rows, ("seq", "at", "kind", "debit", "credit", "amount", "job", "memo"), args)
    return 0


def verify(args: argparse.Namespace) -> int:
    if sys.stderr.isatty():
        print("every transfer, receipt and fact is looked at: a minute for a hundred thousand jobs", file=sys.stderr)
    answer = connect(args).call("GET", "/v1/ledger/verify")
    if structured(args):
        print_data(answer, args)
    else:
        print_lines(answer["lines"])
    return 0 if answer["ok"] else 1


def top_up(args: argparse.Namespace) -> int:
    body = {"organisation": args.organisation, "amount": args.amount, "memo": args.memo}
    print_record(connect(args).call("POST", "/v1/ledger/topups", body), args)
    return 0


def refund(args: argparse.Namespace) -> int:
    body = {"reason": args.reason, "from": args.start, "until": args.until}
    given = {key: value for key, value in body.items() if value is not None}
    print_record(connect(args).call("POST", f"/v1/receipts/{quote(args.receipt, safe='')}/refunds", given), args)
    return 0


def statement(args: argparse.Namespace) -> int:
    query = {"organisation": args.organisation, "from": args.start, "to": args.end}
    if args.output == "csv" and not args.columns:  # as the exchange writes it, with the columns of FOCUS
        sys.stdout.write(connect(args).raw("GET", "/v1/statements", query={**query, "format": "csv"}).body.decode())
        return 0
    answer = connect(args).call("GET", "/v1/statements", query=query)
    if structured(args):
        print_data(answer, args)
        return 0
    say(f"{answer['organisation']}  {answer['from']} … {answer['to']}")
    print(f"opening balance  {answer['opening']}")
    print_rows(answer["lines"], ("at", "kind", "job", "amount", "balance", "memo"), args)
    print(f"closing balance  {answer['closing']}")
    return 0


def issue(args: argparse.Namespace) -> int:
    body = {
        "name": args.name,
        "holder": args.holder,
        "amount": args.amount,
        "max_unit_price": args.max_unit_price,
        "chips": args.chip,
        "hubs": args.hub,
        "until": args.until,
    }
    print_record(connect(args).call("POST", "/v1/vouchers", {k: v for k, v in body.items() if v is not None}), args)
    return 0


def vouchers(args: argparse.Namespace) -> int:
    rows = list(connect(args).pages("/v1/vouchers"))
    print_rows(rows, ("id", "name", "holder", "amount", "left", "held", "max_unit_price", "until", "state"), args)
    return 0


def voucher(args: argparse.Namespace) -> int:
    print_record(connect(args).call("GET", f"/v1/vouchers/{args.voucher}"), args)
    return 0


def revoke(args: argparse.Namespace) -> int:
    print_record(connect(args).call("POST", f"/v1/vouchers/{quote(args.voucher, safe='')}/revoke", {}), args)
    return 0
