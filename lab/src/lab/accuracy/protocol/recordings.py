"""The protocol on recorded sets: the model alone, by the origin of the labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lab.accuracy import subject
from lab.accuracy.answers import truth_of
from lab.accuracy.people.seasons import Season, priors, streams_of
from lab.accuracy.protocol.score_rows import Scored, score
from lab.accuracy.scores.alerts import AlertRule
from lab.accuracy.sets import LabelledSet

# The product's balanced rule: nothing is fitted on the judged sets.
_RULE = AlertRule(reserve=2, threshold=0.5)


@dataclass(frozen=True, slots=True)
class RecordedRow:
    """Scores of the model on recorded sets with one kind of label.

    Attributes
    ----------
    label : str
        `known failure` or `the lifter's call`.
    case : str
        `cold`, or `learned` from all of the lifter's earlier sets of the exercise.
    """

    label: str
    case: str
    lifters: int
    sets: int
    reps: int
    scored: Scored


def recorded_rows(lifters: Sequence[Sequence[LabelledSet]]) -> list[RecordedRow]:
    """Score both kinds of labels, cold and learned; sets without a label are learned from, not judged."""
    rows: list[RecordedRow] = []
    streams = streams_of(lifters)
    sets = [lifted_set for stream in streams for lifted_set in stream]
    for label, failed in (("known failure", True), ("the lifter's call", False)):
        chosen = [
            index
            for index, lifted_set in enumerate(sets)
            if lifted_set.failed is failed and (failed or lifted_set.reported_rir is not None)
        ]
        if not chosen:
            continue
        judged = [sets[index] for index in chosen]
        truth = truth_of(judged)
        for case, season in (
            ("cold", Season(load=True, percent=True, memory=0)),
            ("learned", Season(load=True, percent=True)),
        ):
            starts = [start for of_stream in priors(streams, season) for start in of_stream]
            answers = subject.ask(judged, [starts[index] for index in chosen]).answers(truth)
            lifters_judged = len({lifted_set.lifter for lifted_set in judged})
            scored = score("model", truth, answers, _RULE)
            rows.append(RecordedRow(label, case, lifters_judged, len(judged), len(truth.rir), scored))
    return rows
