"""The profile of one lifter in one exercise, velocity metric and device family: readable JSON with a version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from dataclasses import replace as start_with
from zlib import crc32

import numpy as np

from spotter.domain.fast_dataclass import record, replace
from spotter_detector.model.prior import Prior
from spotter_detector.profile.codec import members, numbers, significant, symmetric, upper_half
from spotter_detector.profile.eccentric import trend_of
from spotter_detector.profile.generative_model import PARAMETERS, Belief, SetLoad, drifted, weeks_between
from spotter_detector.profile.habit import RepsHabit
from spotter_detector.profile.noise import sensor_sd_mps
from spotter_detector.profile.prediction import predicted_pace_prior, predicted_prior

PROFILE_VERSION = 1
_TRIANGLE = PARAMETERS * (PARAMETERS + 1) // 2


@record(frozen=True, slots=True)
class Profile:
    """A lifter's parameters as learned, and other figures from the sets.

    Attributes
    ----------
    model_class, kind : str
        The row of `exercise_models`; one of `term.KINDS`.
    learned_sets : int
        How many sets it was learned from.
    at_days : float
        When the newest of them was lifted.
    mean : tuple of 7 floats
        Of the parameters, in the order of `generative_model`.
    cov : tuple of 28 floats
        Upper triangle of their covariance, row by row.
    knows_1rm : bool
        Some set had a load in kg.
    grind_s, rom_m, rest_s : float or None
        Longest completed concentric phase, usual travel, usual rest between concentric phases.
    noise, noise_reps : float, int
        Variance of the sensor, (m/s)², from all sets, and the reps that it rests on.
    habit : tuple of 4 floats, or none
        Of a profile of paces: the probabilities of `RepsHabit`, and how many sets were odd.
    eccentric : tuple of 5 floats, or none
        How the time of the way down changes to the end of sets without velocities: `eccentric.pooled_trend`.
    heeds_load : bool
        Whether the sets are explained by what was told of their loads, where anything was; of a profile of paces.

    >>> from spotter_detector.profile import posterior_profile
    >>> from spotter_detector.profile.posterior import population_profile
    >>> posterior_profile(population_profile("bench_press", "velocity"), ()).version.rpartition("/")[0]
    'profile-1/0'
    """

    model_class: str
    kind: str
    learned_sets: int
    at_days: float
    mean: tuple[float, ...]
    cov: tuple[float, ...]
    knows_1rm: bool = False
    grind_s: float | None = None
    rom_m: float | None = None
    rest_s: float | None = None
    noise: float = 0.0
    noise_reps: int = 0
    habit: tuple[float, ...] = ()
    heeds_load: bool = True
    eccentric: tuple[float, ...] = ()

    @property
    def version(self) -> str:
        """A name that changes with the content: the format, the sets learned from, and a checksum."""
        parameters = self.mean, self.cov, self.habit, self.heeds_load, self.eccentric
        content = repr((self.model_class, self.kind, self.at_days, parameters, self.grind_s, self.rom_m, self.noise))
        return f"profile-{PROFILE_VERSION}/{self.learned_sets}/{crc32(content.encode()):08x}"

    def at(self, at_days: float) -> Profile:
        """Return the profile at another time: less certain the later, but never less than an unknown lifter's.

        >>> from spotter_detector.profile.posterior import population_profile
        >>> profile = population_profile("bench_press", "velocity")
        >>> profile.at(70.0).cov == profile.cov
        True
        """
        return self if weeks_between(self.at_days, at_days) == 0.0 else self.with_belief(self.belief_at(at_days))

    def with_belief(self, belief: Belief) -> Profile:
        """Return the profile with other parameters."""
        return replace(self, mean=significant(belief.mean.tolist()), cov=upper_half(belief.cov))

    def build_prior(self, cold: Prior, at_days: float | None) -> Prior:
        """Return the prior of a set: the population prior `cold` with the learned values in place; see `prediction`.

        A noise that the device reported stays; otherwise it is the one learned from the sets.
        """
        belief = self.belief() if at_days is None else self.belief_at(at_days)
        if self.kind == "pace":
            load = SetLoad(cold.pct_1rm, cold.load_kg if self.knows_1rm else None) if self.heeds_load else SetLoad()
            prior = predicted_pace_prior(cold, belief, self.reps_habit(), load)
            return start_with(self._with_eccentric(prior), learned_sets=self.learned_sets, profile_version=self.version)
        return start_with(
            self._with_eccentric(predicted_prior(cold, belief, knows_1rm=self.knows_1rm)),
            learned_sets=self.learned_sets,
            rom_m=self.rom_m,
            grind_s=self.grind_s,
            profile_version=self.version,
            sensor_sd_mps=cold.sensor_sd_mps if cold.sensor_told else sensor_sd_mps(self.noise, self.noise_reps),
        )

    def _with_eccentric(self, prior: Prior) -> Prior:
        trend = trend_of(self.eccentric)
        if trend is None or self.kind == "velocity":
            return prior
        return start_with(
            prior,
            eccentric_growth=trend.growth,
            eccentric_growth_sd=trend.growth_sd,
            eccentric_scatter=trend.scatter,
        )

    def reps_habit(self) -> RepsHabit:
        """Return how the lifter's reps vary from set to set; of a profile of paces."""
        return RepsHabit(self.habit[:-1], self.learned_sets, self.habit[-1]) if self.habit else RepsHabit()

    def belief_at(self, at_days: float) -> Belief:
        """Return the belief about the parameters at another time, as `at` does."""
        weeks = weeks_between(self.at_days, at_days)
        return self.belief() if weeks == 0.0 else drifted(self.belief(), self.model_class, self.kind, weeks)

    def belief(self) -> Belief:
        """Return mean (7,) and covariance (7, 7)."""
        return Belief(np.array(self.mean), symmetric(self.cov, PARAMETERS))


def profile_to_json(profile: Profile) -> dict[str, object]:
    """Return a profile as a JSON object; `profile_from_json` reads it back.

    >>> from spotter_detector.profile.posterior import population_profile
    >>> known = population_profile("back_squat", "timing")
    >>> profile_from_json(profile_to_json(known)) == known
    True
    """
    return {
        "v": PROFILE_VERSION,
        **{name: getattr(profile, name) for name in _NAMES},
        "mean": list(profile.mean),
        "cov": list(profile.cov),
        "habit": list(profile.habit),
        "heeds_load": profile.heeds_load,
        "eccentric": list(profile.eccentric),
    }


def profile_from_json(written: Mapping[str, object]) -> Profile:
    """Read a profile from a JSON object of `profile_to_json`.

    Raises ValueError for another version, a missing member, or a wrong count of numbers; it names the member.
    """
    members(written, PROFILE_VERSION, (*_NAMES, "mean", "cov"), what="a profile", by="profile_to_json")
    values = {name: written[name] for name in _NAMES}
    values["mean"] = numbers(written["mean"], PARAMETERS, "a profile's mean")
    values["cov"] = numbers(written["cov"], _TRIANGLE, "a profile's cov")
    # Written before these were learned: nobody's.
    habit = written.get("habit") or ()
    values["habit"] = numbers(habit, 4, "a profile's habit") if habit else ()
    eccentric = written.get("eccentric") or ()
    values["eccentric"] = numbers(eccentric, 5, "a profile's eccentric") if eccentric else ()
    values["heeds_load"] = written.get("heeds_load", True)
    return Profile(**values)  # type: ignore[arg-type]  # as profile_to_json wrote them


_NAMES = tuple(
    field.name for field in fields(Profile) if field.name not in ("mean", "cov", "habit", "heeds_load", "eccentric")
)
