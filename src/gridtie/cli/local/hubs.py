"""`site hubs`: where a site can be said to stand; the table comes with the package."""

import argparse

from gridtie.cli.output import add_format, print_rows


def add_hubs(inner: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = inner.add_parser("hubs", help="the hubs that a site can be declared in")
    add_format(parser)
    parser.set_defaults(run=list_hubs)


def list_hubs(args: argparse.Namespace) -> int:
    from gridtie.adapters.tables import load_places

    rows = [
        {"id": c.hub, "name": c.hub_name, "name_zh": c.hub_name_zh, "cluster": c.name, "place": c.place, "side": c.side}
        for c in load_places().clusters
    ]
    print_rows(rows, ("id", "name", "name_zh", "cluster", "place", "side"), args)
    return 0
