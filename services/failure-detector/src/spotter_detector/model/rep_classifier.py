"""Classifies each report of a set from its first rep on.

A report is classified when it arrives, by its travel, speed and time against the reps before it; and a slow or wrong
first rep once the third shows it. A report that looks like a failed attempt is only evidence: the estimate decides (see
`set_end`). Every estimate depends on the reports up to its own, and on none after it.
"""

from __future__ import annotations

from dataclasses import dataclass

from spotter_detector.model.attempts import has_inner_pause, is_double, is_helped, is_second_half
from spotter_detector.model.flags import Verdict
from spotter_detector.model.pauses import concentric_s, inner_time_s
from spotter_detector.model.records import Observation
from spotter_detector.model.travel import LONG_SHARE, SHORT_SHARE, classify_travel

# A first rep this much faster than the next two is wrongly measured, this much slower it is not measured (design
# choices; its own scatter is about 8 %).
_WILD_FIRST_RATIO, _SLOW_FIRST_RATIO = 1.3, 1.2
_ALIKE_VELOCITY = 0.1
# A helped rep is followed by helped ones this soon: nobody has recovered by then (design choice).
_GOES_ON_S = 8.0
# Nobody is helped through more reps than this: a lifter who does as many was not at the end (design choice).
HELPED_MAX = 3
# Travel is that of the set once so many reps share it (design choices): to call an attempt failed, and form broken down.
_SHARED_FAILED, _SHARED_FORM = 2, 3
# Module names: looking a member up through its enum class takes ten times as long (measured).
_VALID, _HELPED = Verdict.VALID, Verdict.HELPED
_MAY_GO_ON = (Verdict.FAILED, Verdict.SHORT, Verdict.GHOST)


@dataclass(slots=True)
class RepContext:
    """The set before a report, as far as classification needs it."""

    last: Observation | None
    """The last report, whatever it was."""
    last_verdict: Verdict | None
    usual_m: float | None
    """The set's travel, by all its reports; None: they are alike, or have none."""
    sharing: int
    """How many reports have it."""
    last_velocity_mps: float | None
    """Of the last valid rep, in the report's metric."""
    before_last_mps: float | None
    """Of the valid rep before the last report."""
    valid: int
    near_failure: bool
    """The last valid rep was as slow as last reps are."""
    usual_rom_m: float | None
    """The lifter's learned travel."""
    inners_s: tuple[float, ...] = ()
    """Of the reps with a reported start, by how much they took longer than their duration."""


def classify(rep: Observation, context: RepContext) -> tuple[Verdict, Verdict | None]:
    """Return the verdict on a report, and the revised verdict on the one before it, if it changes.

    >>> last = Observation(4, 9.0, 0.21, 2.0, 0.42, None)
    >>> context = RepContext(last, Verdict.VALID, 0.42, 4, 0.21, 0.26, 4, True, None)
    >>> for rep in (Observation(5, 12.5, 0.19, 2.2, 0.42, None), Observation(5, 12.5, 0.1, 2.0, 0.2, None)):
    ...     print(classify(rep, context)[0].value)
    valid
    failed
    """
    last, last_verdict = context.last, context.last_verdict
    if last is None or last_verdict is None:
        return _first_verdict(rep, context), None
    gap_s = rep.end_s - last.end_s
    velocity_mps = rep.velocity_mps
    if is_double(gap_s, rep.duration_s, _off(velocity_mps, last.velocity_mps), _off(rep.rom_m, last.rom_m)):
        return Verdict.DOUBLE, None
    took_s = concentric_s(rep.duration_s, velocity_mps, rep.rom_m)
    usual_m = context.usual_m
    ratio = _over(velocity_mps, context.last_velocity_mps)
    before = context.last_velocity_mps if not last_verdict.is_done else context.before_last_mps
    verdict = _VALID
    if rep.rom_m is not None and usual_m is not None:
        shared = _is_shared(usual_m, context)
        if shared and _goes_on_from(last, last_verdict, rep, usual_m, before, gap_s, took_s):
            return Verdict.SECOND_HALF, None if last_verdict.is_failed else Verdict.FAILED
        verdict = classify_travel(rep.rom_m, usual_m, ratio)
        if verdict is Verdict.FAILED and not shared:
            verdict = Verdict.GHOST
        if not verdict.is_done:
            return verdict, None
    if last_verdict is _HELPED and gap_s <= _GOES_ON_S:
        return _HELPED, None
    if velocity_mps is not None and before is not None and context.valid > 1 and context.near_failure:
        slow_ratio = _over(last.velocity_mps, before)
        helped = _over(velocity_mps, before)
        if slow_ratio is not None and helped is not None and is_helped(gap_s, took_s, slow_ratio, helped):
            return _HELPED, None
    inner_s = inner_time_s(rep)
    if inner_s is not None and context.near_failure and has_inner_pause(inner_s, context.inners_s):
        return Verdict.STALLED, None
    return verdict, None


def shows_form(sharing: int) -> bool:
    """Whether so many reps share the set's travel that a short rep is a breakdown of form.

    >>> shows_form(2), shows_form(3)
    (False, True)
    """
    return sharing >= _SHARED_FORM


def classify_first(reps: tuple[Observation, ...]) -> Verdict | None:
    """Return the revised verdict on the first of three reps by its velocity against the next two; None: no revision.

    >>> def first(*velocities_mps):
    ...     return classify_first(tuple(Observation(1, 0.0, v, None, 0.42, None) for v in velocities_mps))
    >>> first(0.9, 0.5, 0.5).value, first(0.3, 0.5, 0.5).value, first(0.5, 0.5, 0.5)
    ('off', 'slow', None)
    """
    first, second, third = (rep.velocity_mps for rep in reps)
    if first is None or second is None or third is None or not reps[0].metric == reps[1].metric == reps[2].metric:
        return None
    slower = max(second, third)
    if abs(second - third) > _ALIKE_VELOCITY * slower:
        return None
    if first > _WILD_FIRST_RATIO * slower:
        return Verdict.OFF
    return Verdict.SLOW if _SLOW_FIRST_RATIO * first < slower else None


def _first_verdict(rep: Observation, context: RepContext) -> Verdict:
    """Return the verdict on a first rep: one of quite another travel than the later ones is none."""
    if rep.rom_m is None or context.usual_m is None:
        return _VALID
    verdict = classify_travel(rep.rom_m, context.usual_m, None)
    return Verdict.RERACK if not verdict.is_done else verdict


def _is_shared(usual_m: float, context: RepContext) -> bool:
    """Whether the set's travel is that of enough reps, or what the lifter's was before."""
    if context.usual_rom_m is not None and SHORT_SHARE * usual_m <= context.usual_rom_m <= LONG_SHARE * usual_m:
        return True
    return context.sharing >= _SHARED_FAILED


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


def _off(value: float | None, reference: float | None) -> float | None:
    return None if value is None or reference is None else value - reference


def _over(value: float | None, reference: float | None) -> float | None:
    return None if value is None or reference is None else value / reference
