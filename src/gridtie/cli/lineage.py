"""Verbs of the noun `dataset` that write what the exchange says of data in formats of others, and draw its lineage."""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gridtie.cli.context import connect, json_of_file, write_private
from gridtie.cli.nouns import Verb, flag, of_version
from gridtie.cli.output import plain, print_data, print_json, say, structured
from gridtie.errors import InvalidInput, Problem
from gridtie.values.period import to_the_second

_Branch = tuple[str, str, "Callable[[str], list[_Branch]]"]  # its line, its node, and what stands below a node
_NAME = flag("dataset", metavar="OWNER/NAME")
_VERSION = flag("--version", default="", metavar="V", help="v3; the newest if not said")
_SAVE = flag("--save", metavar="FILE", help="write it there")
_WORDS = {
    "source": "source ",
    "cleaning": "cleaned by the rules of ",
    "run": "made by ",
    "use": "used by ",
    "version": "",
}


def show_lineage(args: argparse.Namespace) -> int:
    client = connect(args)
    if args.svg:
        drawn = client.lineage_picture(args.dataset, version=args.version)
        Path(args.svg).write_text(drawn, encoding="utf-8")
        say(f"written to {args.svg}")
        return 0
    found = client.lineage(args.dataset, version=args.version, form=args.form)
    if args.save:
        _save(found, args.save)
    elif args.form != "graph" or structured(args):
        print_data(found, args)
    else:
        for line in tree(found):
            print(line)
        if not found["complete"]:
            say("not everything is told here: there is more of it")
    return 0


def tree(graph: Mapping[str, Any]) -> Iterator[str]:
    """What was asked for, what it was made from below it, and at the end who used it and what was made from it."""
    nodes = {node["id"]: node for node in graph["nodes"]}
    before, after = _beside(graph, "to", "from"), _beside(graph, "from", "to")
    asked = graph["asked"]
    older, waiting = {asked}, [asked]
    while waiting:
        found = set(before.get(waiting.pop(), ())) - older
        older |= found
        waiting += found

    def sources(key: str) -> list[_Branch]:
        return [(_line(nodes[one]), one, sources) for one in before.get(key, ())]

    def uses(key: str) -> list[_Branch]:
        return [(_line(nodes[one]), one, _nothing) for one in after.get(key, ()) if nodes[one]["kind"] == "use"]

    def results(key: str) -> list[_Branch]:
        made: list[_Branch] = []
        for one in after.get(key, ()):
            if nodes[one]["kind"] == "version" and one not in older:
                made.append((f"made from it: {_line(nodes[one])}", one, results))
            if nodes[one]["kind"] in ("cleaning", "run"):
                how = plain(f"{_WORDS[nodes[one]['kind']]}{nodes[one]['label']}")
                made += [(f"made from it: {_line(nodes[each])}, {how}", each, results)
                         for each in after.get(one, ()) if each not in older]  # fmt: skip
        return made

    def drawn(branches: Sequence[_Branch], indent: str, path: tuple[str, ...]) -> Iterator[str]:
        for place, (line, key, onward) in enumerate(branches):
            last = place == len(branches) - 1
            again = key in path
            yield indent + ("└─ " if last else "├─ ") + line + (" (see above)" if again else "")
            if not again:
                yield from drawn(onward(key), indent + ("   " if last else "│  "), (*path, key))

    yield _line(nodes[asked])
    yield from drawn([*sources(asked), *uses(asked), *results(asked)], "", (asked,))


def _beside(graph: Mapping[str, Any], here: str, there: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for edge in graph["edges"]:
        found.setdefault(edge[here], []).append(edge[there])
    return found


def _nothing(_key: str) -> "list[_Branch]":
    return []


def _line(node: Mapping[str, Any]) -> str:
    begins = ", since " if node["kind"] == "use" else ", "
    since = f"{begins}{to_the_second(node['at'])}" if node["at"] else ""
    return plain(f"{_WORDS[node['kind']]}{node['label']}: {node['detail']}{since}").replace("\n", " ")


def write_croissant(args: argparse.Namespace) -> int:
    return _told(connect(args).croissant(args.dataset, version=args.version, links=args.links), args)


def write_policy(args: argparse.Namespace) -> int:
    return _told(connect(args).policy(args.dataset), args)


def read_policy(args: argparse.Namespace) -> int:
    policy = json_of_file(Path(args.file))
    if not isinstance(policy, dict):
        raise InvalidInput(source=args.file, problems=[Problem("no ODRL policy: it begins with {", 1, 1)])
    found = connect(args).check_policy(policy)
    if structured(args):
        print_data(found, args)
    else:
        print(found["card"], end="")
    return 0


def write_catalog(args: argparse.Namespace) -> int:
    """All pages as one catalogue."""
    pages = list(connect(args).catalog())
    whole = {**pages[0], "dcat:dataset": [one for page in pages for one in page["dcat:dataset"]]}
    del whole["hydra:view"]
    return _told(whole, args)


def write_profile(args: argparse.Namespace) -> int:
    profile = connect(args).sharing_profile()
    if not args.save:
        print_json(profile)
        return 0
    write_private(Path(args.save), json.dumps(profile, indent=2) + "\n")
    say(f"written to {args.save}; it holds your token")
    return 0


def _told(document: object, args: argparse.Namespace) -> int:
    if args.save:
        _save(document, args.save)
    elif args.output == "yaml":
        print_data(document, args)
    else:
        print_json(document)
    return 0


def _save(document: object, path: str) -> None:
    Path(path).write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    say(f"written to {path}")


VERBS: Sequence[Verb] = (
    Verb("lineage", "what a version was made from, who used it, and what was made from it", of_version(show_lineage),
         [_NAME, _VERSION, _SAVE, flag("--svg", metavar="FILE", help="draw it into this file"),
          flag("--form", choices=("graph", "openlineage", "prov"), default="graph", help="graph, or a format")]),
    Verb("croissant", "a version as Croissant, for loaders and portals", of_version(write_croissant),
         [_NAME, _VERSION, _SAVE,
          flag("--links", action="store_true", help="with links to its files that end: a delivery, paid as one")]),
    Verb("policy", "terms and price as an ODRL offer", write_policy, [_NAME, _SAVE]),
    Verb("terms", "what a card says for an ODRL policy, or why it cannot be kept", read_policy, [flag("file")]),
    Verb("profile", "a file with your token, with which clients of Delta Sharing read", write_profile, [_SAVE]),
    Verb("dcat", "the whole catalogue as DCAT 3", write_catalog, [_SAVE]),
)  # fmt: skip
