"""Prints the result of a replay: a table of its sets, and refused reps."""

from __future__ import annotations

from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from spotter_cli.replay.tally import SetTally, Tally
from spotter_cli.styles import WORDS, style_of


def print_report(console: Console, tally: Tally) -> None:
    """Print the table of sets with their advice, then refusals, then the counts."""
    console.print(_table(tally))
    print_remarks(console, tally)
    for refusal in tally.refusals:
        console.print(Text(f"refused: {refusal.location}: {refusal.reason}", style="yellow"))
    counts = tally.counts()
    console.print(
        f"{counts['sent']} reps sent, {counts['accepted']} accepted, {counts['refused']} refused; "
        f"{counts['sets']} sets, {counts['estimates']} estimates, {counts['advice']} pieces of advice.",
        highlight=False,
    )
    missing = counts["accepted"] - counts["estimates"]
    if missing > 0:
        text = f"{missing} accepted reps have no estimate: GET /v1/sets/{{set_id}} says why (rejected)."
        console.print(Text(text, style="yellow"))


def print_remarks(console: Console, tally: Tally) -> None:
    """Print the server's remarks on events other than reps."""
    for text, times in tally.remarks.items():
        console.print(f"{f'{times} × ' if times > 1 else ''}{text}", markup=False, highlight=False)


def _table(tally: Tally) -> Table:
    lifters = {lifted_set.recording_set.athlete_id for lifted_set in tally.sets.values()}
    table = Table(title="Sets", title_justify="left", header_style="bold", expand=False)
    table.add_column("set", no_wrap=True, max_width=16, overflow="ellipsis")
    if len(lifters) > 1:
        table.add_column("lifter", no_wrap=True, max_width=16, overflow="ellipsis")
    table.add_column("exercise", no_wrap=True)
    for name in ("load", "reps", "reps left"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("advice")
    for lifted_set in tally.sets.values():
        lifter = [lifted_set.recording_set.athlete_id or ""] if len(lifters) > 1 else []
        load = "" if lifted_set.load_kg is None else f"{lifted_set.load_kg:g} kg"
        reps = f"{lifted_set.accepted}" + (f" of {lifted_set.sent}" if lifted_set.accepted != lifted_set.sent else "")
        name = lifted_set.recording_set.set_id or f"({lifted_set.recording_set.number})"
        table.add_row(name, *lifter, lifted_set.exercise or "", load, reps, _left(lifted_set), _advice(lifted_set))
    return table


def _left(tally: SetTally) -> str:
    if not tally.estimates:
        return ""
    last = tally.estimates[max(tally.estimates)]
    rir, low, high = (last.get(name) for name in ("rir", "rir_low", "rir_high"))
    if not (isinstance(rir, int | float) and isinstance(low, int | float) and isinstance(high, int | float)):
        return ""
    return f"{rir:.0f} ({low:.0f}–{high:.0f})"


def _advice(tally: SetTally) -> Text:
    """Merge runs of the same advice: `continue ×3, one more after 14, stop after 15–16`."""
    text = Text()
    for action, run in groupby(sorted(tally.advice), key=lambda number: tally.advice[number].action):
        numbers = list(run)
        span = f"{numbers[0]}" if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"
        detail = f" ×{len(numbers)}" if action == "continue" else f" after {span}"
        text.append(", " if text else "")
        text.append(f"{WORDS.get(action, action)}{detail}", style=style_of(action))
    if tally.advice and (sentence := tally.advice[max(tally.advice)].sentence):
        text.append(f". {sentence}", style="dim")
    return text
