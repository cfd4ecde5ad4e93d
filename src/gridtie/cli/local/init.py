"""`gridtie init`: a new exchange on this machine, in at most three questions."""

import argparse
import os
import sys

from gridtie.cli.output import say
from gridtie.errors import AlreadyExists, InvalidInput, Problem
from gridtie.settings import FILE, Settings, home_of, load


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = verbs.add_parser("init", help="make a new exchange on this machine")
    parser.add_argument("--name", help="what people call it (default: demo)")
    parser.add_argument("--organisation", help="your organisation, its first owner (default: the exchange's name)")
    parser.add_argument("--prefix", help="issuer prefix of its identifiers (default: cn.<name>)")
    parser.add_argument("--currency", help="ISO 4217 code (default: CNY)")
    parser.add_argument("--database", help="a file, or postgresql://… (default: gridtie.db in its home)")
    parser.add_argument("--yes", action="store_true", help="ask nothing, take the defaults")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """A second run changes nothing and says what is there."""
    from gridtie.wiring import ADMIN_TOKEN, close_exchange, exchange_exists, found_exchange, open_exchange

    home = home_of(os.environ)
    if exchange_exists(load(home, database=args.database)):
        exchange = open_exchange(load(home, database=args.database))
        try:
            issued, path = found_exchange(exchange, organisation=exchange.settings.name)
        except AlreadyExists:
            say(f"{home} holds the exchange {exchange.settings.name!r} already; nothing was changed")
            say(f"its first token: {home / ADMIN_TOKEN}; start it: gridtie serve")
            return 0
        finally:
            close_exchange(exchange)
        print(issued.text)
        say(f"shown once, and kept in {path}")
        return 0
    settings, organisation = _answers(args)
    exchange = open_exchange(settings, create=True)
    try:
        _write_settings(settings)
        issued, path = found_exchange(exchange, organisation=organisation)
    finally:
        close_exchange(exchange)
    say(f"made the exchange {settings.name!r} in {home}; first organisation: {organisation}")
    print(issued.text)
    say(f"this administrator's token is shown once, and kept in {path}; it is valid until {issued.expires:%Y-%m-%d}")
    say("next: gridtie serve")
    return 0


def _answers(args: argparse.Namespace) -> tuple[Settings, str]:
    from gridtie.registry.party import check_organisation_name

    ask = sys.stdin.isatty() and not args.yes
    name = args.name or (_ask("Name of the exchange", "demo") if ask else "demo")
    organisation = args.organisation or (_ask("Your organisation", name[:16]) if ask else name[:16])
    currency = args.currency or (_ask("Currency", "CNY") if ask else "CNY")
    check_organisation_name(organisation)
    settings = load(
        home_of(os.environ),
        name=name,
        prefix=args.prefix or f"cn.{name.replace('-', '')}"[:20],
        currency=currency,
        database=args.database,
    )
    return settings, organisation


def _ask(question: str, default: str) -> str:
    sys.stderr.write(f"{question} [{default}]: ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise InvalidInput(source="init", problems=[Problem("no answer; use --yes to take the defaults")])
    return line.strip() or default


def _write_settings(settings: Settings) -> None:
    path = settings.home / FILE
    if not path.exists():
        lines = ["# Settings of this exchange; every other one has a default. See docs/how-to/run-an-exchange.md.\n"]
        lines += [f'{key} = "{getattr(settings, key)}"\n' for key in ("name", "prefix", "currency")]
        lines += (
            [f'database = "{settings.database}"\n']
            if settings.database != Settings(home=settings.home).database
            else []
        )
        path.write_text("".join(lines), encoding="utf-8")
