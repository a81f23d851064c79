"""Many workouts, in parallel processes, some side by side in each."""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from lab.habits.comparison import Deviation, compare
from lab.habits.diary import Diary
from lab.habits.floor import Attendance, attend
from lab.habits.mix import PLAIN, workout_diary

AT_ONCE: Final = 25
"""Workouts side by side in a process: many estimates are computed together, in little memory."""


@dataclass(frozen=True, slots=True)
class WorkoutTrial:
    """One workout, compared."""

    seed: int
    habits: frozenset[str]
    events: int
    ambiguous: tuple[str, ...]
    deviations: tuple[Deviation, ...]

    @property
    def exact(self) -> bool:
        """Whether everything is as it happened."""
        return not self.deviations


@dataclass(slots=True)
class HabitTally:
    """The trials of a run."""

    trials: list[WorkoutTrial] = field(default_factory=list)

    def judged(self) -> list[WorkoutTrial]:
        """Return the workouts that somebody could know."""
        return [trial for trial in self.trials if not trial.ambiguous]

    def share_exact(self) -> float:
        """Return the share of exact workouts among those that somebody could know."""
        judged = self.judged()
        return sum(trial.exact for trial in judged) / len(judged) if judged else 1.0

    def share_ambiguous(self) -> float:
        """Return the share of workouts that nobody could know."""
        return (len(self.trials) - len(self.judged())) / len(self.trials) if self.trials else 0.0


def run(workouts: int, seed: int = 1, jobs: int | None = None) -> HabitTally:
    """Compare workouts in parallel processes; their number does not change the result."""
    first = seed * 1_000_000
    parts = [range(begin, min(begin + AT_ONCE, first + workouts)) for begin in range(first, first + workouts, AT_ONCE)]
    wanted = min(jobs or os.cpu_count() or 1, len(parts))
    if wanted == 1:
        return HabitTally([trial for part in parts for trial in trials(part)])
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    with multiprocessing.get_context("spawn").Pool(wanted) as pool:
        return HabitTally([trial for group in pool.imap(trials, parts) for trial in group])


def trials(seeds: Sequence[int]) -> list[WorkoutTrial]:
    """Compare some workouts side by side."""
    diaries = [workout_diary(seed) for seed in seeds]
    try:
        attendances = attend(diaries)
    except Exception:  # noqa: BLE001 - whatever breaks is a finding about its workout
        if len(seeds) == 1:
            return [_broken(diaries[0], traceback.format_exc())]
        return [trial for seed in seeds for trial in trials([seed])]
    return [_trial(attendance) for attendance in attendances]


def _trial(attendance: Attendance) -> WorkoutTrial:
    diary = attendance.diary
    deviations = tuple(compare(attendance))
    habits = frozenset(diary.habits) or frozenset({PLAIN})
    return WorkoutTrial(diary.visit.seed, habits, len(attendance.sent), tuple(diary.ambiguous), deviations)


def _broken(diary: Diary, trace: str) -> WorkoutTrial:
    [*_, last] = trace.strip().splitlines()
    return WorkoutTrial(diary.visit.seed, frozenset(diary.habits), 0, (), (Deviation("crash", last),))
