"""The numbers of the wide world: lifters, sessions, words and reports as they are, wider than a model's own priors.

What is not here is as in the narrow world (`lab.accuracy.simulation.parameters`): the line's slope and curve by exercise,
variation of a rep, device, timing. Ranges are drawn from evenly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lab.accuracy.simulation.parameters import Range


@dataclass(frozen=True, slots=True)
class WideExercise:
    """Velocity at failure of one exercise, m/s: mean and sd between lifters before their scale, and sd within a lifter."""

    v_last: float
    v_last_between_sd: float
    v_last_within_sd: float


EXERCISES_WIDE: Final[Mapping[str, WideExercise]] = {
    "bench_press": WideExercise(0.15, 0.04, 0.03),
    "back_squat": WideExercise(0.27, 0.05, 0.03),
    "deadlift": WideExercise(0.21, 0.045, 0.04),
}

# One log scale of a lifter multiplies first velocity and velocity at failure (limbs, technique, mount of the sensor).
SCALE_LOG_SD: Final = 0.12
# Log reps about the line from first velocity: between lifters, and within; with scale and day about .42 in all. In the
# other family they are the sds of log fatigue.
LINE_BETWEEN_SD: Final = 0.25
LINE_WITHIN_SD: Final = 0.17
DAY_SD_MPS: Final = 0.03
# In the other family a day's strength varies so that the first velocity at this share of the 1RM does by as much.
DAY_AT_LOAD: Final = 0.75
TRAVEL_LOG_SD: Final = 0.25
VELOCITY_LAST_MIN_MPS: Final = 0.05
# First velocity less velocity at failure grows as (N − 1) to this power up to so many reps, then along the line.
FEW_REPS_POWER: Final = 0.7
FEW_REPS_MAX: Final = 5.0

# Sessions: warm-ups, a heavy single or double, then work sets at one load with ever fewer reps possible.
WARM_UPS_SHARE: Final = 0.35
WARM_UPS: Final = (1, 2)
WARM_UP_PCT: Final[Range] = (40.0, 60.0)
WARM_UP_REPS: Final = (3, 8)
HEAVY_SHARE: Final = 0.35
HEAVY_PCT: Final[Range] = (90.0, 97.0)
HEAVY_REPS: Final = (1, 2)
WORK_SETS: Final = (2, 4)
WORK_PCT: Final[Range] = (65.0, 88.0)
FEWER_REPS: Final[Range] = (0.05, 0.15)
# A work set ends with so many reps left at most, evenly.
ENDS_RIR_MAX: Final = 6

# Words: a known failure (of work sets: 3 % of all), a call, and what a call of more than three left is worth.
FAILURE_SHARE: Final = 0.039
CALLED_SHARE: Final = 0.80
CALL_FROM: Final = 3.0
CALL_SLOPE: Final = 0.5
CALL_SD: Final = 0.9
CALL_STEP: Final = 0.5
WRONG_LOAD_SHARE: Final = 0.015
WRONG_LOAD: Final[Range] = (0.5, 1.6)
WRONG_EXERCISE_SHARE: Final = 0.015

# Reports that are no rep: 0, 1, 2, 3 before the first rep, the bar put down after the last, an earlier set, a repeat.
BEFORE_SHARES: Final = (0.15, 0.60, 0.20, 0.05)
ANY_TRAVEL: Final[Range] = (0.3, 2.3)
ANY_SPEED_MPS: Final[Range] = (0.1, 1.6)
BEFORE_S: Final[Range] = (2.0, 20.0)
# Of the reports before the first rep, those of a machine's calibration: a rep's travel, any speed.
CALIBRATION_SHARE: Final = 0.05
PUT_DOWN_SHARE: Final = 0.12
PUT_DOWN_SHORT_SHARE: Final = 0.5
PUT_DOWN_TRAVEL: Final[Range] = (0.25, 0.6)
PUT_DOWN_SPEED: Final[Range] = (0.25, 0.7)
PUT_DOWN_S: Final[Range] = (1.5, 6.0)
MERGED_SHARE: Final = 0.01
MERGED_S: Final[Range] = (90.0, 240.0)
REPEAT_SHARE: Final = 0.03
REPEAT_S: Final[Range] = (0.05, 0.6)
BREATH_SHARE: Final = 0.03
BREATH_S: Final[Range] = (4.0, 10.0)
# Another arm goes on where the first one ended, fresh, which no device tells.
ARMS_CHANGED_SHARE: Final = 0.01
ARMS_CHANGED_S: Final[Range] = (6.0, 20.0)
