"""The nouns `site` and `resource`: clusters of their owners, and the pools that carry identifiers."""

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from gridtie.cli.context import connect
from gridtie.cli.local.hubs import add_hubs
from gridtie.cli.nouns import Verb, declare, flag
from gridtie.cli.output import print_record, print_rows, say, structured
from gridtie.errors import InvalidInput, Problem

SITE_COLUMNS = ("id", "name", "organisation", "hub", "place", "depth", "state", "connected", "version")
SIGNING_S = 15.0  # at most, between the end of the tests and a certificate that both sides signed
RESOURCE_COLUMNS = ("id", "identifier", "site", "chip", "machines", "isolation", "in_network", "in_market", "score")


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = [flag("site", help="name or id")]
    rules = [
        flag("--allow", action="append", help="only these organisations may use it (repeatable)"),
        flag("--deny-purpose", action="append", help="jobs of this purpose are not taken (repeatable)"),
        flag("--reserve", type=int, metavar="PERCENT", help="of each pool, for your own jobs alone"),
        flag(
            "--hours",
            action="append",
            metavar="'DAYS FROM-TO'",
            help="lent to others only then, such as 'mon-fri 19:00-07:00' (repeatable)",
        ),
        flag(
            "--close",
            action="append",
            metavar="DAYS",
            help="lent to nobody else on a day or days, such as 2026-12-24..2026-12-26 (repeatable)",
        ),
        flag("--zone", help="of hours and days: its IANA name, such as Asia/Shanghai"),
        flag("--classes", metavar="NAMES", help="of work that others may send, such as batch,gang"),
    ]
    inner = declare(
        verbs,
        "site",
        "a cluster of one owner, behind its agent",
        [
            Verb("declare", "name a new site", declare_site, [
                flag("name"),
                flag("--hub", required=True, help="hub id, such as gz; all are named when it is none"),
                flag("--place", help="such as CN-520100 (default: the hub's own)"),
                flag("--depth", choices=("listed", "orderable", "schedulable"), default="schedulable"),
                flag("--organisation", help="its owner (default: your own)"),
                *rules,
            ]),
            Verb("enrol", "a one-time token for its agent, valid one hour", enrol, one),
            Verb("approve", "compare the agent's fingerprint and let it in", approve,
                 [*one, flag("--fingerprint", required=True, help="as the agent printed it")]),
            Verb("list", "all sites", list_sites),
            Verb("show", "one site", show_site, one),
            Verb("policy", "change who may use it, when and for what; the rest stays", set_policy, [
                *one,
                *rules,
                flag("--allow-all", action="store_true", help="every organisation, as at first"),
                flag("--deny-none", action="store_true", help="jobs of every purpose, as at first"),
                flag("--hours-all", action="store_true", help="at all hours, as at first"),
                flag("--close-none", action="store_true", help="on all days, as at first"),
                flag("--classes-all", action="store_true", help="work of every class, as at first"),
            ]),
            Verb("drain", "finish what runs, take nothing new", _mover("drain"), one),
            Verb("resume", "take work again", _mover("resume"), one),
            Verb("revoke", "void its key for good", revoke,
                 [*one, flag("--reason", required=True), flag("--yes", action="store_true", help="do it")]),
        ],
    )  # fmt: skip
    add_hubs(inner)
    single = [flag("resource", help="id, identifier, unique short form, or the site's name when it has one")]
    declare(
        verbs,
        "resource",
        "a pool of one chip at a site; it has the identifier",
        [
            Verb("list", "all resources", list_resources, [flag("--site")]),
            Verb("show", "one resource with its gates", show_resource, single),
            Verb("certify", "test it now", certify, [
                *single,
                flag("--profile", choices=("quick", "full"), help="default: as the exchange is set"),
                flag("--wait", action="store_true", help="until the certificate is there"),
            ]),
            Verb("revoke", "void its identifier; a tombstone stays", revoke_resource,
                 [*single, flag("--reason", required=True), flag("--yes", action="store_true", help="do it")]),
        ],
    )  # fmt: skip


def _rules_of(args: argparse.Namespace) -> dict[str, Any]:
    rules = {"allowed_organisations": args.allow, "denied_purposes": args.deny_purpose,
             "reserved_percent": args.reserve, "open_hours": args.hours, "closed_days": args.close,
             "time_zone": args.zone,
             "work_classes": None if args.classes is None else re.split(r"\s*,\s*", args.classes)}  # fmt: skip
    return {name: value for name, value in rules.items() if value is not None}


def set_policy(args: argparse.Namespace) -> int:
    rules = _rules_of(args)
    for some, none, rule, taken_back in (
        ("--allow", "--allow-all", "allowed_organisations", args.allow_all),
        ("--deny-purpose", "--deny-none", "denied_purposes", args.deny_none),
        ("--hours", "--hours-all", "open_hours", args.hours_all),
        ("--close", "--close-none", "closed_days", args.close_none),
        ("--classes", "--classes-all", "work_classes", args.classes_all),
    ):
        if taken_back and rules.setdefault(rule, []):
            raise InvalidInput(source="site policy", problems=[Problem(f"either {some} or {none}, not both")])
    if not rules:
        raise InvalidInput(source="site policy", problems=[Problem("name what to change, such as --reserve 20")])
    print_record(connect(args).call("PATCH", f"/v1/sites/{args.site}/policy", rules), args)
    _say_what_is_over(args)
    return 0


def _say_what_is_over(args: argparse.Namespace) -> None:
    """Not refused: days are named whole each time, and a list that is kept in a script has old ones."""
    today = f"{datetime.now(UTC) - timedelta(hours=12):%Y-%m-%d}"  # where it begins last; whatever was before is over
    if past := [days for days in args.close or () if days.rpartition("..")[2].strip()[:10] < today]:
        say(f"over already, so without effect: --close {', '.join(past)}")


def declare_site(args: argparse.Namespace) -> int:
    body = {"name": args.name, "hub": args.hub, "depth": args.depth, "policy": _rules_of(args)}
    body |= {k: v for k, v in (("place", args.place), ("organisation", args.organisation)) if v}
    print_record(connect(args).call("POST", "/v1/sites", body), args)
    _say_what_is_over(args)
    say(f"next: gridtie site enrol {args.name}")
    return 0


def enrol(args: argparse.Namespace) -> int:
    answer = connect(args).call("POST", f"/v1/sites/{args.site}/enrolment", {})
    if structured(args):
        print_record(answer, args)
    else:
        print(answer["token"])
        say(f"valid until {answer['expires']}, for one agent, once. On the site's host:\n  {answer['command']}")
    return 0


def approve(args: argparse.Namespace) -> int:
    body = {"fingerprint": args.fingerprint}
    print_record(connect(args).call("POST", f"/v1/sites/{args.site}/approve", body), args)
    return 0


def list_sites(args: argparse.Namespace) -> int:
    print_rows(list(connect(args).pages("/v1/sites")), SITE_COLUMNS, args)
    return 0


def show_site(args: argparse.Namespace) -> int:
    site = connect(args).call("GET", f"/v1/sites/{args.site}")
    if args.output != "table" or args.columns:
        print_record(site, args)
        return 0
    inventory, resources = site.pop("inventory", None), site.pop("resources", [])
    if lends := site.pop("lends", None):
        rooms = lends["machines"].values()
        cores, accelerators = (sum(room[what] for room in rooms) for what in ("cpus", "accelerators"))
        site["lends now"] = f"{cores} cores, {accelerators} accelerators"
        site["queue wait"] = "unknown" if lends["queue_wait_s"] is None else f"{lends['queue_wait_s']} s"
        site["out of use"] = lends["note"] or "nothing"
    print_record(site, args)
    if inventory:
        say(f"its whole inventory: gridtie site show {args.site} -o json")
    if resources:
        print()
        print_resources(resources, args)
    return 0


def _mover(event: str) -> Callable[[argparse.Namespace], int]:
    def move(args: argparse.Namespace) -> int:
        print_record(connect(args).call("POST", f"/v1/sites/{args.site}/{event}", {}), args)
        return 0

    return move


def revoke(args: argparse.Namespace) -> int:
    if not args.yes:
        say(f"This voids the key of {args.site} for good and stops its runs. Repeat with --yes to do it.")
        return 5
    print_record(connect(args).call("POST", f"/v1/sites/{args.site}/revoke", {"reason": args.reason}), args)
    return 0


def list_resources(args: argparse.Namespace) -> int:
    print_resources(list(connect(args).pages("/v1/resources", query={"site": args.site})), args)
    return 0


def print_resources(rows: list[dict[str, Any]], args: argparse.Namespace) -> None:
    """In a table, how many machines of each kind there are says more than their documents."""
    if args.output == "table":
        rows = [{**row, "machines": _machines(row["machines"])} for row in rows]
    print_rows(rows, RESOURCE_COLUMNS, args)


def _machines(machines: list[dict[str, Any]]) -> str:
    """'2 × 1 core', '1 × 64 cores + 8 accelerators': how many of each kind."""
    kinds = Counter((machine["cpus"], machine["accelerators"]) for machine in machines)
    return ", ".join(
        f"{count} × {cpus} core{'s' if cpus != 1 else ''}" + (f" + {extra} accelerators" if extra else "")
        for (cpus, extra), count in kinds.items()
    )


def show_resource(args: argparse.Namespace) -> int:
    print_record(connect(args).call("GET", f"/v1/resources/{args.resource}"), args)
    return 0


def certify(args: argparse.Namespace) -> int:
    client = connect(args)
    before = client.call("GET", f"/v1/resources/{args.resource}").get("certificate") if args.wait else None
    answer = client.call("POST", f"/v1/resources/{args.resource}/certify", {"profile": args.profile})
    if not args.wait:
        print_record(answer, args)
        return 0
    job = answer["job"]
    try:
        say(f"tests run as {job} …")
        test = client.handle(job).wait(timeout_s=1800)
    except KeyboardInterrupt:
        say(f"\nstopped waiting; the tests go on. What became of them: gridtie resource show {args.resource}")
        return 130
    answer = client.call("GET", f"/v1/resources/{args.resource}")
    # The tests have ended; the exchange still judges them and both sides sign, a moment later.
    deadline = time.monotonic() + SIGNING_S
    while (waits := answer.get("certificate") == before) and not test.data["reason"] and time.monotonic() < deadline:
        time.sleep(0.2)
        answer = client.call("GET", f"/v1/resources/{args.resource}")
        test.refresh()
    print_record(answer, args)
    if waits:
        say(test.data["reason"] or "no certificate yet: the tests are judged still, or the site has not signed")
        say(f"what they printed: gridtie logs {job}")
    return int(waits)


def revoke_resource(args: argparse.Namespace) -> int:
    if not args.yes:
        say("This voids the identifier for good; a signed tombstone stays. Repeat with --yes to do it.")
        return 5
    print_record(connect(args).call("POST", f"/v1/resources/{args.resource}/revoke", {"reason": args.reason}), args)
    return 0
