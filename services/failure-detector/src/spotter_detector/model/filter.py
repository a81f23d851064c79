"""The within-set filter: from a prior and observed reps to how many are left.

The posterior over reps possible is a pure function of a set's prior and its reps. Sets are independent, so they are
updated side by side: one pass over the arrays processes one rep of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from spotter_detector.model import eccentric, flags
from spotter_detector.model.cache import CachedPosterior, PosteriorCache
from spotter_detector.model.grid import (
    CELLS,
    CURVES,
    LOG_WEIGHT,
    PLANES,
    VAR_DROP,
    VAR_V1,
    Floats,
    Indices,
    curve_offsets,
)
from spotter_detector.model.kalman_update import Workspace, update
from spotter_detector.model.plans import first_rep, plan_of
from spotter_detector.model.prior import Prior
from spotter_detector.model.records import RepEstimate, Request
from spotter_detector.model.results import estimate_of, placed, placed_distribution
from spotter_detector.model.set_end import apply_failed_attempt, apply_likelihood
from spotter_detector.model.set_start import AlikeReports, alike_reports
from spotter_detector.model.set_state import FilterStep
from spotter_detector.model.set_tracker import SetTracker
from spotter_detector.model.strands import Strands
from spotter_detector.model.summary import p_outlier, reps_in_reserve, summarise
from spotter_detector.model.tempo import log_capacity_over
from spotter_detector.model.timing import PaceKind, prior_planes

# Sets that are updated side by side: few enough that their arrays stay in a core's cache (measured).
_SIDE_BY_SIDE = 96
_OUTLIER_PROBABILITY = 0.5
_NO_CURVES: Indices = np.zeros(CURVES, dtype=np.intp)
_curves_of = lru_cache(maxsize=4096)(curve_offsets)


@dataclass(slots=True)
class _Run:
    """One request in progress: its steps, and after how many of them an estimate is due from which tracker state."""

    request: Request
    alike: AlikeReports | None
    tracker: SetTracker
    planes: Floats | None
    curves: Indices
    steps: list[FilterStep]
    due: list[tuple[int, SetTracker]]
    estimates: list[RepEstimate]
    distributions: list[Floats] | None = None

    @property
    def trackers(self) -> list[SetTracker]:
        """The state of the set at each estimate."""
        return [tracker for _, tracker in self.due]


@dataclass(frozen=True, slots=True)
class Posterior:
    """The posterior after the first curve of one set: up to another load, or a pause of over a minute.

    `planes` (6, 180) as in `grid`, by the curves of `curve_prior`; measured by `kind`; `progress` reps done in the
    curve; `reports` are in it; `flags` of each report of the set as classified when it arrived.
    """

    planes: Floats
    curve_prior: Prior
    kind: PaceKind
    progress: int
    reports: int
    flags: tuple[tuple[str, ...], ...]


class Filter:
    """Estimates for sets, many at once.

    It has only a cache of posteriors (the `cache_size` most recently used, about 9 kB each) and buffers: results never
    depend on earlier requests, on others in the same call, or on their order. Not thread-safe.

    >>> from spotter_detector.model import Observation, build_prior
    >>> prior = build_prior("bench_press", pct_1rm=75, planned_reps=None, target_rir=None, tempo=False)
    >>> velocities_mps = (0.52, 0.51, 0.49, 0.46, 0.44, 0.40, 0.37, 0.33, 0.27, 0.21)
    >>> reps = tuple(Observation(n + 1, 2.8 * n, v, None, None, None) for n, v in enumerate(velocities_mps))
    >>> [estimates] = Filter().run([Request(prior, reps, first=0)])
    >>> for n in (0, 4, 7, 9):
    ...     e = estimates[n]
    ...     print(n + 1, e.velocity_loss, e.rir, (e.rir_low, e.rir_high), e.p_next_fails, e.confidence)
    1 0.0 11.07 (7.0, 17.13) 0.0 low
    5 0.1538 7.69 (4.72, 12.39) 0.0 low
    8 0.3654 4.62 (2.65, 7.39) 0.0006 medium
    10 0.5962 1.71 (0.33, 3.36) 0.1198 medium
    """

    def __init__(self, cache_size: int = 4096) -> None:
        self._cache = PosteriorCache(cache_size)
        self._work = Workspace(_SIDE_BY_SIDE)
        self._planes: Floats = np.zeros((PLANES, _SIDE_BY_SIDE, CELLS))
        self._of_row: list[Floats] = [self._planes[:, row] for row in range(_SIDE_BY_SIDE)]
        self._curves: Indices = np.zeros((_SIDE_BY_SIDE, CURVES), dtype=np.intp)

    def run(self, requests: Sequence[Request]) -> list[list[RepEstimate]]:
        """Return the estimates of each request: one for every rep from `first` on, in order.

        Raises ValueError if a request's `first` is negative.
        """
        plans, begun = self._begin_all(requests)
        self._advance_all(begun)
        runs = iter(begun)
        answers: list[list[RepEstimate]] = []
        for request, plan in zip(requests, plans, strict=True):
            if plan is None:
                answers.append(next(runs).estimates)
                continue
            parts = [next(runs) for _ in plan.requests]
            answers.append([placed(request.prior, parts, source) for source in plan.sources])
        return answers

    def distributions(self, requests: Sequence[Request]) -> list[list[Floats]]:
        """Return the probabilities of 0, 1, … 59 reps in reserve, (60,), for each estimate of `run`.

        >>> from spotter_detector.model import Observation, build_prior
        >>> prior = build_prior("bench_press", pct_1rm=75, planned_reps=None, target_rir=None, tempo=False)
        >>> request = Request(prior, (Observation(1, 0.0, 0.52, None, None, None),), first=0)
        >>> [[after_one]] = Filter().distributions([request])
        >>> after_one.shape, round(float(after_one.sum()), 6), int(after_one.argmax())
        ((60,), 1.0, 10)
        """
        plans, begun = self._begin_all(requests)
        for run in begun:
            run.distributions = []
        self._advance_all(begun)
        runs = iter(begun)
        answers: list[list[Floats]] = []
        for request, plan in zip(requests, plans, strict=True):
            parts = [next(runs) for _ in ((request,) if plan is None else plan.requests)]
            answers.append(
                parts[0].distributions or []
                if plan is None
                else [placed_distribution(request.prior, parts, source) for source in plan.sources]
            )
        return answers

    def posteriors(self, requests: Sequence[Request]) -> list[Posterior]:
        """Return the posteriors after the first curve of sets with at least one rep each, all of one strand.

        >>> from spotter_detector.model import Observation, build_prior
        >>> prior = build_prior("bench_press", pct_1rm=75, planned_reps=None, target_rir=None, tempo=False)
        >>> [posterior] = Filter().posteriors([Request(prior, (Observation(1, 0.0, 0.52, None, None, None),), first=0)])
        >>> posterior.planes.shape, posterior.progress, posterior.kind.label
        ((6, 180), 1, 'velocity')
        """
        begun = [_first_curve(request) for request in requests]
        self._advance_all([run for run, _, _ in begun])
        return [
            Posterior(
                run.planes,
                run.tracker.curve_prior,
                run.tracker.kind,
                run.tracker.progress,
                len(rep_flags) - reports_later,
                rep_flags,
            )
            for run, rep_flags, reports_later in begun
            if run.planes is not None
        ]

    def _begin_all(self, requests: Sequence[Request]) -> tuple[list[Strands | None], list[_Run]]:
        """Return the plan of each request, and the runs of the requests that all are answered from, in order."""
        plans: list[Strands | None] = []
        runs: list[_Run] = []
        for request in requests:
            prior, observations, first = request.prior, request.observations, request.first
            if first < 0:
                raise ValueError(f"first must be 0 or more, not {first}")
            entry = self._cache.find(prior, observations, first)
            # Most sets need no plan: only what is new in them has to be looked at.
            alike = alike_reports(prior, observations, None if entry is None else entry.alike)
            plan = None if request.before is None and alike.count == len(observations) else plan_of(request)
            plans.append(plan)
            if plan is None:
                runs.append(_begin(request, entry, alike if alike.count == len(observations) else None))
                continue
            parts = [
                _begin(part, self._cache.find(part.prior, part.observations, part.first), None)
                for part in plan.requests
            ]
            if plan.is_doubtful:
                for part in parts:
                    part.distributions = []
            runs += parts
        return plans, runs

    def _advance_all(self, runs: Sequence[_Run]) -> None:
        # Longest first: the sets that still have a step are always the first ones of a block.
        waiting = sorted((run for run in runs if run.steps), key=lambda run: -len(run.steps))
        for begin in range(0, len(waiting), _SIDE_BY_SIDE):
            self._advance(waiting[begin : begin + _SIDE_BY_SIDE])

    def _advance(self, runs: list[_Run]) -> None:
        """Apply all steps of a block of runs, longest first, and record their estimates."""
        for row, run in enumerate(runs):
            if run.planes is not None:
                self._of_row[row][...] = run.planes
                self._curves[row] = run.curves
        active = len(runs)
        for index in range(len(runs[0].steps)):
            while len(runs[active - 1].steps) <= index:
                active -= 1
            self._step(runs[:active], index)
        for row, run in enumerate(runs):
            run.planes = planes = self._of_row[row].copy()
            self._cache.keep(
                CachedPosterior(run.request.prior, run.request.observations, run.tracker, planes, run.curves, run.alike)
            )

    def _step(self, runs: list[_Run], index: int) -> None:
        planes = [plane[: len(runs)] for plane in self._planes]
        measures: list[float] = []
        reps_done: list[int] = []
        reported: list[tuple[int, FilterStep]] = []
        rows: list[int] = []
        for row, run in enumerate(runs):
            step = run.steps[index]
            if step.restarts_from is not None:
                curve_prior, kind = step.restarts_from
                self._of_row[row][...] = prior_planes(curve_prior, kind)
                run.curves = self._curves[row] = _curves_of(curve_prior)
            elif step.fades_to is not None:
                _fade(self._of_row[row], step.information, prior_planes(*step.fades_to))
            measures += (step.pace, step.sensor_variance, step.cv_squared)
            reps_done.append(step.progress)
            if step.failed or step.called_rir is not None:
                reported.append((row, step))
            if run.due[len(run.estimates)][0] == index + 1:
                rows.append(row)
        progress = np.array(reps_done, dtype=np.intp)
        columns = np.array(measures).reshape(-1, 3)
        update(
            planes, self._curves[: len(runs)], progress, columns[:, 0:1], columns[:, 1:2], columns[:, 2:3], self._work
        )
        for row, step in reported:
            if step.failed and step.progress:
                apply_failed_attempt(self._of_row[row], step.progress, step.failed)
            if step.called_rir is not None:
                apply_likelihood(self._of_row[row], step.called_rir, step.progress)
        if rows:
            self._record(runs, rows, planes[LOG_WEIGHT], progress)

    def _record(self, runs: list[_Run], rows: list[int], log_weight: Floats, progress: NDArray[np.intp]) -> None:
        trackers = [runs[row].due[len(runs[row].estimates)][1] for row in rows]
        if len(rows) < len(runs):
            log_weight, progress = log_weight[rows], progress[rows]
        if any(tracker.bound is not None or tracker.eccentrics for tracker in trackers):
            log_weight = log_weight.copy()
            for index, (row, tracker) in enumerate(zip(rows, trackers, strict=True)):
                bound = tracker.bound_in_units()
                if bound is not None:
                    log_weight[index] += log_capacity_over(self._of_row[row], self._curves[row], bound)
                if tracker.eccentrics:
                    trend = tracker.eccentric_trend()
                    log_weight[index] += eccentric.log_likelihood(self._curves[row], tracker.eccentrics, trend)
        summary = summarise(log_weight, progress)
        quantiles, p_rir_le = summary.quantiles.tolist(), summary.p_rir_le.tolist()
        inlier = self._work.inlier(len(runs))
        for index, (row, tracker) in enumerate(zip(rows, trackers, strict=True)):
            run = runs[row]
            if run.distributions is not None:
                run.distributions.append(reps_in_reserve(log_weight[index], tracker.progress))
            is_outlier = tracker.jumped and p_outlier(log_weight[index], inlier[row]) > _OUTLIER_PROBABILITY
            run.estimates.append(estimate_of(tracker, quantiles[index], p_rir_le[index], is_outlier))


def _begin(request: Request, entry: CachedPosterior | None, alike: AlikeReports | None) -> _Run:
    """Return the run of a request, from the cached posterior of its earlier reps where there is one."""
    observations, first = request.observations, request.first
    if first >= len(observations):
        return _Run(request, alike, SetTracker(request.prior), None, _NO_CURVES, [], [], [])
    if entry is None:
        done, tracker, planes, curves = 0, SetTracker(request.prior), None, _NO_CURVES
    else:
        done, tracker, planes = len(entry.observations), entry.tracker.fork(), entry.planes
        curves = entry.curves
    steps: list[FilterStep] = []
    due: list[tuple[int, SetTracker]] = []
    reps = len(observations)
    for count in range(done + 1, reps + 1):
        tracker, added = tracker.add(observations[:count])
        steps += added
        if count > first:
            # The next rep changes the tracker.
            due.append((len(steps), tracker if count == reps else tracker.fork()))
    return _Run(request, alike, tracker, planes, curves, steps, due, [])


def _first_curve(request: Request) -> tuple[_Run, tuple[tuple[str, ...], ...], int]:
    """Return the run of a set's first curve, the flags of all reports of the set, and how many come after it."""
    before = first_rep(request)
    observations = request.observations[before:]
    tracker = first = SetTracker(request.prior)
    steps: list[FilterStep] = []
    rep_flags: list[tuple[str, ...]] = [(flags.RERACK,)] * before
    reports = 0
    for count in range(1, len(observations) + 1):
        if tracker.curve_count == 1:
            first, reports = tracker.fork(), count - 1
        tracker, added = tracker.add(observations[:count])
        rep_flags.append(tuple(tracker.flags))
        if tracker.curve_count == 1:
            first, reports = tracker, count
            steps += added
    run = _Run(
        Request(request.prior, observations[:reports], reports - 1),
        None,
        first,
        None,
        _NO_CURVES,
        steps,
        [(len(steps), first)],
        [],
    )
    return run, tuple(rep_flags), len(observations) - reports


def _fade(planes: Floats, information: float, prior_planes: Floats) -> None:
    """Let a posterior, (6, 180), forget: scale its precision down and move its weights back towards the prior's."""
    planes[VAR_V1 : VAR_DROP + 1] /= information
    planes[LOG_WEIGHT] *= information
    planes[LOG_WEIGHT] += (1.0 - information) * prior_planes[LOG_WEIGHT]
