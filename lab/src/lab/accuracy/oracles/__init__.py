"""Oracles: the exact posterior of the reps in reserve under a simulated family, given what a model is given.

They show what can be known at all. Three know the law, its noise and the population, and beside them nothing of the lifter
(*population*), the same earlier sets as the model (*learned*), or all that is true of the lifter and nothing of the set
(*informed*). They read velocities, or durations of the concentric phase; the waits between the reps, which the simulation
lets grow by a guess of its own, tell none of them anything.

* `home`, `home_law`, `home_beliefs`, `home_learning`: Gaussians on a grid, for the curve law;
* `other`, `other_law`, `other_informed`: a grid of courses, for the fatigue law;
* `readings`, `endings`, `normal`, `informed`: what both share.
"""

from __future__ import annotations

from collections.abc import Sequence

from lab.accuracy.oracles import home, other
from lab.accuracy.oracles.knowledge import Knowledge
from lab.accuracy.oracles.normal import Floats
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation.parameters import FAMILIES

__all__ = ["Knowledge", "posteriors"]


def posteriors(
    family: str,
    sets: Sequence[LabelledSet],
    informed: Knowledge,
    earlier: Sequence[Sequence[LabelledSet]] | None = None,
) -> list[Floats]:
    """P(RIR = 0 … 60) after each reported rep of each set: a list of arrays (reps, 61), rows that sum to 1.

    Parameters
    ----------
    family : str
        `home` or `other`: the family that the sets are of.
    sets : sequence of LabelledSet
        Sets of one exercise, without faults.
    informed : Knowledge
        What the oracle is told.
    earlier : sequence of sequences of LabelledSet, or None
        For each of `sets` the same number of earlier sets of its lifter, oldest first; read where `told.lifter` is `sets`.

    Raises
    ------
    ValueError
        For sets with faults, of another family or of several exercises, where earlier sets are wanted and missing, and
        for an informed oracle of durations.

    >>> from lab.accuracy.simulation import lifters
    >>> [sets] = lifters("home", "bench_press", count=1, sets_each=4, seed=1)
    >>> [posterior] = posteriors("home", sets[-1:], Knowledge("sets"), [sets[:-1]])
    >>> posterior.shape == (len(sets[-1].reps), 61), float(posterior[0].sum().round(9))
    (True, 1.0)
    """
    if not sets:
        return []
    if family not in FAMILIES:
        raise ValueError(f"no oracle knows a family {family}: take one of {FAMILIES}")
    if len({lifted_set.exercise for lifted_set in sets}) > 1:
        raise ValueError("sets of several exercises have several populations: ask for one exercise at a time")
    if informed.lifter == "everything" and informed.sense == "durations":
        raise ValueError("the truth of a set does not hold its lifter's travel: ask a learned oracle about durations")
    if informed.lifter != "sets":
        earlier = []
    elif earlier is None or len(earlier) != len(sets) or len({len(lifted) for lifted in earlier}) != 1:
        raise ValueError("a learned oracle wants as many earlier sets for each set: pass them in earlier")
    return home.posteriors(sets, earlier, informed) if family == "home" else other.posteriors(sets, earlier, informed)
