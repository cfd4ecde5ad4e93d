"""One page with everything: pictures, tables, the command above them, and the caveats beside the numbers.

Self-contained: no script, no font, no address outside. Two languages behind two radio buttons, light and dark by the
reader's own setting, fit to print. The same data give the same bytes.
"""

from collections.abc import Callable, Sequence
from html import escape
from itertools import pairwise

from gridtie.simulator import report_words as say
from gridtie.simulator.report_data import (
    GAINS_MAX,
    EqualWait,
    Gain,
    MobilityPoint,
    ReportData,
    UsageSeries,
    WaitPoint,
    Words,
    shown,
)
from gridtie.values.money import Micros, format_money

Cell = str | Words
_UNITS = ((86_400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))


def page(data: ReportData) -> str:
    """The whole document. Whatever comes from a trace is escaped; nothing in it can become markup."""
    sections = (_waits, _sizes, _mobility, _usage, _prices, _sample, _gains, _laws)
    body = "\n".join(section(data) for section in sections)
    facts = "".join(f"<div><dt>{_both(name)}</dt><dd>{_text(value)}</dd></div>" for name, value in data.facts)
    caveats = "".join(f"<li>{_both(words)}</li>" for words in (*data.assumptions, *say.CAVEATS))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{_text(data.title)} · {say.TITLE.en} · {say.TITLE.zh}</title>
<style>{_STYLE}</style>
</head>
<body>
<input type="radio" name="language" id="en" checked><label for="en" lang="en">English</label>
<input type="radio" name="language" id="zh"><label for="zh" lang="zh">中文</label>
<main>
<h1>{_text(data.title)}<small>{_both(say.TITLE)}</small></h1>
<p>{_both(say.COMMAND)}</p>
<pre><code>{_text(data.command)}</code></pre>
<dl>{facts}</dl>
<section aria-labelledby="caveats"><h2 id="caveats">{_both(say.READ_FIRST)}</h2><ul>{caveats}</ul></section>
{body}
</main>
</body>
</html>
"""


# ── sections ──────────────────────────────────────────────────────────────────────────────────────────────────────
def _waits(data: ReportData) -> str:
    points = data.waits
    if not points:
        return _absent("waits", say.WAITS)
    high, low = (pick(points, key=lambda p: (p.mean_s, p.scope, p.policy, p.capacity)) for pick in (max, min))
    alt = _filled(say.WAITS_ALT, n=len(points), high=duration(high.mean_s), high_of=_point(high),
                  low=duration(low.mean_s), low_of=_point(low))  # fmt: skip
    table = _wait_table(points)
    equal = _found(data.equal) if data.equal else _equal_wait(points)
    if len({point.capacity for point in points}) == 1:
        said = f"<p>{_both(alt)}</p><p>{_both(say.ONE_CAPACITY)}</p>"
        alone = _section("waits", say.WAITS, f'{table}{said}<p class="caveat">{_both(say.WAITS_CAVEAT)}</p>')
        return alone + (equal if data.equal else "")
    axes = _in_units(say.WAITS_AXES, data)
    return _figure("waits", say.WAITS, "wait_against_capacity", points, axes, [alt], say.WAITS_CAVEAT, table) + equal


def _wait_table(points: Sequence[WaitPoint]) -> str:
    """Columns about deadlines only where there are any."""
    due = any(point.missed_share is not None or point.value_share is not None for point in points)
    head = (say.SCOPE, say.POLICY, say.CAPACITY, say.MEAN, say.INTERVAL, say.MEDIAN, say.P95, say.P99, say.UTILISATION,
            say.MOVED, *((say.MISSED, say.VALUE) if due else ()))  # fmt: skip
    rows = [
        (p.scope, p.policy, f"{p.capacity:,}", _seconds(p.mean_s), _interval(p.low_s, p.high_s), _seconds(p.median_s),
         _seconds(p.p95_s), _seconds(p.p99_s), _percent(p.utilisation), _percent(p.moved_share),
         *((_percent(p.missed_share), _percent(p.value_share)) if due else ()))
        for p in sorted(points, key=lambda p: (-p.capacity, p.policy, p.scope))
    ]  # fmt: skip
    return _table(head, rows, words=(0, 1))


def _found(equal: Sequence[EqualWait]) -> str:
    head = (say.ALONE, say.ALONE_CAPACITY, say.ALONE_WAIT, say.ALONE_UTILISATION, say.CONNECTED, say.CAPACITY,
            say.OF_ALONE, say.MEAN, say.UTILISATION)  # fmt: skip
    rows = [
        (one.alone, f"{one.alone_capacity:,}", _seconds(one.alone_mean_s), _percent(one.alone_utilisation),
         one.connected, f"{one.capacity:,}", _percent(one.capacity / one.alone_capacity), _seconds(one.mean_s),
         _percent(one.utilisation))
        for one in equal
    ]  # fmt: skip
    return _section("equal", say.EQUAL, f"{_table(head, rows, words=(0, 4))}<p>{_both(say.EQUAL_FOUND)}</p>")


def _equal_wait(points: Sequence[WaitPoint]) -> str:
    """For each point of the sites alone: with how much less a connected system waits no longer, under the same policy
    or under one that sites alone cannot have."""
    alone = sorted((p for p in points if p.scope == "silo"), key=lambda p: (-p.capacity, p.policy))
    connected: dict[tuple[str, str], list[WaitPoint]] = {}
    for point in points:
        if point.scope != "silo":
            connected.setdefault((point.scope, point.policy), []).append(point)
    policies = {point.policy for point in alone}
    rows: list[tuple[Cell, ...]] = []
    for one in alone:
        for (scope, policy), found in sorted(connected.items()):
            if policy == one.policy or policy not in policies:
                rows.append((f"silo · {one.policy}", f"{one.capacity:,}", _seconds(one.mean_s), f"{scope} · {policy}",
                             *_enough(one, found)))  # fmt: skip
    if not rows:
        return ""
    head = (say.ALONE, say.ALONE_CAPACITY, say.ALONE_WAIT, say.CONNECTED, say.CAPACITY, say.OF_ALONE, say.MEAN)
    table = f"<details open><summary>{_both(say.NUMBERS)}</summary>{_table(head, rows, words=(0, 3))}</details>"
    return _section("equal", say.EQUAL, f"{table}<p>{_both(say.EQUAL_CAVEAT)}</p>")


def _enough(alone: WaitPoint, found: Sequence[WaitPoint]) -> tuple[Cell, ...]:
    """The least capacity of `found` at which nobody waits longer on average, its share of `alone`'s, and the wait."""
    best = min((p for p in found if p.mean_s <= alone.mean_s), key=lambda p: p.capacity, default=None)
    if best is None:
        return (say.NO_MATCH, "–", "–")
    bound = "≤ " if best.capacity == min(p.capacity for p in found) else ""
    share = _percent(best.capacity / alone.capacity)
    return (f"{bound}{best.capacity:,}", f"{bound}{share}", _seconds(best.mean_s))


def _sizes(data: ReportData) -> str:
    """Nothing where all jobs are alike and no interval is known."""
    if len(data.size_classes) < 2 and all(row.low_s is None for row in data.sizes):
        return ""
    head: tuple[Cell, ...] = (say.SCOPE, say.POLICY, say.SHARE, *data.size_classes, say.OTHER_WEEKS)
    rows = [
        (row.scope, row.policy, _percent(row.share), *("–" if mean is None else _seconds(mean) for mean in row.means_s),
         _interval(row.low_s, row.high_s))
        for row in data.sizes
    ]  # fmt: skip
    axes, caveat = _both(_in_units(say.SIZES_AXES, data)), _both(say.SIZES_CAVEAT)
    table = _table(head, rows, words=(0, 1))
    return _section("sizes", say.SIZES, f'<p>{axes}</p>{table}<p class="caveat">{caveat}</p>')


def _mobility(data: ReportData) -> str:
    points = data.mobility
    if not points:
        return _absent("mobility", say.MOBILITY)
    series: dict[str, list[MobilityPoint]] = {}
    for point in points:
        series.setdefault(f"{point.policy} · {point.capacity:,}", []).append(point)
    alts = []
    for name, found in series.items():
        first, last = (pick(found, key=lambda p: p.share) for pick in (min, max))
        alts.append(_filled(say.MOBILITY_ALT, name=name, first=duration(first.mean_s), last=duration(last.mean_s),
                            first_share=_percent(first.share), last_share=_percent(last.share)))  # fmt: skip
    head = (say.POLICY, say.CAPACITY, say.SHARE, say.MEAN, say.INTERVAL)
    rows = [
        (p.policy, f"{p.capacity:,}", _percent(p.share), _seconds(p.mean_s), _interval(p.low_s, p.high_s))
        for p in sorted(points, key=lambda p: (-p.capacity, p.policy, p.share))
    ]
    return _figure("mobility", say.MOBILITY, "mobility_curve", points, say.MOBILITY_AXES, alts, say.MOBILITY_CAVEAT,
                   _table(head, rows, words=(0,)))  # fmt: skip


def _usage(data: ReportData) -> str:
    series = [one for one in data.usage if len(one.times_s) > 1]
    if not series:
        return _absent("usage", say.USAGE)
    alts = [
        _in_units(
            say.USAGE_ALT,
            data,
            name=one.label,
            capacity=f"{one.capacity:,}",
            busy=f"{_mean(one, one.busy):,.0f}",
            waiting=f"{_mean(one, one.waiting):,.0f}",
        )
        for one in series
    ]
    return _figure(
        "usage", say.USAGE, "usage_over_time", series, _in_units(say.USAGE_AXES, data), alts, say.USAGE_CAVEAT, ""
    )


def _prices(data: ReportData) -> str:
    paths = [path for path in data.prices if path.times_s]
    if not paths:
        return _absent("prices", say.PRICES)
    alts = [
        _filled(say.PRICES_ALT, name=path.label, low=format_money(min(path.prices)),
                high=format_money(max(path.prices)), last=format_money(path.prices[-1]))
        for path in paths
    ]  # fmt: skip
    axes = _in_units(say.PRICES_AXES, data, currency=data.currency)
    return _figure("prices", say.PRICES, "price_paths", paths, axes, alts, say.PRICES_CAVEAT, "")


def _sample(data: ReportData) -> str:
    if not data.sample:
        return _absent("sample", say.SAMPLE)
    away = sum(not bar.home for bar in data.sample)
    alt = _filled(say.SAMPLE_ALT, n=len(data.sample), sites=len({bar.site for bar in data.sample}), away=away)
    return _figure(
        "sample", say.SAMPLE, "gantt", data.sample, _in_units(say.SAMPLE_AXES, data), [alt], say.SAMPLE_CAVEAT, ""
    )


def _gains(data: ReportData) -> str:
    found = data.gains
    if not found:
        return _absent("gains", say.GAINS)
    signs = [_sign(gain) for gain in found]
    alts = [_filled(say.GAINS_ALT, won=signs.count(-1), same=signs.count(0), lost=signs.count(1))]
    if len(found) > GAINS_MAX:
        alts.append(_filled(say.SHORTER, shown=GAINS_MAX, all=len(found)))
    alone, connected = data.compared
    axes = _filled(say.GAINS_AXES, alone=alone, connected=connected)
    head = (say.ORGANISATION, say.JOBS, say.ALONE_MEAN, say.CONNECTED_MEAN, say.CHANGE, say.PAID, say.EARNED)
    rows = [
        (gain.organisation, f"{gain.jobs:,}", _seconds(gain.alone_s), _seconds(gain.connected_s),
         (say.WINS, say.SAME, say.LOSES)[_sign(gain) + 1], _money(gain.paid), _money(gain.earned))
        for gain in sorted(found, key=lambda gain: (gain.connected_s - gain.alone_s, gain.organisation))
    ]  # fmt: skip
    return _figure("gains", say.GAINS, "gains", found, axes, alts, say.GAINS_CAVEAT, _table(head, rows, words=(0,)))


def _laws(data: ReportData) -> str:
    if not data.laws:
        return _absent("laws", say.LAWS)
    rows = [(law.name, say.YES if law.holds else say.NO, law.detail) for law in data.laws]
    table = _table((say.LAW, say.HOLDS, say.DETAIL), rows, words=(0, 1, 2))
    return _section("laws", say.LAWS, f"{table}<p>{_both(say.LAWS_CAVEAT)}</p>")


# ── building blocks ───────────────────────────────────────────────────────────────────────────────────────────────
def _figure(
    key: str, title: Words, picture: str, series: Sequence[object], axes: Words, alts: Sequence[Words],
    caveat: Words, table: str,
) -> str:  # fmt: skip
    """`alts` say in words what the picture shows: they are its text alternative, and the first part of its caption."""
    from gridtie.simulator import report_pictures  # matplotlib, only for who draws

    draw: Callable[[Sequence[object]], str] = getattr(report_pictures, picture)
    seen = "".join(f"<p>{_both(alt)}</p>" for alt in alts)
    numbers = f"<details open><summary>{_both(say.NUMBERS)}</summary>{table}</details>" if table else ""
    content = f"""
<figure aria-labelledby="{key}" aria-describedby="{key}-caption">
<div class="axes">{_both(axes)}</div>
<div class="picture" aria-hidden="true">{draw(series)}</div>
<figcaption id="{key}-caption">{seen}<p class="caveat">{_both(caveat)}</p></figcaption>
</figure>{numbers}"""
    return _section(key, title, content)


def _absent(key: str, title: Words) -> str:
    return _section(key, title, f'<p class="absent">{_both(say.ABSENT)}</p>')


def _section(key: str, title: Words, content: str) -> str:
    return f'<section aria-labelledby="{key}"><h2 id="{key}">{_both(title)}</h2>{content}</section>'


def _table(head: Sequence[Cell], rows: Sequence[Sequence[Cell]], *, words: Sequence[int]) -> str:
    """The columns `words` hold words, the others figures."""
    figure = ["" if at in words else " class=n" for at in range(len(head))]
    top = "".join(f'<th scope="col"{mark}>{_cell(cell)}</th>' for mark, cell in zip(figure, head, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{mark}>{_cell(cell)}</td>" for mark, cell in zip(figure, row, strict=True)) + "</tr>"
        for row in rows
    )
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="wide" tabindex="0" role="group">{table}</div>'


def _cell(cell: Cell) -> str:
    return _both(cell) if isinstance(cell, Words) else _text(cell).replace(" · ", "&nbsp;·&nbsp;")


def _both(words: Words) -> str:
    return f'<span lang="en">{_text(words.en)}</span><span lang="zh">{_text(words.zh)}</span>'


def _text(text: str) -> str:
    """Escaped, line by line, and without signs that a page may not hold."""
    return escape("\n".join(map(shown, text.split("\n"))))


def _filled(words: Words, **values: object) -> Words:
    return Words(words.en.format(**values), words.zh.format(**values))


def _in_units(words: Words, data: ReportData, **values: object) -> Words:
    """With what capacity counts, in each language."""
    return Words(words.en.format(unit=data.unit.en, **values), words.zh.format(unit=data.unit.zh, **values))


def _point(point: WaitPoint) -> str:
    return f"{point.scope} · {point.policy}, {point.capacity:,}"


def duration(seconds: float) -> str:
    """Three digits in the unit that suits, with the seconds beside it where they tell more: '7.71 h (27,739 s)'."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size)
    return f"{seconds / size:.3g} {unit} ({seconds:,.0f} s)"


def _seconds(value: float) -> str:
    """For a column: whole from 100 on, else three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _interval(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{_seconds(low)} … {_seconds(high)}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.3g} %"


def _money(amount: Micros | None) -> str:
    """To two decimals, half up; the books hold all six."""
    if amount is None:
        return "–"
    whole, rest = divmod((amount + 5_000) // 10_000, 100)
    return f"{whole:,}.{rest:02}"


def _sign(gain: Gain) -> int:
    """-1: waits less when connected, 1: longer."""
    return (gain.connected_s > gain.alone_s) - (gain.connected_s < gain.alone_s)


def _mean(series: UsageSeries, values: Sequence[float]) -> float:
    """Over time, each value until the next."""
    spans = [until - since for since, until in pairwise(series.times_s)]
    whole = sum(spans)
    return sum(span * value for span, value in zip(spans, values, strict=False)) / whole if whole else 0.0


_STYLE = """
:root{--ink:#1b1f24;--faint:#c3c9d0;--paper:#fff;--soft:#f4f6f8;--c0:#0b62a4;--c1:#c2410c;--c2:#0f766e;--c3:#9333ea;
--c4:#9a6700;--c5:#4b5563}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ed;--faint:#4a525c;--paper:#15181c;--soft:#1f242a;--c0:#6cb6ff;
--c1:#ff9a62;--c2:#4fd1c0;--c3:#cf9bff;--c4:#e3b341;--c5:#b6bec8}}
body{margin:0 auto;padding:1.2rem;max-width:62rem;background:var(--paper);color:var(--ink);
font:1rem/1.55 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
input[name=language]{accent-color:var(--c0)}label{margin-right:1rem;cursor:pointer}
#en:checked~main [lang=zh],#zh:checked~main [lang=en]{display:none}
h1{font-size:1.7rem;line-height:1.2;overflow-wrap:anywhere}
h1 small{display:block;font-size:1rem;font-weight:normal;margin-top:.3rem}
h2{font-size:1.2rem;margin:2.2rem 0 .4rem;border-bottom:1px solid var(--faint)}
pre{background:var(--soft);padding:.7rem;white-space:pre-wrap;overflow-wrap:anywhere;border-left:4px solid var(--c0)}
dl{display:flex;flex-wrap:wrap;gap:.4rem 2rem;margin:1rem 0}dt{font-size:.85rem}dd{margin:0;font-weight:600;
overflow-wrap:anywhere}
figure{margin:.6rem 0}.picture{overflow-x:auto}.picture svg{width:100%;min-width:34rem;
height:auto;max-width:60rem;overflow:visible;display:block}
.picture svg *{stroke-linejoin:round;stroke-linecap:butt}
.axes{font-size:.9rem}figcaption p{margin:.3rem 0}.caveat{border-left:4px solid var(--c1);padding-left:.7rem}
.absent{font-style:italic}.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.88rem;margin:.5rem 0}th,td{padding:.2rem .55rem;text-align:left;
border-bottom:1px solid var(--faint);vertical-align:top}td{max-width:18rem;overflow-wrap:break-word}
.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}
summary{cursor:pointer}
@media print{:root{--ink:#000;--faint:#bbb;--paper:#fff;--soft:#f4f6f8;--c0:#0b62a4;--c1:#c2410c;--c2:#0f766e;
--c3:#9333ea;--c4:#9a6700;--c5:#4b5563}body{max-width:none;padding:0;font-size:10pt}
input,label{display:none}figure,tr,li{break-inside:avoid}h2{break-after:avoid}
.wide,.picture{overflow:visible}.picture svg{min-width:0}}
"""
