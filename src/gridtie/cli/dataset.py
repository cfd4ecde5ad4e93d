"""The nouns `dataset` and `contract`: data in the catalogue, and agreements on its use."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gridtie.cli.context import connect, sayable, text_of_file
from gridtie.cli.lineage import VERBS
from gridtie.cli.local.clean_dataset import CLEAN
from gridtie.cli.nouns import Verb, declare, flag, of_version
from gridtie.cli.output import first, print_data, print_record, print_rows, say, structured
from gridtie.cli.workdir import walk
from gridtie.client.data import path_of
from gridtie.client.exchange import digest_of
from gridtie.errors import InvalidInput, Problem
from gridtie.values.quantity import format_bytes

if TYPE_CHECKING:
    from gridtie.client.exchange import ExchangeClient

DATASETS = ("name", "title", "licence", "languages", "grade", "delivery", "price", "versions")
VERSIONS = ("name", "made_at", "parts", "records", "bytes", "cleaning", "derived_from")
CONTRACTS = ("id", "state", "dataset", "consumer_name", "purpose", "place", "price", "until", "deliveries", "reason")
DELIVERIES = (
    "at",
    "dataset",
    "version",
    "consumer_name",
    "channel",
    "purpose",
    "parts",
    "bytes",
    "charge",
    "delete_by",
)
PUBLISHED = ("name", "state", "title", "licence", "grade", "delivery", "price")


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    named, one = flag("dataset", metavar="OWNER/NAME"), flag("dataset", metavar="OWNER/NAME[@V]")
    version = flag("--version", default="", help="e.g. v3 (default: the newest)")
    key = flag("contract", help="id or unique short form")
    why = flag("--reason", default="", help="in words, for the other side")
    declare(verbs, "dataset", "data in the catalogue: its card, terms, price, versions and deliveries", [
        Verb("publish", "put data into the catalogue, or another version of it", publish, [
            flag("name", help="lower-case letters, digits, '.', '_' and '-'"),
            flag("files", nargs="*", type=Path, metavar="FILE", help="files and folders of this version"),
            flag("--card", required=True, type=Path, metavar="FILE", help="card, terms and price (TOML)"),
            flag("--cleaned", type=Path, metavar="DIR", help="the --out of a cleaning: its results and its report"),
            flag("--held-by", default="", metavar="SITE", help="a site of yours has the files; they are not sent"),
            flag("--derived-from", action="append", default=[], metavar="NAME@V", help="what it was made of"),
        ]),
        Verb("list", "the catalogue, newest first", show_list, [
            flag("words", nargs="*", help="that all stand in the card"),
            flag("--mine", action="store_true"), flag("--limit", type=int, default=100),
        ]),
        Verb("show", "card, terms, price and files of a dataset", of_version(show), [one, version]),
        Verb("versions", "its versions, newest first", versions, [named]),
        Verb("report", "the report of its cleaning", of_version(report), [
            one, version, flag("--page", type=Path, metavar="FILE", help="write it there as HTML"),
            flag("--lang", choices=("en", "zh"), default="en", help="which the page shows first"),
        ]),
        Verb("fetch", "its files, under your contract", of_version(fetch), [
            one, version, flag("--to", type=Path, metavar="DIR", help="default: a folder of its name"),
            flag("--path", action="append", default=[], metavar="FILE", help="only this file of it; again for more"),
        ]),
        Verb("withdraw", "offer it no longer; what contracts grant stays granted", _mover("withdraw"), [named]),
        Verb("restore", "offer it again", _mover("list"), [named]),
        Verb("deliveries", "what was delivered to you or by you, newest first", deliveries, [
            flag("dataset", nargs="?", metavar="OWNER/NAME"), flag("--contract"),
            flag("--limit", type=int, default=100),
        ]),
        CLEAN,
        *VERBS,
    ])  # fmt: skip
    declare(verbs, "contract", "agreements on the use of data", [
        Verb("propose", "propose one, signed by your side", propose, [
            named, flag("--purpose", default="", help="what you use it for; the terms may name what is allowed"),
            flag("--place", default="", help="the hub or place where you use it"),
            flag("--from", dest="start", help="RFC 3339 (default: now)"),
            flag("--until", help="RFC 3339 (default: 90 days later)"),
        ]),
        Verb("list", "contracts that you are a side of, newest first", contracts, [
            flag("--state"), flag("--limit", type=int, default=100),
        ]),
        Verb("show", "one contract with its terms; -o json has what both signed", contract, [key]),
        Verb("sign", "agree to it", sign, [key]),
        Verb("decline", "do not agree to it", _ender("decline"), [key, why]),
        Verb("suspend", "deliver nothing under it for now (its provider)", _ender("suspend"), [key, why]),
        Verb("resume", "deliver under it again (its provider)", _ender("resume"), [key, why]),
        Verb("end", "end it; links already given stop too", _ender("end"), [key, why]),
    ])  # fmt: skip


def publish(args: argparse.Namespace) -> int:
    client = connect(args)
    card = text_of_file(args.card)
    files, report = _files(args)
    if not files:
        raise InvalidInput(source="dataset", problems=[Problem("no files: name some, or --cleaned DIR")])
    if odd := [name for _, name in files if not name.isprintable()]:
        raise InvalidInput(source="dataset", problems=[
            Problem(f"{sayable(name)!r} cannot be told to others: its name is not UTF-8, or has control characters")
            for name in odd
        ])  # fmt: skip
    parts = []
    for number, (path, name) in enumerate(files, 1):
        if args.held_by:
            sha256, size = digest_of(path), path.stat().st_size
            parts.append({"path": name, "sha256": sha256, "size": size, "held_by": args.held_by,
                          "records": _lines(path)})  # fmt: skip
        else:
            sha256, size = client.upload(path)
            parts.append({"path": name, "sha256": sha256, "size": size})
        if not structured(args):
            say(f"{number}/{len(files)} {name}  {format_bytes(size)}")
    key = client.upload(report)[0] if report else None
    body = {"name": args.name, "card": card, "parts": parts, "report": key, "derived_from": args.derived_from}
    made = client.call("POST", "/v1/datasets", {name: value for name, value in body.items() if value is not None})
    if structured(args):
        print_data(made, args)
        return 0
    print_record({**{name: _shown(made)[name] for name in PUBLISHED}, "version": made["version"]["name"],
                  "records": made["version"]["records"]}, args)  # fmt: skip
    if not made["new_version"]:
        say(f"These files are {made['version']['name']} already; only what the card says may have changed.")
    return 0


def _files(args: argparse.Namespace) -> tuple[list[tuple[Path, str]], Path | None]:
    """Files with their names in the dataset, and the report of their cleaning."""
    found: list[tuple[Path, str]] = []
    report = None
    if args.cleaned:
        report = args.cleaned / "audit.json"
        if not report.is_file():
            raise InvalidInput(source=str(args.cleaned), problems=[Problem("no audit.json: no finished cleaning")])
        found += walk((args.cleaned / "data").resolve(), "")
    for path in args.files:
        if not path.exists():
            raise InvalidInput(source=str(path), problems=[Problem("no such file or folder")])
        found += walk(path.resolve(), "")
    return found, report


def _lines(path: Path) -> int | None:
    """Records of a file whose lines are records; of others nothing is known before the site looks."""
    if path.suffix not in (".jsonl", ".ndjson"):
        return None
    with path.open("rb") as file:
        return sum(1 for line in file if line.strip())


def show_list(args: argparse.Namespace) -> int:
    query = {"q": " ".join(args.words) or None, "mine": 1 if args.mine else None}
    rows = _rows(connect(args), "/v1/datasets", query, args.limit)
    if not rows and not structured(args):
        say("Nothing there: gridtie dataset publish --help")
    print_rows(rows if structured(args) else [_shown(row) for row in rows], DATASETS, args)
    return 0


def show(args: argparse.Namespace) -> int:
    made = connect(args).call("GET", path_of(args.dataset), query={"version": args.version or None})
    if structured(args):
        print_data(made, args)
        return 0
    card, version = made["card"], made["version"]
    say(f"{made['name']}  {version['name']}  {card['title']}\n\n{card['description']}\n")
    limits = {key: value for key, value in made["terms"].items() if value not in (None, [], True, False)}
    limits = {key: value for key, value in limits.items() if key != "release" or made["delivery"] == "compute"}
    facts = {"state": made["state"], "licence": card["licence"], "grade": made["grade"], "price": _price(made),
             "records": version["records"], "bytes": version["bytes"], **limits}  # fmt: skip
    cleaning = version["cleaning"]
    if cleaning:
        facts["cleaned"] = f"{cleaning['treated']} values treated, {cleaning['dropped']} records dropped"
    print_record({key: value for key, value in facts.items() if value not in (None, [])}, args)
    say("")
    print_rows(version["parts"], ("path", "size", "records", "media", "held_by"), args)
    return 0


def versions(args: argparse.Namespace) -> int:
    rows = connect(args).call("GET", f"{path_of(args.dataset)}/versions")["items"]
    if not structured(args):
        rows = [{**row, "parts": len(row["parts"]), "cleaning": "yes" if row["cleaning"] else ""} for row in rows]
    print_rows(rows, VERSIONS, args)
    return 0


def report(args: argparse.Namespace) -> int:
    client = connect(args)
    if args.page:
        args.page.write_text(client.cleaning_page(args.dataset, version=args.version, lang=args.lang), encoding="utf-8")
        say(f"written to {args.page}")
        return 0
    print_data(client.cleaning_report(args.dataset, version=args.version), args)
    return 0


def fetch(args: argparse.Namespace) -> int:
    client = connect(args)
    folder = args.to or Path(args.dataset.rpartition("/")[2])
    made = client.fetch_dataset(args.dataset, folder, version=args.version, paths=args.path)
    if structured(args):
        print_data(made, args)
        return 0
    say(f"{len(made['files'])} file(s), {format_bytes(sum(file['size'] for file in made['files']))} in {folder}")
    say(f"delivery {made['id']} of {made['version']}, charged so far: {made['charge']}")
    if made["delete_by"]:
        say(f"The terms want every copy deleted by {made['delete_by']}.")
    return 0


def deliveries(args: argparse.Namespace) -> int:
    query = {"dataset": args.dataset, "contract": args.contract}
    print_rows(_rows(connect(args), "/v1/deliveries", query, args.limit), DELIVERIES, args)
    return 0


def _mover(event: str) -> Callable[[argparse.Namespace], int]:
    def move(args: argparse.Namespace) -> int:
        made = connect(args).call("POST", f"{path_of(args.dataset)}/{event}", {})
        print_record(made if structured(args) else _shown(made), args)
        return 0

    return move


# ── contracts ─────────────────────────────────────────────────────────────────────────────────────────────────────
def propose(args: argparse.Namespace) -> int:
    body = {"dataset": args.dataset, "purpose": args.purpose, "place": args.place, "from": args.start,
            "until": args.until}  # fmt: skip
    made = connect(args).call("POST", "/v1/contracts", {name: value for name, value in body.items() if value})
    _print_contract(made, args)
    if made["state"] == "offered" and not structured(args):
        say(f"It waits for its provider: gridtie contract sign {made['id']}")
    return 0


def contracts(args: argparse.Namespace) -> int:
    rows = _rows(connect(args), "/v1/contracts", {"state": args.state}, args.limit)
    print_rows(rows if structured(args) else [_shown(row) for row in rows], CONTRACTS, args)
    return 0


def contract(args: argparse.Namespace) -> int:
    _print_contract(connect(args).call("GET", f"/v1/contracts/{quote(args.contract, safe='')}"), args)
    return 0


def sign(args: argparse.Namespace) -> int:
    _print_contract(connect(args).call("POST", f"/v1/contracts/{quote(args.contract, safe='')}/sign", {}), args)
    return 0


def _ender(event: str) -> Callable[[argparse.Namespace], int]:
    def move(args: argparse.Namespace) -> int:
        path = f"/v1/contracts/{quote(args.contract, safe='')}/{event}"
        _print_contract(connect(args).call("POST", path, {"reason": args.reason}), args)
        return 0

    return move


def _print_contract(made: dict[str, Any], args: argparse.Namespace) -> None:
    if structured(args):
        print_data(made, args)
        return
    limits = {key: value for key, value in made["terms"].items() if value not in (None, []) and key != "release"}
    hidden = ("terms", "envelope", "provider", "consumer")
    print_record({**{key: value for key, value in _shown(made).items() if key not in hidden}, **limits}, args)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "price": _price(row)}


def _price(row: dict[str, Any]) -> str:
    per = {"free": "", "flat": " once", "access": " a delivery", "record": " a record"}[row["price"]["kind"]]
    return f"{row['price']['amount']}{per}" if per else "free"


def _rows(client: "ExchangeClient", path: str, query: dict[str, Any], most: int) -> list[dict[str, Any]]:
    return first(client.pages(path, query={**query, "limit": min(most, 500)}), most) if most > 0 else []
