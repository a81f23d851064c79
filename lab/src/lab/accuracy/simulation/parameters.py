"""The frozen parameters of the simulation, read from `parameters.toml`.

Each section is a frozen dataclass with the file's names; the file explains the numbers and their sources.
"""

from __future__ import annotations

import hashlib
import tomllib
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log
from typing import Final, TypeAlias

import numpy as np
from pydantic import TypeAdapter

Range: TypeAlias = tuple[float, float]

EXERCISES: Final = ("bench_press", "back_squat", "deadlift")
FAMILIES: Final = ("home", "other")


@dataclass(frozen=True, slots=True)
class LiftingParameters:
    """Parameters common to both families and all exercises."""

    load_pct: Range
    plate_kg: float
    days_between: Range
    reps_max: int
    velocity_floor_mps: float
    cv: float
    first_cv: float
    first_share: float
    reps_by_load: tuple[Range, ...]

    def log_reps_at(self, pct_1rm: float) -> float:
        """Return mean log reps to failure at a load, linear between the table's rows and beyond them.

        >>> round(parameters().lifting.log_reps_at(72.5), 3)
        2.596
        """
        loads = [load for load, _ in self.reps_by_load]
        upper = min(max(bisect_left(loads, pct_1rm), 1), len(loads) - 1)
        (below, reps_below), (above, reps_above) = self.reps_by_load[upper - 1], self.reps_by_load[upper]
        slope = (log(reps_above) - log(reps_below)) / (above - below)
        return log(reps_above) + slope * (pct_1rm - above)


@dataclass(frozen=True, slots=True)
class Home:
    """An exercise in the home family."""

    line_velocity: float
    line_log_n: float
    line_slope: float
    line_slope_cv: float
    line_sd: float
    load_shift: float
    load_log_n_sd: float
    v_load_sd: float
    v_day_sd: float
    v_last: float
    v_last_between_sd: float
    v_last_within_sd: float
    curve: float
    curve_sd: float
    curve_range: Range


@dataclass(frozen=True, slots=True)
class Other:
    """An exercise in the other family."""

    v0: float
    v0_sd: float
    v_fail: float
    v_fail_between_sd: float
    v_fail_within_sd: float
    fatigue: float
    fatigue_log_sd: float
    fatigue_within_log_sd: float
    strength_log_sd: float


@dataclass(frozen=True, slots=True)
class BodyParameters:
    """Strength and travel in an exercise."""

    one_rm_kg: float
    one_rm_log_sd: float
    rom: float
    rom_sd: float


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the parts of a rep take."""

    rom_cv: float
    duration_log_sd: float
    eccentric_s: float
    eccentric_lifter_log_sd: float
    eccentric_log_sd: float
    wait_s: float
    wait_lifter_log_sd: float
    wait_log_sd: float
    wait_growth: float


@dataclass(frozen=True, slots=True)
class DeviceParameters:
    """Noise and rounding of a tracker on the bar."""

    sensor_sd: float
    velocity_step: float
    velocity_min: float
    rom_sd: float
    rom_step: float
    time_step: float


@dataclass(frozen=True, slots=True)
class Habits:
    """When lifters stop, and the reps in reserve they report."""

    to_failure: float
    stop_rir: tuple[float, ...]
    called: float
    call_bias: float
    call_sd: float
    call_step: float
    tempo_s: Range
    tempo_cv: float


@dataclass(frozen=True, slots=True)
class Unrack:
    """The bar taken from the rack or put back, reported as a rep."""

    share: float
    short: float
    short_rom: Range
    short_velocity: Range
    long_rom: Range
    long_velocity: Range
    apart_s: Range


@dataclass(frozen=True, slots=True)
class Ghost:
    """A report of a bounce or a shift of the grip."""

    share: float
    rom: Range
    velocity: Range


@dataclass(frozen=True, slots=True)
class Double:
    """A second report of a rep."""

    share: float
    apart_s: Range
    velocity_sd: float
    rom_sd: float


@dataclass(frozen=True, slots=True)
class Outlier:
    """A velocity that is far off."""

    share: float
    high: Range
    low: Range


@dataclass(frozen=True, slots=True)
class SlowFirst:
    """A first rep that is not yet in the groove."""

    share: float
    slower: Range


@dataclass(frozen=True, slots=True)
class Missed:
    """A rep without a report."""

    share: float


@dataclass(frozen=True, slots=True)
class PauseParameters:
    """A pause within the set, with some recovery."""

    share: float
    after_share: Range
    pause_s: Range
    back_max: float
    back_s: float
    back_log_sd: float


@dataclass(frozen=True, slots=True)
class Faults:
    """All faults."""

    unrack: Unrack
    ghost: Ghost
    double: Double
    outlier: Outlier
    slow_first: SlowFirst
    missed: Missed
    pause: PauseParameters


@dataclass(frozen=True, slots=True)
class FailedShapes:
    """How a failed attempt is reported."""

    short_slow: float
    split: float
    helped: float
    pauses_subtracted: float
    no_end: float
    short_rom: Range
    short_velocity: Range
    split_apart_s: Range
    split_rom: Range
    split_velocity: Range
    helped_slow: Range
    helped_apart_s: Range
    helped_fast: Range
    stalled_s: Range
    stalled_velocity: Range
    started_s: Range


@dataclass(frozen=True, slots=True)
class Parameters:
    """All parameters; `home`, `other` and `body` by exercise."""

    lifting: LiftingParameters
    home: dict[str, Home]
    other: dict[str, Other]
    body: dict[str, BodyParameters]
    timing: Timing
    device: DeviceParameters
    habits: Habits
    faults: Faults
    failed_shapes: FailedShapes


@cache
def parameters() -> Parameters:
    """Return the parameters of the lab."""
    return TypeAdapter(Parameters).validate_python(tomllib.loads(_text()))


def uniform(limits: Range, random: np.random.Generator) -> float:
    """Draw evenly from a range."""
    return float(random.uniform(*limits))


def fingerprint() -> str:
    """Return the SHA-256 of the parameters' file, which reports contain and a test checks."""
    return hashlib.sha256(_text().encode()).hexdigest()


def _text() -> str:
    # Read as text, so that a checkout's line endings change nothing.
    return files("lab.accuracy.simulation").joinpath("parameters.toml").read_text(encoding="utf-8")
