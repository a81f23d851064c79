"""How a set ended, as far as it is known."""

from __future__ import annotations

from spotter.domain.fast_dataclass import record


@record(frozen=True, slots=True)
class ObservedOutcome:
    """The end of a closed set.

    Attributes
    ----------
    failed : bool
        The lifter tried another rep and failed: no more were possible.
    called_rir : float or None
        Reps in reserve that the lifter reported after the set; 10 − RPE.
    at_days : float
        When, in days from any fixed time: learned values drift with time.

    >>> ObservedOutcome(failed=True), ObservedOutcome(called_rir=2.0, at_days=3.5).called_rir
    (ObservedOutcome(failed=True, called_rir=None, at_days=0.0), 2.0)
    """

    failed: bool = False
    called_rir: float | None = None
    at_days: float = 0.0
