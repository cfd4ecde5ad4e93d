"""Time against size on logarithmic axes, a panel per row of sizes, as one SVG: the same bytes for the same figures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, LogLocator, NullLocator


@dataclass(frozen=True, slots=True)
class Scaling:
    name: str
    axis: str  # what grows
    sizes: Sequence[int]
    cpu_s: Sequence[float]

    @property
    def fit(self) -> tuple[float, float]:
        """(a, c) of t = c · n^a, least squares of the logarithms."""
        a, log_c = np.polyfit(np.log(self.sizes), np.log(self.cpu_s), 1)
        return float(a), float(np.exp(log_c))


def draw(rows: Sequence[Scaling], path: Path) -> None:
    style = {"svg.fonttype": "none", "svg.hashsalt": "scaling", "font.family": "sans-serif", "font.size": 9}
    with mpl.rc_context(style):
        figure = Figure(figsize=(7.4, 5.6), layout="constrained", facecolor="white")
        FigureCanvasSVG(figure)
        panels = figure.subplots(2, -(-len(rows) // 2), sharey=True, squeeze=False).flat
        for axes, row in zip(panels, rows, strict=True):
            _panel(axes, row)
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    path.write_text(re.sub(r"[ \t]+$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8")


def _panel(axes: Axes, row: Scaling) -> None:
    exponent, factor = row.fit
    sizes = np.array(row.sizes, float)
    axes.loglog(sizes, factor * sizes**exponent, color="#888888", linewidth=1.0, label=f"t ~ n^{exponent:.2f}")
    axes.loglog(sizes, row.cpu_s, "o", color="#1f5fa8", markersize=5, label="CPU seconds")
    for size, spent in zip(row.sizes, row.cpu_s, strict=True):
        axes.annotate(f"{spent:.2g}", (size, spent), xytext=(0, 6), textcoords="offset points", ha="center", fontsize=8)
    axes.xaxis.set_major_locator(FixedLocator(list(row.sizes)))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{size:,}" for size in row.sizes]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_locator(LogLocator(10))
    axes.set_xlim(sizes[0] / 1.5, sizes[-1] * 1.5)
    axes.set_xlabel(row.axis)
    axes.set_title(row.name, fontsize=9, loc="left")
    axes.grid(color="#dddddd", linewidth=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8, loc="upper left")
