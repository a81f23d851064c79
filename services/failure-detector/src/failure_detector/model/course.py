"""The course of one set, rep by rep: which reps are done, what each is measured by, and what it is to the posterior.

A course is a pure function of the starting values and of the reps taken so far. It turns each rep into steps: what the
posterior is to be updated by. Where a rep changes how the earlier ones are to be read (another fastest of the first
three, velocities that begin after a few reps without), the steps start with a reset and go through them again.
"""

from __future__ import annotations

from collections.abc import Sequence

from failure_detector.model import flags
from failure_detector.model.flags import Verdict, is_beyond_reference, is_jump, is_slow_first, judge_travel
from failure_detector.model.grid import PROGRESS_MAX
from failure_detector.model.pauses import Gap, concentric_s, information_kept, judge_gap, reps_recovered
from failure_detector.model.records import Observation
from failure_detector.model.start import Start
from failure_detector.model.steps import Step
from failure_detector.model.tempo import Bound, is_held
from failure_detector.model.timing import REFERENCE_REPS, Kind, pace_cv
from failure_detector.model.update import UNSEEN

# The first rep of a curve scatters more: lifters find their groove with it.
_FIRST_REP_CV = 0.06
# No device knows a velocity better than this, whatever it says (design choice).
_SENSOR_SD_MIN_MPS = 0.005


class Course:
    """Where a set stands after the reps taken so far.

    >>> from failure_detector.model import starting_values
    >>> start = starting_values("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> velocities_mps = (0.48, 0.52, 0.47)
    >>> reps = [Observation(n + 1, 2.8 * n, v, None, 0.42, None) for n, v in enumerate(velocities_mps)]
    >>> course = Course(start)
    >>> for n in range(len(reps)):
    ...     course, steps = course.take(reps[: n + 1])
    ...     print(steps[0].progress, steps[0].pace, course.reference_rep, round(course.velocity_loss, 3), course.flags)
    1 0.48 1 0.0 []
    2 0.52 2 0.0 ['slow_first']
    3 0.47 2 0.096 []
    """

    __slots__ = (
        "bound",
        "curve",
        "fastest_s",
        "first_velocity_mps",
        "flags",
        "held",
        "held_paces",
        "intervals_s",
        "jumped",
        "kind",
        "last_end_s",
        "last_metric",
        "last_pace",
        "last_velocity_mps",
        "measured",
        "other_metric",
        "own_metric",
        "progress",
        "reference_mps",
        "reference_rep",
        "roms_m",
        "start",
        "unit",
        "valid",
        "velocity_loss",
        "with_duration",
        "with_other",
        "with_velocity",
    )

    def __init__(self, start: Start, kind: Kind = Kind.VELOCITY) -> None:
        self.start = start
        self.kind = kind
        # Cold values are of mean velocity; a learned profile may be of another metric.
        self.own_metric = start.velocity_metric if start.learned_sets else "mean"
        # The set so far.
        self.valid = 0
        self.with_velocity = 0
        self.with_other = 0
        self.with_duration = 0
        self.other_metric: str | None = None
        self.last_end_s: float | None = None
        self.last_velocity_mps: float | None = None
        self.last_metric = "mean"
        self.fastest_s: float | None = None
        self.intervals_s: tuple[float, ...] = ()
        self.roms_m: tuple[float, ...] = ()
        self.first_velocity_mps: float | None = None
        self.reference_mps: float | None = None
        self.reference_rep: int | None = None
        # The newest rep.
        self.flags: list[str] = []  # made anew for each rep, never shared with a fork
        self.velocity_loss: float | None = None
        self.jumped = False
        self._begin_curve()

    def _begin_curve(self) -> None:
        self.progress = 0
        self.measured = 0
        self.unit = 1.0
        self.curve: tuple[Step, ...] = ()
        self.last_pace: float | None = None
        self.held = True
        self.held_paces: tuple[float, ...] = ()
        self.bound: Bound | None = None

    def fork(self) -> Course:
        """A course of its own at the same place."""
        other = object.__new__(Course)
        # One by one: a loop over the slots takes four times as long, and this is done for every rep.
        other.start = self.start
        other.kind = self.kind
        other.own_metric = self.own_metric
        other.valid = self.valid
        other.with_velocity = self.with_velocity
        other.with_other = self.with_other
        other.with_duration = self.with_duration
        other.other_metric = self.other_metric
        other.last_end_s = self.last_end_s
        other.last_velocity_mps = self.last_velocity_mps
        other.last_metric = self.last_metric
        other.fastest_s = self.fastest_s
        other.intervals_s = self.intervals_s
        other.roms_m = self.roms_m
        other.first_velocity_mps = self.first_velocity_mps
        other.reference_mps = self.reference_mps
        other.reference_rep = self.reference_rep
        other.flags = self.flags
        other.velocity_loss = self.velocity_loss
        other.progress = self.progress
        other.measured = self.measured
        other.unit = self.unit
        other.last_pace = self.last_pace
        other.jumped = self.jumped
        other.curve = self.curve
        other.held = self.held
        other.held_paces = self.held_paces
        other.bound = self.bound
        return other

    def take(self, observations: Sequence[Observation]) -> tuple[Course, list[Step]]:
        """Take the last of `observations`, all before it being taken already.

        Returns the course to go on with, which is this one or a new one, and the steps for the posterior. A course
        changes while it takes a rep: fork it to keep it.
        """
        steps = self._add(observations[-1])
        kind = self._kind_of_most()
        if kind is self.kind:
            return self, steps
        again = Course(self.start, kind)
        again.other_metric = self.other_metric
        steps = []
        for observation in observations:
            added = again._add(observation)
            steps = added if added[0].prior else steps + added
        return again, steps

    def bound_in_units(self) -> Bound | None:
        """The newest bound on capacity of a set at a tempo, in the posterior's units."""
        bound = self.bound
        if bound is None or self.kind is Kind.VELOCITY:
            return bound
        return Bound(bound.pace / self.unit, bound.progress, bound.sensor_variance / self.unit**2, bound.cv_squared)

    def _kind_of_most(self) -> Kind:
        half = 0.5 * self.valid
        if self.with_velocity >= half:
            return Kind.VELOCITY
        if self.with_other >= half:
            return Kind.PEAK_RATIO if self.other_metric == "peak" else Kind.RATIO
        return Kind.CONCENTRIC if self.with_duration >= half else Kind.CYCLE

    def _add(self, rep: Observation) -> list[Step]:
        self.flags = []
        self.velocity_loss = None
        self.jumped = False
        velocity_mps = rep.velocity_mps
        if velocity_mps is not None and rep.metric != self.own_metric:
            self.flags.append(flags.METRIC)
        last_mps = self.last_velocity_mps if rep.metric == self.last_metric else None
        verdict = judge_travel(rep.rom_m, velocity_mps, self.roms_m, last_mps)
        if verdict is Verdict.GHOST or verdict is Verdict.RERACK:
            self.flags.append(flags.GHOST if verdict is Verdict.GHOST else flags.RERACK)
            return self._emit(Step(0.0, UNSEEN, 0.0, self.progress))
        if verdict is Verdict.FAILED:
            self.flags += (flags.FAILED, flags.STALL, flags.SHORT_ROM)
            self.last_end_s = rep.end_s
            return self._emit(Step(0.0, UNSEEN, 0.0, self.progress, failed=True))
        if verdict is Verdict.SHORT:
            self.flags.append(flags.SHORT_ROM)

        information, cycle_s = self._pass_gap(rep)
        begins = self.progress == 0
        self.progress = min(self.progress + 1, PROGRESS_MAX)
        self._refer(rep, last_mps)
        self._count(rep)
        step = self._measure(rep, cycle_s)
        step.prior = self.kind if begins else None
        step.information = information
        return self._emit(step)

    def _pass_gap(self, rep: Observation) -> tuple[float, float | None]:
        """Go over the time since the last rep: what is left of what was known, and the interval if it is a usual one."""
        took_s = concentric_s(rep.duration_s, rep.velocity_mps, rep.rom_m)
        grinding_s = 0.0
        if took_s is not None:
            if self.fastest_s is None or took_s < self.fastest_s:
                self.fastest_s = took_s
            grinding_s = took_s - self.fastest_s
        interval_s = None if self.last_end_s is None else rep.end_s - self.last_end_s
        self.last_end_s = rep.end_s
        if interval_s is None or interval_s <= 0.0:
            return 1.0, None
        gap = judge_gap(interval_s, grinding_s, self.intervals_s)
        waited_s = interval_s - grinding_s
        if gap is Gap.USUAL:
            self.intervals_s += (waited_s,)
            return 1.0, interval_s
        if gap is Gap.MISSED:
            self.flags.append(flags.MISSED_REP)
            self.progress = min(self.progress + 1, PROGRESS_MAX)
            return 1.0, None
        self.flags.append(flags.PAUSE)
        if gap is Gap.RESTART:
            self._begin_curve()
            return 1.0, None
        self.progress -= reps_recovered(waited_s, self.progress)
        return information_kept(waited_s), None

    def _refer(self, rep: Observation, last_mps: float | None) -> None:
        """Hold the rep against the fastest valid one of the set, which it may become."""
        velocity_mps = self._velocity_of(rep)
        if velocity_mps is None:
            return
        if self.reference_mps is None or self.first_velocity_mps is None:
            self.first_velocity_mps = self.reference_mps = velocity_mps
            self.reference_rep = rep.rep_number
        elif velocity_mps > self.reference_mps:
            if is_beyond_reference(velocity_mps, self.reference_mps, last_mps, self.valid):
                self.flags.append(flags.OUTLIER)
                return
            if is_slow_first(velocity_mps, self.first_velocity_mps, self.valid + 1):
                self.flags.append(flags.SLOW_FIRST)
            self.reference_mps = velocity_mps
            self.reference_rep = rep.rep_number
        self.velocity_loss = 1.0 - velocity_mps / self.reference_mps

    def _count(self, rep: Observation) -> None:
        self.valid += 1
        if rep.rom_m is not None:
            self.roms_m += (rep.rom_m,)
        if rep.duration_s is not None:
            self.with_duration += 1
        if rep.velocity_mps is None:
            return
        self.last_velocity_mps = rep.velocity_mps
        self.last_metric = rep.metric
        if rep.metric == self.own_metric:
            self.with_velocity += 1
            return
        if self.other_metric is None:
            self.other_metric = rep.metric
        if rep.metric == self.other_metric:
            self.with_other += 1

    def _velocity_of(self, rep: Observation) -> float | None:
        """The rep's velocity, if it is in the metric that the set is judged in."""
        by_ratio = self.kind is Kind.RATIO or self.kind is Kind.PEAK_RATIO
        return rep.velocity_mps if rep.metric == (self.other_metric if by_ratio else self.own_metric) else None

    def _measure(self, rep: Observation, cycle_s: float | None) -> Step:
        """The rep as an observation, in its own units."""
        sensor_variance = 0.0
        pace: float | None = None
        if self.kind is Kind.CONCENTRIC:
            pace = None if rep.duration_s is None else 1.0 / rep.duration_s
        elif self.kind is Kind.CYCLE:
            pace = None if cycle_s is None else 1.0 / cycle_s
        else:
            pace = self._velocity_of(rep)
            sd_mps = self.start.sensor_sd_mps if rep.velocity_sd_mps is None else rep.velocity_sd_mps
            sensor_variance = max(sd_mps, _SENSOR_SD_MIN_MPS) ** 2
        if pace is None:
            return Step(0.0, UNSEEN, 0.0, self.progress)
        self.jumped = self.last_pace is not None and is_jump(pace, self.last_pace)
        self.last_pace = pace
        cv = pace_cv(self.start, self.kind)
        cv_squared = cv * cv + (_FIRST_REP_CV**2 if self.progress == 1 else 0.0)
        if self.start.tempo and self.held:
            if is_held(pace, self.held_paces):
                self.bound = Bound(pace, self.progress, sensor_variance, cv_squared)
                self.held_paces = (*self.held_paces, pace)[:REFERENCE_REPS]
                sensor_variance = UNSEEN
            else:
                self.held = False
        return Step(pace, sensor_variance, cv_squared, self.progress)

    def _emit(self, step: Step) -> list[Step]:
        """The steps for the posterior, in its units."""
        if self.kind is Kind.VELOCITY:
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
