"""The tile of a running set: a bar per rep, reps left, the advice in force."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from spotter.domain.events.lifting import Intent
from spotter.domain.events.outputs import Action, AdviceGiven, Confidence, EffortEstimated, RepCounted
from spotter.domain.exercises import Catalogue
from spotter.domain.running_set import RunningSet
from spotter_dashboard.live.floor import FloorAthlete

BARS_MAX: Final = 40
"""More bars than this can't be told apart: the newest are shown."""


@dataclass(frozen=True, slots=True)
class RepBar:
    """One rep: how fast it was, as a share of the tallest bar."""

    rep_number: int
    height: float | None
    """None where only the time of the rep is known and there is no rep before it."""
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
class TileAdvice:
    """The advice in force."""

    action: Action
    emergency: bool
    late: bool
    sentence: str
    after_rep: int


@dataclass(frozen=True, slots=True)
class FloorTile:
    """The contents of one tile; times are milliseconds since 1970."""

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
    bars: list[RepBar]
    reference_height: float | None
    reference_label: str | None
    velocity_loss: float | None
    reps_left: RepsLeft | None
    advice: TileAdvice | None
    order: str
    """Sort key of tiles: rack, then lifter."""


def tile(running: RunningSet, athlete: FloorAthlete, catalogue: Catalogue) -> FloorTile:
    """Return the tile of a set that has an opening."""
    opening, closing = running.opening, running.closing
    assert opening is not None
    reps = running.merged_reps()
    counted = [rep for rep in reps if not rep.voided]
    estimates = running.estimates_by_number()
    estimate = running.newest_estimate(counted)
    bars, reference_height, reference_label = _bars(reps, estimates, estimate)
    reps_left = None
    if estimate is not None:
        reps_left = RepsLeft(estimate.rir, estimate.rir_low, estimate.rir_high, estimate.confidence)
    return FloorTile(
        set_key=running.set_key,
        athlete_id=running.athlete_id,
        name=athlete.name or running.athlete_id,
        station_id=opening.station_id,
        exercise=catalogue.get(opening.exercise).name if opening.exercise in catalogue else _words(opening.exercise),
        load_kg=opening.load_kg,
        intent=opening.intent or "work",
        running=closing is None,
        signal_lost=closing is None and athlete.lost(running),
        opened_at_ms=_ms(opening.opened_at),
        last_rep_at_ms=max((_ms(rep.rep_time) for rep in counted), default=None),
        ended_at_ms=None if closing is None else _ms(closing.ended_at),
        ended_by=None if closing is None else closing.reason,
        reps=len(counted),
        bars=bars[-BARS_MAX:],
        reference_height=reference_height,
        reference_label=reference_label,
        velocity_loss=None if estimate is None else estimate.velocity_loss,
        reps_left=reps_left,
        advice=_advised(running.advice_in_force(counted)),
        order=" ".join(
            (_natural(opening.station_id), running.athlete_id, opening.opened_at.isoformat(), running.set_key)
        ),
    )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _words(exercise: str | None) -> str | None:
    return None if exercise is None else exercise.replace("_", " ").capitalize()


def _natural(station_id: str | None) -> str:
    """Return a sort key in which rack-2 comes before rack-10, and no name last.

    >>> _natural("Rack-2") < _natural("rack-10") < _natural(None)
    True
    """
    return "~" if station_id is None else re.sub(r"\d+", lambda digits: digits[0].zfill(12), station_id.lower())


def _bars(
    reps: list[RepCounted], estimates: Mapping[int, EffortEstimated], estimate: EffortEstimated | None
) -> tuple[list[RepBar], float | None, str | None]:
    """Return the bars, and height and label of the reference line.

    Where reps have velocities a bar is the velocity; else it is the speed that follows from the rep's duration
    against the fastest of the first three.
    """
    speeds = [rep.mean_velocity_mps for rep in reps]
    labels = ["no velocity" if speed is None else f"{speed:.2f} m/s" for speed in speeds]
    velocity = reference = estimate.reference_velocity_mps if estimate is not None else None
    if not any(speeds):
        speeds, labels, reference = _durations(reps)
    top = max([speed for speed in speeds if speed is not None] + [reference or 0.0], default=0.0)
    bars = [
        RepBar(
            rep_number=rep.rep_number,
            height=None if speed is None or not top else round(speed / top, 4),
            label=", ".join([label, *_remarks(rep)]),
            voided=rep.voided,
            ghost=_is_ghost(rep, estimates.get(rep.rep_number)),
        )
        for rep, speed, label in zip(reps, speeds, labels, strict=True)
    ]
    if not reference or not top:
        return bars, None, None
    return bars, round(reference / top, 4), f"{velocity:.2f} m/s" if velocity else None


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


def _remarks(rep: RepCounted) -> list[str]:
    """Return what makes a rep other than the lifter's own work with both sides."""
    remarks = (
        rep.side if rep.side != "both" else None,
        {"calibration": "calibration", "warmup": "warm-up"}.get(rep.kind or "work"),
        "assisted" if rep.assisted else None,
    )
    return [remark for remark in remarks if remark is not None]


def _is_ghost(rep: RepCounted, estimate: EffortEstimated | None) -> bool:
    flags = {*rep.flags, *(estimate.flags if estimate is not None else ())}
    return bool(flags & {"ghost", "rerack"})


def _advised(advice: AdviceGiven | None) -> TileAdvice | None:
    if advice is None:
        return None
    return TileAdvice(advice.action, advice.emergency, advice.late, advice.sentence, advice.after_rep)
