"""The state of one set after the reps so far, and how its next rep, a velocity or a time, updates the posterior."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf
from types import MappingProxyType
from typing import Self

from spotter_detector.model.eccentric import EccentricTrend, eccentric_time_s
from spotter_detector.model.flags import Verdict, is_jump
from spotter_detector.model.kalman_update import UNSEEN
from spotter_detector.model.prior import Prior
from spotter_detector.model.records import Observation
from spotter_detector.model.tempo import CapacityBound, is_held
from spotter_detector.model.timing import (
    REFERENCE_REPS,
    PaceKind,
    in_units_of_reference,
    pace_cv,
    prior_for_kind,
    travel_m,
)

# Module names: looking a member up through its enum class takes ten times as long (measured).
_RATIO, _PEAK_RATIO, _CONCENTRIC, _CYCLE = PaceKind.RATIO, PaceKind.PEAK_RATIO, PaceKind.CONCENTRIC, PaceKind.CYCLE
# The rep before a failed attempt is at most this many sds over the velocity at failure (design choice).
_NEAR_SDS = 2.2
# No device measures velocity better than this, whatever it reports (design choice).
SENSOR_SD_MIN_MPS = 0.005
# The first rep of a curve is a little slow and scatters more, as lifters find their groove with it: so it is the
# fastest of the set in only 37 % (bench press, García-Ramos 2021).
_FIRST_REP_SHARE = 0.95
_FIRST_REP_CV = 0.06
NO_VERDICTS: Mapping[int, Verdict] = MappingProxyType({})


class SetState:
    """What is kept of a set, and how its next rep is measured.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> state = SetState(prior)
    >>> state.progress, round(state.near_mps, 3)
    (0, 0.279)
    >>> state.velocity_of(Observation(1, 0.0, 0.52, None, 0.42, None))
    0.52
    """

    def __init__(
        self,
        prior: Prior,
        kind: PaceKind = PaceKind.VELOCITY,
        verdicts: Mapping[int, Verdict] = NO_VERDICTS,
        other: str | None = None,
        sides: tuple[int, float] | None = None,
        usual_m: float | None = None,
        roms_m: tuple[float, ...] = (),
        changes: frozenset[int] = frozenset(),
    ) -> None:
        self.prior = prior
        self.kind = kind
        self.curve_prior = prior if kind is PaceKind.VELOCITY else prior_for_kind(prior, kind)
        self.by_reference = kind is not PaceKind.VELOCITY and in_units_of_reference(prior, kind)
        # Population values are of mean velocity; a learned profile may be of another metric.
        self.own_metric = prior.velocity_metric if prior.learned_sets else "mean"
        # A rep as slow as this may be a last one.
        self.near_mps = prior.v_last_mean_mps + _NEAR_SDS * (prior.v_last_sd_mps**2 + prior.sensor_sd_mps**2) ** 0.5
        # Noise of a single rep: the sensor's variance, the squared coefficient of variation.
        self.noise = (max(prior.sensor_sd_mps, SENSOR_SD_MIN_MPS) ** 2, pace_cv(prior, kind) ** 2)
        # Revised verdicts by index of the report; never modified, since forks share it.
        self.verdicts = verdicts
        # If left and right alternate: the parity of the stronger side's reps, and how many times as fast they are.
        self.sides = sides
        # Travel of all reports, and that of the set, by which all are classified; None: they are alike. A report within
        # the limits is like them.
        self.usual_m = usual_m
        self.roms_m = roms_m
        self.rom_least_m, self.rom_most_m = 0.0, inf
        # Where another arm or leg goes on: indices of reports; and whether the last rep looks like the first of it.
        self.changes = changes
        self.may_change = False
        self.velocities_mps: tuple[float, ...] = ()
        self.reclassified: Mapping[int, Verdict] = NO_VERDICTS
        # The set so far.
        self.last: Observation | None = None
        self.last_verdict: Verdict | None = None
        self.before_last_mps: float | None = None
        self.helped = 0
        self.valid = 0
        self.with_velocity = 0
        self.with_other = 0
        self.with_duration = 0
        self.other_metric = other
        self.last_end_s: float | None = None
        self.last_load_kg: float | None = None
        self.last_velocity_mps: float | None = None
        self.last_metric = "mean"
        self.fastest_s: float | None = None
        self.waits_s: tuple[float, ...] = ()
        self.inners_s: tuple[float, ...] = ()
        self.first_velocity_mps: float | None = None
        self.reference_mps: float | None = None
        self.reference_rep: int | None = None
        # The newest rep.
        self.flags: list[str] = []  # a new list for each rep, never shared with a fork
        self.velocity_loss: float | None = None
        self.jumped = False
        self.curve_count = 0
        self._begin_curve()

    def _begin_curve(self) -> None:
        self.curve_count += 1
        self.progress = 0
        self.assisted = 0
        self.measured = 0
        self.reference_pace = 1.0
        self.eccentrics: tuple[tuple[int, float], ...] = ()
        self.curve: tuple[FilterStep, ...] = ()
        self.last_pace: float | None = None
        self.holds_tempo = True
        self.tempo_paces: tuple[float, ...] = ()
        self.bound: CapacityBound | None = None

    def fork(self) -> Self:
        """Return an independent copy; all values are immutable but `flags`, which is replaced and not modified."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        return other

    def eccentric_trend(self) -> EccentricTrend:
        """Return what is learned of the times of the way down."""
        of = self.curve_prior
        return EccentricTrend(of.eccentric_growth or 0.0, of.eccentric_growth_sd or 1.0, of.eccentric_scatter or 1.0)

    def bound_in_units(self) -> CapacityBound | None:
        """Return the newest bound on capacity of a set at a tempo, in the posterior's units."""
        bound = self.bound
        if bound is None or not self.by_reference:
            return bound
        pace, variance = bound.pace / self.reference_pace, bound.sensor_variance / self.reference_pace**2
        return CapacityBound(pace, bound.progress, variance, bound.cv_squared)

    def velocity_of(self, rep: Observation) -> float | None:
        """Return the rep's velocity, if it is in the metric of the set."""
        by_ratio = self.kind is _RATIO or self.kind is _PEAK_RATIO
        return rep.velocity_mps if rep.metric == (self.other_metric if by_ratio else self.own_metric) else None

    def measure(self, rep: Observation, velocity_mps: float | None, cycle_s: float | None) -> FilterStep:
        """Return the rep as a filter step, in its own units."""
        sensor_variance = 0.0
        if self.curve_prior.eccentric_growth is not None:
            eccentric_s = eccentric_time_s(rep)
            if eccentric_s is not None:
                self.eccentrics += ((self.progress, eccentric_s),)
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
                pace /= _FIRST_REP_SHARE
                sensor_variance /= _FIRST_REP_SHARE**2
        if self.prior.tempo and self.holds_tempo:
            if is_held(pace, self.tempo_paces):
                self.bound = CapacityBound(pace, self.progress, sensor_variance, cv_squared)
                self.tempo_paces = (*self.tempo_paces, pace)[:REFERENCE_REPS]
                sensor_variance = UNSEEN
            else:
                self.holds_tempo = False
        return FilterStep(pace, sensor_variance, cv_squared, self.progress)

    def emit(self, step: FilterStep) -> list[FilterStep]:
        """Return the steps for the posterior, in its units."""
        if not self.by_reference:
            return [step]
        if self.measured >= REFERENCE_REPS:
            return [step.in_units(self.reference_pace)]
        self.curve += (step,)
        if step.pace == 0.0:
            return [step.in_units(self.reference_pace)]
        self.measured += 1
        if self.measured > 1 and step.pace <= self.reference_pace:
            return [step.in_units(self.reference_pace)]
        # A new reference: emit the earlier reps of the curve again.
        self.reference_pace = step.pace
        return [earlier.in_units(self.reference_pace) for earlier in self.curve]


@dataclass(slots=True)
class FilterStep:
    """How one rep updates the posterior.

    Attributes
    ----------
    pace, sensor_variance, cv_squared : float
        The observation and its noise, m/s or units of the reference.
    progress : int
        Reps done in the curve, 1 … `PROGRESS_MAX`.
    restarts_from : (Prior, PaceKind) or None
        The posterior starts again before this rep, from the prior of these values and this kind.
    information : float
        Share of the information left before this rep; 1 except after a pause.
    fades_to : (Prior, PaceKind) or None
        The prior that the posterior fades to.
    failed : float
        Bayes factor for no further rep being possible, if an attempt at one failed; else 0.
    called_rir : float or None
        Reps in reserve that the lifter reported after this rep.
    """

    pace: float
    sensor_variance: float
    cv_squared: float
    progress: int
    restarts_from: tuple[Prior, PaceKind] | None = None
    information: float = 1.0
    failed: float = 0.0
    called_rir: float | None = None
    fades_to: tuple[Prior, PaceKind] | None = None

    def in_units(self, unit: float) -> FilterStep:
        """Return the step with paces in units of the reference.

        >>> FilterStep(0.4, 0.0025, 0.01, progress=3).in_units(0.5).pace
        0.8
        """
        return replace(self, pace=self.pace / unit, sensor_variance=self.sensor_variance / (unit * unit))
