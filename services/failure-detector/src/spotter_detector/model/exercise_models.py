"""The population prior of each exercise: one row per model class.

Sources, by column:

* **Velocity at failure.** The last rep of a set to failure is not the velocity of a 1RM (correlation .18–.37 within
  a lifter, García-Ramos 2020), so it is a quantity of its own: in published data of deadlift sets to failure .206 ±
  .063 m/s, against a 1RM velocity of .14 ± .05. Bench press: near the 1RM velocity, .16 ± .04 in a guided rack, .10 with
  free weights, where means of studies differ by .06: .15. Squat: between the 1RM velocities, .23–.24 with free weights
  and .30–.32 guided (Helms 2017, González-Badillo 2010, Banyard 2017): .27 and .31. Hip thrust .25 ± .03 (de Hoyo
  2021). Prone bench pull: about the .50 of its 1RM. Overhead press and pull-up rest on few lifters. `unknown` is every
  class that nobody published: leg extension, curls, pushdown, leg curl, push-up, machines. Its sd is that between the
  exercises that are known, .15 in bench press to about .47 in a lat pulldown and .50 in a bench pull, since that is all
  that is known of one more: .28 ± .11. To each comes the scale of the lifter (`SCALE_LOG_SD`).
* **Velocity line.** log N = `line_log_n` + `line_slope`·(fastest − `line_velocity_mps`): general relations of the reps
  possible to the fastest rep of the set (Miras-Moreno 2022, Beck 2023, Lawson 2025: error 2.1–4.3 reps; squat residual
  .34, which gives the residual reps of Jukic 2024's squats at 70, 80 and 90 % of the 1RM; pull-up:
  N = −6.661 + 25.556·velocity, Beckham 2018). Hip thrust, overhead press, bench pull and unknown: drawn through
  velocity at 75 % of the 1RM and velocity at failure, a design choice.
* **Curve.** Mean exponent of velocity over share of the set: over 1, since the loss grows towards the end, as the
  general equations of velocity loss over share done have it (bench press Sánchez-Moreno 2021, squat Pérez-Castilla
  2024).
* **Load.** See `log_reps_at`; deadlift 7.2 reps at 80 % of the 1RM in published data, a fifth under that table.
* **Usual reps.** Ten, and twelve in the exercises of single joints and machines, which are lifted for 8–15 (design
  choice).
* **Travel.** Of the bar in the concentric phase; design choices for a lifter of medium height, their sd in logs.

Variation between lifters is separated from that between the sets of one lifter by the error of individual lines, .17 of
log reps (Miras-Moreno 2022: 2.1–2.9 reps), and by the day-to-day variation of a velocity at one load, .022 m/s (design
choices where no figure is published).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import log, sqrt

from spotter.domain.exercises import builtin_catalogue

# Sd of log reps of one lifter's sets about the lifter's own line.
LINE_WITHIN_SD = 0.17
# Sd of the first velocity at one load, from day to day of one lifter: where each rep is meant to be as fast as possible;
# and of lifters who also save themselves, between that and the .03 of recorded ones (design choices).
STUDY_DAY_SD_MPS, DAY_SD_MPS = 0.015, 0.022
# Coefficient of variation of the line's slope between lifters (design choice).
SLOPE_CV = 0.10
# Sd of the curve's exponent between lifters (design choice).
CURVE_SD = 0.20
# Log sd between lifters of the scale that first velocity and velocity at failure share: limbs, technique, where the
# sensor is mounted (Fahs 2019, Pérez-Castilla 2019: a lifter's velocity at failure goes with the residual of their line
# from velocity to reps, r = −.87 in bench press, −.89 in squat).
SCALE_LOG_SD = 0.12


@dataclass(frozen=True, slots=True)
class ExerciseModel:
    """Prior values of a model class, for mean concentric velocity.

    Attributes
    ----------
    v_last_mps : float
        Velocity of the last rep before failure, m/s.
    v_last_between_sd_mps, v_last_within_sd_mps : float
        Its sd between lifters, and between the sets of one lifter.
    line_velocity_mps, line_log_n, line_slope, line_sd : float
        The line from the fastest rep to log reps possible (slope per m/s), and the residual sd of log reps.
    load_shift : float
        Log reps possible at a load in % of the 1RM, less those of `log_reps_at`.
    load_sd : float
        Sd of log reps possible between lifters at one load.
    curve_mean : float
        Mean exponent of the curve; its sd between lifters is `CURVE_SD`. Of bench press, squat and deadlift .1 over the
        published curves: sets in which capacity falls by the work done bend later (design choice).
    rom_m : float
        Travel of the concentric phase, m; its sd between lifters is `rom_log_sd`, of logs.
    usual_reps : float
        Reps possible at a load that nobody tells, but for `load_shift`.
    """

    v_last_mps: float
    v_last_between_sd_mps: float
    v_last_within_sd_mps: float
    line_velocity_mps: float
    line_log_n: float
    line_slope: float
    line_sd: float
    load_shift: float
    load_sd: float
    curve_mean: float
    rom_m: float
    rom_log_sd: float
    usual_reps: float = 10.0

    def usual_log_n(self) -> float:
        """Log reps possible at a load that nobody tells.

        >>> [round(EXERCISE_MODELS[name].usual_log_n(), 3) for name in ("bench_press", "deadlift", "unknown")]
        [2.303, 2.083, 2.485]
        """
        return log(self.usual_reps) + self.load_shift

    def v_last_sd_mps(self) -> float:
        """Sd of the velocity at failure of one set of an unknown lifter, m/s.

        >>> round(EXERCISE_MODELS["bench_press"].v_last_sd_mps(), 4)
        0.0469
        """
        return sqrt(self.v_last_between_sd_mps**2 + self.v_last_within_sd_mps**2)

    def velocity_at_mps(self, log_n: float) -> float:
        """Mean velocity (m/s) of the fastest rep at a load with which `log_n` log reps are possible.

        >>> round(EXERCISE_MODELS["back_squat"].velocity_at_mps(2.42), 3)
        0.51
        """
        return self.line_velocity_mps + (log_n - self.line_log_n) / self.line_slope

    def v1_sd_at_load_mps(self) -> float:
        """Sd (m/s) between lifters of the first velocity at one load in % of the 1RM.

        The line's residual holds the spread of log reps at a load and that of velocity at a load, taken as
        independent there (design choice): line_sd² = load_sd² + (line_slope · sd)².

        >>> [round(EXERCISE_MODELS[name].v1_sd_at_load_mps(), 4) for name in ("bench_press", "back_squat", "deadlift")]
        [0.0356, 0.0267, 0.0479]
        """
        return sqrt(self.line_sd**2 - self.load_sd**2) / self.line_slope

    def load_between_sd(self) -> float:
        """Sd between lifters of the log reps possible at a load, without the variation between a lifter's own sets.

        >>> [round(EXERCISE_MODELS[name].load_between_sd(), 3) for name in ("bench_press", "back_squat", "deadlift")]
        [0.226, 0.209, 0.193]
        """
        return sqrt(max(self.load_sd**2 - LINE_WITHIN_SD**2 - (self.line_slope * DAY_SD_MPS) ** 2, 0.1**2))

    def v1_between_sd_mps(self) -> float:
        """Sd between lifters of the first velocity at one load, without a lifter's day-to-day variation (m/s).

        >>> [round(EXERCISE_MODELS[name].v1_between_sd_mps(), 3) for name in ("bench_press", "back_squat", "deadlift")]
        [0.028, 0.015, 0.043]
        """
        return sqrt(max(self.v1_sd_at_load_mps() ** 2 - DAY_SD_MPS**2, 0.01**2))


EXERCISE_MODELS: dict[str, ExerciseModel] = {
    #                              failure m/s: mean,   sds         line: m/s, log N, slope, sd   load     curve travel
    "bench_press": ExerciseModel(0.15, 0.036, 0.030, 0.515, 2.42, 4.5, 0.34, 0.0, 0.30, 1.32, 0.42, 0.11),
    "guided_bench_press": ExerciseModel(0.17, 0.028, 0.030, 0.515, 2.42, 4.5, 0.34, 0.0, 0.30, 1.32, 0.42, 0.11),
    "back_squat": ExerciseModel(0.27, 0.040, 0.030, 0.510, 2.42, 6.0, 0.34, 0.0, 0.30, 1.42, 0.60, 0.11),
    "guided_squat": ExerciseModel(0.31, 0.040, 0.030, 0.510, 2.42, 6.0, 0.34, 0.0, 0.30, 1.42, 0.60, 0.11),
    "deadlift": ExerciseModel(0.21, 0.045, 0.040, 0.400, 1.95, 7.0, 0.45, -0.22, 0.30, 1.41, 0.54, 0.11),
    "hip_thrust": ExerciseModel(0.25, 0.030, 0.030, 0.460, 2.40, 6.0, 0.45, 0.0, 0.35, 1.30, 0.35, 0.15),
    "overhead_press": ExerciseModel(0.19, 0.050, 0.030, 0.520, 2.40, 4.5, 0.40, 0.0, 0.33, 1.30, 0.52, 0.12),
    "bench_pull": ExerciseModel(0.50, 0.050, 0.040, 0.790, 2.45, 6.5, 0.45, 0.0, 0.35, 1.30, 0.40, 0.15),
    "pull_up": ExerciseModel(0.23, 0.050, 0.040, 0.600, 2.17, 3.3, 0.40, 0.0, 0.35, 1.30, 0.48, 0.15),
    "unknown": ExerciseModel(0.28, 0.110, 0.040, 0.550, 2.30, 4.5, 0.70, 0.0, 0.40, 1.30, 0.45, 0.35, 12.0),
}


if classes_without_row := sorted({exercise.model_class for exercise in builtin_catalogue()} - EXERCISE_MODELS.keys()):
    raise ValueError(
        f"model classes of the catalogue without a row in EXERCISE_MODELS: {', '.join(classes_without_row)}"
    )


def exercise_model(model_class: str) -> ExerciseModel:
    """Return the row of a model class; that of `unknown` for a class without one.

    >>> exercise_model("bench_press").v_last_mps, exercise_model("farmers_walk").v_last_mps
    (0.15, 0.28)
    """
    return EXERCISE_MODELS.get(model_class, EXERCISE_MODELS["unknown"])


# % of the 1RM and mean reps to failure, at the 1RM itself one: Nuzzo 2024 (meta-regression, means over exercises; its
# table as others cite it).
_TABLE = (
    *((50.0, 33.0), (60.0, 22.0), (65.0, 18.5), (70.0, 15.0), (75.0, 12.0), (80.0, 9.0), (85.0, 6.5), (90.0, 4.5)),
    *((95.0, 2.0), (100.0, 1.0)),
)
_LOADS_PCT = [load for load, _ in _TABLE]
_LOG_REPS = [log(reps) for _, reps in _TABLE]


def log_reps_at(pct_1rm: float) -> float:
    """Return the mean natural log of the reps possible at a load in % of the 1RM.

    Linear in log reps between the rows of the table, extrapolated from its last two rows beyond them, and clipped to
    log 1 … log 60.

    >>> [round(log_reps_at(load), 3) for load in (40, 70, 77.5, 90, 105)]
    [3.902, 2.708, 2.341, 1.504, 0.0]
    """
    upper = min(max(bisect_left(_LOADS_PCT, pct_1rm), 1), len(_LOADS_PCT) - 1)
    slope = (_LOG_REPS[upper] - _LOG_REPS[upper - 1]) / (_LOADS_PCT[upper] - _LOADS_PCT[upper - 1])
    log_reps = _LOG_REPS[upper] + slope * (pct_1rm - _LOADS_PCT[upper])
    return min(max(log_reps, 0.0), log(60.0))


def load_at(log_reps: float) -> float:
    """Return the load in % of the 1RM with which so many log reps are possible: the inverse of `log_reps_at`, 30 … 100.

    >>> [round(load_at(log_reps_at(load)), 1) for load in (40, 70, 77.5, 90, 105)]
    [40.0, 70.0, 77.5, 90.0, 100.0]
    """
    lower, upper = 30.0, 100.0
    for _ in range(30):  # log reps fall with the load
        middle = 0.5 * (lower + upper)
        lower, upper = (middle, upper) if log_reps_at(middle) > log_reps else (lower, middle)
    return 0.5 * (lower + upper)
