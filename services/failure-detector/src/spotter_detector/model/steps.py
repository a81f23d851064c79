"""One rep as an update of the posterior."""

from __future__ import annotations

from dataclasses import dataclass

from spotter_detector.model.prior import Prior
from spotter_detector.model.timing import PaceKind


@dataclass(slots=True)
class FilterStep:
    """How one rep updates the posterior.

    Attributes
    ----------
    pace, sensor_variance, cv_squared : float
        The observation and its noise, m/s or units of the reference.
    progress : int
        Reps done in the curve, 1 … `PROGRESS_MAX`.
    restarts_from : (Prior, PaceKind) or None
        The posterior starts again before this rep, from the prior of these values and this kind.
    information : float
        Share of the information left before this rep; 1 except after a pause.
    fades_to : (Prior, PaceKind) or None
        The prior that the posterior fades to.
    failed : float
        Bayes factor for no further rep being possible, if an attempt at one failed; else 0.
    called_rir : float or None
        Reps in reserve that the lifter reported after this rep.
    """

    pace: float
    sensor_variance: float
    cv_squared: float
    progress: int
    restarts_from: tuple[Prior, PaceKind] | None = None
    information: float = 1.0
    failed: float = 0.0
    called_rir: float | None = None
    fades_to: tuple[Prior, PaceKind] | None = None

    def in_units(self, unit: float) -> FilterStep:
        """Return the step with paces in units of the reference.

        >>> FilterStep(0.4, 0.0025, 0.01, progress=3).in_units(0.5).pace
        0.8
        """
        return FilterStep(
            self.pace / unit,
            self.sensor_variance / (unit * unit),
            self.cv_squared,
            self.progress,
            self.restarts_from,
            self.information,
            self.failed,
            self.called_rir,
            self.fades_to,
        )
