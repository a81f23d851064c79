"""The size of a run of the protocol: seeds, lifters and cases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from lab.accuracy.simulation import EXERCISES, FAMILIES, Conditions
from lab.accuracy.simulation.conditions import Fault

# Sets of a lifter: eight to learn from, the last one is judged.
SETS_EACH = 9
_PLAIN = Conditions()


@dataclass(frozen=True, slots=True)
class ProtocolCase:
    """The case of one row.

    Attributes
    ----------
    name : str
        Its name in the report.
    earlier : int
        Number of the lifter's earlier sets that all estimators may learn from.
    load : bool
        Whether all estimators know the load in % of the 1RM.
    sense : str or None
        The oracle's input; None: there is no oracle for this case.
    conditions : Conditions
        How the sets are lifted and measured.
    """

    name: str
    earlier: int = 0
    load: bool = False
    sense: Literal["velocity", "durations"] | None = "velocity"
    conditions: Conditions = _PLAIN


_DURATIONS = Conditions(measured="durations")
COLD, COLD_LOAD = ProtocolCase("cold"), ProtocolCase("cold, load known", load=True)
AFTER_3, AFTER_8 = ProtocolCase("after 3 sets", earlier=3), ProtocolCase("after 8 sets", earlier=8)
DURATIONS_3 = ProtocolCase("durations, after 3 sets", earlier=3, sense="durations", conditions=_DURATIONS)
DURATIONS_8 = ProtocolCase("durations, after 8 sets", earlier=8, sense="durations", conditions=_DURATIONS)
# Cases with targets.
MAIN_CASES = (COLD, COLD_LOAD, AFTER_3, AFTER_8, DURATIONS_3, DURATIONS_8)
# Cases that are only reported.
OTHER_CASES = (
    ProtocolCase("after 8 sets, load known", earlier=8, load=True),
    ProtocolCase("durations, cold", sense="durations", conditions=_DURATIONS),
    ProtocolCase("whole cycles, cold", sense=None, conditions=Conditions(measured="cycles")),
    ProtocolCase("whole cycles, after 8 sets", earlier=8, sense=None, conditions=Conditions(measured="cycles")),
    ProtocolCase("tempo, cold", sense=None, conditions=Conditions(tempo=True)),
    ProtocolCase("loads of 65–70 %, after 3 sets", earlier=3, sense=None, conditions=Conditions(load_pct=(65.0, 70.0))),
    ProtocolCase("loads of 85–90 %, after 3 sets", earlier=3, sense=None, conditions=Conditions(load_pct=(85.0, 90.0))),
    ProtocolCase("sensor .015 m/s, after 8 sets", earlier=8, conditions=Conditions(sensor_sd_mps=0.015)),
    ProtocolCase("sensor .06 m/s, after 8 sets", earlier=8, conditions=Conditions(sensor_sd_mps=0.06)),
)

COMMON_FAULTS: tuple[Fault, ...] = ("unrack", "ghost", "double", "outlier", "slow_first")
EVERY_SET_FAULTS: tuple[Fault, ...] = ("unrack", "ghost", "double")
OTHER_FAULTS: tuple[Fault, ...] = ("missed", "pause")


@dataclass(frozen=True, slots=True)
class ProtocolPlan:
    """The size of a run.

    Attributes
    ----------
    seeds, lifters_a_seed : tuple of int, int
        The judged lifters, of each family and exercise.
    training_seeds, training_lifters_a_seed : tuple of int, int
        Other lifters, on whom baselines and alert thresholds are fitted.
    faulty_lifters_a_seed, other_lifters_a_seed, shape_sets : int
        Lifters of the rows on faults and on other conditions, and sets of those on failed attempts.
    wide_lifters, wide_oracle_lifters : int
        Lifters of the wide world, of each exercise, and those of them whom its oracles judge too.
    bar_sets : int
        Simulated bar signals per condition.
    """

    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    lifters_a_seed: int = 350
    training_seeds: tuple[int, ...] = (101, 102, 103)
    training_lifters_a_seed: int = 200
    faulty_lifters_a_seed: int = 120
    other_lifters_a_seed: int = 30
    shape_sets: int = 1500
    wide_lifters: int = 600
    wide_oracle_lifters: int = 170
    bar_sets: int = 200
    families: tuple[str, ...] = FAMILIES
    exercises: tuple[str, ...] = EXERCISES

    def quick(self) -> ProtocolPlan:
        """Return a plan of under a minute, to see the shape of the figures; it judges nothing."""
        return replace(
            self,
            seeds=(1,),
            lifters_a_seed=60,
            training_seeds=(101,),
            training_lifters_a_seed=60,
            faulty_lifters_a_seed=40,
            other_lifters_a_seed=20,
            shape_sets=100,
            wide_lifters=120,
            wide_oracle_lifters=30,
            bar_sets=10,
        )
