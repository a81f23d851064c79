"""A set as a device reported it, with the truth about it."""

from __future__ import annotations

from dataclasses import dataclass

from lab.accuracy.truth import TrueSet
from spotter_detector.model import Observation


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A set as a device reported it, with the truth about it.

    Attributes
    ----------
    exercise : str
        A model class: bench_press, back_squat, deadlift …
    lifter : int
        Number of the lifter; training and judged lifters differ.
    order : int
        Which set of this lifter, from 0, in the order of time.
    at_days : float
        Days from the lifter's first set.
    load_kg, pct_1rm : float or None
        The load, and the true load in % of the one-repetition maximum; the protocol decides whether a model knows it.
    reps : tuple of Observation
        The model's input, with faults.
    truth : tuple of int or None
        True reps in reserve after each reported rep; None if the report is no rep (unrack, ghost, second report), −1
        at a failed attempt.
    failed_attempt : int or None
        Index in `reps` of the first report of a failed attempt, if there is one.
    reps_possible : int
        N.
    ended_rir : int
        Reps in reserve at which the lifter ended the set; 0: the last possible rep was done.
    failed : bool
        Whether the lifter is known to have tried another rep and failed, reported by a device or not.
    reported_rir : float or None
        The reps in reserve that the lifter reported after the set.
    faults : frozenset of str
        The simulated faults.
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
