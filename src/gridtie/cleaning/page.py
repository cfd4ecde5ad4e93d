"""The report as a page for people: English and Chinese, pictures beside figures, nothing but what `audit.json` says.

Self-contained: no script, no font, no address outside. The same report gives the same bytes. A report may come from
somebody else: whatever stands in it is escaped where it is written, and what is very long is cut.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from html import escape
from itertools import islice
from typing import Any

from gridtie.cleaning import page_names as names
from gridtie.cleaning.page_names import Words

FORM = "gridtie/cleaning-audit/1"  # of the report; here, for an exchange reads reports and loads no cleaner
ROWS_MAX = 1000  # of one table
TEXT_MAX = 400  # characters of one text of the report


TITLE = Words("Report on a cleaning", "清洗审计报告")
KEPT = Words("kept", "保留")
SECTIONS = {
    "found": Words("What was found, and what became of it", "发现的个人信息及处理方式"),
    "dropped": Words("What was dropped, and why", "丢弃的记录及原因"),
    "languages": Words("Languages", "语种构成"),
    "sources": Words("Sources", "数据来源"),
    "samples": Words("Samples", "抽样检验"),
    "table": Words("The table: records that nobody can tell apart", "表格：不可区分的记录"),
    "checks": Words("Held against", "对照规则"),
    "files": Words("Lineage: from sources to results", "血缘：从来源到结果"),
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
    "kept": KEPT,
    "risky": Words("with risky words", "含风险词"),
    "within": Words("within the limit", "是否在限值内"),
    "sample": Words("sample", "抽样"),
    "items": Words("items", "条数"),
    "passed": Words("passed", "合格"),
    "rule": Words("demand", "要求"),
    "asked": Words("asked", "阈值"),
    "seen": Words("found", "实测"),
    "held": Words("held", "结论"),
    "file": Words("file", "文件"),
    "from": Words("made from", "源自"),
    "digest": Words("SHA-256", "SHA-256"),
    "column": Words("column", "列"),
    "form": Words("generalised to", "泛化方式"),
    "hidden": Words("wholly hidden", "完全隐去"),
    "size": Words("records in a class", "等价类大小"),
    "classes": Words("classes", "等价类数"),
    "measure": Words("measure", "指标"),
    "detector": Words("found by another tool", "其他工具发现"),
    "entity": Words("as it calls it", "该工具的名称"),
    "fate": Words("counted as", "计为"),
}
NUMBERS = ("records", "kept", "hidden")  # columns of whole numbers, which stand to the right
FORMS_SHOWN = {
    "number": Words("ranges", "区间"),
    "date": Words("periods", "时段"),
    "prefix": Words("prefixes", "前缀"),
    "set": Words("sets", "取值集合"),
    "tree": Words("branches", "层级"),
}
MEASURES = {
    "classes": Words("classes", "等价类数"),
    "smallest": Words("smallest class (k asked: {asked})", "最小等价类（要求 k：{asked}）"),
    "values": Words("values of {column} in a class, at least (l asked: {asked})",
                    "每个等价类中 {column} 的最少取值数（要求 l：{asked}）"),
    "left_out": Words("left out, as they would stand alone or be unreadable (at most: {asked})",
                      "为避免孤立或因无法解析而抑制的记录（上限：{asked}）"),
    "risk": Words("risk of being found, most (threshold: {asked})", "最大重标识风险（阈值：{asked}）"),
    "mean": Words("risk of being found, mean", "平均重标识风险"),
}  # fmt: skip
GRADES = {
    None: Words("No grade: nothing was written.", "无评级：没有写出任何记录。"),
    1: Words("GB/T 42460 grade 1: direct identifiers are left, in the sample or by the policy.",
             "GB/T 42460 第 1 级：抽样或策略表明仍含直接标识符。"),
    2: Words("GB/T 42460 grade 2: no direct identifier was seen, and the risk is above the threshold, or not known.",
             "GB/T 42460 第 2 级：未见直接标识符，重标识风险高于阈值或未知。"),
    3: Words("GB/T 42460 grade 3: no direct identifier was seen, and the risk is at most the threshold.",
             "GB/T 42460 第 3 级：未见直接标识符，重标识风险不高于阈值。"),
}  # fmt: skip
GRADE_RESTS = Words(
    "It rests on the declared columns and on a hand sample of {judged} records. Declared as telling nothing of who "
    "somebody is: {plain}. Not declared, which keeps the grade at 2 at most: {undeclared}.",
    "评级依据所声明的列以及 {judged} 条人工抽检。声明为与识别无关的列：{plain}。"
    "未声明的列（评级因此至多为第 2 级）：{undeclared}。",
)
FATES = {
    "unknown": Words("left: the policy names no kind for it", "未处理：策略未给出对应类型"),
    "unsure": Words("left: less sure than the policy asks", "未处理：低于策略要求的置信度"),
    "covered": Words("a surer finding in the same place", "同一位置已有更确定的发现"),
}
DETECTORS = Words(
    "Found by other tools: {tools}. Their findings stand in this report as they gave them; verifying asks "
    "them nothing, and the machine sample is looked at without them.",
    "使用的其他工具：{tools}。其发现按原样计入本报告；复核时不再运行这些工具，机器抽检也不使用它们。",
)
HELD = {
    True: Words("yes", "符合"),
    False: Words("no", "不符合"),
    None: Words("not looked at", "未检验"),
}
OWN_RULES = Words("rules of its own", "自有规则")
MACHINE = Words("by machine", "机器抽检")
HAND = Words("by hand", "人工抽检")
AT_LEAST = Words("At least {share} pass, at 95 % confidence.", "在 95 % 置信度下合格率不低于 {share}。")
LEFT = Words(
    "Records with personal data left, by the hand sample: about {about}, from {low} to {high} at 95 % confidence.",
    "据人工抽检估计仍含个人信息的记录：约 {about} 条，95 % 置信区间为 {low} 至 {high}。",
)
JUDGED = Words("Drawn by seed {seed}, judged by {reviewers}. Values of personal data found left: {values}.",
               "以种子 {seed} 抽取，由 {reviewers} 评判：发现遗留个人信息 {values} 处。")  # fmt: skip
BY = Words(
    "What made results of inputs, by SHA-256: policy {policy}, rules {rules}, model of names {names}, code {code}.",
    "由输入得到结果所依据的 SHA-256：策略 {policy}，规则 {rules}，姓名模型 {names}，代码 {code}。",
)
LIBRARY = Words("Library of risky words: version {version}.", "风险词库：版本 {version}。")
NOTHING = Words("Nothing.", "无。")
NOT_YET = Words("Nobody has judged the hand sample yet: gridtie clean review.", "尚无人工评判：gridtie clean review。")
REVERSIBLE = Words(
    "Treated with a key, which can turn it back or join it again, so de-identified at most: {kinds}.",
    "以下类型用密钥处理，可被还原或重新关联，至多属于去标识化：{kinds}。",
)
MORE = Words("… and more: audit.json has all of it.", "……其余见 audit.json。")
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
p,td{overflow-wrap:anywhere}td.n{white-space:nowrap}
td.bar{width:34%;vertical-align:middle}svg{display:block;width:100%;height:.8rem}rect{fill:var(--bar)}
code{font-size:.85em;overflow-wrap:anywhere}.no{color:var(--bad);font-weight:600}
dt{color:var(--faint)}dl{display:flex;flex-wrap:wrap;gap:.5rem 2.5rem}dd{margin:0;font-size:1.3em}
input[name=language]{margin-left:1rem}
#en:checked~main [lang=zh],#zh:checked~main [lang=en]{display:none}
@media(max-width:44rem){table{display:block;overflow-x:auto}th{white-space:nowrap}td,code{overflow-wrap:break-word}
td.bar,th:empty{display:none}}
@media print{input,label{display:none}}
"""


STYLE_SOURCE = f"'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
POLICY = f"default-src 'none'; style-src {STYLE_SOURCE}; base-uri 'none'; form-action 'none'"
"""The content security policy that the page carries: its own style and nothing else."""


def page(made: Mapping[str, Any], language: str = "en") -> str:
    """`language` is shown first. Raises KeyError, TypeError, ValueError, AttributeError where something is missing."""
    counts = made["counts"]
    kept = f"{counts['kept']:,} ({_share(counts['kept'], counts['records'])})"
    policy = " ".join(filter(None, (made["policy"]["name"], made["policy"]["sha256"][:12])))
    facts = (
        (HEADS["records"], f"{counts['records']:,}"), (KEPT, kept),
        (Words("policy", "策略"), policy),
        (Words("rules", "规则"), made["rules"][:12]),
        *((OWN_RULES, f"{one['name']} {one['sha256'][:12]}") for one in made.get("own_rules", ())),
        (Words("model of names", "姓名模型"), made["names"]["sha256"][:12] if made["names"] else "–"),
        (Words("software", "软件"), f"{made['software']} {made['code'][:12]}"),
    )  # fmt: skip
    shown = "".join(f"<div><dt>{_both(name)}</dt><dd>{_text(value)}</dd></div>" for name, value in facts)
    body = "".join(_section(name, content) for name, content in _contents(made))
    en, zh = ("", " checked") if language == "zh" else (" checked", "")
    return f"""<!DOCTYPE html>
<html lang="{"zh" if zh else "en"}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{TITLE.en} · {TITLE.zh}</title><style>{_STYLE}</style></head>
<body><input type="radio" name="language" id="en"{en}><label for="en" lang="en">English</label>
<input type="radio" name="language" id="zh"{zh}><label for="zh" lang="zh">中文</label>
<main><h1>{_both(TITLE)}</h1><p>{_both(SAYS)}</p><dl>{shown}</dl>{body}</main></body></html>
"""


def _contents(made: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    counts = made["counts"]
    yield (
        "found",
        _barred(("kind", "action"), [((names.kind(kind), names.action(done)), n) for kind, done, n in counts["found"]])
        + _reversible(made)
        + _told(made),
    )
    yield "dropped", _barred(("reason",), [((names.reason(said),), n) for said, n in counts["dropped"].items()])
    yield "languages", _barred(("language",), [((names.language(name),), n) for name, n in counts["languages"].items()])
    yield "sources", _sources(made)
    yield "samples", _samples(made)
    if made["table"]:
        yield "table", _table_of(made["table"], made["hand_sample"]["judged"])
    rows = [
        (names.check(name), _number(name, one["asked"]), _number(name, one["found"]), HELD[one["held"]])
        for name, one in ((one["name"], one) for one in made["checks"])
    ]
    library = _filled(LIBRARY, version=made["words"]["version"]) if made["words"] else ""
    yield "checks", f"<p>{_text(made['pack'])} {library}</p>" + _table(("rule", "asked", "seen", "held"), rows)
    yield "files", _lineage(made)


def _sources(made: Mapping[str, Any]) -> str:
    """Each held against the limit that the pack sets to all of them."""
    asked, looked = next(
        ((one["asked"], one["held"] is not None) for one in made["checks"] if one["name"] == "source-risky-most-ppm"),
        (0, False),
    )
    rows = [
        (one["name"], one["licence"] or "–", one["record"] or "–", one["records"], one["kept"],
         f"{one['risky']} ({_percent(one['risky_ppm'])})", HELD[one["risky_ppm"] <= asked if looked else None])
        for one in made["sources"]
    ]  # fmt: skip
    return _table(("source", "licence", "record", "records", "kept", "risky", "within"), rows)


def _lineage(made: Mapping[str, Any]) -> str:
    names_of = made["names"]["sha256"] if made["names"] else "–"
    by = _filled(BY, policy=made["policy"]["sha256"], rules=made["rules"], names=names_of, code=made["code"])
    files = [(one["path"], one.get("source", "–"), "", one["sha256"]) for one in made["inputs"]]
    files += [(one["name"], one.get("input", "–"), one["kept"], one["sha256"]) for one in made["outputs"]]
    return f"<p>{by}</p>" + _table(("file", "from", "records", "digest"), files)


def _filled(words: Words, **told: object) -> str:
    cut = {name: _cut(str(value)) for name, value in told.items()}
    return _both(Words(*(text.format(**cut) for text in words)))


def _samples(made: Mapping[str, Any]) -> str:
    machine, hand = made["machine_sample"], made["hand_sample"]
    bound = f"{hand['passed_at_least_ppm'] / 10_000:.2f} %"
    least = Words(AT_LEAST.en.format(share=bound), AT_LEAST.zh.format(share=bound)) if hand["judged"] else NOT_YET
    rows: list[Sequence[Any]] = [
        (MACHINE, str(machine["items"]), f"{machine['passed']} ({_share(machine['passed'], machine['items'])})"),
        (HAND, f"{hand['judged']} / {hand['items']}", f"{hand['passed']} ({_share(hand['passed'], hand['judged'])})"),
    ]
    left, said = hand["personal_left"], ""
    if left["between"]:
        low, high = left["between"]
        said = _filled(LEFT, about=left["estimated_records"], low=low, high=high)
        said += " " + _filled(
            JUDGED, seed=hand.get("seed", "–"), reviewers=", ".join(hand["reviewers"]), values=left["values"]
        )
    return _table(("sample", "items", "passed"), rows) + f"<p>{_both(least)} {said}</p>"


def _table_of(table: Mapping[str, Any], judged: int) -> str:
    def measure(name: str, found: str, **told: object) -> Sequence[Any]:
        return Words(*(text.format(**told) for text in MEASURES[name])), found

    risk = table["risk"]
    values = [
        measure("values", f"{one['values_least']:,}", column=_cut(one["column"]), asked=table["l"])
        for one in table["sensitive"]
    ]
    rows = [
        measure("classes", f"{table['classes']:,}"),
        measure("smallest", f"{table['smallest']:,}", asked=table["k"]), *values,
        measure("left_out", f"{sum(table['left_out'].values()):,} ({_percent(table['left_out_ppm'])})",
                asked=_percent(table["left_out_most_ppm"])),
        measure("risk", _percent(risk["most_ppm"]), asked=_percent(risk["threshold_ppm"])),
        measure("mean", _percent(risk["mean_ppm"])),
    ]  # fmt: skip
    columns = [(one["column"], FORMS_SHOWN[one["form"]], one["hidden"]) for one in table["quasi"]]
    sizes = [((f"{one['from']:,}–{one['to']:,}",), one["classes"]) for one in table["sizes"]]
    told = {name: _cut(", ".join(table[name]) or "–") for name in ("plain", "undeclared")}
    rests = Words(*(text.format(judged=judged, **told) for text in GRADE_RESTS))
    return (
        f"<p><strong>{_both(GRADES[table['grade']])}</strong> {_both(rests)}</p>" + _table(("measure", "seen"), rows)
        + _barred(("size",), sizes, counted="classes", longest_first=False)
        + _table(("column", "form", "hidden"), columns)
    )  # fmt: skip


def _percent(ppm: int) -> str:
    return f"{ppm / 10_000:.2f} %"


def _reversible(made: Mapping[str, Any]) -> str:
    kinds = ", ".join(made["policy"]["reversible"])
    return f"<p>{_filled(REVERSIBLE, kinds=kinds)}</p>" if kinds else ""


def _told(made: Mapping[str, Any]) -> str:
    if not made["detectors"]:
        return ""
    tools = escape(", ".join(" ".join(filter(None, (one["tool"], one["version"], one["model"])))
                             for one in made["detectors"]))  # fmt: skip
    rows = [
        (detector, entity, FATES.get(fate, fate), count) for detector, entity, fate, count in made["counts"]["told"]
    ]
    said = Words(*(text.format(tools=tools) for text in DETECTORS))
    return f"<p>{_both(said)}</p>" + _table(("detector", "entity", "fate", "count"), rows)


def _barred(
    heads: Sequence[str],
    rows: Sequence[tuple[Sequence[str | Words], int]],
    *,
    counted: str = "count",
    longest_first: bool = True,
) -> str:
    """Rows with a bar of their length."""
    if not rows:
        return f"<p>{_both(NOTHING)}</p>"
    ordered = sorted(rows, key=lambda row: (-row[1], *map(str, row[0]))) if longest_first else rows
    most = max((count for _, count in rows), default=0) or 1
    head = "".join(f"<th>{_both(HEADS[name])}</th>" for name in heads)
    body = "".join(
        f"<tr>{''.join(map(_cell, said))}<td class=n>{count:,}</td><td class=bar>"
        f'<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{max(100 * count / most, 0.5) if count else 0:.2f}" height="8"/>'
        "</svg></td></tr>"
        for said, count in ordered[:ROWS_MAX]
    )
    table = f"<table><tr>{head}<th class=n>{_both(HEADS[counted])}</th><th></th></tr>{body}</table>"
    return table + _more(len(rows) > ROWS_MAX)


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    head = "".join(f"<th{' class=n' if name in NUMBERS else ''}>{_both(HEADS[name])}</th>" for name in heads)
    shown = list(islice(rows, ROWS_MAX + 1))
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in shown[:ROWS_MAX])
    return f"<table><tr>{head}</tr>{body}</table>" + _more(len(shown) > ROWS_MAX)


def _more(left_out: bool) -> str:
    return f"<p>{_both(MORE)}</p>" if left_out else ""


def _cell(value: Any) -> str:
    if isinstance(value, Words):
        shown = Words(_cut(value.en), _cut(value.zh))
        return f"<td{' class=no' if value == HELD[False] else ''}>{_both(shown)}</td>"
    if isinstance(value, int):
        return f"<td class=n>{value:,}</td>"
    return f"<td><code>{_text(value)}</code></td>" if len(value) == 64 else f"<td>{_text(value)}</td>"


def _number(name: str, value: int | None) -> str:
    if value is None:
        return "–"
    return f"{value / 10_000:.2f} %" if name.endswith("-ppm") else f"{value:,}"


def _section(name: str, content: str) -> str:
    return f'<section aria-labelledby="{name}"><h2 id="{name}">{_both(SECTIONS[name])}</h2>{content}</section>'


def _both(words: Words) -> str:
    """Escaped as well: figures and names of the report stand in some of these sentences."""
    return f'<span lang="en">{escape(words.en)}</span><span lang="zh">{escape(words.zh)}</span>'


def _text(value: str) -> str:
    return escape(_cut(value))


def _cut(value: str) -> str:
    return value if len(value) <= TEXT_MAX else value[:TEXT_MAX] + "…"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"
