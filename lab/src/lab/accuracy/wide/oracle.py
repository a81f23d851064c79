"""The posterior under the wide world: all that can be known of reps left from the reports, nothing told of the load.

Exact but for what is said here: the loads of one session count as independent, the first velocity at given reps possible
as Gaussian, and a lifter's travel as that of the best assignment of each earlier set.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np

from lab.accuracy.answers import RIR_MAX, Floats, Whole
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation.parameters import EXERCISES, parameters
from lab.accuracy.wide import parameters as wide
from lab.accuracy.wide.assignments import ReportAssignment, Travel, assignments, own_reports, travel_after, usual_travel
from lab.accuracy.wide.endings import ended, reached
from lab.accuracy.wide.population import Population, even_normals, lifters_at, population
from spotter_detector.model import Observation

POINTS: Final = 400
_FEW_POINTS: Final = 100
_NEVER: Final = 1e-150
# The lifters judged by, of those learned: the likeliest that hold all but this much.
_LEFT_OUT: Final = 1e-4
# Of the points drawn about a lifter: wider than what is known of them, for its tails.
_WIDER: Final = 1.5
_LEAST_VARIANCE: Final = 0.02


def wide_posteriors(
    sets: Sequence[LabelledSet], earlier: Sequence[Sequence[LabelledSet]] | None = None, points: int = POINTS
) -> list[Floats]:
    """Return P(RIR = 0 … 60) after each report of each set: (reports, 61); reports of an earlier set count as none.

    Without `earlier` nothing is known of the lifter, else the earlier sets of each set's lifter, with what was called.

    >>> from lab.accuracy.wide.lifters import wide_lifters
    >>> [sets] = wide_lifters("bench_press", count=1, sets_each=3, seed=1)
    >>> [posterior] = wide_posteriors(sets[-1:], [sets[:-1]], points=50)
    >>> posterior.shape == (len(sets[-1].reps), 61), float(posterior[-1].sum().round(9))
    (True, 1.0)
    """
    before = earlier if earlier is not None else [()] * len(sets)
    return [_judge(lifted_set, own, points) for lifted_set, own in zip(sets, before, strict=True)]


def _judge(lifted_set: LabelledSet, earlier: Sequence[LabelledSet], points: int) -> Floats:
    everybody = population(lifted_set.exercise, points)
    log_weight, travel = _learned(lifted_set.exercise, earlier, everybody)
    if earlier:
        # Few of everybody's points are like this lifter: others are drawn where those are, and weighed again.
        everybody, log_drawn = _alike(lifted_set.exercise, everybody, log_weight, points)
        log_weight, travel = _learned(lifted_set.exercise, earlier, everybody)
        log_weight -= log_drawn
    chosen = _likeliest(log_weight)
    people, log_weight = everybody.part(chosen), log_weight[chosen]
    rows = np.zeros((len(lifted_set.reps), RIR_MAX + 1))
    for index in range(len(lifted_set.reps)):
        # What comes before a long gap turns out to be an earlier set only later: until then it is this one.
        own = own_reports(lifted_set.reps[: index + 1])
        if index in own:
            rows[index] = _after([lifted_set.reps[at] for at in own], people, log_weight, travel)
        else:
            rows[index] = rows[index - 1]
    return rows


def _after(reports: Sequence[Observation], people: Population, log_weight: Floats, travel: Travel) -> Floats:
    """Return P(RIR = 0 … 60) after the last of these reports."""
    by_option: list[Floats] = []
    for option in assignments(reports, travel):
        done = option.last - option.first
        course = ended(done) if option.put_down else reached(done)
        evidence = _log_evidence(reports, option, people, course)
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


def _log_evidence(
    reports: Sequence[Observation], option: ReportAssignment, people: Population, course: Floats
) -> Floats:
    """Return log P(N, velocities of the reps, course of the set) of each lifter, (p, N = done … 60).

    `course` (3, 60): the probability of the set's course, by kind of set and N.
    """
    velocities = np.array([report.velocity_mps or 0.02 for report in reports[option.first : option.last]])
    possible = slice(len(velocities) - 1, None)
    prior = np.einsum("kpn,kn->pn", people.mass[:, :, possible], course[:, possible])
    sums = _sums(velocities, people)
    ff, fl, ll, f, last = (part[:, possible][people.curve] for part in sums[:5])
    p1, p2 = 1.0 / people.v1_variance[:, possible], 1.0 / people.v_last_variance
    m1, m2 = people.v1_mps[:, possible], people.v_last_mps[:, None]
    a, b, c = p1 + ff, fl, p2 + ll
    h, g = p1 * m1 + f, p2 * m2 + last
    determinant = a * c - b * b
    quadratic = (c * h * h - 2.0 * b * h * g + a * g * g) / determinant - p1 * m1 * m1 - p2 * m2 * m2
    log_evidence: Floats = 0.5 * (quadratic + np.log(p1 * p2 * np.maximum(prior, _NEVER) ** 2 / determinant)) + sums[5]
    return log_evidence


def _sums(velocities: Floats, people: Population) -> tuple[Floats, Floats, Floats, Floats, Floats, float]:
    """Return sums over reps, by exponent and reps possible (5, 60), of their information on first and last velocity."""
    lifting = parameters().lifting
    done = len(velocities)
    used = _used(tuple(people.exponents.tolist()))[:, :, :done]
    share = np.ones(done)
    share[0] = lifting.first_share
    cv = np.full(done, lifting.cv)
    cv[0] = np.hypot(lifting.cv, lifting.first_cv)
    # Variation goes by the true velocity: in a run of reps the mean of neighbours tells it better than one report.
    smooth = np.convolve(np.pad(velocities, 1, mode="edge"), np.full(3, 1 / 3), mode="valid")
    weight = 1.0 / ((cv * smooth) ** 2 + parameters().device.sensor_sd ** 2)
    sooner, later = (1.0 - used) * share, used * share
    valued = weight * velocities
    constant = 0.5 * float(np.log(weight / (2.0 * np.pi)).sum()) - 0.5 * float((valued * velocities).sum())
    return (
        sooner**2 @ weight,
        (sooner * later) @ weight,
        later**2 @ weight,
        sooner @ valued,
        later @ valued,
        constant,
    )


@cache
def _used(exponents: tuple[float, ...]) -> Floats:
    """Return the share of the way to the last velocity at each rep, (5, N, rep); at one rep possible all of it."""
    reps_max = parameters().lifting.reps_max
    possible = np.arange(1.0, reps_max + 1)[:, None]
    ratio = np.clip((np.arange(1.0, reps_max + 1) - 1.0) / np.maximum(possible - 1.0, 1.0), 0.0, 1.0)
    ratio[0] = 1.0
    used: Floats = ratio ** np.array(exponents)[:, None, None]
    return used


def _learned(exercise: str, earlier: Sequence[LabelledSet], people: Population) -> tuple[Floats, Travel]:
    """Return log weights of the lifters after earlier sets, and what is known of the travel."""
    log_weight = np.zeros(len(people.scale))
    travel = usual_travel(exercise)
    for lifted_set in earlier:
        reports = [lifted_set.reps[index] for index in own_reports(lifted_set.reps)]
        options = assignments(reports, travel)
        if not options:
            continue
        own = _log_of_set(lifted_set, reports, options, people)
        other = max(_log_as_other(lifted_set, reports, name) for name in EXERCISES if name != exercise)
        log_weight += np.logaddexp(
            np.log(1.0 - wide.WRONG_EXERCISE_SHARE) + own, np.log(wide.WRONG_EXERCISE_SHARE) + other
        )
        if float(np.logaddexp.reduce(own)) - np.log(len(own)) > other:
            travel = travel_after(travel, reports, max(options, key=lambda option: option.log_likelihood))
    return log_weight - np.logaddexp.reduce(log_weight), travel


def _log_of_set(
    lifted_set: LabelledSet, reports: Sequence[Observation], options: Sequence[ReportAssignment], people: Population
) -> Floats:
    """Return the log likelihood of a whole set, with its end and what was called, for each lifter."""
    parts = []
    for option in options:
        course = ended(option.last - option.first, failed=lifted_set.failed, called=lifted_set.reported_rir)
        by_reps = _log_evidence(reports, option, people, course)
        parts.append(option.log_likelihood + np.logaddexp.reduce(by_reps, axis=1))
    total: Floats = np.logaddexp.reduce(parts, axis=0)
    return total


def _log_as_other(lifted_set: LabelledSet, reports: Sequence[Observation], exercise: str) -> float:
    """Return the log likelihood of a set as one of another exercise, of whose lifter nothing is known."""
    options = assignments(reports, usual_travel(exercise))
    if not options:
        return -np.inf
    return float(
        np.logaddexp.reduce(_log_of_set(lifted_set, reports, options, population(exercise, _FEW_POINTS)))
    ) - float(np.log(_FEW_POINTS))


def _alike(exercise: str, people: Population, log_weight: Floats, points: int) -> tuple[Population, Floats]:
    """Return points about those with weight, and the log of how much likelier each is drawn than in the population."""
    weight = np.exp(log_weight - np.logaddexp.reduce(log_weight))
    mean = people.z @ weight
    off = people.z - mean[:, None]
    spread = np.linalg.cholesky(_WIDER * (weight * off) @ off.T + _LEAST_VARIANCE * np.eye(len(mean)))
    even = even_normals(points)
    z = mean[:, None] + spread @ even
    log_drawn = 0.5 * ((z**2).sum(axis=0) - (even**2).sum(axis=0)) - float(np.log(np.diag(spread)).sum())
    return lifters_at(exercise, z), log_drawn


def _likeliest(log_weight: Floats) -> Whole:
    """Return the lifters that hold all but a negligible part of the weight."""
    order = np.argsort(-log_weight, kind="stable")
    held = np.cumsum(np.exp(log_weight[order] - np.logaddexp.reduce(log_weight)))
    return order[: int(np.searchsorted(held, 1.0 - _LEFT_OUT)) + 1]
