"""What lies between two reps of a set: a usual wait, a missed report, a pause, another load, another arm, a bar put down."""

from __future__ import annotations

from spotter_detector.model import flags
from spotter_detector.model.drops import is_new_load, prior_after_drop
from spotter_detector.model.flags import REFERENCE_JUMP_RATIO
from spotter_detector.model.grid import PROGRESS_MAX
from spotter_detector.model.pauses import (
    Gap,
    classify_gap,
    concentric_s,
    information_kept,
    inner_time_s,
    reps_recovered,
)
from spotter_detector.model.prior import Prior
from spotter_detector.model.records import Observation
from spotter_detector.model.set_state import SetState
from spotter_detector.model.timing import travel_m
from spotter_detector.model.travel import UNLIKE_REST, usual_travel

# Module name: looking a member up through its enum class takes ten times as long (measured).
_USUAL = Gap.USUAL
# As fast as fresh after reps that had clearly slowed: another arm or leg (design choices).
FRESH_SHARE = 0.92
_TIRED_SHARE, _TIRED_REPS = 0.8, 2


class SetGaps(SetState):
    """The state of a set, and what the time, load and speed of its next report make of the curve.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> state = SetGaps(prior)
    >>> reps = [Observation(n, end_s, 0.5, None, None, None) for n, end_s in enumerate((0.0, 3.0, 6.0, 9.0, 24.0), 1)]
    >>> [state.handle_gap(rep, fresh=False)[1] for rep in reps], state.flags
    ([None, 3.0, 3.0, 3.0, None], ['pause'])
    """

    def new_load(self, rep: Observation, last_mps: float | None) -> Prior:
        """Begin a new curve if the load has changed; return the prior of the current curve."""
        last_kg = self.last_load_kg
        if rep.load_kg is not None:
            self.last_load_kg = rep.load_kg
        if self.progress and is_new_load(rep, last_kg, last_mps, is_drop_set=self.prior.drop):
            self._begin_curve()
            self.last_end_s = None
            self.curve_prior = prior_after_drop(self.curve_prior)
        return self.curve_prior

    def handle_gap(self, rep: Observation, *, fresh: bool) -> tuple[float, float | None]:
        """Process the time since the last rep; return the share of information left, and the interval if usual."""
        took_s = concentric_s(rep.duration_s, rep.velocity_mps, rep.rom_m)
        grinding_s = 0.0
        if took_s is not None:
            if self.fastest_s is None or took_s < self.fastest_s:
                self.fastest_s = took_s
            grinding_s = took_s - self.fastest_s
        inner_s = inner_time_s(rep)
        if inner_s is not None:
            # Time within a rep is no rest.
            grinding_s += max(inner_s - min(self.inners_s, default=inner_s), 0.0)
            self.inners_s += (inner_s,)
        interval_s = None if self.last_end_s is None else rep.end_s - self.last_end_s
        self.last_end_s = rep.end_s
        if interval_s is None or interval_s <= 0.0:
            return 1.0, None
        gap = classify_gap(interval_s, grinding_s, self.waits_s)
        waited_s = interval_s - grinding_s
        if gap is _USUAL:
            self.waits_s += (waited_s,)
            return 1.0, interval_s
        if gap is Gap.MISSED:
            self.flags.append(flags.MISSED_REP)
            self.progress = min(self.progress + 1, PROGRESS_MAX)
            return 1.0, None
        self.flags.append(flags.PAUSE)
        if gap is Gap.RESTART or fresh:
            self._begin_curve()
            return 1.0, None
        self.progress -= reps_recovered(waited_s, self.progress)
        return information_kept(waited_s), None

    def has_rested(self, rep: Observation) -> bool:
        """Whether a report comes after a rest, as when the bar is put down."""
        if self.last_end_s is None or not self.waits_s:
            return False
        gap = classify_gap(rep.end_s - self.last_end_s, 0.0, self.waits_s)
        return gap is Gap.PAUSE or gap is Gap.RESTART

    def is_fresh(self, rep: Observation) -> bool:
        """Whether a tired set goes on as it began: no muscle recovers so much, so another arm or leg lifts now.

        After a pause one such rep shows it, else two. Not where the side is told: then the reps of each are apart.
        """
        reference_mps = self.reference_mps
        if rep.side is not None or reference_mps is None or len(self.velocities_mps) < _TIRED_REPS:
            return False
        tired = max(self.velocities_mps[-_TIRED_REPS:]) <= _TIRED_SHARE * reference_mps
        return tired and self.is_as_fast(rep, FRESH_SHARE)

    def is_as_fast(self, rep: Observation, share: float) -> bool:
        """Whether a rep is about as fast as the set's fastest: at least this share of it."""
        reference_mps = self.reference_mps
        if rep.velocity_mps is None or reference_mps is None or rep.metric != self.last_metric:
            return False
        return share * reference_mps <= rep.velocity_mps <= REFERENCE_JUMP_RATIO * reference_mps

    def is_put_down(self, rep: Observation) -> bool:
        """Whether a report after a rest is faster than any rep of the set and of another travel."""
        if rep.velocity_mps is None or rep.rom_m is None or self.reference_mps is None or rep.metric != self.own_metric:
            return False
        usual_m = usual_travel(self.roms_m, self.prior.rom_m or travel_m(self.prior))
        return (
            rep.velocity_mps > REFERENCE_JUMP_RATIO * self.reference_mps
            and not UNLIKE_REST * usual_m <= rep.rom_m <= usual_m / UNLIKE_REST
            and self.has_rested(rep)
        )
