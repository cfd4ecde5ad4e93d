"""The pictures of a report as inline SVG, the same bytes for the same figures.

A picture holds numbers, names and times, no sentences: those stand beside it. What has a Chinese name stands there in
both languages, of which the page shows one. Colours are names that the page's style sheet fills in, light or dark;
every series also has its own marker and dash, so that none is told by colour alone. Text stays text (selectable, found
by a search), set in whatever sans serif is there.
"""

import io
import math
import re
import warnings
from collections.abc import Sequence
from html import escape, unescape
from typing import Any
from unicodedata import east_asian_width

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator, NullLocator
from matplotlib.transforms import ScaledTranslation

from gridtie.simulator import report_words as say
from gridtie.simulator.report_data import (
    GAINS_MAX,
    Bar,
    Gain,
    MobilityPoint,
    PricePath,
    UsageSeries,
    WaitPoint,
    Words,
    shown,
)
from gridtie.simulator.report_names import lasting, named

INK, FAINT, PAPER = "#0a0b01", "#0a0b02", "#0a0b03"
SERIES = tuple(f"#0a0b{number:02x}" for number in range(0x10, 0x16))
VARIABLES = {INK: "ink", FAINT: "faint", PAPER: "paper"} | {c: f"c{n}" for n, c in enumerate(SERIES)}
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))
LINES_MAX, LANES_MAX, LABEL_MAX = 9, 16, 22
LANE_INCHES = 0.46
APART, SPREAD = 3.5, 18.0  # points between two series at one place, and of all: none hides another's mark
NARROW = "\u00a0"  # a space that the layout counts
KEYS = {words.en: words for words in (say.AT_HOME, say.ELSEWHERE, say.ALONE, say.CONNECTED, say.CONNECTED_LONGER)}
_STYLE: dict[Any, Any] = {
    "text.parse_math": False,  # names from outside may hold any sign
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib: the layout is the same on every machine
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": FAINT,
    "grid.linewidth": 0.4,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "hatch.color": PAPER,
    "hatch.linewidth": 0.9,
    "path.simplify": True,
}
_DURATIONS = ((0, "0"), (1, "1 s"), (10, "10 s"), (60, "1 min"), (600, "10 min"), (3600, "1 h"), (21_600, "6 h"),
              (86_400, "1 d"), (604_800, "7 d"), (2_592_000, "30 d"), (31_536_000, "1 a"))  # fmt: skip


def label(text: str) -> str:
    """A name from outside as it may stand in a picture: printable and not too long."""
    clean = shown(text)
    if len(clean) + _wide(clean) <= LABEL_MAX:
        return clean
    while len(clean) + _wide(clean) >= LABEL_MAX:
        clean = clean[:-1]
    return clean + "…"


def _wide(text: str) -> int:
    """How many of its characters take two columns."""
    return sum(east_asian_width(char) in "WF" for char in text)


def wait_against_capacity(points: Sequence[WaitPoint]) -> str:
    """Mean wait over the number of accelerators, a line per scope and policy; if they are many, a panel per scope."""
    series: dict[tuple[str, str], list[WaitPoint]] = {}
    for point in points:
        series.setdefault((point.scope, point.policy), []).append(point)
    many = len(series) > LINES_MAX
    scopes = list(dict.fromkeys(scope for scope, _ in series)) if many else [""]
    styles = {name: number for number, name in enumerate(dict.fromkeys(p for _, p in series) if many else series)}
    capacities = sorted({point.capacity for point in points})
    with _Picture("wait", 7.4, 1.2 + 3.0 * len(scopes)) as picture:
        panels = np.atleast_1d(picture.axes(rows=len(scopes)))
        for axes, panel in zip(panels, scopes, strict=True):
            for (scope, policy), found in series.items():
                if many and scope != panel:
                    continue
                name, number = (policy, styles[policy]) if many else (f"{scope} · {policy}", styles[scope, policy])
                _line(axes, (number, len(styles)), name, [(p.capacity, p.mean_s, p.low_s, p.high_s) for p in found])
            few = len(capacities) <= 9
            axes.xaxis.set_major_locator(FixedLocator(_spaced(capacities)) if few else MaxNLocator(8, integer=True))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
            _log_durations(axes, [s for point in points for s in (point.mean_s, point.high_s)])
            if many:
                axes.set_title(label(panel), loc="right", fontsize=9, fontweight="bold")
        known: dict[str, Any] = {}  # a panel may lack a policy: sites alone have no market
        for axes in panels:
            for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
                known.setdefault(name, handle)
        _legend(panels[0], list(known.values()))
        return picture.svg()


def mobility_curve(points: Sequence[MobilityPoint]) -> str:
    """Mean wait over the share of jobs that may leave home."""
    with _Picture("mobility", 7.4, 3.8) as picture:
        axes = picture.axes()
        series: dict[str, list[MobilityPoint]] = {}
        for point in points:
            series.setdefault(f"{point.policy} · {point.capacity:,}", []).append(point)
        for number, (name, found) in enumerate(series.items()):
            _line(axes, (number, len(series)), name, [(100 * p.share, p.mean_s, p.low_s, p.high_s) for p in found])
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} %"))
        _log_durations(axes, [s for point in points for s in (point.mean_s, point.high_s)])
        _legend(axes)
        return picture.svg()


def usage_over_time(series: Sequence[UsageSeries]) -> str:
    """Above what works, with the capacity; below what waits, over the same time: one without the other misleads."""
    with _Picture("usage", 7.4, 4.6) as picture:
        busy, waiting = picture.axes(rows=2)
        for number, one in enumerate(series):
            style = {**_style(number), "where": "post", "linewidth": 1.1, "markersize": 4, "markevery": 0.2}
            busy.step(one.times_s, one.busy, label=label(one.label), **style)
            waiting.step(one.times_s, one.waiting, **style)
        for capacity in sorted({one.capacity for one in series}):
            busy.axhline(capacity, color=FAINT, linewidth=1.2)
            busy.annotate(f"{capacity:,}", (1, capacity), xycoords=("axes fraction", "data"), xytext=(3, 0),
                          textcoords="offset points", va="center", fontsize=8)  # fmt: skip
        for axes in (busy, waiting):
            axes.set_ylim(bottom=0)
            axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
            axes.grid(axis="y")
        for axes in (busy, waiting):
            _time(axes, min(one.times_s[0] for one in series), max(one.times_s[-1] for one in series))
        busy.tick_params(axis="x", labelbottom=False, length=0)
        _legend(busy)
        return picture.svg()


def price_paths(paths: Sequence[PricePath]) -> str:
    """Prices per accelerator-hour as steps over time."""
    with _Picture("prices", 7.4, 3.6) as picture:
        axes = picture.axes()
        for number, path in enumerate(paths):
            axes.step(path.times_s, [price / 1_000_000 for price in path.prices], where="post", linewidth=1.2,
                      markersize=4, markevery=0.2, label=label(path.label), **_style(number))  # fmt: skip
        axes.set_ylim(bottom=0)
        axes.grid(axis="y")
        _time(axes, min(path.times_s[0] for path in paths), max(path.times_s[-1] for path in paths))
        _legend(axes)
        return picture.svg()


def gantt(bars: Sequence[Bar]) -> str:
    """Runs of a sample, a lane per site: above what is at home there, below, hatched where it can be seen, what came
    from elsewhere; height is accelerators."""
    sites = list(dict.fromkeys(bar.site for bar in bars))[:LANES_MAX]
    bars = [bar for bar in bars if bar.site in sites]
    with _Picture("gantt", 7.4, 1.2 + LANE_INCHES * len(sites)) as picture:
        axes = picture.axes()
        ends = sorted(bar.end_s for bar in bars)
        first = min(bar.start_s for bar in bars)
        last = max(max(bar.start_s for bar in bars), ends[len(ends) * 9 // 10])  # one long run must not hide the others
        narrow = (last - first) / (7.4 * 72) * 2  # seconds of two points: there is no room for an edge
        for lane, site in enumerate(sites):
            halves = [
                _stacked([bar for bar in bars if bar.site == site and bar.home == home]) for home in (True, False)
            ]
            heights = [max((slot + bar.accelerators for slot, bar in half), default=0) for half in halves]
            unit = 0.86 / sum(heights)
            thick = unit * LANE_INCHES * 72  # points of one accelerator
            for half, above in zip(halves, (0, heights[0]), strict=True):
                for slot, bar in half:
                    seen = thick * bar.accelerators > 3 and bar.end_s - bar.start_s > narrow
                    axes.add_patch(
                        Rectangle((bar.start_s, lane - 0.43 + (above + slot) * unit), bar.end_s - bar.start_s,
                                  bar.accelerators * unit, facecolor=SERIES[0 if bar.home else 1], edgecolor=PAPER,
                                  linewidth=0.4 if seen else 0.0, hatch="////" if seen and not bar.home else None)
                    )  # fmt: skip
        axes.set_ylim(len(sites) - 0.5, -0.5)
        picture.rows(axes, sites)
        _time(axes, first, last)
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        home = Patch(facecolor=SERIES[0], label=say.AT_HOME.en)
        away = Patch(facecolor=SERIES[1], edgecolor=PAPER, linewidth=0.0, hatch="////", label=say.ELSEWHERE.en)
        _legend(axes, [home, away])
        return picture.svg()


def gains(found: Sequence[Gain]) -> str:
    """Per organisation the mean wait alone (hollow) and connected (full): to the left is shorter; losers say so by a
    cross."""
    known = [(gain.alone_s, gain.connected_s, gain.organisation) for gain in found
             if gain.alone_s is not None and gain.connected_s is not None]  # fmt: skip
    ranked = sorted(known, key=lambda gain: (gain[1] - gain[0], gain[2]))
    if len(ranked) > GAINS_MAX:
        ranked = ranked[: GAINS_MAX // 2] + ranked[-GAINS_MAX // 2 :]
    with _Picture("gains", 7.4, 1.1 + 0.26 * len(ranked)) as picture:
        axes = picture.axes()
        for row, (alone, connected, _) in enumerate(ranked):
            lost = connected > alone
            colour = SERIES[1] if lost else SERIES[0]
            axes.plot([alone, connected], [row, row], color=colour, linewidth=1.4, zorder=2)
            axes.plot([alone], [row], "o", color=colour, markerfacecolor=PAPER, markersize=5.5, zorder=3)
            axes.plot([connected], [row], "X" if lost else "o", color=colour, markersize=6.5, zorder=4)
        axes.set_ylim(len(ranked) - 0.4, -0.6)
        picture.rows(axes, [name for _, _, name in ranked])
        _log_durations(axes, [s for alone, connected, _ in ranked for s in (alone, connected)], axis="x")
        _legend(axes, [
            Line2D([], [], color=colour, marker=marker, markerfacecolor=PAPER if words is say.ALONE else colour,
                   linestyle="", label=words.en)
            for words, colour, marker in (
                (say.ALONE, SERIES[0], "o"), (say.CONNECTED, SERIES[0], "o"), (say.CONNECTED_LONGER, SERIES[1], "X"),
            )
        ])  # fmt: skip
        return picture.svg()


# ── shared parts ──────────────────────────────────────────────────────────────────────────────────────────────────
class _Picture:
    """A figure under fixed settings, whatever the reader's own are."""

    def __init__(self, name: str, width: float, height: float) -> None:
        self._name = name
        self._size = (width, height)
        self._outside: set[str] = set()  # names from outside: what they spell is no word of ours
        settings: dict[Any, Any] = {key: value for key, value in mpl.rcParamsDefault.items() if "backend" not in key}
        self._settings = mpl.rc_context({**settings, **_STYLE, "svg.hashsalt": f"gridtie-{name}"})

    def __enter__(self) -> "_Picture":
        self._settings.__enter__()
        self._figure = Figure(figsize=self._size, layout="constrained")
        FigureCanvasSVG(self._figure)
        return self

    def __exit__(self, *error: Any) -> None:
        self._settings.__exit__(*error)

    def axes(self, rows: int = 1) -> Any:
        return self._figure.subplots(rows, 1)

    def rows(self, axes: Axes, names: Sequence[str]) -> None:
        """Names of rows. Wide characters are measured by a font that lacks them: what it falls short is left free."""
        labels = [label(name) for name in names]
        self._outside.update(labels)
        axes.set_yticks(range(len(labels)), labels)
        axes.tick_params(axis="y", length=0)
        short = max(map(_wide, labels)) * 0.45 * 9 / 72 / self._size[0]
        engine = self._figure.get_layout_engine()
        assert isinstance(engine, ConstrainedLayoutEngine)
        engine.set(rect=(short, 0.0, 1.0 - short, 1.0))

    def svg(self) -> str:
        """Without prologue, metadata and date; ids carry the picture's name, so that a page can hold several."""
        out = io.StringIO()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing")  # the reader's own font will have it
            self._figure.savefig(
                out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
            )
        text = out.getvalue()
        text = text[text.index("<svg") :]
        text = re.sub(r"<metadata>.*?</metadata>\s*|<defs>\s*<style.*?</style>\s*</defs>\s*", "", text, flags=re.DOTALL)
        head, rest = text.split(">", 1)
        text = re.sub(r' (?:xmlns(?::xlink)?|version|width|height)="[^"]*"', "", head) + ">" + rest
        text = text.replace("xlink:href", "href").replace("'DejaVu Sans', sans-serif", "sans-serif")
        text = re.sub(r'\bid="', f'id="{self._name}-', text)
        text = re.sub(r'(href="#|url\(#)', rf"\1{self._name}-", text)
        for colour, variable in VARIABLES.items():
            text = text.replace(colour, f"var(--{variable})")
        return re.sub(r"<text([^>]*)>([^<]*)</text>", self._in_both, text).strip()

    def _in_both(self, found: re.Match[str]) -> str:
        """A text that has a Chinese name, in both languages at one place."""
        said = unescape(found[2]).rstrip(NARROW)
        words = _words(said)
        if said in self._outside or words.en == words.zh:
            return found[0]
        return "".join(
            f'<text lang="{lang}"{found[1]}>{escape(getattr(words, lang), quote=False)}</text>' for lang in ("en", "zh")
        )


def _style(number: int) -> dict[str, Any]:
    """Seven markers and four dashes beside six colours: no two of 84 series look alike, in grey neither."""
    return {
        "color": SERIES[number % len(SERIES)],
        "marker": MARKERS[number % len(MARKERS)],
        "linestyle": DASHES[number % len(DASHES)],
    }


def _line(
    axes: Axes, place: tuple[int, int], name: str,
    points: Sequence[tuple[float, float | None, float | None, float | None]],
) -> None:  # fmt: skip
    """The series `place` of so many, by its (x, mean, low, high): its own marker and dash, a little beside the others,
    and whiskers where there is an interval."""
    number, count = place
    style = _style(number)
    aside = (number - (count - 1) / 2) * min(APART, SPREAD / count) / 72
    shift = axes.transData + ScaledTranslation(aside, 0, axes.figure.dpi_scale_trans)
    known = sorted((x, mean) for x, mean, _, _ in points if mean is not None)
    axes.plot(*zip(*known, strict=True), markersize=5.5, linewidth=1.3, label=label(name), transform=shift, **style)
    for x, _, low, high in points:
        if low is not None and high is not None:
            axes.plot(
                [x, x], [low, high], color=style["color"], linewidth=1.0, marker="_", markersize=6, transform=shift
            )
    xs = [x for x, _ in known]
    axes.update_datalim([(min(xs), 0), (max(xs), 0)])
    axes.autoscale_view(scaley=False)


def _spaced(places: Sequence[float]) -> list[float]:
    """Those whose labels do not run into one another; the last stays."""
    near = 0.07 * (places[-1] - places[0])
    kept = [places[-1]]
    for place in reversed(places[:-1]):
        if kept[-1] - place >= near:
            kept.append(place)
    return kept[::-1]


def _words(text: str) -> Words:
    """A label of ours in both languages: a key, names of ways of sharing and policies, or a time."""
    if text in KEYS:
        return KEYS[text]
    words = named(text)
    return words if words.zh != text else lasting(text)


def _log_durations(axes: Axes, values: Sequence[float | None], *, axis: str = "y") -> None:
    """Zero, then logarithmic from one second on, with ticks a person reads as time."""
    top = max([*(value for value in values if value is not None), 1.0])
    ticks = [(at, text) for at, text in _DURATIONS if at <= top * 3]
    scale, line = (axes.set_yscale, axes.yaxis) if axis == "y" else (axes.set_xscale, axes.xaxis)
    scale("symlog", linthresh=1, linscale=0.4)
    line.set_major_locator(FixedLocator([at for at, _ in ticks]))
    line.set_major_formatter(FixedFormatter([text for _, text in ticks]))
    line.set_minor_locator(NullLocator())
    (axes.set_ylim if axis == "y" else axes.set_xlim)(-0.3, top * 2)
    axes.grid(axis="y" if axis == "y" else "x")


def _time(axes: Axes, first: float, last: float) -> None:
    """Seconds from the trace's beginning, in the unit that suits the span; hours of a later day say which."""
    span = max(last - first, 1.0)
    unit, name = next((u, n) for u, n in ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s")) if span >= 3 * u or u == 1)
    axes.set_xlim(first, first + span)
    since, until = first / unit, (first + span) / unit
    ticks = [at for at in MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(since, until) if since <= at <= until]
    axes.xaxis.set_major_locator(FixedLocator([at * unit for at in ticks]))
    if name == "h" and first >= 172_800:
        axes.xaxis.set_major_formatter(FixedFormatter([f"{at // 24:g} d {at % 24:g} h" for at in ticks]))
    else:
        axes.xaxis.set_major_formatter(FixedFormatter([f"{at:g} {name}" for at in ticks]))


def _legend(axes: Axes, handles: Sequence[Any] = ()) -> None:
    """Above the picture, out of the way of the lines; of its series where nothing else is given."""
    names = [str(handle.get_label()) for handle in handles]
    if not handles:
        handles, names = axes.get_legend_handles_labels()
    if handles:
        names = [_roomy(name) for name in names]
        axes.legend(handles, names, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=min(3, len(names)),
                             fontsize=8.5, handlelength=3.2, borderaxespad=0.2)  # fmt: skip


def _roomy(name: str) -> str:
    """With as much room behind it as its Chinese name takes, which this font cannot measure."""
    zh = _words(name).zh
    short = 0.5 * (len(zh) - len(name)) + 0.6 * _wide(zh)  # ems
    return name + NARROW * max(math.ceil(short / 0.32), 0)


def _stacked(bars: Sequence[Bar]) -> list[tuple[int, Bar]]:
    """Each run on the lowest slots that are free for its whole time; (first slot, run)."""
    until: list[float] = []  # of each slot
    placed = []
    for bar in sorted(bars, key=lambda bar: (bar.start_s, -bar.accelerators, bar.organisation)):
        slot = next(
            (s for s in range(len(until)) if all(end <= bar.start_s for end in until[s : s + bar.accelerators])),
            len(until),
        )
        until += [0.0] * (slot + bar.accelerators - len(until))
        until[slot : slot + bar.accelerators] = [bar.end_s] * bar.accelerators
        placed.append((slot, bar))
    return placed
