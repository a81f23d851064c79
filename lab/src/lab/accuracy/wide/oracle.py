"""The posterior under the wide world: all that can be known of reps left from the reports, nothing told of the load.

It judges sets that go on to failure, or warm-ups: that a set goes on says nothing of the reps left, since people who are
advised end where the advice says. Exact but for what is said here: the loads of one session count as independent, the
first velocity at given reps possible as Gaussian (home family), a lifter's travel as that of the best assignment of each
earlier set; and where another arm went on in an earlier set is told, whose reps it leaves out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from lab.accuracy.answers import RIR_MAX, Floats, Whole
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation.parameters import EXERCISES
from lab.accuracy.wide import parameters as wide
from lab.accuracy.wide.assignments import ReportAssignment, Travel, assignments, own_reports, travel_after, usual_travel
from lab.accuracy.wide.endings import ended, goes_on
from lab.accuracy.wide.lifters import ARMS_CHANGED
from lab.accuracy.wide.normals import even_normals
from lab.accuracy.wide.points import POINTS, LifterPoints, everybody, lifters_at
from spotter_detector.model import Observation

_FEW_POINTS: Final = 60
# The lifters judged by, of those learned: the likeliest that hold all but this much.
_LEFT_OUT: Final = 1e-4
# Of the points drawn about a lifter: wider than what is known of them, for its tails.
_WIDER: Final = 1.5
_LEAST_VARIANCE: Final = 0.02
_VELOCITY_MIN_MPS: Final = 0.02


def wide_posteriors(
    family: str,
    sets: Sequence[LabelledSet],
    earlier: Sequence[Sequence[LabelledSet]] | None = None,
    points: int | None = None,
) -> list[Floats]:
    """Return P(RIR = 0 … 60) after each report of each set: (reports, 61); reports of an earlier set count as none.

    Without `earlier` nothing is known of the lifter, else the earlier sets of each set's lifter, with what was called.

    >>> from lab.accuracy.wide.lifters import wide_lifters
    >>> [sets] = wide_lifters("home", "bench_press", count=1, sets_each=3, seed=1, last_to_failure=True)
    >>> [posterior] = wide_posteriors("home", sets[-1:], [sets[:-1]], points=50)
    >>> posterior.shape == (len(sets[-1].reps), 61), float(posterior[-1].sum().round(9))
    (True, 1.0)
    """
    before = earlier if earlier is not None else [()] * len(sets)
    count = POINTS[family] if points is None else points
    return [_judge(family, lifted_set, own, count) for lifted_set, own in zip(sets, before, strict=True)]


def _judge(family: str, lifted_set: LabelledSet, earlier: Sequence[LabelledSet], points: int) -> Floats:
    people = everybody(family, lifted_set.exercise, points)
    log_weight, travel = _learned(family, lifted_set.exercise, earlier, people)
    if earlier:
        # Few of everybody's points are like this lifter: others are drawn where those are, and weighed again.
        people, log_drawn = _alike(family, lifted_set.exercise, people, log_weight)
        log_weight, travel = _learned(family, lifted_set.exercise, earlier, people)
        log_weight -= log_drawn
    chosen = _likeliest(log_weight)
    people, log_weight = people.part(chosen), log_weight[chosen]
    rows = np.zeros((len(lifted_set.reps), RIR_MAX + 1))
    for index in range(len(lifted_set.reps)):
        # What comes before a long gap turns out to be an earlier set only later: until then it is this one.
        own = own_reports(lifted_set.reps[: index + 1])
        if index in own:
            rows[index] = _after([lifted_set.reps[at] for at in own], people, log_weight, travel)
        else:
            rows[index] = rows[index - 1]
    return rows


def _after(reports: Sequence[Observation], people: LifterPoints, log_weight: Floats, travel: Travel) -> Floats:
    """Return P(RIR = 0 … 60) after the last of these reports."""
    by_option: list[Floats] = []
    for option in assignments(reports, travel, under_way=True):
        evidence = people.log_evidence(_velocities(reports, option), goes_on(option.last - option.first))
        by_option.append(log_weight[:, None] + option.log_likelihood + evidence)
    posterior = np.zeros(RIR_MAX + 1)
    if not by_option:  # nothing that could be a rep: as many as ever are left
        posterior[RIR_MAX] = 1.0
        return posterior
    most = max(float(log_n.max()) for log_n in by_option)
    for log_n in by_option:
        by_reps = np.exp(log_n - most).sum(axis=0)  # N = done … 60
        posterior[: len(by_reps)] += by_reps
    normalised: Floats = posterior / posterior.sum()
    return normalised


def _velocities(reports: Sequence[Observation], option: ReportAssignment) -> Floats:
    return np.array([report.velocity_mps or _VELOCITY_MIN_MPS for report in reports[option.first : option.last]])


def _learned(family: str, exercise: str, earlier: Sequence[LabelledSet], people: LifterPoints) -> tuple[Floats, Travel]:
    """Return log weights of the lifters after earlier sets, and what is known of the travel."""
    log_weight = np.zeros(people.z.shape[1])
    travel = usual_travel(exercise)
    for lifted_set in earlier:
        reports = _of_one_arm(lifted_set)
        options = assignments(reports, travel)
        if not options:
            continue
        own = _log_of_set(lifted_set, reports, options, people)
        other = max(_log_as_other(family, lifted_set, reports, name) for name in EXERCISES if name != exercise)
        log_weight += np.logaddexp(
            np.log(1.0 - wide.WRONG_EXERCISE_SHARE) + own, np.log(wide.WRONG_EXERCISE_SHARE) + other
        )
        if float(np.logaddexp.reduce(own)) - np.log(len(own)) > other:
            travel = travel_after(travel, reports, max(options, key=lambda option: option.log_likelihood))
    return log_weight - np.logaddexp.reduce(log_weight), travel


def _log_of_set(
    lifted_set: LabelledSet, reports: Sequence[Observation], options: Sequence[ReportAssignment], people: LifterPoints
) -> Floats:
    """Return the log likelihood of a whole set, with its end and what was called, for each lifter."""
    parts = []
    for option in options:
        done = option.last - option.first
        # Words are of the arm that ended.
        course = (
            ended(done)
            if ARMS_CHANGED in lifted_set.faults
            else ended(done, failed=lifted_set.failed, called=lifted_set.reported_rir)
        )
        by_reps = people.log_evidence(_velocities(reports, option), course)
        parts.append(option.log_likelihood + np.logaddexp.reduce(by_reps, axis=1))
    total: Floats = np.logaddexp.reduce(parts, axis=0)
    return total


def _of_one_arm(lifted_set: LabelledSet) -> list[Observation]:
    """Return the reports of a set that may be its reps, up to where another arm goes on."""
    own = own_reports(lifted_set.reps)
    if ARMS_CHANGED in lifted_set.faults:
        left = [rir for rir in lifted_set.truth if rir is not None]
        changes = next((index for index in range(1, len(left)) if left[index] != left[index - 1] - 1), len(left))
        reps = [index for index, rir in enumerate(lifted_set.truth) if rir is not None]
        own = [index for index in own if changes == len(left) or index < reps[changes]]
    return [lifted_set.reps[index] for index in own]


def _log_as_other(family: str, lifted_set: LabelledSet, reports: Sequence[Observation], exercise: str) -> float:
    """Return the log likelihood of a set as one of another exercise, of whose lifter nothing is known."""
    options = assignments(reports, usual_travel(exercise))
    if not options:
        return -np.inf
    people = everybody(family, exercise, _FEW_POINTS)
    return float(np.logaddexp.reduce(_log_of_set(lifted_set, reports, options, people))) - float(np.log(_FEW_POINTS))


def _alike(family: str, exercise: str, people: LifterPoints, log_weight: Floats) -> tuple[LifterPoints, Floats]:
    """Return points about those with weight, and the log of how much likelier each is drawn than in the population."""
    weight = np.exp(log_weight - np.logaddexp.reduce(log_weight))
    mean = people.z @ weight
    off = people.z - mean[:, None]
    spread = np.linalg.cholesky(_WIDER * (weight * off) @ off.T + _LEAST_VARIANCE * np.eye(len(mean)))
    even = even_normals(people.z.shape[1])
    z = mean[:, None] + spread @ even
    log_drawn = 0.5 * ((z**2).sum(axis=0) - (even**2).sum(axis=0)) - float(np.log(np.diag(spread)).sum())
    return lifters_at(family, exercise, z), log_drawn


def _likeliest(log_weight: Floats) -> Whole:
    """Return the lifters that hold all but a negligible part of the weight."""
    order = np.argsort(-log_weight, kind="stable")
    held = np.cumsum(np.exp(log_weight[order] - np.logaddexp.reduce(log_weight)))
    return order[: int(np.searchsorted(held, 1.0 - _LEFT_OUT)) + 1]
