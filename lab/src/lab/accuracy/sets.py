"""One set as a device reported it, with what is true of it."""

from __future__ import annotations

from dataclasses import dataclass

from lab.accuracy.truth import TrueSet
from spotter_detector.model import Observation


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """One set as a device reported it, with what is true of it.

    Attributes
    ----------
    exercise : str
        A model class: bench_press, back_squat, deadlift …
    lifter : int
        Lifters never cross a split.
    order : int
        Which set of this lifter, from 0, in the order of time.
    at_days : float
        Days from the lifter's first set.
    load_kg, pct_1rm : float or None
        The load, and the true load in % of the one-repetition maximum; whether a model is told is the protocol's choice.
    reps : tuple of Observation
        What a model sees, faults included.
    truth : tuple of int or None
        True reps in reserve after each reported rep; None where the report is no rep (unrack, ghost, second report), −1
        at a failed attempt.
    failed_attempt : int or None
        Place in `reps` of the first report of a failed attempt, where one was reported.
    reps_possible : int
        N.
    ended_rir : int
        Reps in reserve at which the lifter ended the set; 0: the last possible rep was done.
    failed : bool
        It is known that the lifter tried another rep and failed, whether or not a device reported the attempt.
    reported_rir : float or None
        The lifter's own call after the set.
    faults : frozenset of str
        Names of the faults that were put in.
    true : TrueSet or None
        The generative values, for oracles; None for recorded sets.
    """

    exercise: str
    lifter: int
    order: int
    at_days: float
    load_kg: float | None
    pct_1rm: float | None
    reps: tuple[Observation, ...]
    truth: tuple[int | None, ...]
    failed_attempt: int | None
    reps_possible: int
    ended_rir: int
    failed: bool
    reported_rir: float | None
    faults: frozenset[str]
    true: TrueSet | None
