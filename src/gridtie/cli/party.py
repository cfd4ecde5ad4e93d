"""The nouns `organisation`, `member`, `token`, `config`, and `login` and `whoami`: who takes part."""

import argparse
import getpass
import sys

from gridtie.cli.context import add_connection, connect, exchange_url, save_credentials, token
from gridtie.cli.nouns import Verb, declare, flag
from gridtie.cli.output import add_format, print_record, print_rows, say
from gridtie.client.exchange import ExchangeClient
from gridtie.errors import NotSignedIn

ROLES = ("owner", "billing", "member", "viewer", "exchange-admin", "auditor")


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    declare(verbs, "organisation", "who takes part", [
        Verb("add", "a new organisation (exchange-admin)", add_organisation, [flag("name")]),
        Verb("list", "organisations", list_organisations),
        Verb("show", "one organisation", show_organisation, [flag("organisation")]),
    ])  # fmt: skip
    declare(verbs, "member", "people of an organisation and their roles", [
        Verb("add", "a new member", add_member,
             [flag("name"), flag("--role", choices=ROLES, default="member"), flag("--organisation")]),
        Verb("list", "members", list_members, [flag("--organisation")]),
        Verb("remove", "revoke a member and his tokens", remove_member, [flag("member")]),
    ])  # fmt: skip
    declare(verbs, "token", "API tokens; shown once", [
        Verb("issue", "a new token", issue_token, [
            flag("--member", help="for this member (default: yourself)"),
            flag("--kind", choices=("user", "ci"), default="user"),
            flag("--label", default=""), flag("--days", type=int, help="default 90, CI 30"),
        ]),
        Verb("list", "tokens with last use", list_tokens),
        Verb("revoke", "make a token useless, open streams included", revoke_token, [flag("token")]),
    ])  # fmt: skip
    declare(verbs, "config", "settings of this command line",
            [Verb("explain", "which setting won, and from where", explain_config)])  # fmt: skip
    login = verbs.add_parser("login", help="keep a token for this exchange (read from stdin or asked for)")
    add_connection(login)
    login.set_defaults(run=log_in)
    whoami = verbs.add_parser("whoami", help="who this token speaks for")
    add_format(whoami)
    add_connection(whoami)
    whoami.set_defaults(run=who_am_i)


def log_in(args: argparse.Namespace) -> int:
    """The token is read, never given as an argument that other processes could see."""
    url = exchange_url(args).value.rstrip("/")
    if args.token_file:
        given = token(args, url).value
    else:
        given = getpass.getpass("API token: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not given.strip():
        raise NotSignedIn(reason="no token was given")
    who = ExchangeClient(url, given.strip()).call("GET", "/v1/whoami")
    path = save_credentials(url, given.strip())
    say(f"signed in to {url} as {who['member']} of {who['organisation']['name']} ({who['role']}); kept in {path}")
    return 0


def who_am_i(args: argparse.Namespace) -> int:
    print_record(connect(args).call("GET", "/v1/whoami"), args)
    return 0


def explain_config(args: argparse.Namespace) -> int:
    url = exchange_url(args)
    rows = [{"setting": "exchange", "value": url.value, "from": url.origin}]
    try:
        kept = token(args, url.value.rstrip("/"))
        rows.append({"setting": "token", "value": kept.value[:20] + "…", "from": kept.origin})
    except NotSignedIn as missing:
        rows.append({"setting": "token", "value": "none", "from": missing.message})
    print_rows(rows, ("setting", "value", "from"), args)
    return 0


def add_organisation(args: argparse.Namespace) -> int:
    print_record(connect(args).call("POST", "/v1/organisations", {"name": args.name}), args)
    return 0


def list_organisations(args: argparse.Namespace) -> int:
    print_rows(list(connect(args).pages("/v1/organisations")), ("id", "name", "created_at"), args)
    return 0


def show_organisation(args: argparse.Namespace) -> int:
    print_record(connect(args).call("GET", f"/v1/organisations/{args.organisation}"), args)
    return 0


def _own(args: argparse.Namespace, client: ExchangeClient) -> str:
    return str(args.organisation or client.call("GET", "/v1/whoami")["organisation"]["id"])


def add_member(args: argparse.Namespace) -> int:
    client = connect(args)
    body = {"name": args.name, "role": args.role}
    print_record(client.call("POST", f"/v1/organisations/{_own(args, client)}/members", body), args)
    return 0


def list_members(args: argparse.Namespace) -> int:
    client = connect(args)
    rows = list(client.pages(f"/v1/organisations/{_own(args, client)}/members"))
    print_rows(rows, ("id", "name", "role", "created_at"), args)
    return 0


def remove_member(args: argparse.Namespace) -> int:
    print_record(connect(args).call("DELETE", f"/v1/members/{args.member}") or {"id": args.member}, args)
    return 0


def issue_token(args: argparse.Namespace) -> int:
    body = {"kind": args.kind, "label": args.label, "member": args.member, "days": args.days}
    answer = connect(args).call("POST", "/v1/tokens", {k: v for k, v in body.items() if v is not None})
    if args.output == "table":
        print(answer["token"])
        say(f"valid until {answer['expires']}; shown once, kept nowhere. Use it: gridtie login")
    else:
        print_record(answer, args)
    return 0


def list_tokens(args: argparse.Namespace) -> int:
    rows = list(connect(args).pages("/v1/tokens"))
    print_rows(rows, ("id", "kind", "member", "label", "created_at", "expires", "last_used", "revoked"), args)
    return 0


def revoke_token(args: argparse.Namespace) -> int:
    print_record(connect(args).call("DELETE", f"/v1/tokens/{args.token}") or {"id": args.token}, args)
    return 0
