"""How well wrists are counted: recorded and simulated sets, as they are and disturbed, and people who train nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time
from typing import Final

import numpy as np
import numpy.typing as npt

from lab.accuracy.motion.disturbances import frozen, padded, shocked
from lab.accuracy.motion.watch import WatchSet, chunks, spar_sets, uncut_sets, watch_sets
from lab.accuracy.motion.wrist_left_out import left_out_reps
from lab.accuracy.motion.wrists import IDLE, KINDS, idle, wrist_set
from spotter_detector.motion import MotionFinding, RepFound, advance, finish, segmenter

Floats = npt.NDArray[np.float64]

_LATE_S: Final = 0.7
# The first rep is known with the second.
_FIRST: Final = 1


@dataclass(frozen=True, slots=True)
class WristCount:
    """Shares of sets counted exactly and within one rep; of people who train nothing, without any rep.

    `known_in_time` is the share of reps, but the first of a set, that are known 0.7 s after their end at most; `errors`
    are the reps too many by set; `cost_us` is the processor time of a sample, µs (of all candidates, where one was chosen).
    """

    recorded: bool
    case: str
    sets: int
    exact: float
    within_one: float
    known_in_time: float
    errors: tuple[tuple[str, int], ...]
    cost_us: float


@dataclass(frozen=True, slots=True)
class _Case:
    name: str
    reps: int
    rows: Floats
    rate_hz: float
    expected: bool = False


def wrist_counts(recordings: Path | None, seed: int, quick: bool) -> list[WristCount]:
    """Count recorded sets, where there are any, and simulated ones."""
    return list(iter_wrist_counts(recordings, seed, quick))


def iter_wrist_counts(recordings: Path | None, seed: int, quick: bool) -> Iterator[WristCount]:
    """Yield the counts one case after the other."""
    if recordings is not None:
        yield from _recorded(recordings, seed, quick)
    size = 4 if quick else 40
    for kind in KINDS:
        sets = [wrist_set(np.random.default_rng((seed, number)), kind) for number in range(size)]
        cases = [_Case(str(number), len(lift.reps), lift.rows, lift.rate_hz) for number, lift in enumerate(sets)]
        yield _counted(False, f"{kind}es" if kind.endswith("s") else f"{kind}s", cases)
    for kind in IDLE:
        count = 2 if quick else 10
        rows = [idle(np.random.default_rng((seed, number)), kind) for number in range(count)]
        cases = [_Case(str(number), 0, still, 100.0) for number, still in enumerate(rows)]
        counted = _counted(False, f"two minutes of {kind}", cases)
        yield replace(counted, within_one=counted.exact)


def _recorded(recordings: Path, seed: int, quick: bool) -> Iterator[WristCount]:
    uncut = uncut_sets(recordings / "watch_uncut")
    if uncut:
        yield _counted(True, "as recorded", [_case(lift, lift.rows) for lift in uncut])
        disturbances: dict[str, Callable[[np.random.Generator, WatchSet], Floats]] = {
            "random pads": lambda rng, lift: padded(rng, lift.rows, lift.rate_hz, lift.cut_s),
            "2 g shock": lambda rng, lift: shocked(rng, lift.rows, lift.rate_hz),
            "frozen tail": lambda rng, lift: frozen(rng, lift.rows, lift.rate_hz),
        }
        for name, disturbed in disturbances.items():
            rngs = [np.random.default_rng((seed, number)) for number in range(1 if quick else 3)]
            yield _counted(True, name, [_case(lift, disturbed(rng, lift)) for rng in rngs for lift in uncut])
    cut = watch_sets(recordings / "watch")
    if cut:
        yield _counted(True, "cut", [_case(lift, lift.rows) for lift in cut])
    people = spar_sets(recordings / "spar_watch")
    if people:
        people = people[::4] if quick else people
        yield _counted(True, "spar_watch, set started", [_case(lift, lift.rows, expected=True) for lift in people])
        yield _counted(True, "spar_watch, no set started", [_case(lift, lift.rows) for lift in people])
    yield from _left_out(uncut, people[:: 1 if quick else 4], quick)


def _left_out(uncut: list[WatchSet], people: list[WatchSet], quick: bool) -> Iterator[WristCount]:
    """Yield counts by parameters that were chosen without the exercise, or the person."""
    if not uncut or not people:
        return
    before = process_time()
    counted = left_out_reps([*uncut, *people], quick)
    cost_us = (process_time() - before) / sum(len(lift.rows) for lift in (*uncut, *people)) * 1e6
    cases = [_case(lift, lift.rows) for lift in (*uncut, *people)]
    for name, part in (
        ("as recorded, one exercise left out", slice(len(uncut))),
        ("spar_watch, one person left out", slice(len(uncut), None)),
    ):
        yield _scored(True, name, cases[part], counted[part], cost_us)


def _case(lift: WatchSet, rows: Floats, *, expected: bool = False) -> _Case:
    name = lift.name if lift.person == "watch" else f"{lift.person} {lift.exercise}"
    return _Case(name, lift.reps, rows, lift.rate_hz, expected)


def _counted(recorded: bool, case: str, cases: Sequence[_Case]) -> WristCount:
    before = process_time()
    counted = [reps_in(case.rows, case.rate_hz, expected=case.expected) for case in cases]
    cost_us = (process_time() - before) / sum(len(case.rows) for case in cases) * 1e6
    return _scored(recorded, case, cases, counted, cost_us)


def _scored(
    recorded: bool, case: str, cases: Sequence[_Case], counted: Sequence[list[RepFound]], cost_us: float
) -> WristCount:
    errors = [len(reps) - case.reps for case, reps in zip(cases, counted, strict=True)]
    later = [(rep.known_us - rep.ended_us) / 1e6 <= _LATE_S for reps in counted for rep in reps[_FIRST:]]
    return WristCount(
        recorded=recorded,
        case=case,
        sets=len(cases),
        exact=float(np.mean([error == 0 for error in errors])),
        within_one=float(np.mean([abs(error) <= 1 for error in errors])),
        known_in_time=float(np.mean(later)) if later else 1.0,
        errors=tuple((case.name, error) for case, error in zip(cases, errors, strict=True)),
        cost_us=cost_us,
    )


def reps_in(rows: Floats, rate_hz: float, *, expected: bool = False) -> list[RepFound]:
    """Count rows as a device sends them, half a second at a time; `expected`: the lifter has started a set."""
    state = segmenter("imu_wrist")
    findings: list[MotionFinding] = []
    for chunk in chunks(rows, rate_hz, max(1, round(rate_hz / 2))):
        counting = expected and not findings
        state, more = advance(replace(state, expected=counting), chunk)
        findings += more
    return [finding for finding in [*findings, *finish(state)[1]] if isinstance(finding, RepFound)]
