"""The figures of a report as data: what is drawn, a sentence for it, and its table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from spotter_dashboard.formatting import percent, units
from spotter_dashboard.reports.models import LEFT, Trend, WeeklyReport

Tone = Literal["near", "stop", "lifting", "plain"]
STRENGTH_MAX: Final = 4
"""Lines in one figure that can still be told apart."""
_TONES: Final[tuple[Tone, ...]] = ("stop", "near", "lifting", "lifting", "lifting", "plain", "plain")


@dataclass(frozen=True, slots=True)
class Series:
    """One line; None where there is nothing."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure: bars, or lines, over labels."""

    name: str
    title: str
    says: str
    """The figure in a sentence, for readers who do not see it."""
    labels: tuple[str, ...]
    axis: str
    """What is counted upwards."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bars: tuple[float | None, ...] = ()
    bar_words: tuple[str, ...] = ()
    """The label of each bar."""
    tones: tuple[Tone, ...] = ()
    marks: tuple[float | None, ...] = ()
    """A line across each bar."""
    mark_word: str = ""
    lines: tuple[Series, ...] = ()
    low: float | None = None
    high: float | None = None
    percent: bool = False


def charts_of(report: WeeklyReport) -> list[Chart]:
    """Return all figures for which there is data."""
    makers: tuple[Callable[[WeeklyReport], Chart | None], ...] = (_left, _budget, _hard, _wellness, _strength)
    return [chart for make in makers if (chart := make(report)) is not None]


def _left(report: WeeklyReport) -> Chart | None:
    if not report.sets:
        return None
    share = sum(report.left[2:4]) / report.sets
    return Chart(
        name="left",
        title="Sets by reps left at their end",
        says=f"{percent(share)} of {report.sets} sets ended with two or three reps left.",
        labels=LEFT[:-1] if not report.left[-1] else LEFT,
        axis="sets",
        columns=("Reps left", "Sets"),
        rows=tuple((left, str(count)) for left, count in zip(LEFT, report.left, strict=True)),
        bars=tuple(map(float, report.left if report.left[-1] else report.left[:-1])),
        bar_words=tuple(str(count) if count else "" for count in report.left),
        tones=_TONES,
    )


def _budget(report: WeeklyReport) -> Chart | None:
    weeks = report.trends
    if not any(week.spent or week.allowed for week in weeks):
        return None
    now = weeks[-1]
    allowed = "nobody said how many were allowed" if now.allowed is None else f"{now.allowed:g} were allowed"
    return Chart(
        name="budget",
        title="Failure budget, week by week",
        says=f"{units(now.spent)} spent in the last week shown; {allowed}.",
        labels=_weeks(weeks),
        axis="units",
        columns=("Week", "Spent", "Allowed"),
        rows=tuple(
            (week.name, f"{week.spent:g}", "–" if week.allowed is None else f"{week.allowed:g}") for week in weeks
        ),
        bars=tuple(week.spent for week in weeks),
        bar_words=tuple(f"{week.spent:g}" if week.spent else "" for week in weeks),
        tones=tuple("stop" if week.allowed is not None and week.spent > week.allowed else "lifting" for week in weeks),
        marks=tuple(week.allowed for week in weeks),
        mark_word="allowed",
    )


def _hard(report: WeeklyReport) -> Chart | None:
    weeks = report.trends
    if not any(week.judged for week in weeks):
        return None
    shares = [week.hard_share for week in weeks]
    last = shares[-1]
    says = (
        "No set of known effort in the last week shown." if last is None else f"{percent(last)} in the last week shown."
    )
    return Chart(
        name="hard",
        title="Hard sets: one rep left or none",
        says=f"Over a tenth for four weeks is too many. {says}",
        labels=_weeks(weeks),
        axis="share of sets",
        columns=("Week", "Hard sets", "Sets", "Share"),
        rows=tuple(
            (week.name, str(week.hard), str(week.judged), "–" if week.hard_share is None else percent(week.hard_share))
            for week in weeks
        ),
        bars=tuple(None if share is None else 100 * share for share in shares),
        bar_words=tuple("" if not share else f"{100 * share:.0f}" for share in shares),
        tones=tuple("near" if share is not None and share > 0.1 else "lifting" for share in shares),
        marks=(10.0,) * len(weeks),
        mark_word="a tenth",
        percent=True,
    )


def _wellness(report: WeeklyReport) -> Chart | None:
    check_ins = [check_in for check_in in report.check_ins if check_in.mean is not None]
    if not check_ins:
        return None
    means = tuple(check_in.mean for check_in in check_ins)
    low = min(check_ins, key=lambda check_in: check_in.mean or 0)
    return Chart(
        name="wellness",
        title="How it felt, four weeks",
        says=f"Mean of the check-in, 1 bad to 5 good; lowest on {low.day:%d %B}: {low.mean:.1f}.",
        labels=tuple(f"{check_in.day:%d %b}" for check_in in check_ins),
        axis="1 bad, 5 good",
        columns=("Day", "Mean", "Scores", "Pain"),
        rows=tuple(
            (
                f"{check_in.day:%a %d %b}",
                f"{check_in.mean:.1f}",
                ", ".join(f"{name} {score}" for name, score in check_in.scores),
                ", ".join(f"{joint} {score}" for joint, score in check_in.pain) or "–",
            )
            for check_in in check_ins
        ),
        lines=(Series("mean", means),),
        low=1,
        high=5,
    )


def _strength(report: WeeklyReport) -> Chart | None:
    names = dict.fromkeys(exercise for week in reversed(report.trends) for exercise, _ in week.strength)
    shown = list(names)[:STRENGTH_MAX]
    if not shown:
        return None
    names_by_id = {week.exercise: week.name for week in report.exercises}
    weeks = report.trends
    lines = tuple(
        Series(
            names_by_id.get(exercise, exercise.replace("_", " ")),
            tuple(dict(week.strength).get(exercise) for week in weeks),
        )
        for exercise in shown
    )
    newest = "; ".join(
        f"{line.name} {value:.0f} kg"
        for line in lines
        if (value := next((value for value in reversed(line.values) if value is not None), None)) is not None
    )
    return Chart(
        name="strength",
        title="1RM by speed at load, kg",
        says=f"Estimated from how fast known loads move, newest: {newest}.",
        labels=_weeks(weeks),
        axis="kg",
        columns=("Week", *(line.name for line in lines)),
        rows=tuple(
            (week.name, *("–" if (kg := line.values[index]) is None else f"{kg:.0f}" for line in lines))
            for index, week in enumerate(weeks)
        ),
        lines=lines,
    )


def _weeks(weeks: tuple[Trend, ...]) -> tuple[str, ...]:
    return tuple(week.name.partition("-")[2] for week in weeks)
