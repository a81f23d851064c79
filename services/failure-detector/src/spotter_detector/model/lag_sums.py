"""What each rep of a set measures, in the units that the set is judged in: its velocity, its duration or its cycle."""

from __future__ import annotations

from spotter_detector.model.flags import Verdict, is_jump
from spotter_detector.model.kalman_update import UNSEEN
from spotter_detector.model.records import Observation
from spotter_detector.model.set_state import SENSOR_SD_MIN_MPS, SetState
from spotter_detector.model.steps import FilterStep
from spotter_detector.model.tempo import CapacityBound, is_held
from spotter_detector.model.timing import REFERENCE_REPS, PaceKind, travel_m

# By names of their own: found through its class, a member of an enum costs ten times as much (measured).
_RATIO, _PEAK_RATIO, _CONCENTRIC, _CYCLE = PaceKind.RATIO, PaceKind.PEAK_RATIO, PaceKind.CONCENTRIC, PaceKind.CYCLE
# The first rep of a curve is a little slow and scatters more: lifters find their groove with it. So it is the fastest of
# the set in 37 % only (bench press, García-Ramos 2021).
FIRST_REP_SHARE = 0.95
_FIRST_REP_CV = 0.06


class Measuring(SetState):
    """Where a set stands, and how its next rep is read.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> Measuring(prior).velocity_of(Observation(1, 0.0, 0.52, None, 0.42, None))
    0.52
    """

    __slots__ = ()

    def bound_in_units(self) -> CapacityBound | None:
        """The newest bound on capacity of a set at a tempo, in the posterior's units."""
        bound = self.bound
        if bound is None or not self.by_reference:
            return bound
        return CapacityBound(
            bound.pace / self.unit, bound.progress, bound.sensor_variance / self.unit**2, bound.cv_squared
        )

    def velocity_of(self, rep: Observation) -> float | None:
        """The rep's velocity, if it is in the metric that the set is judged in."""
        by_ratio = self.kind is _RATIO or self.kind is _PEAK_RATIO
        return rep.velocity_mps if rep.metric == (self.other_metric if by_ratio else self.own_metric) else None

    def measure(self, rep: Observation, velocity_mps: float | None, cycle_s: float | None) -> FilterStep:
        """The rep as an observation, in its own units."""
        sensor_variance = 0.0
        pace: float | None = None
        if self.kind is _CONCENTRIC:
            if rep.duration_s is not None and self.last_verdict is not Verdict.SLOW:
                pace = travel_m(self.prior) / rep.duration_s
        elif self.kind is _CYCLE:
            pace = None if cycle_s is None else 1.0 / cycle_s
        else:
            pace = velocity_mps
            sensor_variance = self.noise[0]
            if rep.velocity_sd_mps is not None:
                sensor_variance = max(rep.velocity_sd_mps, SENSOR_SD_MIN_MPS) ** 2
        if pace is None:
            return FilterStep(0.0, UNSEEN, 0.0, self.progress)
        self.jumped = self.last_pace is not None and is_jump(pace, self.last_pace)
        self.last_pace = pace
        cv_squared = self.noise[1]
        if self.progress == 1:
            cv_squared += _FIRST_REP_CV**2
            if not self.by_reference:
                pace /= FIRST_REP_SHARE
                sensor_variance /= FIRST_REP_SHARE**2
        if self.prior.tempo and self.held:
            if is_held(pace, self.held_paces):
                self.bound = CapacityBound(pace, self.progress, sensor_variance, cv_squared)
                self.held_paces = (*self.held_paces, pace)[:REFERENCE_REPS]
                sensor_variance = UNSEEN
            else:
                self.held = False
        return FilterStep(pace, sensor_variance, cv_squared, self.progress)

    def emit(self, step: FilterStep) -> list[FilterStep]:
        """The steps for the posterior, in its units."""
        if not self.by_reference:
            return [step]
        if self.measured >= REFERENCE_REPS:
            return [step.in_units(self.unit)]
        self.curve += (step,)
        if step.pace == 0.0:
            return [step.in_units(self.unit)]
        self.measured += 1
        if self.measured > 1 and step.pace <= self.unit:
            return [step.in_units(self.unit)]
        # Another reference: the earlier reps of the curve are read anew.
        self.unit = step.pace
        return [earlier.in_units(self.unit) for earlier in self.curve]
