"""The tree of a lineage on a terminal."""

from typing import Any

from gridtie.cli.lineage import tree


def node(key: str, kind: str, label: str = "", detail: str = "d", at: str | None = None) -> dict[str, Any]:
    return {"id": key, "kind": kind, "label": label or key, "detail": detail, "at": at, "run": None}


def graph(nodes: list[dict[str, Any]], *edges: tuple[str, str]) -> dict[str, Any]:
    return {"asked": nodes[0]["id"], "nodes": nodes, "edges": [{"from": a, "to": b} for a, b in edges],
            "complete": True}  # fmt: skip


def test_what_it_was_made_from_stands_below_it_and_its_uses_at_the_end() -> None:
    nodes = [node("v", "version", "aurora/court@v2", at="2026-01-02T00:00:00Z"), node("c", "cleaning", "TC260"),
             node("s", "source", "register"), node("w", "version", "aurora/raw@v1"),
             node("u", "use", "bison", "2 deliveries (file)", "2026-01-03T00:00:00Z")]  # fmt: skip
    found = graph(nodes, ("c", "v"), ("s", "c"), ("w", "c"), ("v", "u"))
    assert list(tree(found)) == [
        "aurora/court@v2: d, 2026-01-02 00:00:00 UTC",
        "├─ cleaned by the rules of TC260: d",
        "│  ├─ source register: d",
        "│  └─ aurora/raw@v1: d",
        "└─ used by bison: 2 deliveries (file), since 2026-01-03 00:00:00 UTC",
    ]


def test_what_was_made_from_it_stands_at_the_end_each_with_what_made_it() -> None:
    nodes = [node("v", "version", "a/raw@v1"), node("w", "version", "a/old@v1"), node("u", "use", "bison"),
             node("c", "cleaning", "TC260"), node("x", "version", "a/clean@v1"),
             node("y", "version", "b/mixed@v2")]  # fmt: skip
    found = graph(nodes, ("w", "v"), ("v", "u"), ("v", "c"), ("c", "x"), ("x", "y"), ("v", "y"))
    assert list(tree(found)) == [
        "a/raw@v1: d",
        "├─ a/old@v1: d",
        "├─ used by bison: d",
        "├─ made from it: a/clean@v1: d, cleaned by the rules of TC260",
        "│  └─ made from it: b/mixed@v2: d",
        "└─ made from it: b/mixed@v2: d",
    ]


def test_a_circle_ends_and_what_others_wrote_moves_no_cursor() -> None:
    nodes = [node("a", "version", "a\x1b[2J"), node("b", "version")]
    assert list(tree(graph(nodes, ("b", "a"), ("a", "b")))) == [
        r"a\x1b[2J: d", "└─ b: d", r"   └─ a\x1b[2J: d (see above)",
    ]  # fmt: skip
