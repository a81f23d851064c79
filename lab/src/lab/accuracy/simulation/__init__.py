"""Simulated lifters and their sets, in two families that share reps and first velocity by load.

`lifters` is the interface. All numbers are in `parameters.toml`, frozen before any model was tuned on its sets.

* `home` and `other`: the generative laws;
* `timing`: travel, the time a rep takes and the time between reps;
* `habits`: when a lifter stops, and the reps in reserve they report;
* `devices`: noise, rounding and missing values;
* `faults`: reports that are no rep, reps without a report, reports that are wrong, pauses;
* `failed_shapes`: sets with reports of a failed attempt, and normal sets;
* `parts`: sets with two sides, help at the end or calibration at the beginning.
"""

from __future__ import annotations

from lab.accuracy.simulation.conditions import Conditions
from lab.accuracy.simulation.lifters import lifters
from lab.accuracy.simulation.parameters import EXERCISES, FAMILIES

__all__ = ["EXERCISES", "FAMILIES", "Conditions", "lifters"]
