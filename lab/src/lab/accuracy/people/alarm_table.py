"""The alarm table: hard against easy sets of recorded lifters, by what is known and which reports arrive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from lab.accuracy.people.alarm_scores import AlarmScore, AlarmTrace, alarm_score
from lab.accuracy.people.efforts import judged, last_rep, without_reports
from lab.accuracy.people.one_line_rules import fixed_loss, least_velocity, line, line_through_ends
from lab.accuracy.people.seasons import Season, estimates, streams_of
from lab.accuracy.sets import LabelledSet
from lab.accuracy.subject import ModelEstimates
from spotter.domain.exercises import builtin_catalogue
from spotter.domain.policies import builtin_policy
from spotter_advisor.planning.decision import Form, RirEstimate, asks_for_end
from spotter_advisor.rules.inputs import RuleInputs
from spotter_advisor.rules.set_terms import terms_of
from spotter_advisor.state.terms import SetTerms
from spotter_detector.model import RepEstimate

MODEL: Final = "model"
_NO_LINE: Final = np.zeros(2)
_NO_REPS: Final = frozenset({"ghost", "rerack"})
MEMORIES: Final[tuple[int | None, ...]] = (0, 3, 8, 20, None)
"""How many earlier sets are learned from; the last one is the season."""


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """The scores of one alarm in one case.

    Attributes
    ----------
    reports : str
        `clean`, without the reports that lifters deleted, or `all`.
    memory : int or None
        Earlier sets learned from; 0: cold, None: all.
    load : bool
        The load of each set is told.
    lifter : int or None
        None: all lifters together.
    """

    reports: str
    memory: int | None
    load: bool
    lifter: int | None
    score: AlarmScore


def alarm_rows(
    lifters: Sequence[Sequence[LabelledSet]], memories: Sequence[int | None] = MEMORIES
) -> Iterator[AlarmRow]:
    """Yield the rows of the table: clean then all reports; in each, rules, then the model by what it has learned."""
    for reports in ("clean", "all"):
        streams = streams_of(
            [[without_reports(each) if reports == "clean" else each for each in sets] for sets in lifters]
        )
        sets = [lifted_set for stream in streams for lifted_set in stream]
        for rule, memory, traces in _rule_traces(streams):
            if memory in memories:
                yield from _rows(reports, memory, False, rule, sets, traces)
        for memory in memories:
            for load in (False, True):
                if load and memory == 0:
                    continue  # kg alone say nothing of an unknown lifter
                answer = estimates(streams, Season(load=load, memory=memory))
                yield from _rows(reports, memory, load, MODEL, sets, model_traces(sets, answer))


def model_traces(sets: Sequence[LabelledSet], answer: ModelEstimates) -> list[AlarmTrace]:
    """Return what the product says after each report: P(RIR ≤ 1), *stop* by its own rule, and *failing*."""
    terms = {exercise: _terms(exercise) for exercise in {lifted_set.exercise for lifted_set in sets}}
    return [
        AlarmTrace(
            [estimate.p_rir_le[1] for estimate in of_set],
            [asks_for_end(terms[lifted_set.exercise], _as_read(estimate)) for estimate in of_set],
            [bool({"failed", "stall"}.intersection(estimate.flags)) for estimate in of_set],
        )
        for lifted_set, of_set in zip(sets, answer.estimates, strict=True)
    ]


def _rows(
    reports: str,
    memory: int | None,
    load: bool,
    name: str,
    sets: Sequence[LabelledSet],
    traces: Sequence[AlarmTrace],
) -> Iterator[AlarmRow]:
    indices, hard = judged(sets)
    of_lifter = np.array([sets[index].lifter for index in indices])
    last = [last_rep(sets[index]) for index in indices]
    for lifter in (None, *sorted(set(of_lifter.tolist()))):
        rows = np.flatnonzero(np.ones(len(indices)) if lifter is None else of_lifter == lifter)
        score = alarm_score(name, [traces[indices[row]] for row in rows], [last[row] for row in rows], hard[rows])
        yield AlarmRow(reports, memory, load, lifter, score)


def _rule_traces(streams: Sequence[Sequence[LabelledSet]]) -> Iterator[tuple[str, int | None, list[AlarmTrace]]]:
    """Yield rules with the earlier sets they know: the others' line is the own line before there is one."""
    yield "MVT + .03", 0, [least_velocity(lifted_set) for stream in streams for lifted_set in stream]
    yield "loss of 20 %", 0, [fixed_loss(lifted_set) for stream in streams for lifted_set in stream]
    of_others, own = [], []
    for stream in streams:
        others = line_through_ends(
            [
                lifted_set
                for other in streams
                if other[0].lifter != stream[0].lifter and other[0].exercise == stream[0].exercise
                for lifted_set in other
            ]
        )
        fallback = _NO_LINE if others is None else others
        of_others += [line(lifted_set, fallback) for lifted_set in stream]
        for order, lifted_set in enumerate(stream):
            own_line = line_through_ends(stream[:order])
            own.append(line(lifted_set, fallback if own_line is None else own_line))
    yield "others' line", 0, of_others
    yield "own line", None, own


def _terms(exercise: str) -> SetTerms:
    """Return the terms of a plain work set of the exercise, with a spotter."""
    inputs = RuleInputs(
        exercise=builtin_catalogue().get(exercise),
        in_catalogue=True,
        intent="work",
        asked_rir=None,
        last_set=False,
        spotter=True,
        beginner=False,
    )
    return terms_of(inputs, builtin_policy())


def _as_read(estimate: RepEstimate) -> RirEstimate:
    """Return an estimate as the advisor reads it; its confidence has no part in *stop*."""
    flags = frozenset(estimate.flags)
    form: Form | None = None
    if not flags & _NO_REPS:
        form = "second_dip" if "second_dip" in flags else "short_rom" if "short_rom" in flags else None
    return RirEstimate(estimate.rir, estimate.p_rir_le, "high", "failed" in flags, "stall" in flags, form)
