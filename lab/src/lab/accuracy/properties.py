"""Properties that hold for any set, whatever the truth: a set changed in a way that must not matter is asked again.

* Reports of any travel and speed before a set, 2–20 s before, change no probability at its end by .05, once three reps are
  done.
* Time between reps is rest: three times as long or half as long, the reps' own durations being told, changes no verdict.
* A lifter's call of more left never gives fewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from lab.accuracy import subject
from lab.accuracy.sets import LabelledSet
from spotter_detector.model import Observation, Prior

_CHANGE_MAX: Final = 0.05
_REPS_MIN: Final = 3
_RESTS: Final = (0.5, 3.0)
# Where a pause is a pause: beyond it the model's curve starts anew, which is no verdict on a rep.
_REST_MAX_S: Final = 55.0
_CALLS: Final = (0.0, 1.0, 2.0, 3.0, 5.0, 8.0)
_STREAM: Final = 79
# A verdict that says that a report was no completed rep.
_VERDICTS: Final = frozenset({"failed", "stall", "ghost", "rerack", "short_rom", "second_dip"})


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """How often a property is broken.

    Attributes
    ----------
    sets : int
        Sets tried.
    broken : float
        Share of them in which it does not hold.
    worst : float
        The largest change: of a probability, of the verdicts of a set, of the median of reps left.
    """

    name: str
    sets: int
    broken: float
    worst: float


def property_rows(sets: Sequence[LabelledSet], starts: Sequence[Prior], seed: int = 1) -> list[PropertyRow]:
    """Try every property on sets without reports that are no reps, each with its prior."""
    pairs = [
        (lifted_set, start) for lifted_set, start in zip(sets, starts, strict=True) if len(lifted_set.reps) >= _REPS_MIN
    ]
    chosen, priors = [lifted_set for lifted_set, _ in pairs], [start for _, start in pairs]
    random = np.random.default_rng((_STREAM, seed))
    return [
        *(_reports_before(count, chosen, priors, random) for count in (1, 2, 3)),
        *(_rests(factor, chosen, priors) for factor in _RESTS),
        _calls(chosen, priors),
    ]


def with_reports_before(lifted_set: LabelledSet, count: int, random: np.random.Generator) -> LabelledSet:
    """Return a set with reports before its first rep: of .3–2.3 times its travel, of any speed, 2–20 s before."""
    first = lifted_set.reps[0]
    travel_m = float(np.median([rep.rom_m for rep in lifted_set.reps if rep.rom_m is not None] or [0.5]))
    end_s = first.end_s - (first.duration_s or 1.0)
    before: list[Observation] = []
    for _ in range(count):
        end_s -= float(random.uniform(2.0, 20.0))
        rom_m, velocity_mps = travel_m * float(random.uniform(0.3, 2.3)), float(random.uniform(0.1, 1.6))
        report = replace(
            first,
            end_s=end_s,
            velocity_mps=round(velocity_mps, 4),
            rom_m=round(min(rom_m, 2.5), 3),
            duration_s=round(max(rom_m / velocity_mps, 0.1), 3),
        )
        before.insert(0, report)
        end_s -= rom_m / velocity_mps
    reps = [*before, *lifted_set.reps]
    return replace(
        lifted_set,
        reps=tuple(
            replace(rep, rep_number=number, end_s=rep.end_s - reps[0].end_s) for number, rep in enumerate(reps, start=1)
        ),
        truth=(*(None for _ in before), *lifted_set.truth),
    )


def with_rests(lifted_set: LabelledSet, factor: float) -> LabelledSet:
    """Return a set with another time between reps, each rep's own duration as it was."""
    reps = [lifted_set.reps[0]]
    for before, rep in zip(lifted_set.reps, lifted_set.reps[1:], strict=False):
        own_s = rep.duration_s or 0.0
        rest_s = max(rep.end_s - before.end_s - own_s, 0.0)
        reps.append(replace(rep, end_s=reps[-1].end_s + own_s + min(factor * rest_s, max(rest_s, _REST_MAX_S))))
    return replace(lifted_set, reps=tuple(reps))


def _reports_before(
    count: int, sets: Sequence[LabelledSet], starts: Sequence[Prior], random: np.random.Generator
) -> PropertyRow:
    plain = subject.ask(sets, starts)
    other = subject.ask([with_reports_before(lifted_set, count, random) for lifted_set in sets], starts)
    change = [
        float(np.abs(np.subtract(a[-1].p_rir_le, b[-1].p_rir_le)).max())
        for a, b in zip(plain.estimates, other.estimates, strict=True)
    ]
    name = f"{count} report{'s' * (count > 1)} before the first rep"
    return PropertyRow(name, len(sets), float(np.mean(np.array(change) >= _CHANGE_MAX)), max(change, default=0.0))


def _rests(factor: float, sets: Sequence[LabelledSet], starts: Sequence[Prior]) -> PropertyRow:
    """Both sides with a duration only: where none is told, the time between reps is all that is known of them."""
    pairs = [
        (lifted_set, start)
        for lifted_set, start in zip(sets, starts, strict=True)
        if all(rep.duration_s is not None for rep in lifted_set.reps)
    ]
    timed, priors = [lifted_set for lifted_set, _ in pairs], [start for _, start in pairs]
    plain = subject.ask(timed, priors)
    other = subject.ask([with_rests(lifted_set, factor) for lifted_set in timed], priors)
    changed = [
        sum(bool(_VERDICTS & set(a.flags) ^ _VERDICTS & set(b.flags)) for a, b in zip(one_set, same_set, strict=True))
        for one_set, same_set in zip(plain.estimates, other.estimates, strict=True)
    ]
    name = f"rests {factor:g} times as long"
    return PropertyRow(name, len(timed), float(np.mean(np.array(changed) > 0)), float(max(changed, default=0)))


def _calls(sets: Sequence[LabelledSet], starts: Sequence[Prior]) -> PropertyRow:
    by_call = [
        subject.ask(
            [
                replace(lifted_set, reps=(*lifted_set.reps[:-1], replace(lifted_set.reps[-1], called_rir=call)))
                for lifted_set in sets
            ],
            starts,
        )
        for call in _CALLS
    ]
    left = np.array([[of_set[-1].rir for of_set in answer.estimates] for answer in by_call]).reshape(len(_CALLS), -1)
    fewer = np.maximum(left[:-1] - left[1:], 0.0).max(axis=0)
    return PropertyRow("more left called", len(sets), float(np.mean(fewer > 0.0)), float(fewer.max(initial=0.0)))
