"""The within-set filter: from starting values and observed reps to how many are left.

The posterior over reps possible is a pure function of a set's starting values and its reps. Sets are independent, so
they are updated side by side: one pass over the arrays takes one rep of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from failure_detector.model import flags
from failure_detector.model.cache import Entry, PosteriorCache
from failure_detector.model.confidence import confidence_of
from failure_detector.model.course import Course
from failure_detector.model.failed_attempt import end_here
from failure_detector.model.grid import CELLS, LOG_WEIGHT, PLANES, VAR_DROP, VAR_V1, Floats, velocity_prior
from failure_detector.model.records import RepEstimate, Request
from failure_detector.model.start import Start
from failure_detector.model.steps import Step
from failure_detector.model.summary import summarise
from failure_detector.model.tempo import Bound, log_could_hold
from failure_detector.model.timing import Kind, prior_of
from failure_detector.model.update import Workspace, update

# Sets that are updated side by side: few enough that their arrays stay in a core's cache (measured).
_SIDE_BY_SIDE = 64
_OUTLIER_PROBABILITY = 0.5


@dataclass(slots=True)
class _Answer:
    """An estimate that waits for its posterior: all of it that the course knows."""

    after_steps: int
    kind: Kind
    progress: int
    tempo_held: bool
    bound: Bound | None
    flags: list[str]
    may_be_outlier: bool
    velocity_loss: float | None
    reference_mps: float | None
    reference_rep: int | None


@dataclass(slots=True)
class _Run:
    """One request on its way: the steps still to take and the answers to give on the way."""

    request: Request
    course: Course
    planes: Floats | None
    steps: list[Step]
    answers: list[_Answer]
    estimates: list[RepEstimate]


class Filter:
    """Estimates for sets, many at once.

    It holds only a cache of posteriors (the `cache_size` used last, about 9 kB each) and buffers: answers never depend on
    what was asked before, on what is asked beside, or on the order. For one thread at a time.

    >>> from failure_detector.model import Observation, starting_values
    >>> start = starting_values("bench_press", pct_1rm=75, planned_reps=None, target_rir=None, tempo=False)
    >>> velocities_mps = (0.52, 0.51, 0.49, 0.46, 0.44, 0.40, 0.37, 0.33, 0.27, 0.21)
    >>> reps = tuple(Observation(n + 1, 2.8 * n, v, None, None, None) for n, v in enumerate(velocities_mps))
    >>> [estimates] = Filter().run([Request(start, reps, first=0)])
    >>> for n in (0, 4, 7, 9):
    ...     e = estimates[n]
    ...     print(n + 1, e.velocity_loss, e.rir, (e.rir_low, e.rir_high), e.p_next_fails, e.confidence)
    1 0.0 10.86 (6.75, 17.08) 0.0 low
    5 0.1538 8.14 (5.04, 12.9) 0.0 low
    8 0.3654 4.69 (2.69, 7.48) 0.0003 medium
    10 0.5962 1.48 (0.17, 3.17) 0.15 high
    """

    def __init__(self, cache_size: int = 4096) -> None:
        self._cache = PosteriorCache(cache_size)
        self._work = Workspace(_SIDE_BY_SIDE)
        self._planes: Floats = np.zeros((PLANES, _SIDE_BY_SIDE, CELLS))

    def run(self, requests: Sequence[Request]) -> list[list[RepEstimate]]:
        """Estimates for each request: one for every rep from `first` on, in their order.

        Raises
        ------
        ValueError
            Where a request's `first` is negative.
        """
        runs = [self._begin(request) for request in requests]
        # Longest first: the sets that still have a step are always the first ones of a block.
        waiting = sorted((run for run in runs if run.steps), key=lambda run: -len(run.steps))
        for begin in range(0, len(waiting), _SIDE_BY_SIDE):
            self._go(waiting[begin : begin + _SIDE_BY_SIDE])
        return [run.estimates for run in runs]

    def _begin(self, request: Request) -> _Run:
        observations, first = request.observations, request.first
        if first < 0:
            raise ValueError(f"first must be 0 or more, not {first}")
        if first >= len(observations):
            return _Run(request, Course(request.start), None, [], [], [])
        entry = self._cache.find(request.start, observations, first)
        if entry is None:
            known, course, planes = 0, Course(request.start), None
        else:
            known, course, planes = len(entry.observations), entry.course.fork(), entry.planes
        steps: list[Step] = []
        answers: list[_Answer] = []
        for count in range(known + 1, len(observations) + 1):
            course, added = course.take(observations[:count])
            steps += added
            if count > first:
                answers.append(
                    _Answer(
                        len(steps),
                        course.kind,
                        course.progress,
                        course.held,
                        course.bound_in_units(),
                        course.flags,
                        course.jumped,
                        course.velocity_loss,
                        course.reference_mps,
                        course.reference_rep,
                    )
                )
        return _Run(request, course, planes, steps, answers, [])

    def _go(self, runs: list[_Run]) -> None:
        """Take all the steps of a block of runs, longest first, and give their answers."""
        for row, run in enumerate(runs):
            if run.planes is not None:
                self._planes[:, row] = run.planes
        active = len(runs)
        for taken in range(len(runs[0].steps)):
            while len(runs[active - 1].steps) <= taken:
                active -= 1
            self._step(runs[:active], taken)
        for row, run in enumerate(runs):
            planes = self._planes[:, row].copy()
            self._cache.keep(Entry(run.request.start, run.request.observations, run.course, planes))

    def _step(self, runs: list[_Run], taken: int) -> None:
        planes = [plane[: len(runs)] for plane in self._planes]
        steps = [run.steps[taken] for run in runs]
        for row, step in enumerate(steps):
            if step.prior is not None:
                self._planes[:, row] = prior_of(runs[row].request.start, step.prior)
            elif step.information < 1.0:
                _fade(self._planes[:, row], step.information, runs[row].request.start)
        figures = np.array([(step.pace, step.sensor_variance, step.cv_squared) for step in steps])
        progress = np.array([step.progress for step in steps], dtype=np.intp)
        update(planes, progress, figures[:, 0:1], figures[:, 1:2], figures[:, 2:3], self._work)
        for row, step in enumerate(steps):
            if step.failed:
                end_here(self._planes[:, row], step.progress)
        rows = [row for row, run in enumerate(runs) if run.answers[len(run.estimates)].after_steps == taken + 1]
        if rows:
            self._answer(runs, rows, planes, progress)

    def _answer(self, runs: list[_Run], rows: list[int], planes: list[Floats], progress: NDArray[np.intp]) -> None:
        log_weight, inlier = planes[LOG_WEIGHT], self._work.inlier(len(runs))
        answers = [runs[row].answers[len(runs[row].estimates)] for row in rows]
        if len(rows) < len(runs):
            log_weight, inlier, progress = log_weight[rows], inlier[rows], progress[rows]
        if any(answer.bound is not None for answer in answers):
            log_weight = log_weight.copy()
            for place, (row, answer) in enumerate(zip(rows, answers, strict=True)):
                if answer.bound is not None:
                    log_weight[place] += log_could_hold(self._planes[:, row], answer.bound)
        summary = summarise(log_weight, inlier, progress)
        quantiles, p_rir_le = summary.quantiles.tolist(), summary.p_rir_le.tolist()
        for place, (row, answer) in enumerate(zip(rows, answers, strict=True)):
            run = runs[row]
            is_outlier = answer.may_be_outlier and bool(summary.p_outlier[place] > _OUTLIER_PROBABILITY)
            run.estimates.append(_estimate(run.request.start, answer, quantiles[place], p_rir_le[place], is_outlier))


def _fade(planes: Floats, information: float, start: Start) -> None:
    """Let a posterior, (6, 180), forget: its precision falls to a share, its weights go back towards the prior's."""
    planes[VAR_V1 : VAR_DROP + 1] /= information
    planes[LOG_WEIGHT] *= information
    planes[LOG_WEIGHT] += (1.0 - information) * velocity_prior(start)[LOG_WEIGHT]


def _estimate(
    start: Start, answer: _Answer, quantiles: list[float], p_rir_le: list[float], is_outlier: bool
) -> RepEstimate:
    low, rir, high = quantiles
    words = {*answer.flags, flags.OUTLIER} if is_outlier else answer.flags
    loss, reference_mps = answer.velocity_loss, answer.reference_mps
    return RepEstimate(
        None if loss is None else round(loss, 4),
        None if reference_mps is None else round(reference_mps, 4),
        answer.reference_rep,
        rir,
        low,
        high,
        tuple(p_rir_le),
        p_rir_le[0],
        round(answer.progress / (answer.progress + rir), 4),
        "tempo" if start.tempo else answer.kind.mode,
        confidence_of(
            start,
            answer.kind,
            tempo_held=answer.tempo_held,
            progress=answer.progress,
            rir_low=low,
            rir_high=high,
        ),
        tuple(sorted(words)) if words else (),
    )
