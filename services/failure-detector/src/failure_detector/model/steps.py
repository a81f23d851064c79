"""One rep as an update of the posterior."""

from __future__ import annotations

from dataclasses import dataclass

from failure_detector.model.timing import Kind


@dataclass(slots=True)
class Step:
    """What one rep is to the posterior.

    Attributes
    ----------
    pace, sensor_variance, cv_squared : float
        The observation and its noise, m/s or units of the reference.
    progress : int
        Reps done in the curve, 1 … `PROGRESS_MAX`.
    prior : Kind or None
        The posterior starts again before this rep, from the prior of this kind.
    information : float
        Share of what was known that is left before this rep; 1 but for a pause.
    failed : bool
        An attempt at one more that failed.
    """

    pace: float
    sensor_variance: float
    cv_squared: float
    progress: int
    prior: Kind | None = None
    information: float = 1.0
    failed: bool = False

    def in_units(self, unit: float) -> Step:
        """The same with paces in units of the reference.

        >>> Step(0.4, 0.0025, 0.01, progress=3).in_units(0.5)
        Step(pace=0.8, sensor_variance=0.01, cv_squared=0.01, progress=3, prior=None, information=1.0, failed=False)
        """
        return Step(
            self.pace / unit,
            self.sensor_variance / (unit * unit),
            self.cv_squared,
            self.progress,
            self.prior,
            self.information,
            self.failed,
        )
