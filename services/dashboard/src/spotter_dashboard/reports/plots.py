"""Draws a report's figures: as SVG in the colours of the page, or onto the axes of a sheet.

matplotlib is loaded when the first report is drawn, and one figure is drawn at a time: it keeps settings and fonts for
the whole process.
"""

from __future__ import annotations

import io
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from spotter.domain.actions import ACTIONS
from spotter_dashboard.reports.charts import Chart, Tone

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOCK: Final = threading.Lock()
_CHART_IN: Final = (4.6, 2.5)
_SCORE_ROOM: Final = 0.25
_TALL: Final = 0.3
"""A bar of this share of the tallest has room for its word inside."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by meaning."""

    ink: str
    soft: str
    edge: str
    ground: str
    stop: str
    near: str
    lifting: str
    plain: str

    def tone(self, tone: Tone) -> str:
        """Return the colour of a tone."""
        return {"stop": self.stop, "near": self.near, "lifting": self.lifting, "plain": self.plain}[tone]


PAPER: Final = Palette(
    ink="#0b0f14",
    soft="#45525f",
    edge="#cfd7df",
    ground="#ffffff",
    stop=ACTIONS["stop"].colour,
    near=ACTIONS["one_more"].colour,
    lifting=ACTIONS["continue"].colour,
    plain="#94a3b4",
)
_STAND_INS: Final = Palette(*(f"#01020{number}" for number in range(8)))
"""Colours that occur nowhere else: the page's own replace them."""
_VARIABLES: Final = {
    _STAND_INS.ink: "--ink", _STAND_INS.soft: "--soft", _STAND_INS.edge: "--edge", _STAND_INS.ground: "--panel",
    _STAND_INS.stop: "--stop", _STAND_INS.near: "--near", _STAND_INS.lifting: "--lifting", _STAND_INS.plain: "--plain",
}  # fmt: skip
_MARKERS: Final = ("o", "s", "^", "D")
_DASHES: Final = ("-", "--", ":", "-.")


def draw_svg(chart: Chart) -> str:
    """Draw one figure as an SVG element for a page that has the variables `--ink`, `--soft`, … ."""
    from matplotlib.figure import Figure

    with exclusive_drawing(chart.name):
        figure = Figure(figsize=_CHART_IN, layout="constrained")
        draw_chart(figure.add_subplot(), chart, _STAND_INS, size=11.5)
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _for_a_page(written.getvalue())


def _for_a_page(svg: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<g) id="[^"]*"', r"\1", svg)  # numbered anew in each figure: ids of one page must differ
    svg = re.sub(r'^<svg[^>]*viewBox="([^"]*)"[^>]*>', r'<svg viewBox="\1" aria-hidden="true" focusable="false">', svg)
    for stand_in, variable in _VARIABLES.items():
        svg = svg.replace(stand_in, f"var({variable})")
    return re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", svg)


@contextmanager
def exclusive_drawing(salt: str) -> Iterator[None]:
    """Draw one figure at a time, with our own settings; `salt` makes ids unique among the SVGs of a page.

    A name in letters that the font lacks is drawn with boxes.
    """
    import matplotlib as mpl

    with _LOCK, warnings.catch_warnings(), mpl.rc_context():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        mpl.rcParams["font.family"] = "DejaVu Sans"
        mpl.rcParams["text.parse_math"] = False  # a dollar sign in a name is one
        mpl.rcParams["svg.fonttype"] = "none"
        mpl.rcParams["svg.hashsalt"] = salt
        mpl.rcParams["pdf.fonttype"] = 42  # whole fonts: words can be searched and copied
        yield


def draw_chart(axes: Axes, chart: Chart, palette: Palette, *, size: float) -> None:
    """Draw a figure onto axes; `size` is that of its labels, in points."""
    ticks = range(len(chart.labels))
    axes.set_facecolor("none")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(palette.soft)
    axes.tick_params(colors=palette.soft, labelsize=size - 1, length=0)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=palette.edge, linewidth=0.8)
    axes.set_ylabel(chart.axis + (", %" if chart.percent else ""), color=palette.soft, fontsize=size - 1)
    if chart.bars:
        _draw_bars(axes, chart, palette, size)
    else:
        _draw_lines(axes, chart, palette, size)
    every = max(1, -(-len(chart.labels) // 8))
    shown = [tick for tick in ticks if (len(chart.labels) - 1 - tick) % every == 0]
    axes.set_xticks(shown, [_broken(chart.labels[tick]) for tick in shown])
    axes.set_xlim(-0.6, len(chart.labels) - 0.4)


def _draw_bars(axes: Axes, chart: Chart, palette: Palette, size: float) -> None:
    from matplotlib.ticker import MaxNLocator

    top = max(1.0 if chart.axis == "units" else 3.0, *(value or 0.0 for value in (*chart.bars, *chart.marks)))
    tones = chart.tones[: len(chart.bars)]
    for index, (value, tone) in enumerate(zip(chart.bars, tones, strict=True)):
        if value:
            axes.bar(index, value, width=0.68, color=palette.tone(tone), edgecolor=palette.soft, linewidth=0.6)
            inside = value > _TALL * top
            axes.annotate(
                chart.bar_words[index],
                (index, value),
                (0, -4 if inside else 3),
                textcoords="offset points",
                ha="center",
                va="top" if inside else "bottom",
                color="#000000" if inside else palette.ink,
                fontsize=size,
            )
    for index, mark in enumerate(chart.marks):
        if mark is not None:
            axes.plot([index - 0.45, index + 0.45], [mark, mark], color=palette.ink, linewidth=1.6, linestyle="--")
    if chart.mark_word and any(mark is not None for mark in chart.marks):
        axes.plot([], [], color=palette.ink, linewidth=1.6, linestyle="--", label=chart.mark_word)
        _legend(axes, palette, size)
    axes.set_ylim(0, top * 1.3)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=top > 2 or chart.axis == "sets"))


def _draw_lines(axes: Axes, chart: Chart, palette: Palette, size: float) -> None:
    from matplotlib.ticker import MaxNLocator

    colours = (palette.lifting, palette.stop, palette.ink, palette.plain)
    for index, line in enumerate(chart.lines):
        points = [(x, value) for x, value in enumerate(line.values) if value is not None]
        axes.plot(
            [x for x, _ in points],
            [value for _, value in points],
            color=colours[index % len(colours)],
            linestyle=_DASHES[index % len(_DASHES)],
            marker=_MARKERS[index % len(_MARKERS)],
            markersize=5,
            linewidth=2,
            label=line.name,
        )
    if len(chart.lines) > 1:
        _legend(axes, palette, size)
    if chart.low is not None and chart.high is not None:
        axes.set_ylim(chart.low - _SCORE_ROOM, chart.high + _SCORE_ROOM)
        axes.set_yticks([chart.low + step for step in range(int(chart.high - chart.low) + 1)])
    else:
        axes.margins(y=0.3)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4))


def _legend(axes: Axes, palette: Palette, size: float) -> None:
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 0.98),
        ncols=2,
        frameon=False,
        fontsize=size - 1.5,
        labelcolor=palette.soft,
        borderaxespad=0,
        handlelength=1.8,
        columnspacing=1.2,
    )


def _broken(label: str) -> str:
    return label.replace(" or ", "\nor ").replace("not known", "not\nknown")
