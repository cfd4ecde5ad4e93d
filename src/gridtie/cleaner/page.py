"""The report as a page for people: English and Chinese, pictures beside figures, nothing but what `audit.json` says.

Self-contained: no script, no font, no address outside. The same report gives the same bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple


class Words(NamedTuple):
    en: str
    zh: str


TITLE = Words("Report on a cleaning", "清洗审计报告")
KEPT = Words("kept", "保留")
SECTIONS = {
    "found": Words("What was found, and what became of it", "发现的个人信息及处理方式"),
    "dropped": Words("What was dropped, and why", "丢弃的记录及原因"),
    "languages": Words("Languages", "语种构成"),
    "sources": Words("Sources", "数据来源"),
    "samples": Words("Samples", "抽样检验"),
    "checks": Words("Held against", "对照规则"),
    "files": Words("Inputs and outputs", "输入与输出"),
}
HEADS = {
    "kind": Words("kind", "类型"),
    "action": Words("action", "处理"),
    "count": Words("count", "数量"),
    "reason": Words("reason", "原因"),
    "records": Words("records", "记录数"),
    "language": Words("language", "语种"),
    "source": Words("source", "来源"),
    "licence": Words("licence", "许可"),
    "record": Words("collection record", "采集凭证"),
    "risky": Words("with risky words", "含风险词"),
    "sample": Words("sample", "抽样"),
    "items": Words("items", "条数"),
    "passed": Words("passed", "合格"),
    "rule": Words("demand", "要求"),
    "asked": Words("asked", "阈值"),
    "seen": Words("found", "实测"),
    "held": Words("held", "结论"),
    "file": Words("file", "文件"),
    "digest": Words("SHA-256", "SHA-256"),
}
HELD = {
    True: Words("yes", "符合"),
    False: Words("no", "不符合"),
    None: Words("not looked at", "未检验"),
}
MACHINE = Words("by machine", "机器抽检")
HAND = Words("by hand", "人工抽检")
AT_LEAST = Words("at least {share} at 95 % confidence", "在 95 % 置信度下不低于 {share}")
LEFT = Words(
    "Records with personal data left, by the hand sample: about {about}, from {low} to {high} at 95 % confidence.",
    "据人工抽检估计仍含个人信息的记录：约 {about} 条，95 % 置信区间为 {low} 至 {high}。",
)
NOT_YET = Words("Nobody has judged the hand sample yet: gridtie clean review", "尚无人工评判：gridtie clean review")
REVERSIBLE = Words(
    "Treated with a key, which can turn it back or join it again, so de-identified at most: {kinds}.",
    "以下类型用密钥处理，可被还原或重新关联，至多属于去标识化：{kinds}。",
)
SAYS = Words(
    "What was found and treated is stated here. Whether anybody can still be identified is a judgement about the "
    "whole, which this report supports and does not replace.",
    "本报告陈述发现与处理的内容。是否仍可识别到个人，须对整体作出判断；本报告提供依据，不能代替该判断。",
)
_STYLE = """
:root{--ink:#1b1f24;--faint:#6b7280;--paper:#fff;--line:#d5d9e0;--bar:#2f6f9f;--bad:#b3261e}
@media(prefers-color-scheme:dark){
:root{--ink:#e6e8eb;--faint:#9aa3af;--paper:#14171a;--line:#333a42;--bar:#6fb1de;--bad:#f2958e}}
body{margin:2rem auto;max-width:62rem;padding:0 1rem;font:15px/1.5 system-ui,sans-serif}
body{color:var(--ink);background:var(--paper)}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}
th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
td.bar{width:34%}svg{display:block;width:100%;height:.8rem}rect{fill:var(--bar)}
code{font-size:.85em;overflow-wrap:anywhere}.no{color:var(--bad);font-weight:600}
dt{color:var(--faint)}dl{display:flex;flex-wrap:wrap;gap:.5rem 2.5rem}dd{margin:0;font-size:1.3em}
input[name=language]{margin-left:1rem}
#en:checked~main [lang=zh],#zh:checked~main [lang=en]{display:none}
@media print{input,label{display:none}}
"""


def page(made: Mapping[str, Any]) -> str:
    """Whatever comes from the data or its files is escaped; nothing in it can become markup."""
    counts = made["counts"]
    kept = f"{counts['kept']:,} ({_share(counts['kept'], counts['records'])})"
    facts = (
        (HEADS["records"], f"{counts['records']:,}"), (KEPT, kept),
        (Words("policy", "策略"), made["policy"]["name"] or made["policy"]["sha256"][:12]),
        (Words("rules", "规则"), made["rules"][:12]),
        (Words("software", "软件"), made["software"]),
    )  # fmt: skip
    shown = "".join(f"<div><dt>{_both(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    body = "".join(_section(name, content) for name, content in _contents(made))
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{TITLE.en} · {TITLE.zh}</title><style>{_STYLE}</style></head>
<body><input type="radio" name="language" id="en" checked><label for="en" lang="en">English</label>
<input type="radio" name="language" id="zh"><label for="zh" lang="zh">中文</label>
<main><h1>{_both(TITLE)}</h1><p>{_both(SAYS)}</p><dl>{shown}</dl>{body}</main></body></html>
"""


def _contents(made: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    counts = made["counts"]
    yield (
        "found",
        _barred(("kind", "action"), [((kind, action), n) for kind, action, n in counts["found"]]) + _reversible(made),
    )
    yield "dropped", _barred(("reason",), [((reason,), n) for reason, n in counts["dropped"].items()])
    yield "languages", _barred(("language",), [((name,), n) for name, n in counts["languages"].items()])
    yield "sources", _table(
        ("source", "licence", "record", "records", "risky"),
        [(one["name"], one["licence"] or "–", one["record"] or "–", one["records"],
          f"{one['risky']} ({one['risky_ppm'] / 10_000:.2f} %)") for one in made["sources"]],
    )  # fmt: skip
    yield "samples", _samples(made)
    rows = [(one["name"], _number(one["name"], one["asked"]), _number(one["name"], one["found"]), HELD[one["held"]])
            for one in made["checks"]]  # fmt: skip
    yield "checks", f"<p>{escape(made['pack'])}</p>" + _table(("rule", "asked", "seen", "held"), rows)
    files = [(one["path"], "", one["sha256"]) for one in made["inputs"]]
    files += [(one["name"], one["kept"], one["sha256"]) for one in made["outputs"]]
    yield "files", _table(("file", "records", "digest"), files)


def _samples(made: Mapping[str, Any]) -> str:
    machine, hand = made["machine_sample"], made["hand_sample"]
    bound = f"{hand['passed_at_least_ppm'] / 10_000:.2f} %"
    least = Words(AT_LEAST.en.format(share=bound), AT_LEAST.zh.format(share=bound)) if hand["judged"] else NOT_YET
    rows: list[Sequence[Any]] = [
        (MACHINE, machine["items"], f"{machine['passed']} ({_share(machine['passed'], machine['items'])})"),
        (HAND, f"{hand['judged']} / {hand['items']}", f"{hand['passed']} ({_share(hand['passed'], hand['judged'])})"),
    ]
    left, said = hand["personal_left"], ""
    if left["between"]:
        low, high = left["between"]
        said = _both(Words(*(text.format(about=left["estimated_records"], low=low, high=high) for text in LEFT)))
    return _table(("sample", "items", "passed"), rows) + f"<p>{_both(least)} {said}</p>"


def _reversible(made: Mapping[str, Any]) -> str:
    kinds = ", ".join(made["policy"]["reversible"])
    return f"<p>{_both(Words(*(text.format(kinds=escape(kinds)) for text in REVERSIBLE)))}</p>" if kinds else ""


def _barred(heads: Sequence[str], rows: Sequence[tuple[Sequence[str], int]]) -> str:
    """Rows with a bar of their length, the longest first."""
    ordered = sorted(rows, key=lambda row: (-row[1], row[0]))
    most = max((count for _, count in rows), default=0) or 1
    head = "".join(f"<th>{_both(HEADS[name])}</th>" for name in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(name)}</td>' for name in names)}<td class=n>{count:,}</td><td class=bar>"
        f'<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{100 * count / most:.2f}" height="8"/>'
        "</svg></td></tr>"
        for names, count in ordered
    )
    return f"<table><tr>{head}<th class=n>{_both(HEADS['count'])}</th><th></th></tr>{body}</table>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    head = "".join(f"<th>{_both(HEADS[name])}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _cell(value: Any) -> str:
    if isinstance(value, Words):
        return f"<td{' class=no' if value == HELD[False] else ''}>{_both(value)}</td>"
    if isinstance(value, int):
        return f"<td class=n>{value:,}</td>"
    return f"<td><code>{escape(value)}</code></td>" if len(value) == 64 else f"<td>{escape(value)}</td>"


def _number(name: str, value: int | None) -> str:
    if value is None:
        return "–"
    return f"{value / 10_000:.2f} %" if name.endswith("-ppm") else f"{value:,}"


def _section(name: str, content: str) -> str:
    return f'<section aria-labelledby="{name}"><h2 id="{name}">{_both(SECTIONS[name])}</h2>{content}</section>'


def _both(words: Words) -> str:
    return f'<span lang="en">{words.en}</span><span lang="zh">{words.zh}</span>'


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"
