"""Oracles: the exact posterior of the reps in reserve under a simulated family, from the data that a model gets.

They are the limit of any estimator. All know the law, its noise and the population; in addition they know nothing of the
lifter (*population*), the same earlier sets as the model (*learned*), or the whole truth about the lifter but nothing of
the set (*informed*). They read velocities or durations of the concentric phase, not the waits between reps, because the
simulation of their growth is a guess.

* `home`, `home_law`, `home_beliefs`, `home_posterior`: Gaussians on a grid, for the curve law;
* `other`, `other_law`, `other_full_knowledge`: a grid of velocity courses, for the fatigue law;
* `readings`, `endings`, `normal`, `knowledge`: shared by both.
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
    knowledge: Knowledge,
    earlier: Sequence[Sequence[LabelledSet]] | None = None,
) -> list[Floats]:
    """Return P(RIR = 0 … 60) after each reported rep of each set: arrays (reps, 61), rows sum to 1.

    Parameters
    ----------
    family : str
        The family of the sets: `home` or `other`.
    sets : sequence of LabelledSet
        Sets of one exercise, without faults.
    knowledge : Knowledge
        The knowledge of the oracle.
    earlier : sequence of sequences of LabelledSet, or None
        For each of `sets` the same number of earlier sets of its lifter, oldest first; read where `knowledge.lifter` is `sets`.

    Raises
    ------
    ValueError
        For sets with faults, of another family or of several exercises, if earlier sets are missing for a learned oracle,
        and for an informed oracle of durations.

    >>> from lab.accuracy.simulation import lifters
    >>> [sets] = lifters("home", "bench_press", count=1, sets_each=4, seed=1)
    >>> [posterior] = posteriors("home", sets[-1:], Knowledge("sets"), [sets[:-1]])
    >>> posterior.shape == (len(sets[-1].reps), 61), float(posterior[0].sum().round(9))
    (True, 1.0)
    """
    if not sets:
        return []
    if family not in FAMILIES:
        raise ValueError(f"there is no oracle for family {family}: take one of {FAMILIES}")
    if len({lifted_set.exercise for lifted_set in sets}) > 1:
        raise ValueError("sets of several exercises have several populations: ask for one exercise at a time")
    if knowledge.lifter == "everything" and knowledge.sense == "durations":
        raise ValueError("the truth of a set lacks its lifter's travel: use a learned oracle for durations")
    if knowledge.lifter != "sets":
        earlier = []
    elif earlier is None or len(earlier) != len(sets) or len({len(lifted) for lifted in earlier}) != 1:
        raise ValueError("a learned oracle needs the same number of earlier sets for each set: pass them in earlier")
    return home.posteriors(sets, earlier, knowledge) if family == "home" else other.posteriors(sets, earlier, knowledge)
