"""One row of the report: model, oracles and baselines on one case, in one family and exercise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lab.accuracy import subject
from lab.accuracy.answers import Answers, Truth, answers_from, truth_of
from lab.accuracy.baselines import BASELINES, Fitted, answers
from lab.accuracy.oracles import Knowledge, posteriors
from lab.accuracy.protocol.judged_sets import JudgedSets
from lab.accuracy.protocol.plan import ProtocolCase
from lab.accuracy.protocol.score_rows import Scored, score
from lab.accuracy.scores.alerts import AlertRule
from lab.accuracy.scores.bootstrap import Figure, ratio_by_lifter
from lab.accuracy.scores.error import capped_errors

MODEL = "model"
Oracle = Literal["population", "learned", "informed"]
_KNOWLEDGE: Mapping[Oracle, Literal["nothing", "sets", "everything"]] = {
    "population": "nothing",
    "learned": "sets",
    "informed": "everything",
}


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """All figures of one case.

    Attributes
    ----------
    sets, reps : int
        The numbers judged.
    scored : list of Scored
        The model first, then oracles, then baselines.
    ratios : dict
        The model's error / each oracle's error, on the same lifters.
    """

    family: str
    exercise: str
    case: str
    sets: int
    reps: int
    scored: list[Scored]
    ratios: dict[str, Figure]

    def of(self, name: str) -> Scored:
        """Return the scores of one estimator.

        Raises
        ------
        KeyError
            If it has no scores in this case.
        """
        for scored in self.scored:
            if scored.name == name:
                return scored
        raise KeyError(f"{name} has no scores for {self.case} of {self.exercise}, {self.family}")

    def best_baseline(self) -> Scored:
        """Return the baseline with the least error."""
        baselines = (scored for scored in self.scored if scored.probabilities is None)
        return min(baselines, key=lambda scored: scored.error.value)


def model_estimates(lifted: JudgedSets, case: ProtocolCase) -> subject.ModelEstimates:
    """Return the model's estimates for the judged sets."""
    return subject.ask(lifted.judged, lifted.starts(case))


def oracle_answers(name: Oracle, lifted: JudgedSets, case: ProtocolCase, truth: Truth) -> Answers:
    """Return an oracle's answers for the judged sets."""
    knowledge = Knowledge(_KNOWLEDGE[name], load=case.load, sense=case.sense or "velocity")
    earlier = lifted.earlier(case) if name == "learned" else None
    return answers_from(truth, posteriors(lifted.family, lifted.judged, knowledge, earlier))


def row(lifted: JudgedSets, case: ProtocolCase, fitted: Fitted, rule: AlertRule) -> ScoreRow:
    """Score model, oracles and baselines on one case.

    Parameters
    ----------
    fitted : Fitted
        Baselines, fitted on training lifters measured in the same way.
    rule : AlertRule
        The model's alert rule, fitted on training lifters.
    """
    sets, earlier = lifted.judged, lifted.earlier(case)
    truth = truth_of(sets)
    model_answers = model_estimates(lifted, case).answers(truth)
    scored = [score(MODEL, truth, model_answers, rule)]
    errors = capped_errors(truth, model_answers)
    ratios: dict[str, Figure] = {}
    for name in oracles_of(case):
        oracle_result = oracle_answers(name, lifted, case, truth)
        scored.append(score(name, truth, oracle_result))
        ratios[name] = ratio_by_lifter(errors, capped_errors(truth, oracle_result), truth.lifter)
    for baseline in BASELINES:
        if baseline == "own line" and not case.earlier:
            continue  # it would be the general one
        scored.append(score(baseline, truth, answers(baseline, fitted, sets, truth, earlier)))
    return ScoreRow(lifted.family, lifted.exercise, case.name, truth.sets, len(truth.rir), scored, ratios)


def oracles_of(case: ProtocolCase) -> tuple[Oracle, ...]:
    """Return the oracles of a case."""
    if case.sense is None:
        return ()
    if case.sense == "durations":
        return ("learned",) if case.earlier else ("population",)
    return ("learned", "informed") if case.earlier else ("population", "informed")
