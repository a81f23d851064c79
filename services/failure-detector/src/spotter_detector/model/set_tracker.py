"""Tracks one set rep by rep: which reps are completed, what each is measured by, and how it updates the posterior.

A tracker is a pure function of the prior and the reps so far. It turns each rep into steps: the updates of the
posterior. If a rep changes the interpretation of earlier ones (one of them was no rep, another is the fastest of the
first three, velocities begin after a few reps without), the steps start with a reset and repeat all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from spotter_detector.model import flags
from spotter_detector.model.attempts import DOUBLE_S
from spotter_detector.model.flags import Verdict, is_beyond_reference, is_slow_first, plausible_velocity
from spotter_detector.model.grid import PROGRESS_MAX
from spotter_detector.model.kalman_update import UNSEEN
from spotter_detector.model.pauses import RESTART_S
from spotter_detector.model.records import Observation
from spotter_detector.model.rep_classifier import HELPED_MAX, RepContext, classify, classify_first, shows_form
from spotter_detector.model.set_end import ASSISTED_FACTOR, FAILED_FACTOR, RESTED_FACTOR
from spotter_detector.model.set_gaps import FRESH_SHARE, SetGaps
from spotter_detector.model.set_state import NO_VERDICTS, FilterStep
from spotter_detector.model.sides import SIDES_VALID_MIN, stronger_side
from spotter_detector.model.timing import PaceKind, travel_m
from spotter_detector.model.travel import SHORT_SHARE, sharing, travel_bands, usual_travel

# Module names: looking a member up through its enum class takes ten times as long (measured).
_VALID, _SLOW, _OFF, _DOUBLE, _ASSISTED = Verdict.VALID, Verdict.SLOW, Verdict.OFF, Verdict.DOUBLE, Verdict.ASSISTED
_SHORT, _FAILED, _HELPED = Verdict.SHORT, Verdict.FAILED, Verdict.HELPED
_VELOCITY = PaceKind.VELOCITY
# As many reps show whether the first was wrongly measured.
_THIRD = 2
# Without m/s: velocity loss of the rep before a failed attempt, at least (design choice).
_NEAR_LOSS = 0.35


class SetTracker(SetGaps):
    """The state of a set, updated rep by rep.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> velocities_mps = (0.48, 0.52, 0.47)
    >>> reps = [Observation(n + 1, 2.8 * n, v, None, 0.42, None) for n, v in enumerate(velocities_mps)]
    >>> tracker = SetTracker(prior)
    >>> for n in range(len(reps)):
    ...     tracker, steps = tracker.add(reps[: n + 1])
    ...     print(round(steps[0].pace, 3), tracker.reference_rep, round(tracker.velocity_loss, 3), tracker.flags)
    0.505 1 0.0 []
    0.52 2 0.0 ['slow_first']
    0.47 2 0.096 []
    """

    def add(self, observations: Sequence[Observation]) -> tuple[SetTracker, list[FilterStep]]:
        """Add the last of `observations`; all before it must have been added already.

        Returns the tracker to continue with, which is this one or a new one, and the steps for the posterior. Adding a
        rep modifies the tracker: fork it to keep it.
        """
        rom_m = observations[-1].rom_m
        if rom_m is not None:
            before = self.roms_m
            self.roms_m += (rom_m,)
            if self.usual_m is not None or not self.rom_least_m <= rom_m <= self.rom_most_m:
                usual_m = usual_travel(self.roms_m, self.prior.rom_m or travel_m(self.prior))
                if travel_bands(before, usual_m) != travel_bands(before, self.usual_m):
                    return self._read_again(observations, usual_m)
                self.usual_m = usual_m
            self.rom_least_m = max(self.rom_least_m, SHORT_SHARE * rom_m)
            self.rom_most_m = min(self.rom_most_m, rom_m / SHORT_SHARE)
        return self._add(observations)

    def _read_again(self, observations: Sequence[Observation], usual_m: float) -> tuple[SetTracker, list[FilterStep]]:
        """Read the whole set again by another travel."""
        tracker = SetTracker(self.prior, usual_m=usual_m, roms_m=self.roms_m)
        steps: list[FilterStep] = []
        for count in range(1, len(observations) + 1):
            tracker, added = tracker._add(observations[:count])
            steps = added if added[0].restarts_from else steps + added
        return tracker, steps

    def _add(self, observations: Sequence[Observation]) -> tuple[SetTracker, list[FilterStep]]:
        index = len(observations) - 1
        self.reclassified = NO_VERDICTS
        verdict = self._classify(observations[-1], observations, index)
        verdicts = {**self.verdicts, **self.reclassified, index: verdict} if self.reclassified else self.verdicts
        changes = self.changes
        if self.may_change and verdict.is_done and self.is_as_fast(observations[-1], FRESH_SHARE):
            changes |= {index - 1}
        steps = self._apply(observations[-1], verdict, index)
        kind = self._majority_kind()
        sides = self.sides
        if sides is None and self.valid > SIDES_VALID_MIN and kind is _VELOCITY:
            sides = stronger_side(self.velocities_mps)
        if kind is self.kind and verdicts is self.verdicts and sides is self.sides and changes is self.changes:
            return self, steps
        replayed, steps = self._replay(observations, kind, verdicts, sides, changes)
        if replayed._majority_kind() is not kind:
            replayed, steps = self._replay(observations, replayed._majority_kind(), verdicts, sides, changes)
        return replayed, steps

    def _replay(
        self,
        observations: Sequence[Observation],
        kind: PaceKind,
        verdicts: Mapping[int, Verdict],
        sides: tuple[int, float] | None,
        changes: frozenset[int],
    ) -> tuple[SetTracker, list[FilterStep]]:
        replayed = SetTracker(self.prior, kind, verdicts, self.other_metric, sides, self.usual_m, self.roms_m, changes)
        replayed.rom_least_m, replayed.rom_most_m = self.rom_least_m, self.rom_most_m
        steps: list[FilterStep] = []
        for index, observation in enumerate(observations):
            verdict = verdicts.get(index)
            added = replayed._apply(
                observation, replayed._classify(observation, (), index) if verdict is None else verdict, index
            )
            # Steps before a reset have no effect.
            steps = added if added[0].restarts_from else steps + added
        if steps[0].restarts_from is None:
            steps[0].restarts_from = (replayed.curve_prior, replayed.kind)
        return replayed, steps

    def _majority_kind(self) -> PaceKind:
        half = 0.5 * self.valid
        if self.with_velocity >= half:
            return _VELOCITY
        if self.with_other >= half:
            return PaceKind.PEAK_RATIO if self.other_metric == "peak" else PaceKind.RATIO
        return PaceKind.CONCENTRIC if self.with_duration >= half else PaceKind.CYCLE

    def _classify(self, rep: Observation, observations: Sequence[Observation], index: int) -> Verdict:
        """Return the verdict on a report; the newest one may put revised verdicts on earlier ones in `reclassified`."""
        if rep.assisted:
            return _ASSISTED
        last_mps = self.last_velocity_mps if rep.metric == self.last_metric else None
        if index > 2 and last_mps is not None and last_mps > self.near_mps and self._is_usual(rep, last_mps):
            return _VALID
        if last_mps is None:
            near = False
        elif rep.metric == self.own_metric:
            near = last_mps <= self.near_mps
        else:
            near = self.reference_mps is not None and last_mps < (1.0 - _NEAR_LOSS) * self.reference_mps
        context = RepContext(
            self.last,
            self.last_verdict,
            self.usual_m,
            sharing(self.roms_m, self.usual_m),
            last_mps,
            self.before_last_mps if rep.metric == self.last_metric else None,
            self.valid,
            near,
            self.prior.rom_m,
            self.inners_s,
        )
        verdict, before = classify(rep, context)
        if before is not None:
            self.reclassified = {index - 1: before}
        if verdict.is_done and self.is_put_down(rep):
            return Verdict.RERACK
        if verdict is _HELPED and self.helped >= HELPED_MAX:
            self.reclassified = dict.fromkeys(range(index - self.helped, index), _VALID)
            return _VALID
        if observations and index == self.valid == _THIRD and not any(rep.assisted for rep in observations):
            first = classify_first((observations[0], observations[1], observations[2]))
            if first is not None:
                self.reclassified = {0: first}
        return verdict

    def _is_usual(self, rep: Observation, last_mps: float) -> bool:
        """Whether a rep is plainly valid, as most are: a shortcut past the classifier."""
        velocity_mps, rom_m, last = rep.velocity_mps, rep.rom_m, self.last
        return (
            self.last_verdict is _VALID
            and last is not None
            and rep.end_s - last.end_s > DOUBLE_S
            and velocity_mps is not None
            and velocity_mps < 1.2 * last_mps
            and rep.metric == self.own_metric
            and (self.usual_m is None or rom_m is None)
            and (self.before_last_mps is None or velocity_mps < 1.2 * self.before_last_mps)
        )

    def _apply(self, rep: Observation, verdict: Verdict, index: int) -> list[FilterStep]:
        self.flags = (
            []
            if not verdict.flags or (verdict is _SHORT and not shows_form(sharing(self.roms_m, self.usual_m)))
            else [*verdict.flags]
        )
        self.velocity_loss = None
        self.jumped = False
        if rep.velocity_mps is not None and rep.metric != self.own_metric:
            self.flags.append(flags.METRIC)
        if rep.dips:
            self.flags.append(flags.SECOND_DIP)
        before_mps = self.last_velocity_mps
        last_mps = before_mps if rep.metric == self.last_metric else None
        last_verdict = self.last_verdict
        self.last, self.last_verdict = rep, verdict
        self.helped = self.helped + 1 if verdict is _HELPED else 0
        if verdict is _ASSISTED:
            return self._assist(rep, alone=last_verdict is not _ASSISTED)
        if not verdict.is_done:
            step = FilterStep(0.0, UNSEEN, 0.0, self.progress, called_rir=rep.called_rir)
            if verdict.is_failed:
                step.failed = RESTED_FACTOR if verdict is _FAILED and self.has_rested(rep) else FAILED_FACTOR[verdict]
                self.last_end_s = rep.end_s
            if self.progress == 0:
                step.restarts_from = (self.curve_prior, self.kind)
            return self.emit(step)
        self.before_last_mps = before_mps

        curve_prior = self.curve_prior
        if rep.load_kg is not None or self.prior.drop:
            curve_prior = self.new_load(rep, last_mps)
        fresh = self.is_fresh(rep)
        self.may_change = fresh and index not in self.changes
        information, cycle_s = self.handle_gap(rep, fresh=fresh)
        if index in self.changes:
            self._begin_curve()
            information, cycle_s = 1.0, None
        begins = self.progress == 0
        self.progress = min(self.progress + 1, PROGRESS_MAX)
        velocity_mps = self.velocity_of(rep)
        off = verdict is _OFF or verdict is _SLOW
        if velocity_mps is not None:
            if not off:
                velocity_mps = self._plausible(rep, velocity_mps, last_mps)
            self.velocities_mps += (velocity_mps,)
            if self.sides is not None and (len(self.velocities_mps) - 1) % 2 == self.sides[0]:
                velocity_mps /= self.sides[1]
        if velocity_mps is not None and verdict is not _OFF:
            self._update_reference(rep, velocity_mps, last_mps)
        self._count(rep, velocity_mps if verdict is _VALID else None)
        step = self.measure(rep, None if off else velocity_mps, None if off else cycle_s)
        if begins:
            step.restarts_from = (curve_prior, self.kind)
        if information < 1.0:
            step.information, step.fades_to = information, (curve_prior, self.kind)
        step.called_rir = rep.called_rir
        if verdict.is_failed:
            step.failed = FAILED_FACTOR[verdict]
        return self.emit(step)

    def _assist(self, rep: Observation, *, alone: bool) -> list[FilterStep]:
        """Take note of a rep with help: it is done, and proves neither that it was possible alone nor how fast.

        `alone`: the rep before was done without help.
        """
        # What was measured is not the lifter's own, and no measure of what comes next.
        self.last = replace(rep, velocity_mps=None, duration_s=None, rom_m=None)
        if rep.load_kg is not None:
            self.new_load(rep, None)
        if self.last_end_s is not None and rep.end_s - self.last_end_s > RESTART_S:
            self.flags.append(flags.PAUSE)
            self._begin_curve()
        self.last_end_s = rep.end_s
        self.assisted += 1
        step = FilterStep(0.0, UNSEEN, 0.0, self.progress, called_rir=rep.called_rir)
        if alone:
            step.failed = ASSISTED_FACTOR
        if self.progress == 0:
            step.restarts_from = (self.curve_prior, self.kind)
        return self.emit(step)

    def _plausible(self, rep: Observation, velocity_mps: float, last_mps: float | None) -> float:
        if rep.rom_m is None or rep.duration_s is None or rep.metric != "mean" or self.kind is not _VELOCITY:
            return velocity_mps
        expected_mps = self.curve_prior.v1_mean_mps if last_mps is None else last_mps
        believed_mps = plausible_velocity(velocity_mps, rep.rom_m, rep.duration_s, expected_mps)
        if believed_mps != velocity_mps:
            self.flags.append(flags.OUTLIER)
        return believed_mps

    def _update_reference(self, rep: Observation, velocity_mps: float, last_mps: float | None) -> None:
        """Compare the rep with the fastest valid one of the set, which it may become."""
        if self.reference_mps is None or self.first_velocity_mps is None:
            self.first_velocity_mps = self.reference_mps = velocity_mps
            self.reference_rep = rep.rep_number
        elif velocity_mps > self.reference_mps:
            if is_beyond_reference(velocity_mps, self.reference_mps, last_mps, self.valid):
                if flags.OUTLIER not in self.flags:
                    self.flags.append(flags.OUTLIER)
                return
            if is_slow_first(velocity_mps, self.first_velocity_mps, self.valid + 1):
                self.flags.append(flags.SLOW_FIRST)
            self.reference_mps = velocity_mps
            self.reference_rep = rep.rep_number
        self.velocity_loss = 1.0 - velocity_mps / self.reference_mps

    def _count(self, rep: Observation, velocity_mps: float | None) -> None:
        self.valid += 1
        if rep.duration_s is not None:
            self.with_duration += 1
        if rep.velocity_mps is None:
            return
        self.last_velocity_mps = rep.velocity_mps if velocity_mps is None else velocity_mps
        self.last_metric = rep.metric
        if rep.metric == self.own_metric:
            self.with_velocity += 1
            return
        if self.other_metric is None:
            self.other_metric = rep.metric
        if rep.metric == self.other_metric:
            self.with_other += 1
