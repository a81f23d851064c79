"""The sets of one case: those that are judged, and those that everybody may learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lab.accuracy import subject
from lab.accuracy.protocol.plan import SETS_EACH, ProtocolCase
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation import Conditions, lifters
from spotter_detector.model import Prior
from spotter_detector.profile import Term


@dataclass(frozen=True, slots=True)
class JudgedSets:
    """All sets of the lifters of some seeds, by lifter, in the order of time.

    What a set teaches the model is kept: several cases learn from the same sets.
    """

    family: str
    exercise: str
    conditions: Conditions
    lifters: list[list[LabelledSet]]
    _taught: dict[tuple[int, int, bool], Term] = field(default_factory=dict)

    @property
    def judged(self) -> list[LabelledSet]:
        """Each lifter's last set."""
        return [sets[-1] for sets in self.lifters]

    def earlier(self, case: ProtocolCase) -> list[list[LabelledSet]]:
        """The sets just before the judged one, as many as the case has, the oldest first."""
        return [sets[len(sets) - 1 - case.earlier : -1] for sets in self.lifters]

    def starts(self, case: ProtocolCase) -> list[Prior]:
        """The model's starting values of the judged sets, by what it may learn."""
        earlier = self.earlier(case)
        missing = [
            lifted_set
            for sets in earlier
            for lifted_set in sets
            if (lifted_set.lifter, lifted_set.order, case.load) not in self._taught
        ]
        for labelled, term in zip(missing, subject.taught(missing, told_load=case.load), strict=True):
            self._taught[labelled.lifter, labelled.order, case.load] = term
        return [
            subject.next_start(
                estimate,
                [self._taught[before.lifter, before.order, case.load] for before in sets],
                told_load=case.load,
                tempo=self.conditions.tempo,
            )
            for estimate, sets in zip(self.judged, earlier, strict=True)
        ]


def lifted(
    family: str,
    exercise: str,
    conditions: Conditions,
    seeds: Sequence[int],
    lifters_a_seed: int,
    sets_each: int = SETS_EACH,
) -> JudgedSets:
    """The lifters of these seeds."""
    sets_by_lifter: list[list[LabelledSet]] = []
    for seed in seeds:
        sets_by_lifter += lifters(family, exercise, lifters_a_seed, sets_each, seed, conditions)
    return JudgedSets(family, exercise, conditions, sets_by_lifter)
