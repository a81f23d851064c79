"""The sets of one case: the judged ones, and the earlier ones to learn from."""

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
    """All sets of the lifters of some seeds, by lifter, in order of time.

    Caches what each set teaches the model, because several cases learn from the same sets.
    """

    family: str
    exercise: str
    conditions: Conditions
    lifters: list[list[LabelledSet]]
    _taught: dict[tuple[int, int, bool], Term] = field(default_factory=dict)

    @property
    def judged(self) -> list[LabelledSet]:
        """Return each lifter's last set."""
        return [sets[-1] for sets in self.lifters]

    def earlier(self, case: ProtocolCase) -> list[list[LabelledSet]]:
        """Return the sets just before each judged one, as many as the case allows, oldest first."""
        return [sets[len(sets) - 1 - case.earlier : -1] for sets in self.lifters]

    def starts(self, case: ProtocolCase) -> list[Prior]:
        """Return the model's priors of the judged sets, learned from the earlier ones."""
        earlier = self.earlier(case)
        missing = [
            lifted_set
            for sets in earlier
            for lifted_set in sets
            if (lifted_set.lifter, lifted_set.order, case.load) not in self._taught
        ]
        for labelled, term in zip(missing, subject.taught(missing, with_load=case.load), strict=True):
            self._taught[labelled.lifter, labelled.order, case.load] = term
        return [
            subject.next_start(
                estimate,
                [self._taught[before.lifter, before.order, case.load] for before in sets],
                with_load=case.load,
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
    """Simulate the lifters of these seeds."""
    sets_by_lifter: list[list[LabelledSet]] = []
    for seed in seeds:
        sets_by_lifter += lifters(family, exercise, lifters_a_seed, sets_each, seed, conditions)
    return JudgedSets(family, exercise, conditions, sets_by_lifter)
