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
from gridtie.simulator.report_names import detail, lasting, law, named
from gridtie.values.money import Micros, format_money

Cell = str | Words
_UNITS = ((86_400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))


def page(data: ReportData) -> str:
    """The whole document. Whatever comes from a trace is escaped; nothing in it can become markup."""
    sections = (_waits, _sizes, _mobility, _usage, _prices, _sample, _sites, _gains, _laws)
    body = "\n".join(section(data) for section in sections)
    facts = "".join(f"<div><dt>{_both(name)}</dt><dd>{_cell(value)}</dd></div>" for name, value in data.facts)
    caveats = _list((*data.assumptions, *say.CAVEATS))
    names = f"<details open><summary>{_both(say.NAMES)}</summary>{_list(data.names)}</details>" if data.names else ""
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
<section aria-labelledby="caveats"><h2 id="caveats">{_both(say.READ_FIRST)}</h2>{caveats}{names}</section>
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
    known = [(point.mean_s, point.scope, point.policy, point.capacity) for point in points if point.mean_s is not None]
    alt = say.NOBODY_RAN
    if known:
        high, low = max(known), min(known)
        alt = _filled(say.WAITS_ALT, n=len(points), high=lasting(duration(high[0])), high_of=_point(*high[1:]),
                      low=lasting(duration(low[0])), low_of=_point(*low[1:]))  # fmt: skip
    table = _wait_table(points)
    equal = _found(data) if data.equal or data.without_equal else _equal_wait(points)
    if len({point.capacity for point in points}) == 1:
        said = f"<p>{_both(alt)}</p><p>{_both(say.ONE_CAPACITY)}</p>"
        alone = _section("waits", say.WAITS, f'{table}{said}<p class="caveat">{_both(say.WAITS_CAVEAT)}</p>')
        return alone + (equal if data.equal or data.without_equal else "")
    axes = _in_units(say.WAITS_AXES, data)
    alts = [alt, *_alike(points)]
    drawn = [point for point in points if point.mean_s is not None]
    return _figure("waits", say.WAITS, "wait_against_capacity", drawn, axes, alts, say.WAITS_CAVEAT, table) + equal


def _alike(points: Sequence[WaitPoint]) -> list[Words]:
    """Lines that hide one another, by the figures of the table."""
    lines: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for point in points:
        lines.setdefault((point.scope, point.policy), []).append((point.capacity, _seconds(point.mean_s)))
    groups: dict[tuple[tuple[int, str], ...], list[str]] = {}
    for name, line in lines.items():
        groups.setdefault(tuple(sorted(line)), []).append(" · ".join(name))
    return [_filled(say.ALIKE, names=_listed(names)) for names in groups.values() if len(names) > 1]


def _wait_table(points: Sequence[WaitPoint]) -> str:
    """Columns about deadlines, and about jobs that never ran, only where there are any."""
    never = any(point.never for point in points)
    due = any(point.missed_share is not None or point.value_share is not None for point in points)
    head = (say.SCOPE, say.POLICY, say.CAPACITY, say.MEAN, say.INTERVAL, say.MEDIAN, say.P95, say.P99, say.UTILISATION,
            say.MOVED, *((say.MISSED, say.VALUE) if due else ()), *((say.NEVER,) if never else ()))  # fmt: skip
    rows = [
        (named(p.scope), named(p.policy), f"{p.capacity:,}", _seconds(p.mean_s), _interval(p.low_s, p.high_s),
         _seconds(p.median_s),
         _seconds(p.p95_s), _seconds(p.p99_s), _percent(p.utilisation), _percent(p.moved_share),
         *((_percent(p.missed_share), _percent(p.value_share)) if due else ()), *((f"{p.never:,}",) if never else ()))
        for p in sorted(points, key=lambda p: -p.capacity)
    ]  # fmt: skip
    return _table(head, rows, words=(0, 1))


def _found(data: ReportData) -> str:
    said = "".join(f"<p>{_both(_filled(say.NOT_EQUAL, names=named(of)))}</p>" for of in data.without_equal)
    if not data.equal:
        return _section("equal", say.EQUAL, said)
    return _section("equal", say.EQUAL, f"{_equal_table(data.equal)}<p>{_both(say.EQUAL_FOUND)}</p>{said}")


def _equal_table(equal: Sequence[EqualWait]) -> str:
    head = (say.ALONE, say.ALONE_CAPACITY, say.ALONE_WAIT, say.ALONE_UTILISATION, say.CONNECTED, say.CAPACITY,
            say.OF_ALONE, say.MEAN, say.UTILISATION)  # fmt: skip
    rows = [
        (named(one.alone), f"{one.alone_capacity:,}", _seconds(one.alone_mean_s), _percent(one.alone_utilisation),
         named(one.connected), f"{one.capacity:,}", _percent(one.capacity / one.alone_capacity), _seconds(one.mean_s),
         _percent(one.utilisation))
        for one in equal
    ]  # fmt: skip
    return _table(head, rows, words=(0, 4))


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
                rows.append((named(f"silo · {one.policy}"), f"{one.capacity:,}", _seconds(one.mean_s),
                             named(f"{scope} · {policy}"), *_enough(one, found)))  # fmt: skip
    if not rows:
        return ""
    head = (say.ALONE, say.ALONE_CAPACITY, say.ALONE_WAIT, say.CONNECTED, say.CAPACITY, say.OF_ALONE, say.MEAN)
    table = f"<details open><summary>{_both(say.NUMBERS)}</summary>{_table(head, rows, words=(0, 3))}</details>"
    return _section("equal", say.EQUAL, f"{table}<p>{_both(say.EQUAL_CAVEAT)}</p>")


def _enough(alone: WaitPoint, found: Sequence[WaitPoint]) -> tuple[Cell, ...]:
    """The least capacity of `found` at which nobody waits longer on average, its share of `alone`'s, and the wait."""
    enough = [p for p in found if p.never <= alone.never and (p.mean_s or 0.0) <= (alone.mean_s or 0.0)]
    best = min(enough, key=lambda p: p.capacity, default=None)
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
    rows: list[tuple[Cell, ...]] = [
        (named(row.scope), named(row.policy), _percent(row.share), *map(_seconds, row.means_s),
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
        if first.mean_s is not None and last.mean_s is not None:
            alts.append(_filled(say.MOBILITY_ALT, name=named(name), first=lasting(duration(first.mean_s)),
                                last=lasting(duration(last.mean_s)), first_share=_percent(first.share),
                                last_share=_percent(last.share)))  # fmt: skip
    head = (say.POLICY, say.CAPACITY, say.SHARE, say.MEAN, say.INTERVAL)
    rows = [
        (named(p.policy), f"{p.capacity:,}", _percent(p.share), _seconds(p.mean_s), _interval(p.low_s, p.high_s))
        for p in sorted(points, key=lambda p: (-p.capacity, p.policy, p.share))
    ]
    drawn = [point for point in points if point.mean_s is not None]
    return _figure("mobility", say.MOBILITY, "mobility_curve", drawn, say.MOBILITY_AXES, alts, say.MOBILITY_CAVEAT,
                   _table(head, rows, words=(0,)))  # fmt: skip


def _usage(data: ReportData) -> str:
    series = [one for one in data.usage if len(one.times_s) > 1]
    if not series:
        return _absent("usage", say.USAGE)
    alts = [
        _in_units(
            say.USAGE_ALT,
            data,
            name=named(one.label),
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
        _filled(say.PRICES_ALT if len(set(path.prices)) > 1 else say.PRICES_STILL, name=named(path.label),
                low=format_money(min(path.prices)), high=format_money(max(path.prices)),
                last=format_money(path.prices[-1]))
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


def _sites(data: ReportData) -> str:
    """A table only: what was given, and what was found of each."""
    if not data.sites:
        return ""
    head = (say.SITE, say.UNITS, say.DEMAND, say.JOBS, say.SPEED, say.ASK, say.EARNED)
    rows = [
        (one.site, f"{one.units:,}", f"{one.demand:,.1f}", f"{one.jobs:,}", f"{one.speed:g}", money(one.price),
         money(one.earned))
        for one in data.sites
    ]  # fmt: skip
    caveat = _both(_filled(say.SITES_CAVEAT, connected=named(data.compared[1])))
    return _section("sites", say.SITES, f'{_table(head, rows, words=(0,))}<p class="caveat">{caveat}</p>')


def _gains(data: ReportData) -> str:
    found = data.gains
    if not found:
        return _absent("gains", say.GAINS)
    signs = [sign for sign in map(_sign, found) if sign is not None]
    alts = [_filled(say.GAINS_ALT, won=signs.count(-1), same=signs.count(0), lost=signs.count(1))]
    if len(found) > GAINS_MAX:
        alts.append(_filled(say.SHORTER, shown=GAINS_MAX, all=len(found)))
    alone, connected = data.compared
    axes = _filled(say.GAINS_AXES, alone=named(alone), connected=named(connected))
    never = any(gain.alone_never or gain.connected_never for gain in found)
    head = (say.ORGANISATION, say.JOBS, say.ALONE_MEAN, say.CONNECTED_MEAN, say.CHANGE, say.PAID, say.EARNED,
            *((say.ALONE_NEVER, say.CONNECTED_NEVER) if never else ()))  # fmt: skip
    rows = [
        (gain.organisation, f"{gain.jobs:,}", _seconds(gain.alone_s), _seconds(gain.connected_s), _change(gain),
         money(gain.paid), money(gain.earned),
         *((f"{gain.alone_never:,}", f"{gain.connected_never:,}") if never else ()))
        for gain in sorted(found, key=lambda gain: ((gain.connected_s or 0) - (gain.alone_s or 0), gain.organisation))
    ]  # fmt: skip
    drawn = [gain for gain in found if _sign(gain) is not None]
    return _figure("gains", say.GAINS, "gains", drawn, axes, alts, say.GAINS_CAVEAT, _table(head, rows, words=(0,)))


def _change(gain: Gain) -> Cell:
    sign = _sign(gain)
    return "–" if sign is None else (say.WINS, say.SAME, say.LOSES)[sign + 1]


def _laws(data: ReportData) -> str:
    if not data.laws:
        return _absent("laws", say.LAWS)
    rows = [(law(one.name), say.YES if one.holds else say.NO, detail(one.detail)) for one in data.laws]
    table = _table((say.LAW, say.HOLDS, say.DETAIL), rows, words=(0, 1, 2))
    return _section("laws", say.LAWS, f"{table}<p>{_both(say.LAWS_CAVEAT)}</p>")


# ── building blocks ───────────────────────────────────────────────────────────────────────────────────────────────
def _figure(
    key: str, title: Words, picture: str, series: Sequence[object], axes: Words, alts: Sequence[Words],
    caveat: Words, table: str,
) -> str:  # fmt: skip
    """`alts` say in words what the picture shows: they are its text alternative, and the first part of its caption."""
    from gridtie.simulator import report_pictures  # matplotlib, only for who draws

    if not series:
        return _section(key, title, f'{table}<p class="caveat">{_both(caveat)}</p>')
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


def _list(words: Sequence[Words]) -> str:
    return "<ul>" + "".join(f"<li>{_both(one)}</li>" for one in words) + "</ul>"


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
    return (_both(cell) if isinstance(cell, Words) else _text(cell)).replace(" · ", "&nbsp;·&nbsp;")


def _both(words: Words) -> str:
    return f'<span lang="en">{_text(words.en)}</span><span lang="zh">{_text(words.zh)}</span>'


def _text(text: str) -> str:
    """Escaped, line by line, and without signs that a page may not hold."""
    return escape("\n".join(map(shown, text.split("\n"))))


def _filled(words: Words, **values: object) -> Words:
    """Values may themselves be said in both languages."""
    en, zh = (
        {key: getattr(value, of) if isinstance(value, Words) else value for key, value in values.items()}
        for of in ("en", "zh")
    )
    return Words(words.en.format(**en), words.zh.format(**zh))


def _in_units(words: Words, data: ReportData, **values: object) -> Words:
    """With what capacity counts, in each language."""
    return _filled(words, unit=data.unit, **values)


def _point(scope: str, policy: str, capacity: int) -> Words:
    name = named(f"{scope} · {policy}")
    return Words(f"{name.en}, {capacity:,}", f"{name.zh}，{capacity:,}")


def _listed(names: Sequence[str]) -> Words:
    return Words(", ".join(names), "、".join(named(name).zh for name in names))


def duration(seconds: float) -> str:
    """Three digits in the unit that suits, with the seconds beside it where they tell more: '7.71 h (27,739 s)'."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size)
    return f"{seconds / size:.3g} {unit} ({seconds:,.0f} s)"


def _seconds(value: float | None) -> str:
    """For a column: whole from 100 on, else three digits."""
    return "–" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _interval(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{_seconds(low)} … {_seconds(high)}"


def _percent(share: float | None) -> str:
    """What is less than all never reads as all."""
    if share is not None and 0.9995 <= share < 1:
        return "> 99.9 %"
    return "–" if share is None else f"{100 * share:.3g} %"


def money(amount: Micros | None) -> str:
    """To two decimals, half up; the books hold all six."""
    if amount is None:
        return "–"
    whole, rest = divmod((amount + 5_000) // 10_000, 100)
    return f"{whole:,}.{rest:02}"


def _sign(gain: Gain) -> int | None:
    """-1: waits less when connected, 1: longer; None: on one side nobody ran."""
    if gain.alone_s is None or gain.connected_s is None:
        return None
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
.wide,.picture{background:linear-gradient(90deg,var(--paper) 1rem,transparent),
linear-gradient(270deg,var(--paper) 1rem,transparent) 100% 0,linear-gradient(90deg,var(--faint),transparent),
linear-gradient(270deg,var(--faint),transparent) 100% 0;background-repeat:no-repeat;
background-size:2.5rem 100%,2.5rem 100%,.8rem 100%,.8rem 100%;background-attachment:local,local,scroll,scroll}
table{border-collapse:collapse;font-size:.88rem;margin:.5rem 0}th,td{padding:.2rem .55rem;text-align:left;
border-bottom:1px solid var(--faint);vertical-align:top;word-break:keep-all}td{max-width:18rem;overflow-wrap:break-word}
.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}
summary{cursor:pointer}
@media print{:root{--ink:#000;--faint:#bbb;--paper:#fff;--soft:#f4f6f8;--c0:#0b62a4;--c1:#c2410c;--c2:#0f766e;
--c3:#9333ea;--c4:#9a6700;--c5:#4b5563}body{max-width:none;padding:0;font-size:10pt}
input,label{display:none}figure,tr,li{break-inside:avoid}h2{break-after:avoid}
.wide,.picture{overflow:visible}.picture svg{min-width:0}}
"""
