"""The protocol on the wide world: the model beside its oracles, the alarm beside one-line rules, told and untold."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
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
    alarms : list of AlarmRow
        The model on all lifters, the load untold and told (told only with earlier sets: kg say nothing of a stranger);
        oracle, and the model again, on those of the oracle; then rules.
    """

    exercise: str
    earlier: int
    scored: Scored
    sets: int
    ratio: Figure
    oracle: Scored
    alarms: list[AlarmRow]


@dataclass(slots=True)
class WideFigures:
    """All figures of an exercise."""

    exercise: str
    rows: list[WideRow] = field(default_factory=list)
    red: list[RedRow] = field(default_factory=list)
    properties: list[PropertyRow] = field(default_factory=list)
    seconds: float = 0.0

    def targets(self) -> Iterator[AccuracyTarget]:
        """Yield the targets of the wide world."""
        for row in self.rows:
            where = ("wide world", "wide", self.exercise, f"after {row.earlier} sets" if row.earlier else "cold")
            oracle = "learned" if row.earlier else "population"
            yield AccuracyTarget(*where, f"error / {oracle} oracle", row.ratio.value, _RATIO_MAX)
            if row.scored.probabilities is not None:
                bins = [each for of_reserve in row.scored.probabilities.reliability for each in of_reserve]
                gaps = [abs(each.predicted - each.observed) for each in bins if each.cases >= _CASES_MIN]
                if gaps:
                    yield AccuracyTarget(*where, "worst gap of a reliability bin", max(gaps), _GAP_MAX)
            model, *others = (alarm.score for alarm in row.alarms)
            if not model.hard or not model.easy:
                continue
            yield AccuracyTarget(*where, "*failing* in easy sets", model.failing_easy, FAILING_MAX)
            rule = max((other for other in others if other.name in RULES), key=lambda score: score.youden)
            yield AccuracyTarget(*where, f"Youden's index ({rule.name})", model.youden, rule.youden, at_least=True)
        if self.rows:
            where = ("wide world", "wide", self.exercise, "all cases")
            yield AccuracyTarget(*where, "a rule is better, or knowing less", float(len(self.red)), 0.0)


def measure_wide(plan: ProtocolPlan, jobs: int, say: Callable[[str], None]) -> list[WideFigures]:
    """Measure every exercise of a plan."""
    if jobs == 1:
        results = [wide_figures(exercise, plan) for exercise in plan.exercises]
    else:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            results = list(pool.map(wide_figures, plan.exercises, [plan] * len(plan.exercises)))
    for result in results:
        say(f"{result.exercise}, wide world: {result.seconds:.0f} s")
    return results


def wide_figures(exercise: str, plan: ProtocolPlan) -> WideFigures:
    """Measure one exercise: lifters whose ninth set was no other exercise's."""
    began_s = time.monotonic()
    people = wide_lifters(exercise, plan.wide_lifters, _SETS_EACH, plan.seeds[0])
    people = [sets for sets in people if not sets[-1].faults]
    result = WideFigures(exercise)
    taught = {load: _taught(people, with_kg=load) for load in (False, True)}
    for earlier in EARLIER:
        streams = [sets[_SETS_EACH - 1 - earlier :] for sets in people]
        result.rows.append(_row(exercise, earlier, streams, taught, plan))
    result.red = red_rows([alarm for row in result.rows for alarm in row.alarms])
    clean = [without_reports(sets[-1]) for sets in people[:_PROPERTY_SETS]]
    result.properties = property_rows(clean, [subject.cold(lifted_set) for lifted_set in clean])
    result.seconds = time.monotonic() - began_s
    return result


def _row(
    exercise: str,
    earlier: int,
    streams: Sequence[Sequence[LabelledSet]],
    taught: Mapping[bool, Sequence[Sequence[Term]]],
    plan: ProtocolPlan,
) -> WideRow:
    judged = [sets[-1] for sets in streams]
    before = [sets[:-1] for sets in streams]
    estimates = _estimates(judged, earlier, taught[False], with_kg=False)
    truth = truth_of(judged)
    answers = estimates.answers(truth)

    some, count = judged[: plan.wide_oracle_lifters], min(plan.wide_oracle_lifters, len(judged))
    posteriors = wide_posteriors(some, before[:count] if earlier else None)
    some_truth = truth_of(some)
    in_some = truth.set_index < count
    some_answers = _part(answers, in_some)
    oracle = answers_from(some_truth, posteriors)
    traces = model_traces(judged, estimates)
    alarms = [
        _alarm(earlier, MODEL, judged, traces),
        _alarm(earlier, ORACLE, some, [_oracle_trace(rows) for rows in posteriors]),
        _alarm(earlier, "model, as many", some, traces[:count]),
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
    return WideRow(
        exercise,
        earlier,
        score(MODEL, truth, answers, _RULE),
        count,
        ratio_by_lifter(capped_errors(some_truth, some_answers), capped_errors(some_truth, oracle), some_truth.lifter),
        score(ORACLE, some_truth, oracle, _RULE),
        alarms,
    )


def _taught(people: Sequence[Sequence[LabelledSet]], *, with_kg: bool) -> list[list[Term]]:
    """Return what each set but the last of each lifter teaches."""
    terms = iter(subject.taught([lifted_set for sets in people for lifted_set in sets[:-1]], with_kg=with_kg))
    return [[next(terms) for _ in sets[:-1]] for sets in people]


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
