"""Inputs and outputs of the within-set filter: observed reps, requests and estimates."""

from __future__ import annotations

from spotter.domain.fast_dataclass import record
from spotter_detector.model.prior import Prior


@record(frozen=True, slots=True)
class Observation:
    """One rep of a set, in the set's order.

    Voided reps and second copies of one rep are already removed. Every number is finite and within the ranges of the
    public API (velocity 0.02–5 m/s, ROM 0.02–2.5 m, duration 0.1–30 s).

    Attributes
    ----------
    rep_number : int
        The rep's number in its set; repeated in `RepEstimate.reference_rep`, never used to count.
    end_s : float
        Corrected end time, s from the set's first observation.
    velocity_mps : float or None
        Concentric velocity in the given metric; None: the rep has only its timing.
    duration_s : float or None
        Duration of the concentric phase, if known.
    rom_m : float or None
        Range of motion of the concentric phase.
    velocity_sd_mps : float or None
        Standard error of this velocity, if the device reports one.
    metric : str
        `mean`, `propulsive` or `peak`.
    started_s : float or None
        When the rep began, if the device reports it, on the clock of `end_s`.
    load_kg : float or None
        Load of this rep, if it changes within the set.
    called_rir : float or None
        Reps in reserve that the lifter reported after this rep; −1: the attempt at the next one failed.
    dips : int or None
        How often the bar slowed down and sped up again on the way up, if a signal was recorded.
    side : str or None
        `left` or `right`, as told; None: both, or not told.
    kind : str
        `work`; or `calibration` or `warmup`: shown, never judged.
    assisted : bool
        Somebody or a machine took load off: done, and no proof of strength.
    eccentric_s : float or None
        Duration of the way down, of reps without a velocity.
    """

    rep_number: int
    end_s: float
    velocity_mps: float | None
    duration_s: float | None
    rom_m: float | None
    velocity_sd_mps: float | None
    metric: str = "mean"
    started_s: float | None = None
    load_kg: float | None = None
    called_rir: float | None = None
    dips: int | None = None
    side: str | None = None
    kind: str = "work"
    assisted: bool = False
    eccentric_s: float | None = None


@record(frozen=True, slots=True)
class Request:
    """A set with its prior; estimates are requested from `observations[first]` on."""

    prior: Prior
    observations: tuple[Observation, ...]
    first: int
    before: int | None = None
    """How many reports come before the first rep, if later ones have shown it; None: as known after each report."""


@record(frozen=True, slots=True)
class RepEstimate:
    """The estimate right after one rep, from that rep and those before it, never from later ones.

    Velocities and probabilities are rounded to 4 decimals, reps in reserve to 2.

    Attributes
    ----------
    velocity_loss : float or None
        1 − velocity of this rep / reference velocity; None if the rep has no velocity or was not completed.
    reference_velocity_mps, reference_rep : float or None, int or None
        The fastest valid rep of the set so far, and its number.
    rir, rir_low, rir_high : float
        Posterior median and 80 % interval of the reps in reserve.
    p_rir_le : tuple of 7 floats
        P(RIR ≤ 0) … P(RIR ≤ 6), non-decreasing.
    p_next_fails : float
        P(RIR ≤ 0).
    share_done : float
        Reps done / reps possible, in [0, 1]; 0: no report was a rep yet.
    mode : str
        `velocity`, `ratio`, `timing` or `tempo`.
    confidence : str
        `low`, `medium` or `high`; see `spotter_detector.model.summary`.
    flags : tuple of str
        Sorted; of slow_first, outlier, ghost, rerack, short_rom, second_dip, stall, failed, missed_rep, pause, metric.
    """

    velocity_loss: float | None
    reference_velocity_mps: float | None
    reference_rep: int | None
    rir: float
    rir_low: float
    rir_high: float
    p_rir_le: tuple[float, ...]
    p_next_fails: float
    share_done: float
    mode: str
    confidence: str
    flags: tuple[str, ...]
