"""Simulated lifters and their sets, in two families that share reps and first velocity by load.

`lifters` is the way in. All numbers are in `parameters.toml`, frozen before any model was tuned on its sets.

* `home` and `other`: the generative laws;
* `timing`: travel, the time a rep takes and the time between reps;
* `habits`: when a lifter stops, and what they call;
* `devices`: noise, rounding and what a device leaves out;
* `faults`: reports that are no rep, reps without a report, reports that are wrong, pauses;
* `failed_shapes`: how a failed rep may arrive, with normal sets beside.
"""

from __future__ import annotations

from lab.accuracy.simulation.conditions import Conditions
from lab.accuracy.simulation.lifters import lifters
from lab.accuracy.simulation.parameters import EXERCISES, FAMILIES

__all__ = ["EXERCISES", "FAMILIES", "Conditions", "lifters"]
