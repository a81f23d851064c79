"""The prior of one set: pinned when it opens, stored as readable JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields

# Loads and exercises that are told are wrong in about 3 % of sets, and the model of them now and then (design choice).
UNTOLD_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Prior:
    """Prior of one set; an estimate follows from it and the set's observed reps alone.

    Attributes
    ----------
    model_class : str
        The row of `exercise_models` behind it.
    velocity_metric : str
        The metric the set's reps are expected in. The velocities below are in it if they are learned; population
        values are always of `mean` velocity, so that any other metric is treated as a ratio to the set's own reference.
    v1_mean_mps, v1_sd_mps : float
        Velocity of a fresh, unhurried first rep.
    v_last_mean_mps, v_last_sd_mps : float
        Velocity of the last rep before failure; the sd is between and within lifters combined.
    log_n_mean, log_n_sd : float
        Natural logarithm of the reps possible in this set.
    v1_log_n_cov : float
        Covariance (m/s) of first velocity and log reps: one joint Gaussian, since both depend on the load.
    curve_mean : float
        Mean exponent of the curve of velocity over share of the set.
    sensor_sd_mps : float
        Noise of the sensor, for reps without their own.
    velocity_cv : float
        Biological coefficient of variation of one rep about the lifter's curve.
    pct_1rm : float or None
        Load in % of the one-repetition maximum, if known; already accounted for in the values above.
    tempo : bool
        The set is lifted at a controlled tempo.
    learned_sets : int
        How many sets of this lifter it was learned from; 0: population values.
    curve_sd : float
        Sd of the exponent of this set's curve.
    v1_v_last_cov : float
        Covariance ((m/s)²) of first velocity and velocity at failure: not 0 if the scale of both is uncertain.
    v_last_log_n_cov : float
        Covariance (m/s) of velocity at failure and log reps.
    load_kg : float or None
        Load, if known.
    drop : bool
        The load is reduced within the set: each new load begins a curve of its own.
    rom_m, grind_s : float or None
        The lifter's usual travel and longest completed concentric phase, if learned.
    profile_version : str
        The profile it was learned from; `population`: none.
    sensor_told : bool
        The device reported the sensor's noise; otherwise it was estimated from sets.
    timing : Prior or None
        Learned prior for sets with concentric times and no velocities, as velocities over the class's travel.
    pace : Prior or None
        Learned prior for sets that are measured by how their paces fall: ratios of velocities, whole cycles.
    retention_offset, retention_sd : float, float or None
        What the pace at failure keeps over what it usually does, and the sd of what it keeps, if learned.
    eccentric_growth, eccentric_growth_sd, eccentric_scatter : float or None
        How the log of the time of the way down grows to the last possible rep, its sd, and that of one rep, if learned.
    untold, untold_share : Prior or None, float
        The same without what was told of the load, where something was, or without a habit: either may be wrong, in
        this share of sets.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=75.0, planned_reps=None, target_rir=None, tempo=False)
    >>> prior.v1_mean_mps, prior.v_last_mean_mps, prior.log_n_mean
    (0.529424, 0.15, 2.484907)
    """

    model_class: str
    velocity_metric: str
    v1_mean_mps: float
    v1_sd_mps: float
    v_last_mean_mps: float
    v_last_sd_mps: float
    log_n_mean: float
    log_n_sd: float
    v1_log_n_cov: float
    curve_mean: float
    sensor_sd_mps: float
    velocity_cv: float
    pct_1rm: float | None
    tempo: bool
    learned_sets: int
    curve_sd: float = 0.20
    v1_v_last_cov: float = 0.0
    v_last_log_n_cov: float = 0.0
    load_kg: float | None = None
    drop: bool = False
    rom_m: float | None = None
    grind_s: float | None = None
    profile_version: str = "population"
    sensor_told: bool = False
    timing: Prior | None = None
    untold: Prior | None = None
    untold_share: float = UNTOLD_SHARE
    pace: Prior | None = None
    retention_offset: float = 0.0
    retention_sd: float | None = None
    eccentric_growth: float | None = None
    eccentric_growth_sd: float | None = None
    eccentric_scatter: float | None = None


def prior_to_json(s: Prior) -> dict[str, object]:
    """Return a prior as a JSON object; `prior_from_json` reads it back.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("squat_jump", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> prior_to_json(prior)["model_class"], prior_from_json(prior_to_json(prior)) == prior
    ('unknown', True)
    """
    written: dict[str, object] = {name: getattr(s, name) for name in _READERS}
    for name in ("timing", "untold", "pace"):
        inner = getattr(s, name)
        if inner is not None:
            written[name] = prior_to_json(inner)
    return written


def prior_from_json(d: Mapping[str, object]) -> Prior:
    """Read a prior from a JSON object of `prior_to_json`; unknown members are ignored.

    Raises ValueError if a member is missing or of the wrong type; it names the member.

    >>> prior_from_json({"model_class": "bench_press"})
    Traceback (most recent call last):
        ...
    ValueError: a prior lacks velocity_metric: write it with prior_to_json
    """
    values: dict[str, object] = {}
    for name, read in _READERS.items():
        if name not in d:
            if name in _DEFAULTED:
                continue  # written by an earlier version
            raise ValueError(f"a prior lacks {name}: write it with prior_to_json")
        values[name] = read(name, d[name])
    return Prior(**values)  # type: ignore[arg-type]  # each member has just been read as its own type


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"a prior's {name} must be a string, not {value!r}")
    return value


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"a prior's {name} must be true or false, not {value!r}")
    return value


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"a prior's {name} must be a whole number, not {value!r}")
    return value


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"a prior's {name} must be a number, not {value!r}")
    return float(value)


def _number_or_none(name: str, value: object) -> float | None:
    return None if value is None else _number(name, value)


def _prior_or_none(name: str, value: object) -> Prior | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise ValueError(f"a prior's {name} must be a prior or null, not {value!r}")
    return prior_from_json(value)


_KINDS: dict[str, Callable[[str, object], object]] = {
    "str": _text,
    "bool": _flag,
    "int": _whole,
    "float": _number,
    "float | None": _number_or_none,
    "Prior | None": _prior_or_none,
}
_READERS = {field.name: _KINDS[str(field.type)] for field in fields(Prior)}
_DEFAULTED = frozenset(field.name for field in fields(Prior) if field.default is not MISSING)
