"""The protocol on the wide world: the model beside its oracles, the alarm beside one-line rules, told and untold.

Errors are those of sets that go on to failure, so that a rep counts whether or not its lifter would have done it; alarms
are those of the same sets as their lifters ended them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from lab.accuracy import subject
from lab.accuracy.answers import RIR_MAX, Answers, Floats, answers_from, truth_of
from lab.accuracy.people.alarm_scores import AlarmTrace, alarm_score
from lab.accuracy.people.alarm_table import MODEL, AlarmRow, model_traces
from lab.accuracy.people.efforts import last_rep, without_reports
from lab.accuracy.people.one_line_rules import fixed_loss, least_velocity, line, line_through_ends
from lab.accuracy.people.red_rows import FAILING_MAX, RULES, RedRow, red_rows
from lab.accuracy.properties import PropertyRow, property_rows
from lab.accuracy.protocol.plan import ProtocolPlan
from lab.accuracy.protocol.score_rows import Scored, score
from lab.accuracy.protocol.targets import AccuracyTarget
from lab.accuracy.scores.alerts import AlertRule
from lab.accuracy.scores.bootstrap import Figure, ratio_by_lifter
from lab.accuracy.scores.error import capped_errors
from lab.accuracy.sets import LabelledSet
from lab.accuracy.subject import ModelEstimates
from lab.accuracy.wide.lifters import wide_lifters
from lab.accuracy.wide.oracle import wide_posteriors
from spotter_detector.profile import Term

ORACLE: Final = "oracle"
EARLIER: Final = (0, 3, 8)
# Eight to learn from, the last one is judged.
_SETS_EACH: Final = 9
_RULE: Final = AlertRule(reserve=2, threshold=0.5)
_HARD_RIR_MAX, _EASY_RIR_MIN = 1, 4
_STOP: Final = 0.5
_RATIO_MAX, _GAP_MAX = 1.05, 0.05
# A bin with fewer reps is not judged.
_CASES_MIN: Final = 400
_PROPERTY_SETS: Final = 300


@dataclass(frozen=True, slots=True)
class WideStream:
    """A lifter's earlier sets, and the judged one as it ended and as it goes on to failure (a warm-up: as it ended)."""

    earlier: Sequence[LabelledSet]
    ended: LabelledSet
    to_failure: LabelledSet


@dataclass(frozen=True, slots=True)
class WideRow:
    """The figures after so many earlier sets, nothing told of the load.

    Attributes
    ----------
    scored : Scored
        The model, on all lifters.
    sets : int
        Sets of the oracle: of the first lifters, which `ratio` is about.
    ratio : Figure
        The model's error / the oracle's, population's without earlier sets and else the learned one's.
    oracle : Scored
    worst_gap : float
        The largest difference between what the model predicted and what came true, over bins with enough cases.
    alarms : list of AlarmRow
        The model on all lifters, the load untold and told (told only with earlier sets: kg say nothing of a stranger);
        oracle, and the model again, on those of the oracle; then rules.
    """

    family: str
    exercise: str
    earlier: int
    scored: Scored
    sets: int
    ratio: Figure
    oracle: Scored
    worst_gap: float
    alarms: list[AlarmRow]


@dataclass(slots=True)
class WideFigures:
    """All figures of a family and exercise."""

    family: str
    exercise: str
    rows: list[WideRow] = field(default_factory=list)
    red: list[RedRow] = field(default_factory=list)
    properties: list[PropertyRow] = field(default_factory=list)
    seconds: float = 0.0

    def progress(self) -> str:
        """Return a line for the terminal when this part is done."""
        return f"{self.exercise}, {self.family} family, wide world: {self.seconds:.0f} s"

    def targets(self) -> Iterator[AccuracyTarget]:
        """Yield the targets of the wide world."""
        for row in self.rows:
            where = ("wide world", self.family, self.exercise, f"after {row.earlier} sets" if row.earlier else "cold")
            oracle = "learned" if row.earlier else "population"
            yield AccuracyTarget(*where, f"error / {oracle} oracle", row.ratio.value, _RATIO_MAX)
            yield AccuracyTarget(*where, "worst gap of a reliability bin", row.worst_gap, _GAP_MAX)
            model, *others = (alarm.score for alarm in row.alarms)
            if not model.hard or not model.easy:
                continue
            yield AccuracyTarget(*where, "*failing* in easy sets", model.failing_easy, FAILING_MAX)
            rule = max((other for other in others if other.name in RULES), key=lambda score: score.youden)
            yield AccuracyTarget(*where, f"Youden's index ({rule.name})", model.youden, rule.youden, at_least=True)
        if self.rows:
            where = ("wide world", self.family, self.exercise, "all cases")
            yield AccuracyTarget(*where, "a rule is better, or knowing less", float(len(self.red)), 0.0)


def wide_figures(family: str, exercise: str, plan: ProtocolPlan) -> WideFigures:
    """Measure one family and exercise: lifters whose ninth set was of this exercise, and of one arm."""
    began_s = time.monotonic()
    sized = (family, exercise, plan.wide_lifters, _SETS_EACH, plan.seeds[0])
    streams = [
        WideStream(sets[:-1], sets[-1], to_failure[-1])
        for sets, to_failure in zip(wide_lifters(*sized), wide_lifters(*sized, last_to_failure=True), strict=True)
        if not sets[-1].faults
    ]
    result = WideFigures(family, exercise)
    taught = {load: _taught(streams, with_kg=load) for load in (False, True)}
    result.rows = [_row(family, exercise, earlier, streams, taught, plan) for earlier in EARLIER]
    result.red = red_rows([alarm for row in result.rows for alarm in row.alarms])
    clean = [without_reports(stream.ended) for stream in streams[:_PROPERTY_SETS]]
    result.properties = property_rows(clean, [subject.cold(lifted_set) for lifted_set in clean])
    result.seconds = time.monotonic() - began_s
    return result


def _row(
    family: str,
    exercise: str,
    earlier: int,
    streams: Sequence[WideStream],
    taught: Mapping[bool, Sequence[Sequence[Term]]],
    plan: ProtocolPlan,
) -> WideRow:
    judged = [stream.to_failure for stream in streams]
    truth = truth_of(judged)
    answers = _estimates(judged, earlier, taught[False], with_kg=False).answers(truth)

    before = [stream.earlier[len(stream.earlier) - earlier :] for stream in streams]
    count = min(plan.wide_oracle_lifters, len(judged))
    some = judged[:count]
    posteriors = wide_posteriors(family, some, before[:count] if earlier else None)
    some_truth = truth_of(some)
    some_answers = _part(answers, truth.set_index < count)
    oracle = answers_from(some_truth, posteriors)
    scored = score(MODEL, truth, answers, _RULE)
    return WideRow(
        family,
        exercise,
        earlier,
        scored,
        count,
        ratio_by_lifter(capped_errors(some_truth, some_answers), capped_errors(some_truth, oracle), some_truth.lifter),
        score(ORACLE, some_truth, oracle, _RULE),
        _worst_gap(scored),
        _alarms(earlier, [stream.ended for stream in streams], before, posteriors, taught),
    )


def _worst_gap(scored: Scored) -> float:
    bins = [] if scored.probabilities is None else [row for rows in scored.probabilities.reliability for row in rows]
    return max((abs(row.predicted - row.observed) for row in bins if row.cases >= _CASES_MIN), default=0.0)


def _alarms(
    earlier: int,
    judged: Sequence[LabelledSet],
    before: Sequence[Sequence[LabelledSet]],
    posteriors: Sequence[Floats],
    taught: Mapping[bool, Sequence[Sequence[Term]]],
) -> list[AlarmRow]:
    """Return the alarms of model, oracle (of the first sets) and rules."""
    count = len(posteriors)
    traces = model_traces(judged, _estimates(judged, earlier, taught[False], with_kg=False))
    alarms = [
        _alarm(earlier, MODEL, judged, traces),
        _alarm(earlier, ORACLE, judged[:count], [_oracle_trace(rows) for rows in posteriors]),
        _alarm(earlier, "model, as many", judged[:count], traces[:count]),
        _alarm(earlier, "MVT + .03", judged, [least_velocity(lifted_set) for lifted_set in judged]),
        _alarm(earlier, "loss of 20 %", judged, [fixed_loss(lifted_set) for lifted_set in judged]),
    ]
    if earlier:
        everybody = line_through_ends([lifted_set for sets in before for lifted_set in sets])
        fallback = np.zeros(2) if everybody is None else everybody
        own = [fallback if (through := line_through_ends(sets)) is None else through for sets in before]
        alarms.append(_alarm(earlier, "own line", judged, [line(*pair) for pair in zip(judged, own, strict=True)]))
        with_load = model_traces(judged, _estimates(judged, earlier, taught[True], with_kg=True))
        alarms.append(_alarm(earlier, MODEL, judged, with_load, load=True))
    return alarms


def _taught(streams: Sequence[WideStream], *, with_kg: bool) -> list[list[Term]]:
    """Return what each earlier set of each lifter teaches."""
    terms = iter(subject.taught([lifted_set for stream in streams for lifted_set in stream.earlier], with_kg=with_kg))
    return [[next(terms) for _ in stream.earlier] for stream in streams]


def _estimates(
    judged: Sequence[LabelledSet], earlier: int, taught: Sequence[Sequence[Term]], *, with_kg: bool
) -> ModelEstimates:
    starts = [
        subject.next_start(lifted_set, terms[len(terms) - earlier :], with_kg=with_kg)
        for lifted_set, terms in zip(judged, taught, strict=True)
    ]
    return subject.ask(judged, starts)


def _alarm(
    earlier: int, name: str, sets: Sequence[LabelledSet], traces: Sequence[AlarmTrace], *, load: bool = False
) -> AlarmRow:
    """Score an alarm on the sets that truly were hard or easy."""
    chosen = [
        index
        for index, lifted_set in enumerate(sets)
        if lifted_set.ended_rir <= _HARD_RIR_MAX or lifted_set.ended_rir >= _EASY_RIR_MIN
    ]
    hard = np.array([sets[index].ended_rir <= _HARD_RIR_MAX for index in chosen], dtype=np.bool_)
    last = [last_rep(sets[index]) for index in chosen]
    return AlarmRow("all", earlier, load, None, alarm_score(name, [traces[index] for index in chosen], last, hard))


def _oracle_trace(rows: Floats) -> AlarmTrace:
    at_most = np.cumsum(rows, axis=1)
    return AlarmTrace(at_most[:, _HARD_RIR_MAX].tolist(), (at_most[:, _RULE.reserve] >= _STOP).tolist())


def _part(answers: Answers, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Answers:
    return replace(
        answers,
        rir=answers.rir[chosen],
        low=None if answers.low is None else answers.low[chosen],
        high=None if answers.high is None else answers.high[chosen],
        distribution=np.zeros((0, RIR_MAX + 1)) if answers.distribution is None else answers.distribution[chosen],
    )
