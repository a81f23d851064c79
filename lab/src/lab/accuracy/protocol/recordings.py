"""The protocol on recorded sets: the model alone, by the origin of the labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lab.accuracy import subject
from lab.accuracy.answers import truth_of
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
    for label, failed in (("known failure", True), ("the lifter's call", False)):
        judged = [
            (lifted_set, [before for before in sets[:index] if before.exercise == lifted_set.exercise])
            for sets in lifters
            for index, lifted_set in enumerate(sets)
            if lifted_set.failed is failed and (failed or lifted_set.reported_rir is not None)
        ]
        if not judged:
            continue
        sets = [lifted_set for lifted_set, _ in judged]
        truth = truth_of(sets)
        for case, earlier in (("cold", [[] for _ in sets]), ("learned", [before for _, before in judged])):
            starts = [
                subject.next_start(lifted_set, subject.taught(before, with_load=True), with_load=True)
                for lifted_set, before in zip(sets, earlier, strict=True)
            ]
            scored = score("model", truth, subject.ask(sets, starts).answers(truth), _RULE)
            lifters_judged = len({lifted_set.lifter for lifted_set in sets})
            rows.append(RecordedRow(label, case, lifters_judged, len(sets), len(truth.rir), scored))
    return rows
