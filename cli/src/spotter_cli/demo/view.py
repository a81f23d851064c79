"""The gym in a terminal: a row per rack, a bar per rep, reps left, and advice by word, shape and colour."""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import quantiles
from typing import Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from spotter_cli.demo.board import Board, RackAdvice, RackState
from spotter_cli.demo.training import Training
from spotter_cli.styles import SHAPES, WORDS, style_of

SIGNAL_LOST_S: Final = 5.0
SIGNAL_LOST_MS: Final = 5_000
_BARS: Final = "▁▂▃▄▅▆▇█"


class GymView:
    """The table that rich renders on each refresh."""

    def __init__(self, board: Board, training: Training, ends_at_s: float | None) -> None:
        self._board = board
        self._training = training
        self._ends_at_s = ends_at_s

    def __rich__(self) -> Group:
        table = Table(expand=True, header_style="bold", pad_edge=False)
        table.add_column("rack", no_wrap=True)
        table.add_column("lifter", no_wrap=True)
        table.add_column("exercise", no_wrap=True, min_width=16)
        table.add_column("load", justify="right", no_wrap=True)
        table.add_column("velocity of each rep", no_wrap=True, min_width=14)
        table.add_column("reps left", justify="right", no_wrap=True, min_width=9)
        table.add_column("advice", ratio=1, no_wrap=True, overflow="ellipsis")  # rows keep their height
        for tile in self._board.tiles.values():
            table.add_row(*_row(tile))
        return Group(table, self._footer())

    def _footer(self) -> Text:
        text = Text(status(self._board, self._training))
        heard_s = self._board.heartbeat_s
        if heard_s is not None and (time.monotonic() - heard_s > SIGNAL_LOST_S or self._board.age_ms > SIGNAL_LOST_MS):
            text.append("   signal lost", style="bold black on #9AA4AE")
        if self._ends_at_s is not None:
            text.append(f"   ends in {max(self._ends_at_s - time.monotonic(), 0):.0f} s")
        return text


def _row(tile: RackState) -> list[Text | str]:
    rest = "" if tile.lifting else "dim"
    load = f"{tile.load_kg:g} kg" if tile.load_kg else ""
    left = "" if tile.rir is None else "{:.0f} ({:.0f}–{:.0f})".format(*tile.rir)
    cells = (tile.station_id, tile.lifter, tile.exercise.replace("_", " "), load, bars(tile.velocities_mps), left)
    return [*(Text(cell, style=rest) for cell in cells), _advice(tile)]


def _advice(tile: RackState) -> Text:
    if not tile.action:
        return Text("")
    if not tile.lifting:
        return Text(f"  resting; last advice {WORDS.get(tile.action, tile.action)}", style="dim")
    if not tile.after_rep:
        return Text(f"  plan: {tile.sentence}", style="dim")
    return advice_text(tile.action, tile.sentence)


def advice_text(action: str, sentence: str) -> Text:
    """Return advice as shape, word and sentence."""
    text = Text(f"{SHAPES.get(action, '?')} {WORDS.get(action, action)}", style=style_of(action))
    if sentence:
        text.append(f"  {sentence}", style="not bold not reverse default")
    return text


def bars(velocities_mps: Sequence[float]) -> str:
    """Draw a bar per rep; its height is the velocity relative to the set's fastest rep.

    >>> bars([0.5, 0.25, 0.1])
    '█▄▂'
    """
    fastest = max(velocities_mps, default=0.0) or 1.0
    return "".join(
        _BARS[min(round(velocity / fastest * len(_BARS)), len(_BARS)) - 1 or 0] for velocity in velocities_mps
    )


def status(board: Board, training: Training) -> str:
    """Summarise the demo so far in one line."""
    counts = ", ".join(
        f"{board.counts.get(action, 0)} {word}" for action, word in WORDS.items() if board.counts.get(action)
    )
    text = f"{training.reps} reps, {board.estimates} estimates; advice in time: {counts or 'none yet'}"
    if len(training.latencies_ms) > 1:
        cuts = quantiles(training.latencies_ms, n=100)
        text += f"; rep to advice {cuts[49]:.0f} ms (p99 {cuts[98]:.0f} ms)"
    if training.refused:
        text += f"; {len(training.refused)} events refused: {training.refused[-1]}"
    return text


def line(advice: RackAdvice, since_s: float) -> str:
    """Return advice as a plain line, for output that does not go to a terminal."""
    left = "" if advice.rir is None else ", reps left {:.0f} ({:.0f}–{:.0f})".format(*advice.rir)
    when = "plan" if not advice.after_rep else f"after rep {advice.after_rep}"
    late = " (late)" if advice.late else ""
    lift = f"{advice.exercise.replace('_', ' ')} {advice.load_kg:g} kg"
    word = f"{SHAPES.get(advice.action, '?')} {WORDS.get(advice.action, advice.action)}{late}"
    return f"{since_s:6.1f} s  {advice.station_id}  {advice.lifter}, {lift}, {when}{left}: {word}  {advice.sentence}"
