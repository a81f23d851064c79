"""Leave-one-out validation of the wrist: parameters fitted on all exercises but one, which is counted with them.

Candidates are drawn once, at random over wide ranges. For each exercise left out, the tenth of them that counts the
other exercises best is chosen (most sets exact, then the least error, at most three per set), and the exercise left out
is counted with their mean. The method itself was designed on these sets, which this can't correct.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lab.accuracy.motion.watch import WatchSet
from spotter_detector.motion.parameters import WristParameters
from spotter_detector.motion.sample_parser import SampleRow, SampleStream, add_chunk, flush
from spotter_detector.motion.wrist import WristState, run

RANGES = {
    "leak_s": (3.0, 8.0),
    "share": (0.4, 0.65),
    "arrived_share": (0.75, 1.0),
    "slow": (0.1, 0.4),
    "floor_rad": (0.1, 0.3),
    "floor_mps": (0.12, 0.3),
    "lever_rad_per_mps": (0.8, 1.25),
}
_ERROR_MAX = 3


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A set counted with parameters that were fitted without its exercise."""

    name: str
    exercise: str
    reps: int
    counted: int

    @property
    def error(self) -> int:
        """Reps counted too many."""
        return self.counted - self.reps


def candidates(count: int, seed: int = 0) -> list[WristParameters]:
    """Draw candidates uniformly over their ranges.

    >>> [round(wrist.share, 3) for wrist in candidates(3)]
    [0.467, 0.536, 0.444]
    """
    rng = np.random.default_rng(seed)
    drawn = [{name: float(rng.uniform(*bounds)) for name, bounds in RANGES.items()} for _ in range(count)]
    return [WristParameters(**numbers) for numbers in drawn]


def counts(sets: Sequence[WatchSet], wrists: Sequence[WristParameters]) -> npt.NDArray[np.int64]:
    """Count every set with every candidate: an array of candidates × sets."""
    table = np.zeros((len(wrists), len(sets)), dtype=np.int64)
    for index, lifted_set in enumerate(sets):
        rows = _rows(lifted_set)
        for which, wrist in enumerate(wrists):
            table[which, index] = len(run(WristState(), rows, "imu_wrist", wrist)[1])
    return table


def leave_one_out(
    sets: Sequence[WatchSet], wrists: Sequence[WristParameters], table: npt.NDArray[np.int64]
) -> list[LeftOut]:
    """Count each exercise with the parameters fitted on the others; `table` is that of `counts`."""
    errors = table - np.array([lifted_set.reps for lifted_set in sets])
    exercises = [lifted_set.exercise for lifted_set in sets]
    counted: dict[str, int] = {}
    for exercise in sorted(set(exercises)):
        others = np.array([other != exercise for other in exercises])
        mine = [lifted_set for lifted_set in sets if lifted_set.exercise == exercise]
        chosen = fitted(wrists, errors[:, others])
        counted |= {watch_set.name: int(reps) for watch_set, reps in zip(mine, counts(mine, [chosen])[0], strict=True)}
    return [
        LeftOut(lifted_set.name, lifted_set.exercise, lifted_set.reps, counted[lifted_set.name]) for lifted_set in sets
    ]


def fitted(wrists: Sequence[WristParameters], errors: npt.NDArray[np.int64]) -> WristParameters:
    """Return the mean of the tenth of the candidates with the best counts; errors are candidates × sets.

    >>> wrists = candidates(20)
    >>> errors = np.ones((20, 4), dtype=np.int64)
    >>> errors[[2, 5]] = 0
    >>> fitted(wrists, errors).share == (wrists[2].share + wrists[5].share) / 2
    True
    """
    exact = (errors == 0).sum(axis=1)
    missed = np.minimum(np.abs(errors), _ERROR_MAX).sum(axis=1)
    best = np.lexsort((missed, -exact))[: max(1, len(wrists) // 10)]
    return WristParameters(
        **{name: float(np.mean([getattr(wrists[which], name) for which in best])) for name in RANGES}
    )


def _rows(watch_set: WatchSet) -> list[SampleRow]:
    intake, rows = SampleStream(), []
    for chunk in watch_set.chunks(100):
        intake, more = add_chunk(intake, chunk)
        rows += more
    return rows + flush(intake, "imu_wrist")[1]
