"""The noun `market`: prices now, why an order stands where it stands, rounds and their replay."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridtie.cli.context import connect, json_of_file
from gridtie.cli.job import whole_id
from gridtie.cli.local.compiled import engine_for
from gridtie.cli.nouns import Verb, declare, flag
from gridtie.cli.output import print_data, print_lines, print_record, print_rows, say, structured
from gridtie.errors import InvalidInput, Problem
from gridtie.values.period import to_the_second

if TYPE_CHECKING:
    from gridtie.market.clearing import Book

PRODUCT_COLUMNS = ("chip", "hub", "isolation", "price", "ask", "priced_at", "units_free", "units_total", "offers")
INDEX_COLUMNS = (
    "chip",
    "hub",
    "price",
    "normalised",
    "unit",
    "volume",
    "trades",
    "buyers",
    "sellers",
    "state",
    "excluded",
)
# Why a trade does not count, as gridtie.market.index says it.
EXCLUDED = {
    "tiny": "of less than a unit-minute",
    "same-owner": "with oneself",
    "refunded": "refunded",
    "free": "for nothing",
    "circular": "whose money came back",
    "outlier": "far from all others",
    "unscored": "of no certified score",
}
SALE_COLUMNS = ("at", "chip", "hub", "buyer", "seller", "unit_us", "paid", "score", "counts", "excluded")
POOLS = "Prices of each pool's unit, core and memory; units sold of those free:"
POOLS_IN_WAITING = (
    "How scarce each pool's unit, core and memory is, in shares of a wait and not in money; what is asked is paid:"
)
POOLS_AT_COST = (
    "Prices at which the cheapest choice is the best, of each pool's unit, core and memory; what is asked is paid:"
)
POOL_HEADINGS = {"wait": POOLS_IN_WAITING, "cost": POOLS_AT_COST}
POOL_COLUMNS = ("site", "unit", "core", "memory_gib", "ask", "sold", "free")
DEPTH_COLUMNS = ("chip", "hub", "isolation", "price", "units", "wanted", "offered")
PRICE_COLUMNS = ("chip", "hub", "isolation", "price", "units", "marginal")
ROUND_MAX_BYTES = 1 << 30  # a large book has hundreds of MB
SAVED_KEYS = ("number", "rule", "at", "trades", "refusals", "digest")
ROUND_COLUMNS = ("number", "at", "rule", "trades", "refusals", "units", "volume_unit_hours", "gap_percent")


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    declare(
        verbs,
        "market",
        "what is sold, at which price, and why",
        [
            Verb("show", "every product with its price and what is free", show,
                 [flag("round", nargs="?", type=int, help="a past round instead")]),
            Verb("rounds", "past rounds, newest first", rounds,
                 [flag("--limit", type=int, default=20, help="at most so many (default 20)")]),
            Verb("index", "price index per chip and hub, from executed trades with guards", index,
                 [flag("--chip", help="only this chip"), flag("--hub", help="only this hub"),
                  flag("--from", dest="start", help="RFC 3339 (default: a week ago)"),
                  flag("--to", dest="end", help="RFC 3339 (default: now)"),
                  flag("--trades", action="store_true", help="with what it follows from")]),
            Verb("why", "why a job or request stands where it stands, and what would change it", why,
                 [flag("order", help="a job or request id, or @last")]),
            Verb("verify", "check a round against the market's laws, without computing it again", verify,
                 [flag("round", type=int), flag("--file", help="a saved round instead of the exchange's"),
                  flag("--save", metavar="FILE", help="keep the round's input and result")]),
            Verb("replay", "recompute a round here and compare every byte", replay,
                 [flag("round", type=int), flag("--file", help="a saved round instead of the exchange's"),
                  flag("--save", metavar="FILE", help="keep the round's input and result")]),
        ],
    )  # fmt: skip


def show(args: argparse.Namespace) -> int:
    client = connect(args)
    if args.round is not None:
        _show_round(client.call("GET", f"/v1/market/rounds/{args.round}"), args)
        return 0
    market = client.call("GET", "/v1/market")
    if not market["products"]:
        say("Nothing is offered yet. Post an offer: gridtie offer post --help")
    print_rows(market["products"], PRODUCT_COLUMNS, args)
    if structured(args):
        return 0
    for row in market["products"]:
        if row["units_closed"]:
            more = f"{row['chip']} in {row['hub']} ({row['isolation']}): {row['units_closed']} more would be free"
            say(f"{more}, and are lent to others from {row['opens']} on")
    if market["fairness"] is not None:
        for name, choice in market["fairness"].items():
            if choice:
                say(f"{name}: {_told(choice)}")
    return 0


def _told(choice: dict[str, Any]) -> str:
    return ", ".join(f"{key} ({_told(value)})" if isinstance(value, dict) else f"{key} {value}"
                     for key, value in choice.items())  # fmt: skip


def index(args: argparse.Namespace) -> int:
    query = {"chip": args.chip, "hub": args.hub, "from": args.start, "to": args.end}
    answer = connect(args).call("GET", "/v1/market/index", query={**query, "trades": 1 if args.trades else None})
    if structured(args):
        print_data(answer, args)
        return 0
    said = f"{to_the_second(answer['from'])} … {to_the_second(answer['to'])}"
    say(f"{said}, in {answer['currency']} per unit-hour")
    if not answer["items"]:
        say("No trade was executed in this time.")
    if args.trades:
        entries = [entry for entry in answer["items"] if entry["hub"] == args.hub]  # else each trade stands twice
        for entry in entries:
            if entry["sales"] is None:
                say(f"the trades of {entry['chip']} are not shown: {entry['state']}")
        print_rows([sale for entry in entries for sale in entry["sales"] or ()], SALE_COLUMNS, args)
        return 0
    rows = [{**entry, "hub": entry["hub"] or "all", "excluded": _excluded(entry)} for entry in answer["items"]]
    print_rows(rows, INDEX_COLUMNS, args)
    return 0


def _excluded(entry: dict[str, Any]) -> str:
    return ", ".join(f"{count} {EXCLUDED.get(reason, reason)}" for reason, count in entry["excluded"].items()) or "–"


def _show_round(found: dict[str, Any], args: argparse.Namespace) -> None:
    """Prices, and what the large engine shows for it, stand in tables of their own; a program gets it in one piece."""
    reckoning = found.get("reckoning")
    if args.output not in ("table", "wide") or args.columns:
        print_record(found, args)
        return
    print_record({key: value for key, value in found.items() if key not in ("prices", "reckoning")}, args)
    if reckoning is None:
        if found["prices"]:
            print("\nWhat was traded, per unit-hour, and the offer or the bid that set its price:")
            print_rows(found["prices"], PRICE_COLUMNS, args)
        return
    print_record({key: value for key, value in reckoning.items() if not isinstance(value, list)}, args)
    traded = {(row["chip"], row["hub"], row["isolation"]): row for row in found["prices"]}
    products = [{"units": 0, **row, **traded.get((row["chip"], row["hub"], row["isolation"]), {})}
                for row in reckoning["depth"]]  # fmt: skip
    for heading, rows, columns in (
        (
            "What is offered, per unit-hour, and traded; wanted and offered at 90, 100 and 110 % of the price:",
            products,
            DEPTH_COLUMNS,
        ),
        (POOL_HEADINGS.get(reckoning["mode"], POOLS), reckoning["pools"], POOL_COLUMNS),
    ):
        print(f"\n{heading}")
        print_rows(rows, columns, args)


def rounds(args: argparse.Namespace) -> int:
    items = connect(args).call("GET", "/v1/market/rounds", query={"limit": args.limit})["items"]
    if not items and not structured(args):
        say("No round of the market yet: one is held when a job waits.")
    print_rows(items, ROUND_COLUMNS, args)
    return 0


def why(args: argparse.Namespace) -> int:
    client = connect(args)
    answer = client.call("GET", f"/v1/market/why/{whole_id(client, args.order)}")
    if structured(args):
        print_data(answer, args)
    else:
        print_lines(answer["lines"])
    return 0


def replay(args: argparse.Namespace) -> int:
    """Runs the same rule on the stored book on this machine. Exit 1 when a byte differs, unless an earlier version of
    the rules decided the round: then it is held against the market's laws instead."""
    from gridtie.market.book import book_from_json, clearing_from_json, clearing_to_json
    from gridtie.market.clearing import RULES_VERSION
    from gridtie.market.rules import RULES
    from gridtie.market.verification import faults
    from gridtie.values.canonical import canonical

    saved = _saved(args)
    rule = RULES.get(saved["rule"])
    if rule is None:
        raise InvalidInput(source=f"round {args.round}", problems=[Problem(f"unknown rule {saved['rule']!r}")])
    engine_for(saved["rule"])
    with _readable(args):
        book_digest = digest_of(canonical(saved["book"]))
        kept = digest_of(canonical(saved["clearing"]))
        book = _known(book_from_json(saved["book"]), args)
        digest = digest_of(canonical(clearing_to_json(rule(book))))
        same, same_book = digest == kept == saved["digest"], book_digest == saved["book_digest"]
        told = "identical" if same else f"DIFFERS: {kept if digest == saved['digest'] else digest}"
        if not same and book.version < RULES_VERSION and kept == saved["digest"]:
            same = not faults(saved["rule"], book, clearing_from_json(saved["clearing"]))
            laws = f"by those of version {book.version} it is {'sound' if same else 'not sound'}"
            told = f"version {RULES_VERSION} of the rules decides otherwise ({digest}); {laws}"
    result = {
        "round": saved["number"],
        "rule": saved["rule"],
        "version": book.version,
        "input": "identical" if same_book else f"DIFFERS: {book_digest}",
        "result": told,
        "digest": saved["digest"],
    }
    print_record(result, args)
    return 0 if same and same_book else 1


def _known(book: "Book", args: argparse.Namespace) -> "Book":
    """Raises InvalidInput for a book of a version of the rules that nobody here knows."""
    from gridtie.market.clearing import RULES_VERSION

    if not 1 <= book.version <= RULES_VERSION:
        message = (
            f"version {book.version} of the rules cleared it, and this program knows 1 to {RULES_VERSION}: update it"
        )
        raise InvalidInput(source=f"round {args.round}", problems=[Problem(message)])
    return book


def verify(args: argparse.Namespace) -> int:
    """Holds the stored result against the market's laws and the engine's audit, on this machine. Exit 1 for a fault."""
    from gridtie.market.book import book_from_json, clearing_from_json
    from gridtie.market.verification import faults
    from gridtie.values.canonical import canonical

    saved = _saved(args)
    with _readable(args):
        digests = digest_of(canonical(saved["book"])), digest_of(canonical(saved["clearing"]))
        book = _known(book_from_json(saved["book"]), args)
        found = list(faults(saved["rule"], book, clearing_from_json(saved["clearing"])))
    if digests != (saved["book_digest"], saved["digest"]):
        found.insert(0, "its book or its result is not what its digest was taken of")
    result = {
        "round": saved["number"], "rule": saved["rule"], "version": book.version, "sound": not found, "faults": found,
    }  # fmt: skip
    print_record(result, args)
    return 0 if not found else 1


@contextmanager
def _readable(args: argparse.Namespace) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as cause:
        message = f"its book or its result cannot be read: {cause!r}"
        raise InvalidInput(source=f"round {args.round}", problems=[Problem(message)]) from None


def digest_of(content: bytes) -> str:
    return "sha256:" + sha256(content).hexdigest()


def _saved(args: argparse.Namespace) -> dict[str, Any]:
    if args.file:
        loaded: dict[str, Any] = json_of_file(Path(args.file), ROUND_MAX_BYTES)
        if not isinstance(loaded, dict) or not {*SAVED_KEYS, "book", "book_digest", "clearing"} <= loaded.keys():
            raise InvalidInput(source=args.file, problems=[Problem("not a saved round; write one with replay --save")])
        if loaded["number"] != args.round:
            message = f"it holds round {loaded['number']}, not {args.round}"
            raise InvalidInput(source=args.file, problems=[Problem(message)])
        return loaded
    found: dict[str, Any] = connect(args).call("GET", f"/v1/market/rounds/{args.round}", query={"full": 1})
    if args.save:
        Path(args.save).write_text(json.dumps(found), encoding="utf-8")
        say(f"round {args.round} in {args.save}")
    return found
