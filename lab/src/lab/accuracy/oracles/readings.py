"""The input of an oracle: one value per rep, and its scatter around the set's smooth course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import numpy as np

from lab.accuracy.oracles.normal import Floats, Places
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation.parameters import parameters

Sense: TypeAlias = Literal["velocity", "durations"]

# The least smooth value: the noise would vanish with it.
_VALUE_MIN = 0.02
# The least number of reps for a parabola and for a line.
_PARABOLA_REPS_MIN = 6
_LINE_REPS_MIN = 4


@dataclass(frozen=True, slots=True)
class Readings:
    """Values of n sets with at most m reps.

    Attributes
    ----------
    values : array (n, m)
        Velocity in m/s, or 1 / concentric duration; the first rep's divided by its usual share of the law's velocity;
        0 past a set's end.
    counts : array (n,)
        Reps of each set.
    added_variance : array (n, m)
        Of the device: (m/s)²; 0 for durations.
    cv : array (m,)
        Coefficient of variation of each rep.
    relative : bool
        All noise is proportional: readings are log-normal.
    """

    values: Floats
    counts: Places
    added_variance: Floats
    cv: Floats
    relative: bool

    def part(self, places: Places) -> Readings:
        """Return the readings of some of the sets, cut to the longest of them."""
        most = int(self.counts[places].max())
        return Readings(
            self.values[places, :most],
            self.counts[places],
            self.added_variance[places, :most],
            self.cv[:most],
            self.relative,
        )

    def information(self, until: int) -> Floats:
        """Return the inverse variance of each rep's value, (n, m), as of `until` reps; 0 for later ones and past the end.

        A rep scatters in proportion to its true value, here a smooth fit to the reps so far; the error of the fit changes
        the variance by only a few percent.
        """
        seen = min(until, self.values.shape[1])
        smooth = np.maximum(self.values[:, :seen] @ _smoother(seen).T, _VALUE_MIN)
        variance = self.added_variance[:, :seen] + (self.cv[:seen] * smooth) ** 2
        information = np.zeros_like(self.values)
        information[:, :seen] = np.where(np.arange(seen) < self.counts[:, None], 1.0 / variance, 0.0)
        return information

    def final_information(self) -> Floats:
        """Return the inverse variance of each rep's value as of the whole set, (n, m)."""
        information = np.zeros_like(self.values)
        for count in np.unique(self.counts):
            places = np.flatnonzero(self.counts == count)
            information[places, :count] = self.part(places).information(int(count))
        return information


def read(sets: Sequence[LabelledSet], sense: Sense) -> Readings:
    """Read sets without faults.

    Raises
    ------
    ValueError
        For sets that were not simulated, have faults, lack the values, or are of several sensors.
    """
    counts = np.array([len(lifted_set.reps) for lifted_set in sets], dtype=np.intp)
    values = np.zeros((len(sets), int(counts.max())))
    added = np.zeros_like(values)
    for index, lifted_set in enumerate(sets):
        if lifted_set.true is None or lifted_set.faults:
            raise ValueError(
                f"set {lifted_set.order} of lifter {lifted_set.lifter} has no known law: oracles are for simulated sets without faults"
            )
        row = [rep.velocity_mps if sense == "velocity" else _inverse(rep.duration_s) for rep in lifted_set.reps]
        if None in row:
            raise ValueError(
                f"set {lifted_set.order} of lifter {lifted_set.lifter} has reps without {sense}: use the other sense"
            )
        values[index, : len(row)] = row
        if sense == "velocity":
            added[index, :] = lifted_set.true.sensor_sd_mps**2 + parameters().device.velocity_step ** 2 / 12.0
    if len(np.unique(added[:, :1])) > 1:
        raise ValueError("the sets are measured by several sensors: pass those of one")
    values[:, 0] /= parameters().lifting.first_share
    added[:, 0] /= parameters().lifting.first_share ** 2
    return Readings(values, counts, added, _cv(sense, values.shape[1]), relative=sense == "durations")


def _inverse(duration_s: float | None) -> float | None:
    return None if duration_s is None else 1.0 / duration_s


def _cv(sense: Sense, reps: int) -> Floats:
    lifting, timing = parameters().lifting, parameters().timing
    variance = lifting.cv**2
    if sense == "durations":
        variance += timing.rom_cv**2 + timing.duration_log_sd**2
    cv = np.full(reps, np.sqrt(variance))
    cv[0] = np.sqrt(variance + lifting.first_cv**2)
    return cv


@cache
def _smoother(reps: int) -> Floats:
    """Return the matrix that maps values to the parabola, line or mean through them."""
    powers = 2 if reps >= _PARABOLA_REPS_MIN else 1 if reps >= _LINE_REPS_MIN else 0
    x = np.vander(np.linspace(-1.0, 1.0, reps), powers + 1)
    smoother: Floats = x @ np.linalg.pinv(x)
    smoother.setflags(write=False)
    return smoother
