"""Where a set stands after the reps taken so far: the figures that a course keeps, and how they are copied."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from types import MappingProxyType
from typing import Self

from spotter_detector.model.attempts import STOOD_SDS_MAX
from spotter_detector.model.flags import Verdict
from spotter_detector.model.prior import Prior
from spotter_detector.model.records import Observation
from spotter_detector.model.steps import FilterStep
from spotter_detector.model.tempo import CapacityBound
from spotter_detector.model.timing import PaceKind, in_units_of_reference, pace_cv, prior_for_kind

# The rep before a failed attempt is as slow as this: so many sd over the velocity at failure; and what is so many under
# it is hardly a rep completed (design choices).
_NEAR_SDS = 2.2
_STANDING_SDS = 2.6
# No device knows a velocity better than this, whatever it says (design choice).
SENSOR_SD_MIN_MPS = 0.005
NONE_JUDGED: Mapping[int, Verdict] = MappingProxyType({})


class SetState:
    """What is kept of a set.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> standing = SetState(prior)
    >>> standing.progress, [round(limit, 3) for limit in standing.limits_mps]
    (0, [0.282, 0.038, 0.333])
    """

    __slots__ = (
        "before_last_mps",
        "bound",
        "by_reference",
        "curve",
        "curves_begun",
        "fastest_s",
        "first_velocity_mps",
        "flags",
        "held",
        "held_paces",
        "judged",
        "jumped",
        "kind",
        "last",
        "last_end_s",
        "last_load_kg",
        "last_metric",
        "last_pace",
        "last_velocity_mps",
        "last_verdict",
        "limits_mps",
        "measured",
        "near_mps",
        "noise",
        "other_metric",
        "own_metric",
        "paces_mps",
        "prior",
        "progress",
        "reference_mps",
        "reference_rep",
        "reports",
        "reread",
        "rom_least_m",
        "rom_most_m",
        "roms_m",
        "sides",
        "unit",
        "valid",
        "values",
        "velocity_loss",
        "waits_s",
        "with_duration",
        "with_other",
        "with_velocity",
    )

    def __init__(
        self,
        prior: Prior,
        kind: PaceKind = PaceKind.VELOCITY,
        judged: Mapping[int, Verdict] = NONE_JUDGED,
        other: str | None = None,
        sides: tuple[int, float] | None = None,
    ) -> None:
        self.prior = prior
        self.kind = kind
        self.values = prior_for_kind(prior, kind) if kind is PaceKind.CONCENTRIC else prior
        self.by_reference = kind is not PaceKind.VELOCITY and in_units_of_reference(prior, kind)
        # Cold values are of mean velocity; a learned profile may be of another metric.
        self.own_metric = prior.velocity_metric if prior.learned_sets else "mean"
        near_mps: float = (prior.v_last_sd_mps**2 + prior.sensor_sd_mps**2) ** 0.5
        self.near_mps = near_mps
        # Of a rep by itself: the sensor's variance, the squared coefficient of variation.
        self.noise = (max(prior.sensor_sd_mps, SENSOR_SD_MIN_MPS) ** 2, pace_cv(prior, kind) ** 2)
        self.limits_mps = (
            prior.v_last_mean_mps + _NEAR_SDS * near_mps,
            prior.v_last_mean_mps - _STANDING_SDS * near_mps,
            prior.v_last_mean_mps + STOOD_SDS_MAX * near_mps,
        )
        # Reports by place that later ones have judged again; never written to, since forks share it.
        self.judged = judged
        # Where reps are left and right in turn: which are the stronger side's, and how many times as fast.
        self.sides = sides
        self.paces_mps: tuple[float, ...] = ()
        self.reread: Mapping[int, Verdict] = NONE_JUDGED
        # The set so far.
        self.reports = 0
        self.last: Observation | None = None
        self.last_verdict: Verdict | None = None
        self.before_last_mps: float | None = None
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
        self.roms_m: tuple[float, ...] = ()
        # A travel between these is usual, whichever rep is the middle one.
        self.rom_least_m, self.rom_most_m = 0.0, inf
        self.first_velocity_mps: float | None = None
        self.reference_mps: float | None = None
        self.reference_rep: int | None = None
        # The newest rep.
        self.flags: list[str] = []  # made anew for each rep, never shared with a fork
        self.velocity_loss: float | None = None
        self.jumped = False
        self.curves_begun = 0
        self._begin_curve()

    def _begin_curve(self) -> None:
        self.curves_begun += 1
        self.progress = 0
        self.measured = 0
        self.unit = 1.0
        self.curve: tuple[FilterStep, ...] = ()
        self.last_pace: float | None = None
        self.held = True
        self.held_paces: tuple[float, ...] = ()
        self.bound: CapacityBound | None = None

    def fork(self) -> Self:
        """One of its own at the same place."""
        other = object.__new__(type(self))
        # One by one: a loop over the slots takes four times as long, and this is done for every rep.
        other.prior = self.prior
        other.kind = self.kind
        other.values = self.values
        other.by_reference = self.by_reference
        other.own_metric = self.own_metric
        other.limits_mps = self.limits_mps
        other.near_mps = self.near_mps
        other.noise = self.noise
        other.judged = self.judged
        other.reread = self.reread
        other.sides = self.sides
        other.paces_mps = self.paces_mps
        other.reports = self.reports
        other.last = self.last
        other.last_verdict = self.last_verdict
        other.before_last_mps = self.before_last_mps
        other.valid = self.valid
        other.with_velocity = self.with_velocity
        other.with_other = self.with_other
        other.with_duration = self.with_duration
        other.other_metric = self.other_metric
        other.last_end_s = self.last_end_s
        other.last_load_kg = self.last_load_kg
        other.last_velocity_mps = self.last_velocity_mps
        other.last_metric = self.last_metric
        other.fastest_s = self.fastest_s
        other.waits_s = self.waits_s
        other.roms_m = self.roms_m
        other.rom_least_m = self.rom_least_m
        other.rom_most_m = self.rom_most_m
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
        other.curves_begun = self.curves_begun
        other.held = self.held
        other.held_paces = self.held_paces
        other.bound = self.bound
        return other
