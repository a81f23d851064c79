"""The targets, and whether they are met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lab.accuracy.protocol.faulty import MIXED, FaultRow
from lab.accuracy.protocol.plan import AFTER_3, AFTER_8, COLD, COLD_LOAD, DURATIONS_3, DURATIONS_8
from lab.accuracy.protocol.rows import MODEL, ScoreRow
from lab.accuracy.protocol.score_rows import Probabilities
from lab.accuracy.protocol.shapes import NORMAL, ShapeRow

# Model's error / oracle's error, by case: home family, other family. Cold it pays for priors as wide as people are.
_ERROR_MAX: dict[str, dict[str, tuple[float, float | None]]] = {
    COLD.name: {"population": (1.20, 1.25)},
    COLD_LOAD.name: {"population": (1.20, 1.25)},
    AFTER_3.name: {"informed": (1.25, None), "learned": (1.05, 1.25)},
    AFTER_8.name: {"informed": (1.12, None), "learned": (1.05, 1.25)},
    DURATIONS_3.name: {"learned": (1.10, None)},
    DURATIONS_8.name: {"learned": (1.10, None)},
}
_PIT_MAX_HOME, _PIT_MAX_OTHER = 0.03, 0.10
_GAP_MAX = 0.05
# Model's Brier skill / oracle's, of "the next rep fails".
_SKILL_MIN_HOME = {
    COLD.name: ("population", 0.95),
    COLD_LOAD.name: ("population", 0.95),
    AFTER_3.name: ("learned", 0.95),
    AFTER_8.name: ("informed", 0.9),
}
_SKILL_MIN_OTHER = {AFTER_8.name: ("informed", 0.8)}
# Share of wrong alerts minus that of an oracle with its best rule.
_ALERTS_MAX = {
    AFTER_3.name: {"learned": 0.02, "informed": 0.08},
    AFTER_8.name: {"learned": 0.02, "informed": 0.05},
}
_MIXED_FAULTS_MAX, _EVERY_SET_MAX = 0.02, 0.025
_SHAPES_MIN, _FALSE_MAX = 0.95, 0.01
# Figures are noisy: three places decide whether a target is met.
_PLACES = 3


@dataclass(frozen=True, slots=True)
class AccuracyTarget:
    """One figure and its limit.

    Attributes
    ----------
    about, family, exercise, case, measure : str
        What is measured, and where.
    value, limit : float
    at_least : bool
        Whether the figure must be at least the limit; else at most.
    """

    about: str
    family: str
    exercise: str
    case: str
    measure: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the figure is within the limit."""
        value, limit = round(self.value, _PLACES), round(self.limit, _PLACES)
        return value >= limit if self.at_least else value <= limit


def of_row(row: ScoreRow) -> Iterator[AccuracyTarget]:
    """Yield a row's targets on error, calibration and alerts."""
    home = row.family == "home"
    for oracle, (at_home, elsewhere) in _ERROR_MAX.get(row.case, {}).items():
        limit = at_home if home else elsewhere
        if limit is not None:
            measure = f"error / {oracle} oracle"
            yield AccuracyTarget("error", row.family, row.exercise, row.case, measure, row.ratios[oracle].value, limit)
    if row.case not in _ERROR_MAX:
        return
    model = row.of(MODEL)
    best = row.best_baseline()
    measure = f"error, best baseline ({best.name})"
    yield AccuracyTarget("baselines", row.family, row.exercise, row.case, measure, model.error.value, best.error.value)
    if model.probabilities is None:
        raise ValueError("a model without probabilities has nothing to be calibrated")
    yield from _of_probabilities(row, model.probabilities)


def _of_probabilities(row: ScoreRow, probabilities: Probabilities) -> Iterator[AccuracyTarget]:
    home, where = row.family == "home", (row.family, row.exercise, row.case)
    by_velocity = row.case in _SKILL_MIN_HOME
    if by_velocity and (home or row.case in _ALERTS_MAX):
        yield AccuracyTarget(
            "calibration", *where, "PIT distance", probabilities.pit, _PIT_MAX_HOME if home else _PIT_MAX_OTHER
        )
    if by_velocity and home:
        yield AccuracyTarget("calibration", *where, "worst gap of a reliability bin", probabilities.worst_gap, _GAP_MAX)
    skills = _SKILL_MIN_HOME if home else _SKILL_MIN_OTHER
    if row.case in skills:
        oracle, share = skills[row.case]
        reference = row.of(oracle).probabilities
        if reference is not None:
            ratio = probabilities.skill[0] / reference.skill[0]
            yield AccuracyTarget("calibration", *where, f"Brier skill / {oracle} oracle", ratio, share, at_least=True)
    if home and row.case in _ALERTS_MAX:
        for oracle, points in _ALERTS_MAX[row.case].items():
            reference = row.of(oracle).probabilities
            if reference is not None:
                more = probabilities.alert.wrong - reference.alert.wrong
                yield AccuracyTarget("alerts", *where, f"wrong alerts − {oracle} oracle", more, points)


def of_faults(rows: Sequence[FaultRow]) -> Iterator[AccuracyTarget]:
    """Yield the targets on faults."""
    for row in rows:
        if row.judged:
            limit = _MIXED_FAULTS_MAX if row.faults == MIXED else _EVERY_SET_MAX
            yield AccuracyTarget("faults", row.family, row.exercise, row.case, row.faults, row.worse, limit)


def of_shapes(family: str, exercise: str, rows: Sequence[ShapeRow]) -> Iterator[AccuracyTarget]:
    """Yield the targets on failed attempts."""
    for row in rows:
        normal = row.shape == NORMAL
        limit = _FALSE_MAX if normal else _SHAPES_MIN
        yield AccuracyTarget(
            "failed attempts", family, exercise, "cold", row.shape, row.recognised, limit, at_least=not normal
        )
