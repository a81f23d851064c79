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
_TOLD: Mapping[Oracle, Literal["nothing", "sets", "everything"]] = {
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
        How many are judged.
    scored : list of Scored
        The model first, then oracles, then baselines.
    ratios : dict
        The model's error over each oracle's, by the same lifters.
    """

    family: str
    exercise: str
    case: str
    sets: int
    reps: int
    scored: list[Scored]
    ratios: dict[str, Figure]

    def of(self, name: str) -> Scored:
        """The scores of one estimator.

        Raises
        ------
        KeyError
            Where it has not answered this case.
        """
        for scored in self.scored:
            if scored.name == name:
                return scored
        raise KeyError(f"{name} has not answered {self.case} of {self.exercise}, {self.family}")


def model_said(lifted: JudgedSets, case: ProtocolCase) -> subject.ModelEstimates:
    """What the model says of the judged sets."""
    return subject.ask(lifted.judged, lifted.starts(case))


def oracle_answers(name: Oracle, lifted: JudgedSets, case: ProtocolCase, truth: Truth) -> Answers:
    """What an oracle says of the judged sets."""
    informed = Knowledge(_TOLD[name], load=case.load, sense=case.sense or "velocity")
    earlier = lifted.earlier(case) if name == "learned" else None
    return answers_from(truth, posteriors(lifted.family, lifted.judged, informed, earlier))


def row(lifted: JudgedSets, case: ProtocolCase, fitted: Fitted, rule: AlertRule) -> ScoreRow:
    """Ask everybody about one case and score what they say.

    Parameters
    ----------
    fitted : Fitted
        Baselines, fitted on training lifters measured in the same way.
    rule : Rule
        The model's alert rule, fixed on training lifters.
    """
    sets, earlier = lifted.judged, lifted.earlier(case)
    truth = truth_of(sets)
    model_answers = model_said(lifted, case).answers(truth)
    scored = [score(MODEL, truth, model_answers, rule)]
    errors = capped_errors(truth, model_answers)
    ratios: dict[str, Figure] = {}
    for name in oracles_of(case):
        answers_known = oracle_answers(name, lifted, case, truth)
        scored.append(score(name, truth, answers_known))
        ratios[name] = ratio_by_lifter(errors, capped_errors(truth, answers_known), truth.lifter)
    for baseline in BASELINES:
        if baseline == "own line" and not case.earlier:
            continue  # it would be the general one
        scored.append(score(baseline, truth, answers(baseline, fitted, sets, truth, earlier)))
    return ScoreRow(lifted.family, lifted.exercise, case.name, truth.sets, len(truth.rir), scored, ratios)


def oracles_of(case: ProtocolCase) -> tuple[Oracle, ...]:
    """The oracles that a case is measured by."""
    if case.sense is None:
        return ()
    if case.sense == "durations":
        return ("learned",) if case.earlier else ("population",)
    return ("learned", "informed") if case.earlier else ("population", "informed")
