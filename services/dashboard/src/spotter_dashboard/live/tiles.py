"""One running set as the page shows it: a bar per rep, reps left, the advice in force."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from spotter.domain.events.lifting import Intent
from spotter.domain.events.outputs import Action, AdviceGiven, Confidence, EffortEstimated, RepCounted
from spotter.domain.exercises import Catalogue
from spotter_dashboard.live.floor import Athlete, LiveSet

BARS_MAX: Final = 40
"""More bars than this can't be told apart: the newest are shown."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One rep: how fast it was, as a share of the tallest bar."""

    rep_number: int
    height: float | None
    """Nothing where only the time of the rep is known and there is none before it."""
    label: str
    voided: bool = False
    ghost: bool = False


@dataclass(frozen=True, slots=True)
class RepsLeft:
    """Median and 80 % interval."""

    median: float
    low: float
    high: float
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Advised:
    """The advice in force."""

    action: Action
    emergency: bool
    late: bool
    sentence: str
    after_rep: int


@dataclass(frozen=True, slots=True)
class Tile:
    """All that one tile shows; times are milliseconds since 1970."""

    set_key: str
    athlete_id: str
    name: str
    station_id: str | None
    exercise: str | None
    load_kg: float | None
    intent: Intent
    running: bool
    signal_lost: bool
    opened_at_ms: int
    last_rep_at_ms: int | None
    ended_at_ms: int | None
    ended_by: str | None
    reps: int
    bars: list[Bar]
    reference_height: float | None
    reference_label: str | None
    velocity_loss: float | None
    reps_left: RepsLeft | None
    advice: Advised | None
    order: str
    """What tiles are sorted by: rack, then lifter."""


def tile(one: LiveSet, athlete: Athlete, catalogue: Catalogue) -> Tile:
    """Draw the tile of a set that has an opening."""
    opening, closing = one.opening, one.closing
    assert opening is not None
    reps = _merged(one)
    counted = [rep for rep in reps if not rep.voided]
    estimate = next((found for rep in reversed(counted) if (found := one.estimates.get(rep.rep_number))), None)
    bars, reference_height, reference_label = _bars(reps, one, estimate)
    return Tile(
        set_key=one.set_key,
        athlete_id=one.athlete_id,
        name=athlete.name or one.athlete_id,
        station_id=opening.station_id,
        exercise=catalogue.get(opening.exercise).name if opening.exercise in catalogue else _words(opening.exercise),
        load_kg=opening.load_kg,
        intent=opening.intent or "work",
        running=closing is None,
        signal_lost=closing is None and athlete.lost(one),
        opened_at_ms=_ms(opening.opened_at),
        last_rep_at_ms=max((_ms(rep.rep_time) for rep in counted), default=None),
        ended_at_ms=None if closing is None else _ms(closing.ended_at),
        ended_by=None if closing is None else closing.reason,
        reps=len(counted),
        bars=bars[-BARS_MAX:],
        reference_height=reference_height,
        reference_label=reference_label,
        velocity_loss=None if estimate is None else estimate.velocity_loss,
        reps_left=None if estimate is None else _reps_left(estimate),
        advice=_advised(one, counted),
        order=" ".join((_natural(opening.station_id), one.athlete_id, opening.opened_at.isoformat(), one.set_key)),
    )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _words(exercise: str | None) -> str | None:
    return None if exercise is None else exercise.replace("_", " ").capitalize()


def _natural(station_id: str | None) -> str:
    """Write a name so that rack-2 sorts before rack-10, and no name after all.

    >>> _natural("Rack-2") < _natural("rack-10") < _natural(None)
    True
    """
    return "~" if station_id is None else re.sub(r"\d+", lambda digits: digits[0].zfill(12), station_id.lower())


def _merged(one: LiveSet) -> list[RepCounted]:
    """Give the reps in their order, one of each: of two sources' reports of one rep the one with a velocity."""
    chosen: dict[int, RepCounted] = {}
    for rep in sorted(one.reps.values(), key=lambda rep: (rep.rep_time, rep.rep_event_id)):
        known = chosen.get(rep.rep_number)
        if known is None or (known.voided, known.mean_velocity_mps is None) > (
            rep.voided,
            rep.mean_velocity_mps is None,
        ):
            chosen[rep.rep_number] = rep
    single = (rep for rep in chosen.values() if not _is_second_report(one, rep))
    return sorted(single, key=lambda rep: (rep.rep_time, rep.rep_number))


def _is_second_report(one: LiveSet, rep: RepCounted) -> bool:
    """Tell whether another source's report of the same rep, under another number, is the one that counts."""
    estimate = one.estimates.get(rep.rep_number)
    reports = sum(other.rep_number == rep.rep_number for other in one.reps.values())
    return estimate is not None and "second_source" in estimate.flags and reports == 1


def _bars(
    reps: list[RepCounted], one: LiveSet, estimate: EffortEstimated | None
) -> tuple[list[Bar], float | None, str | None]:
    """Give the bars, and height and label of the reference line.

    Where reps have velocities a bar is the velocity; else it is the speed that follows from the rep's duration
    against the fastest of the first three.
    """
    speeds, labels, reference = _velocities(reps, estimate)
    if not any(speeds):
        speeds, labels, reference = _durations(reps)
    top = max([speed for speed in speeds if speed is not None] + [reference or 0.0], default=0.0)
    bars = [
        Bar(
            rep_number=rep.rep_number,
            height=None if speed is None or not top else round(speed / top, 4),
            label=label,
            voided=rep.voided,
            ghost=_is_ghost(one, rep),
        )
        for rep, speed, label in zip(reps, speeds, labels, strict=True)
    ]
    if not reference or not top:
        return bars, None, None
    velocity = estimate.reference_velocity_mps if estimate is not None else None
    return bars, round(reference / top, 4), f"{velocity:.2f} m/s" if velocity else None


def _velocities(
    reps: list[RepCounted], estimate: EffortEstimated | None
) -> tuple[list[float | None], list[str], float | None]:
    speeds = [rep.mean_velocity_mps for rep in reps]
    labels = ["no velocity" if speed is None else f"{speed:.2f} m/s" for speed in speeds]
    return speeds, labels, estimate.reference_velocity_mps if estimate is not None else None


def _durations(reps: list[RepCounted]) -> tuple[list[float | None], list[str], float | None]:
    lasted: list[float | None] = [rep.concentric_s for rep in reps]
    if not any(lasted):
        cycles_s = [(rep.rep_time - before.rep_time).total_seconds() for before, rep in pairwise(reps)]
        lasted = [None, *(cycle_s if cycle_s > 0 else None for cycle_s in cycles_s)][: len(reps)]
    labels = ["time only" if lasted_s is None else f"{lasted_s:.1f} s" for lasted_s in lasted]
    first = [lasted_s for rep, lasted_s in zip(reps, lasted, strict=True) if lasted_s and not rep.voided][:3]
    if not first:
        return [None] * len(reps), labels, None
    fastest = min(first)
    return [None if lasted_s is None else fastest / lasted_s for lasted_s in lasted], labels, 1.0


def _is_ghost(one: LiveSet, rep: RepCounted) -> bool:
    estimate = one.estimates.get(rep.rep_number)
    flags = {*rep.flags, *(estimate.flags if estimate is not None else ())}
    return bool(flags & {"ghost", "rerack"})


def _reps_left(estimate: EffortEstimated) -> RepsLeft:
    return RepsLeft(estimate.rir, estimate.rir_low, estimate.rir_high, estimate.confidence)


def _advised(one: LiveSet, counted: list[RepCounted]) -> Advised | None:
    """Give the advice after the newest rep that has one, else the plan."""
    numbers = [rep.rep_number for rep in reversed(counted)]
    found: AdviceGiven | None = next((said for number in [*numbers, 0] if (said := one.advice.get(number))), None)
    if found is None:
        return None
    return Advised(found.action, found.emergency, found.late, found.sentence, found.after_rep)
