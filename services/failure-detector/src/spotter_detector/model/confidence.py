"""How far an estimate can be acted on: low, medium or high."""

from __future__ import annotations

from spotter_detector.model.grid import N_MAX, PROGRESS_MAX
from spotter_detector.model.prior import Prior
from spotter_detector.model.timing import PaceKind

# Module names: looking a member up through its enum class takes ten times as long (measured).
_VELOCITY = PaceKind.VELOCITY
# Width of the 80 % interval, reps (design choice; the model's tests measure how often such estimates are right).
_HIGH_WIDTH_MAX = 3.0
_LOW_WIDTH_MIN = 6.0


def confidence_of(
    prior: Prior, kind: PaceKind, *, tempo_held: bool, progress: int, rir_low: float, rir_high: float
) -> str:
    """Return `low`, `medium` or `high` for one estimate (design choice).

    *low*: the 80 % interval is wider than 6 reps; or nothing was learned of the lifter and the reps have no velocity in
    m/s; or the set is at a tempo that the lifter still keeps; or it reaches the end of the grid. *high*: none of
    these, the interval is at most 3 reps wide, and the set is not at a tempo. *medium*: the rest.

    A set without a profile reaches *high* once its last reps slow down so clearly that few ends remain.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> for low, high in ((0.0, 1.4), (1.1, 5.2), (3.0, 11.0)):
    ...     print(confidence_of(prior, PaceKind.VELOCITY, tempo_held=False, progress=8, rir_low=low, rir_high=high))
    high
    medium
    low
    >>> confidence_of(prior, PaceKind.CONCENTRIC, tempo_held=False, progress=8, rir_low=0.0, rir_high=1.4)
    'low'
    """
    width = rir_high - rir_low
    blind = prior.learned_sets == 0 and kind is not _VELOCITY
    at_the_end_of_the_grid = progress >= PROGRESS_MAX or progress + rir_high > N_MAX - 1
    if width > _LOW_WIDTH_MIN or blind or (prior.tempo and tempo_held) or at_the_end_of_the_grid:
        return "low"
    return "high" if width <= _HIGH_WIDTH_MAX and not prior.tempo else "medium"
