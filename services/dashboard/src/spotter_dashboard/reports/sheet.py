"""A report on one A4 sheet, as PDF or PNG."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from spotter_dashboard.formatting import reps
from spotter_dashboard.reports.charts import Chart
from spotter_dashboard.reports.models import WeeklyReport
from spotter_dashboard.reports.plots import PAPER, draw_chart, exclusive_drawing
from spotter_dashboard.reports.sentences import key_figures, sections

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_A4_IN: Final = (8.27, 11.69)
_PNG_DPI: Final = 150
_LETTERS: Final = 54
"""A line of one of the sheet's two columns."""
_FACTS_SHOWN: Final = 7
_CHARTS_MAX: Final = 6
_LINE: Final = 0.0145
_FOOT: Final = 0.03


def draw_sheet(report: WeeklyReport, charts: Sequence[Chart], form: str) -> bytes:
    """Draw a report on one A4 sheet, as `pdf` or `png`."""
    from matplotlib.figure import Figure

    with exclusive_drawing("sheet"):
        figure = Figure(figsize=_A4_IN, facecolor=PAPER.ground)
        _write_head(figure, report)
        _place_charts(figure, report, charts)
        _write_lists(figure, report)
        written = io.BytesIO()
        about = {"CreationDate": None, "Creator": None, "Title": report.title} if form == "pdf" else {"Software": None}
        figure.savefig(written, format=form, dpi=_PNG_DPI, metadata=about)
    return written.getvalue()


def _write_head(figure: Figure, report: WeeklyReport) -> None:
    days = f"{report.first_day:%a %d %b} to {report.last_day:%a %d %b %Y}, {report.time_zone}"
    _text(figure, 0.07, 0.955, textwrap.shorten(report.name or report.athlete_id, 40, placeholder="…"), 20, bold=True)
    _text(figure, 0.07, 0.932, f"Week {report.week} · {days}" + (" · still running" if report.running else ""), 9.5)
    for index, (number, what) in enumerate(key_figures(report)):
        x = 0.07 + 0.22 * index
        _text(figure, x, 0.885, number, 17, bold=True)
        _text(figure, x, 0.868, what, 8.5)


def _place_charts(figure: Figure, report: WeeklyReport, charts: Sequence[Chart]) -> None:
    for index, chart in enumerate(charts[:_CHARTS_MAX]):
        left, bottom = _corner(index)
        _text(figure, left - 0.035, bottom + 0.157, chart.title, 9.5, bold=True)
        draw_chart(figure.add_axes((left, bottom, 0.37, 0.125)), chart, PAPER, size=8)
    if report.exercises and len(charts) < _CHARTS_MAX:
        left, bottom = _corner(len(charts))
        done = [
            f"{exercise.name}: {exercise.sets} set{'' if exercise.sets == 1 else 's'}, {reps(exercise.reps)}"
            for exercise in report.exercises
        ]
        _write_list(figure, left - 0.035, bottom + 0.157, "Exercises", done, bottom)


def _corner(number: int) -> tuple[float, float]:
    row, column = divmod(number, 2)
    return 0.105 + 0.465 * column, 0.685 - 0.2 * row


def _write_lists(figure: Figure, report: WeeklyReport) -> None:
    (spent, entries), *others = sections(report)
    _write_list(figure, 0.07, 0.235, spent, entries, _FOOT)
    y = 0.235
    for title, facts in others:
        y = _write_list(figure, 0.535, y, title, facts, _FOOT)


def _write_list(figure: Figure, x: float, y: float, title: str, facts: Sequence[str], foot: float) -> float:
    """Write facts below each other, as far as there is room above `foot`; returns where the next list may begin."""
    shown = list(facts[:_FACTS_SHOWN])
    if len(facts) > len(shown):
        shown.append(f"and {len(facts) - len(shown)} more")
    _text(figure, x, y, title, 9.5, bold=True)
    for line in (line for fact in shown for line in textwrap.wrap(fact, _LETTERS)):
        if y - _LINE < foot:
            break
        y -= _LINE
        _text(figure, x, y, line, 8.5)
    return y - 0.026


def _text(figure: Figure, x: float, y: float, words: str, size: float, *, bold: bool = False) -> None:
    weight, colour = ("bold", PAPER.ink) if bold else ("normal", PAPER.soft)
    figure.text(x, y, words, fontsize=size, fontweight=weight, color=colour)
