"""Which habits there are, how often, and in which order they change a diary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from lab.habits import ambiguity, clocks, corrections, delivery, devices, recorders, set_names
from lab.habits.diary import Diary, ordinary
from lab.habits.workouts import draw_visit


@dataclass(frozen=True, slots=True)
class Habit:
    """One way to report a workout."""

    name: str
    share: float
    """Of the workouts in which it is tried; a few have no place for it."""
    apply: Callable[[Diary, Random], bool]


MIX: Final[Sequence[Sequence[Habit]]] = (
    (
        Habit("numbers within each exercise", 0.20, set_names.numbers_within_exercise),
        Habit("numbers per day", 0.15, set_names.numbers_per_day),
        Habit("one id per exercise", 0.10, set_names.id_per_exercise),
        Habit("no set ids", 0.14, set_names.no_ids),
    ),
    (
        Habit("no set.started", 0.12, set_names.no_starts),
        Habit("exercise named on each rep", 0.10, set_names.exercise_on_each_rep),
    ),
    (Habit("no set.ended", 0.22, set_names.no_ends),),
    (Habit("", 1.0, set_names.tell_boundaries),),
    (Habit("tracker without set ids", 0.06, set_names.tracker_without_ids),),
    (
        Habit("times only", 0.12, devices.timing_only),
        Habit("a sensor for each arm", 0.35, devices.counts_each_arm),
    ),
    (
        Habit("counter starts over", 0.05, devices.counter_restarts),
        Habit("reps notified twice", 0.05, devices.notified_twice),
        Habit("buffer flushed", 0.05, devices.flushed),
    ),
    (Habit("two recorders", 0.15, recorders.watch),),
    (
        Habit("call names its rep", 0.05, corrections.call_names_rep),
        Habit("set.started again", 0.05, corrections.starts_again),
        Habit("started and left", 0.05, corrections.started_and_left),
        Habit("set.started late", 0.05, corrections.started_late),
    ),
    (Habit("starts of reps", 0.04, devices.first_ticks),),
    (
        Habit("rep voided", 0.05, corrections.rep_voided),
        Habit("load amended", 0.05, corrections.load_amended),
        Habit("exercise amended", 0.12, corrections.exercise_amended),
        Habit("effort corrected", 0.05, corrections.effort_corrected),
        Habit("set voided", 0.06, corrections.set_voided),
        Habit("corrected the next day", 0.06, corrections.next_day),
        Habit("called during the next set", 0.05, corrections.called_later),
    ),
    (Habit("reps sent at the end of the set", 0.08, devices.stored_and_sent),),
    (
        Habit("late calls", 0.07, delivery.late_calls),
        Habit("phone offline", 0.08, delivery.phone_offline),
        Habit("out of range for a while", 0.06, delivery.out_of_range),
        Habit("uploaded afterwards", 0.08, delivery.uploaded_afterwards),
        Habit("uploaded newest first", 0.05, delivery.newest_first),
        Habit("uploaded in chunks", 0.05, delivery.random_chunks),
    ),
    (
        Habit("wrong clock", 0.08, clocks.wrong_clock),
        Habit("no senttime", 0.08, clocks.untold_clock),
        Habit("clock without a date", 0.05, clocks.clock_without_date),
    ),
    (
        Habit("events sent again", 0.06, delivery.events_again),
        Habit("imported again", 0.04, delivery.imported_again),
    ),
)
"""Stages, in order; of a stage at most one habit applies to a workout."""
PLAIN: Final = "none of these"


def workout_diary(seed: int) -> Diary:
    """Return a workout as it is reported; the same seed gives the same.

    >>> diary = workout_diary(5)
    >>> diary.reports == workout_diary(5).reports, len(diary.reports) > 20
    (True, True)
    """
    diary = ordinary(draw_visit(seed), Random(f"ordinary {seed}"))
    for number, stage in enumerate(MIX):
        roll = Random(f"stage {number} {seed}").random()
        for habit in stage:
            if roll < habit.share:
                if habit.apply(diary, Random(f"{habit.name} {seed}")) and habit.name:
                    diary.habits.add(habit.name)
                break
            roll -= habit.share
        diary.identify(f"{number}")
    diary.ambiguous = ambiguity.reasons(diary)
    return diary
