"""The graph of a lineage as a picture (SVG): sources and earlier versions to the left, uses and what was made
from it to the right.

Self-contained: no script, no font, no address outside, light or dark as the reader has it; kinds are named in English
and Chinese. The same graph gives the same bytes.
"""

import re
from collections import deque
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from unicodedata import east_asian_width

WIDE, HIGH, GAP_X, GAP_Y, EDGE = 236, 62, 64, 16, 20
COLUMN_MAX, LABEL_MAX = 40, 32
KINDS = {"source": "source · 来源", "version": "version · 版本", "cleaning": "cleaning · 清洗", "run": "job · 作业",
         "use": "use · 使用"}  # fmt: skip
MORE = "and {count} more · 另有 {count} 项"
LEFT_OUT = "Not everything is drawn · 图中未列全部"
_STYLE = """
:root{--ink:#1b1f24;--faint:#6b7280;--paper:#fff;--line:#9aa3af;--asked:#2f6f9f}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--faint:#9aa3af;--paper:#14171a;--line:#5a636d;--asked:#6fb1de}}
svg{background:var(--paper);font:12px system-ui,sans-serif}text{fill:var(--ink)}.kind,.detail{fill:var(--faint)}
.kind,.detail{font-size:10px}rect{fill:none;stroke:var(--line)}.asked{stroke:var(--asked);stroke-width:2.5}
.source{stroke-dasharray:4 3}.cleaning,.run{rx:22px}.use{stroke-dasharray:1 3}path{fill:none;stroke:var(--line)}
"""


def picture(graph: Mapping[str, Any]) -> str:
    """Of what `lineage.graph` gives."""
    columns = _columns(graph)
    places: dict[str, tuple[int, int]] = {}
    boxes: list[str] = []
    rows = max(len(column) for column in columns)
    for number, column in enumerate(columns):
        for row, node in enumerate(column):
            x, y = EDGE + number * (WIDE + GAP_X), EDGE + row * (HIGH + GAP_Y)
            places[node["id"]] = x, y
            boxes.append(_box(node, x, y, asked=node["id"] == graph["asked"]))
    lines = [_line(places[edge["from"]], places[edge["to"]])
             for edge in graph["edges"] if edge["from"] in places and edge["to"] in places]  # fmt: skip
    width = 2 * EDGE + len(columns) * (WIDE + GAP_X) - GAP_X
    height = 2 * EDGE + rows * (HIGH + GAP_Y)
    note = "" if graph["complete"] else f'<text class="detail" x="{EDGE}" y="{height - 8}">{LEFT_OUT}</text>'
    title = escape(_shown(next(node["label"] for node in graph["nodes"] if node["id"] == graph["asked"])))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img"><title>{title}</title><style>{_STYLE}</style>{"".join(lines)}{"".join(boxes)}{note}</svg>\n'
    )


def _columns(graph: Mapping[str, Any]) -> list[Sequence[Mapping[str, Any]]]:
    """By the number of steps to what was asked for, the farthest first; then what it is used by, and made from it."""
    steps = _steps(graph, "from", "to", -1) | _steps(graph, "to", "from", 1)
    by_step: dict[int, list[Mapping[str, Any]]] = {}
    for node in graph["nodes"]:
        by_step.setdefault(steps.get(node["id"], -1), []).append(node)
    return [_cut(by_step[step]) for step in sorted(by_step, reverse=True)]


def _steps(graph: Mapping[str, Any], here: str, there: str, step: int) -> dict[str, int]:
    """Of what is reached from what was asked for along the edges, in this direction."""
    beside: dict[str, list[str]] = {}
    for edge in graph["edges"]:
        beside.setdefault(edge[here], []).append(edge[there])
    steps, waiting = {graph["asked"]: 0}, deque([graph["asked"]])
    while waiting:
        at = waiting.popleft()
        for key in beside.get(at, ()):
            if key not in steps:
                steps[key] = steps[at] + step
                waiting.append(key)
    return steps


def _cut(nodes: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    if len(nodes) <= COLUMN_MAX:
        return nodes
    words = MORE.format(count=len(nodes) - COLUMN_MAX + 1)
    return [*nodes[: COLUMN_MAX - 1], {**nodes[-1], "id": "", "label": words, "detail": ""}]


def _box(node: Mapping[str, Any], x: int, y: int, *, asked: bool) -> str:
    kind = node["kind"]
    return (
        f'<rect class="{kind}{" asked" if asked else ""}" x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="4"/>'
        f'<text class="kind" x="{x + 12}" y="{y + 17}">{KINDS[kind]}</text>'
        f'<text x="{x + 12}" y="{y + 35}">{escape(_fitted(node["label"], LABEL_MAX))}</text>'
        f'<text class="detail" x="{x + 12}" y="{y + 52}">{escape(_fitted(node["detail"], LABEL_MAX + 10))}</text>'
    )


def _line(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1 = start[0] + WIDE, start[1] + HIGH // 2
    x2, y2 = end[0], end[1] + HIGH // 2
    middle = (x1 + x2) // 2
    return f'<path d="M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"/>'


def _fitted(text: str, most: int) -> str:
    """At most so many columns wide; Chinese characters take two."""
    left = most
    for place, char in enumerate(clean := _shown(text)):
        left -= 2 if east_asian_width(char) in "WF" else 1
        if left < 0:
            return clean[:place].rstrip() + "…"
    return clean


def _shown(text: str) -> str:
    """What others wrote may hold signs that XML has no place for, or that turn the direction of writing."""
    return re.sub(
        r"[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]",
        "�",
        text,
    )
