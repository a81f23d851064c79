"""The truth about a simulated lifter and a set, by family: all values of its generative law.

Oracles read these, models never. Both families count reps from 1; N reps are possible.

*Home*, the law the model is built from: v_k = (1 − f)·v1 + f·v_last with f = ((k − 1)/(N − 1))^curve; log N lies on the
lifter's own line. *Other*, a fatigue law in which capacity falls by the work done:
v_k = v0·(1 − W/(S − fatigue·W·(k − 1))), W the load and S the day's strength at no speed; the first rep at or under the
failing velocity is not done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class HomeLifter:
    """A lifter of the home family in one exercise.

    A set at load x (log reps that the population does at it) has
    v1 = velocity_at(x) + v_load_offset_mps + N(0, v_day_sd_mps²),
    log N = alpha + beta·(v1 − v_bar_mps) + N(0, line_sd²), N rounded and within 1 … 60, and
    v_last = N(v_last_mean_mps, v_last_sd_mps²), never under the floor of the parameters.

    Attributes
    ----------
    alpha, beta, v_bar_mps, line_sd : float
        The lifter's line from first velocity to log reps and the sd of a set about it.
    v_load_offset_mps, v_day_sd_mps : float
        How much faster than the population the lifter is at one load; sd of that by day.
    v_last_mean_mps, v_last_sd_mps : float
        Velocity of the last rep possible.
    curve : float
        Exponent of the curve, the same in all sets of the lifter.
    cv, first_cv : float
        Biological variation of a rep; of the first rep in addition (variances add).
    first_share : float
        Mean velocity of a set's first rep, as a share of what the law says.
    """

    exercise: str
    alpha: float
    beta: float
    v_bar_mps: float
    line_sd: float
    v_load_offset_mps: float
    v_day_sd_mps: float
    v_last_mean_mps: float
    v_last_sd_mps: float
    curve: float
    cv: float
    first_cv: float
    first_share: float
    one_rm_kg: float


@dataclass(frozen=True, slots=True)
class HomeSet:
    """A set of the home family; `log_n` is before rounding to `reps_possible`."""

    lifter: HomeLifter
    pct_1rm: float
    v1_mps: float
    v_last_mps: float
    log_n: float
    reps_possible: int
    sensor_sd_mps: float


@dataclass(frozen=True, slots=True)
class OtherLifter:
    """A lifter of the other family in one exercise.

    A set at share w of the 1RM has, with strength = exp(N(0, strength_sd²)), fatigue = `fatigue`·exp(N(0, fatigue_sd²))
    and v_fail = N(v_fail_mean_mps, v_fail_sd_mps²), never under the floor of the parameters:
    v_k = v0_mps·(1 − w/(strength/(1 − v_fail_mean_mps/v0_mps) − fatigue·w·(k − 1))); N is the number of reps over v_fail,
    at least 1 and at most 60.

    Attributes
    ----------
    v0_mps : float
        Velocity at no load.
    fatigue : float
        Capacity lost by a rep, as a share of the load.
    v_fail_mean_mps, v_fail_sd_mps : float
        Velocity at or under which a rep is not done; its mean is the 1RM's velocity.
    strength_sd, fatigue_sd : float
        Sd by set, of logs.
    cv, first_cv : float
        Biological variation of a rep; of the first rep in addition (variances add).
    first_share : float
        Mean velocity of a set's first rep, as a share of what the law says.
    """

    exercise: str
    v0_mps: float
    fatigue: float
    v_fail_mean_mps: float
    v_fail_sd_mps: float
    strength_sd: float
    fatigue_sd: float
    cv: float
    first_cv: float
    first_share: float
    one_rm_kg: float


@dataclass(frozen=True, slots=True)
class OtherSet:
    """A set of the other family; `strength` and `fatigue` are the set's own."""

    lifter: OtherLifter
    pct_1rm: float
    strength: float
    fatigue: float
    v_fail_mps: float
    reps_possible: int
    sensor_sd_mps: float


@dataclass(frozen=True, slots=True)
class WideLifter:
    """A lifter of the wide world in one exercise.

    A set in which `x` log reps are usual for its load and fatigue has v1 = exp(log_scale)·(population's first velocity at
    e^x reps + N(0, day sd²)), log N = x + line_offset + N(0, line sd²) and
    v_last = N(exp(log_scale)·v_last_mps, v_last sd²), never under a floor; the course between is the home family's.
    """

    exercise: str
    log_scale: float
    line_offset: float
    v_last_mps: float
    curve: float
    rom_m: float
    cv: float
    first_cv: float
    first_share: float
    one_rm_kg: float


@dataclass(frozen=True, slots=True)
class WideSet:
    """A set of the wide world; `usual_log_n` is x."""

    lifter: WideLifter
    pct_1rm: float
    v1_mps: float
    v_last_mps: float
    usual_log_n: float
    reps_possible: int
    sensor_sd_mps: float


@dataclass(frozen=True, slots=True)
class WideOtherLifter(OtherLifter):
    """A lifter of the wide world whose sets follow the other family's law.

    exp(log_scale) is in `v0_mps` and `v_fail_mean_mps` alike; a set's `strength` is also less by what the sets before it
    have used up.
    """

    log_scale: float
    rom_m: float


TrueLifter: TypeAlias = HomeLifter | OtherLifter
TrueSet: TypeAlias = HomeSet | OtherSet | WideSet
