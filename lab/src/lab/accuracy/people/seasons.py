"""Recorded lifters as the product meets them: set after set, each pinned to what the ones before it taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lab.accuracy import subject
from lab.accuracy.sets import LabelledSet
from spotter_detector.model import Prior
from spotter_detector.profile import ObservedOutcome, Term, likelihoods_of_sets


@dataclass(frozen=True, slots=True)
class Season:
    """What the product is told, and how far back it remembers.

    Attributes
    ----------
    load : bool
        Whether the load of each set is told, in kg.
    percent : bool
        Whether it is told in % of the one-repetition maximum, where a set has that.
    calls : bool
        Whether lifters report their effort after each set.
    memory : int or None
        How many of the lifter's last sets of the exercise it has learned from; None: all.
    """

    load: bool = False
    percent: bool = False
    calls: bool = True
    memory: int | None = None


def priors(streams: Sequence[Sequence[LabelledSet]], season: Season) -> list[list[Prior]]:
    """Return the prior of each set of each stream: the sets of one lifter in one exercise, in order of time.

    A set teaches by its own pinned prior, as in the product, so the streams advance set by set, side by side.
    """
    memory = season.memory
    starts: list[list[Prior]] = [[] for _ in streams]
    terms: list[list[Term]] = [[] for _ in streams]
    for order in range(max(map(len, streams), default=0)):
        active = [index for index, sets in enumerate(streams) if order < len(sets)]
        for index in active:
            kept = terms[index] if memory is None else terms[index][len(terms[index]) - memory :] if memory else []
            starts[index].append(_start(streams[index][order], kept, season))
        if memory == 0:
            continue
        closed = [
            (starts[index][order], streams[index][order].reps, _outcome(streams[index][order], season))
            for index in active
        ]
        for index, term in zip(active, likelihoods_of_sets(closed), strict=True):
            terms[index].append(term)
    return starts


def estimates(streams: Sequence[Sequence[LabelledSet]], season: Season) -> subject.ModelEstimates:
    """Return the model's estimates for all sets of all streams, one stream after the other."""
    starts = [start for of_stream in priors(streams, season) for start in of_stream]
    return subject.ask([lifted_set for sets in streams for lifted_set in sets], starts)


def streams_of(lifters: Sequence[Sequence[LabelledSet]]) -> list[list[LabelledSet]]:
    """Split the sets of each lifter by exercise: a profile belongs to one."""
    streams: dict[tuple[int, str], list[LabelledSet]] = {}
    for sets in lifters:
        for lifted_set in sets:
            streams.setdefault((lifted_set.lifter, lifted_set.exercise), []).append(lifted_set)
    return list(streams.values())


def _start(lifted_set: LabelledSet, terms: Sequence[Term], season: Season) -> Prior:
    return subject.next_start(lifted_set, terms, with_kg=season.load, with_load=season.percent)


def _outcome(lifted_set: LabelledSet, season: Season) -> ObservedOutcome:
    called = None if lifted_set.failed or not season.calls else lifted_set.reported_rir
    return ObservedOutcome(lifted_set.failed, called, lifted_set.at_days)
