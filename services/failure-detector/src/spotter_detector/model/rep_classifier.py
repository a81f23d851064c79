"""Classifies each report of a set by all reports so far.

A report is classified when it arrives, by its travel, speed and time against the reps before it; and up to two reports
back are classified again, since an unrack can be recognised only by the reps after it, and a stall by the helped rep
that follows. So every estimate depends on the reports up to its own, and on none after it.
"""

from __future__ import annotations

from dataclasses import dataclass

from spotter_detector.model.attempts import has_inner_pause, is_double, is_helped, is_second_half, is_stop
from spotter_detector.model.flags import Verdict
from spotter_detector.model.pauses import concentric_s
from spotter_detector.model.records import Observation
from spotter_detector.model.travel import LONG_SHARE, SHORT_SHARE, classify_first, classify_travel

# Share of a lifter's learned travel; wider than for the set's own (design choice).
_LEARNED_ROM = (0.68, 1.35)
# Without travel only a velocity like this indicates an unrack (design choice).
_UNRACK_VELOCITY_RATIO = 1.3
_ALIKE_VELOCITY = 0.1
# A first rep this much slower than the next two is not measured (design choice; its own scatter is about 8 %).
_SLOW_FIRST_RATIO = 1.2
# All but stopped, at full travel: this share of the last rep, and far under the velocity at failure (design choice).
_STANDING_SHARE = 0.42
# A usual rep this soon after a failed attempt shows that it had not failed (design choice).
_GOES_ON_S = 8.0
# After these the clock shows how long the next rep took.
_AFTER = (Verdict.VALID, Verdict.SHORT, Verdict.SLOW, Verdict.OFF, Verdict.STALLED, Verdict.STOOD)
# Module names: looking a member up through its enum class takes ten times as long (measured).
_VALID, _HELPED, _STOOD = Verdict.VALID, Verdict.HELPED, Verdict.STOOD
_CAME_TO_A_STAND = (Verdict.FAILED, Verdict.STALLED)
_MAY_GO_ON = (Verdict.FAILED, Verdict.SHORT, Verdict.GHOST)


@dataclass(slots=True)
class RepContext:
    """The set before a report, as far as classification needs it."""

    last: Observation | None
    """The last report, whatever it was."""
    last_verdict: Verdict | None
    roms_m: tuple[float, ...]
    """Travel of the valid reps."""
    last_velocity_mps: float | None
    """Of the last valid rep, in the report's metric."""
    before_last_mps: float | None
    """Of the valid rep before the last report."""
    waits_s: tuple[float, ...]
    fastest_s: float | None
    valid: int
    near_failure: bool
    from_failure: float
    """By how many sds the last valid rep was over the velocity at failure."""
    standing_mps: float
    """A completed rep is hardly slower than this."""
    usual_rom_m: float | None
    """The lifter's learned travel."""


def classify(rep: Observation, context: RepContext) -> tuple[Verdict, Verdict | None]:
    """Return the verdict on a report, and the revised verdict on the one before it, if it changes.

    >>> last = Observation(4, 9.0, 0.21, 2.0, 0.42, None)
    >>> context = RepContext(last, Verdict.VALID, (0.42, 0.41, 0.42, 0.42), 0.21, 0.26, (3.0, 3.0, 3.1),
    ...                      0.8, 4, True, 0.5, 0.09, None)
    >>> for rep in (Observation(5, 12.5, 0.19, 2.2, 0.42, None), Observation(5, 12.5, 0.1, 2.0, 0.2, None)):
    ...     print(classify(rep, context)[0].value)
    valid
    failed
    """
    last, last_verdict = context.last, context.last_verdict
    if last is None or last_verdict is None:
        return _by_learned_travel(rep, context), None
    gap_s = rep.end_s - last.end_s
    velocity_mps = rep.velocity_mps
    if is_double(gap_s, _off(velocity_mps, last.velocity_mps), _off(rep.rom_m, last.rom_m)):
        return Verdict.DOUBLE, None
    took_s = concentric_s(rep.duration_s, velocity_mps, rep.rom_m)
    usual_m = _middle(context.roms_m)
    ratio = _over(velocity_mps, context.last_velocity_mps)
    before = context.last_velocity_mps if not last_verdict.is_done else context.before_last_mps
    if rep.rom_m is not None and usual_m is not None:
        if _goes_on_from(last, last_verdict, rep, usual_m, before, gap_s, took_s):
            return Verdict.SECOND_HALF, None if last_verdict.is_failed else Verdict.FAILED
        verdict = _by_travel(rep.rom_m, context.roms_m, ratio, near_failure=context.near_failure)
        if not verdict.is_done:
            return verdict, None
    else:
        verdict = _VALID
    if last_verdict is _HELPED and gap_s <= _GOES_ON_S:
        return _HELPED, None  # too soon to have recovered
    if velocity_mps is not None and before is not None and context.valid > 1:
        slow_ratio = _over(last.velocity_mps, before)
        helped = _over(velocity_mps, before)
        if slow_ratio is not None and helped is not None and is_helped(gap_s, took_s, slow_ratio, helped):
            return _HELPED, None if last_verdict.is_failed else Verdict.STALLED
    if rep.started_s is not None and rep.duration_s is not None:
        if has_inner_pause(rep.end_s - rep.started_s, rep.duration_s) and context.near_failure:
            return Verdict.STALLED, None
    elif ratio is not None and took_s is not None and last_verdict in _AFTER:
        grinding_s = max(took_s - (took_s if context.fastest_s is None else context.fastest_s), 0.0)
        if is_stop(gap_s - grinding_s, context.waits_s, ratio, context.from_failure):
            return _STOOD, None
    if (
        context.near_failure
        and ratio is not None
        and velocity_mps is not None
        and ratio < _STANDING_SHARE
        and velocity_mps < context.standing_mps
        and last_verdict.is_done
    ):
        return Verdict.STALLED, None
    if last_verdict is _STOOD and ratio is not None and gap_s <= _GOES_ON_S:
        return verdict, _VALID  # it was just a longer wait
    if last_verdict in _CAME_TO_A_STAND and ratio is not None and gap_s <= _GOES_ON_S:
        return verdict, Verdict.GHOST if last_verdict is Verdict.FAILED else Verdict.OFF
    return verdict, None


def classify_opening(reps: tuple[Observation, ...], expected_m: float) -> tuple[Verdict, Verdict] | None:
    """Return revised verdicts on the first two reports after the second or the third; None: no revision.

    `expected_m` is the travel expected of the lifter or the exercise.

    >>> figures = ((1, 0.9, 0.2), (2, 0.5, 0.42), (3, 0.5, 0.41))
    >>> reps = [Observation(n, 3.0 * n, velocity_mps, None, rom_m, None) for n, velocity_mps, rom_m in figures]
    >>> [verdict.value for verdict in classify_opening(tuple(reps), 0.42) or ()]
    ['rerack', 'valid']
    """
    first, second = reps[0], reps[1]
    third = reps[2] if len(reps) > 2 else None
    if first.rom_m is not None and second.rom_m is not None and (third is None or third.rom_m is not None):
        verdicts = classify_first(first.rom_m, second.rom_m, None if third is None else third.rom_m, expected_m)
        if verdicts is not None:
            return verdicts
    if third is None or first.velocity_mps is None or second.velocity_mps is None or third.velocity_mps is None:
        return None
    if not first.metric == second.metric == third.metric:
        return None
    slower = max(second.velocity_mps, third.velocity_mps)
    if abs(second.velocity_mps - third.velocity_mps) > _ALIKE_VELOCITY * slower:
        return None
    if first.velocity_mps > _UNRACK_VELOCITY_RATIO * slower:
        # If its travel is like the others', it is a rep whose velocity is wrong.
        return Verdict.RERACK if first.rom_m is None else Verdict.OFF, _VALID
    if _SLOW_FIRST_RATIO * first.velocity_mps < slower:
        return Verdict.SLOW, _VALID
    return None


def _by_learned_travel(rep: Observation, context: RepContext) -> Verdict:
    if rep.rom_m is None or context.usual_rom_m is None:
        return _VALID
    least, most = _LEARNED_ROM
    return _VALID if least * context.usual_rom_m <= rep.rom_m <= most * context.usual_rom_m else Verdict.RERACK


def _by_travel(rom_m: float, roms_m: tuple[float, ...], ratio: float | None, *, near_failure: bool) -> Verdict:
    """Compare with the lower of two middle reps if it is short, the upper if it is long."""
    if SHORT_SHARE * max(roms_m) <= rom_m <= LONG_SHARE * min(roms_m):
        return _VALID  # whichever rep is the median
    in_order = sorted(roms_m)
    short = rom_m < in_order[0]
    usual_m = in_order[(len(in_order) - 1) // 2 if short else len(in_order) // 2]
    return classify_travel(rom_m, usual_m, ratio, near_failure=near_failure)


def _goes_on_from(
    last: Observation,
    last_verdict: Verdict,
    rep: Observation,
    usual_m: float,
    before_mps: float | None,
    gap_s: float,
    took_s: float | None,
) -> bool:
    if last.rom_m is None or rep.rom_m is None or last_verdict not in _MAY_GO_ON:
        return False
    ratio = _over(rep.velocity_mps, before_mps)
    if ratio is None or rep.rom_m > 0.85 * usual_m:
        return False
    slow = _over(last.velocity_mps, before_mps)
    if slow is None or slow > 0.9:
        return False
    return is_second_half(gap_s, took_s, (last.rom_m + rep.rom_m) / usual_m, ratio)


def _middle(values: tuple[float, ...]) -> float | None:
    return sorted(values)[len(values) // 2] if values else None


def _off(value: float | None, reference: float | None) -> float | None:
    return None if value is None or reference is None else value - reference


def _over(value: float | None, reference: float | None) -> float | None:
    return None if value is None or reference is None else value / reference
