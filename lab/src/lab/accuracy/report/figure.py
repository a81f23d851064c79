"""Colours, names, panels and PNG output that all plots share."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

NAMES: Final = {"bench_press": "Bench press", "back_squat": "Squat", "deadlift": "Deadlift"}
# Colours that are distinct to the colour-blind (Okabe and Ito).
COLOURS: Final = {
    "model": "#D55E00",
    "population": "#56B4E9",
    "learned": "#0072B2",
    "informed": "#009E73",
    "baseline": "#999999",
}
MUTED: Final = "#666666"
_DPI = 130


def panels(rows: int, columns: int, *, width: float = 3.6, height: float = 3.0) -> tuple[Figure, list[list[Axes]]]:
    """Return an empty figure and its panels."""
    figure = Figure(figsize=(width * columns, height * rows), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False)
    rows_of_axes = [[axes[row][column] for column in range(columns)] for row in range(rows)]
    for row in rows_of_axes:
        for axis in row:
            axis.spines[["top", "right"]].set_visible(False)
            axis.tick_params(labelsize=8)
            axis.grid(visible=True, linewidth=0.4, alpha=0.5)
    return figure, rows_of_axes


def save(figure: Figure, path: Path) -> None:
    """Write a figure; the same figure always gives the same bytes."""
    figure.savefig(path, dpi=_DPI, metadata={"Software": None})
