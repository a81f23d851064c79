"""How near the answers are to the truth, on simulated sets to failure by the law that the filter is built from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from spotter_detector.model import Filter, RepEstimate, Request
from tests.detector.generated_sets import make_prior, reps
from tests.detector.simulated_sets import simulate

SETS = 600
CLASSES = ("bench_press", "back_squat", "deadlift")


@dataclass(frozen=True, slots=True)
class Answer:
    """An estimate and the reps that really were left."""

    estimate: RepEstimate
    rir: int

    def error(self) -> float:
        """Error of min(RIR, 6): far from failure more or less makes no difference to anybody."""
        return abs(min(self.estimate.rir, 6.0) - min(self.rir, 6))


@cache
def answers(model_class: str, load_known: bool) -> list[Answer]:
    """Every rep of the sets, cold."""
    made = simulate(model_class, SETS, seed=20260105)
    asked = [
        Request(make_prior(model_class, pct_1rm=set_.pct_1rm if load_known else None), reps(set_.velocities_mps), 0)
        for set_ in made
    ]
    return [
        Answer(estimate, len(estimates) - done)
        for estimates in Filter().run(asked)
        for done, estimate in enumerate(estimates, 1)
    ]


@pytest.mark.parametrize(
    ("model_class", "load_known", "error_max"),
    [
        ("bench_press", True, 0.70),
        ("bench_press", False, 0.70),
        ("back_squat", True, 0.86),
        ("back_squat", False, 0.93),
        ("deadlift", True, 0.96),
        ("deadlift", False, 1.06),
    ],
)
def test_the_cold_error(model_class: str, load_known: bool, error_max: float) -> None:
    """Cold, the mean error of min(RIR, 6) stays under .7 bench, .95 squat, 1.1 deadlift, and half of a constant's."""
    judged = answers(model_class, load_known)
    capped = [min(answer.rir, 6) for answer in judged]
    constant = float(np.mean(np.abs(np.array(capped) - np.median(capped))))
    error = float(np.mean([answer.error() for answer in judged]))
    assert error < error_max
    assert error < 0.55 * constant


@pytest.mark.parametrize("model_class", CLASSES)
@pytest.mark.parametrize("load_known", [True, False])
def test_the_probabilities_are_calibrated(model_class: str, load_known: bool) -> None:
    """The randomised probability integral transform of RIR (7 and more as one) is uniform within .05."""
    random = np.random.default_rng(1)
    transformed: list[float] = []
    for answer in answers(model_class, load_known):
        below = (0.0, *answer.estimate.p_rir_le, 1.0)
        rir = min(answer.rir, 7)
        transformed.append(below[rir] + (below[rir + 1] - below[rir]) * float(random.random()))
    transformed.sort()
    uniform = (np.arange(len(transformed)) + 0.5) / len(transformed)
    assert float(np.max(np.abs(np.array(transformed) - uniform))) < 0.05


@pytest.mark.parametrize("model_class", CLASSES)
def test_the_interval_covers_what_it_says(model_class: str) -> None:
    """RIR is a whole number, so an 80 % interval contains the truth a little more often than that, and not always."""
    judged = answers(model_class, True)
    inside = [answer.estimate.rir_low - 0.5 <= answer.rir <= answer.estimate.rir_high + 0.5 for answer in judged]
    assert 0.8 < np.mean(inside) < 0.95


@pytest.mark.parametrize("model_class", CLASSES)
def test_probable_failure_of_the_next_rep_is_mostly_said_at_the_last(model_class: str) -> None:
    """Where P(next rep fails) is over one half, most are last reps, and hardly one has three or more left."""
    over = [answer.rir for answer in answers(model_class, True) if answer.estimate.p_next_fails > 0.5]
    assert np.mean([rir == 0 for rir in over]) > 0.55
    assert np.mean([rir >= 3 for rir in over]) < 0.06


@pytest.mark.parametrize("model_class", CLASSES)
def test_the_probability_of_failure_rises_towards_the_end(model_class: str) -> None:
    """On average P(next rep fails) grows over the last four reps, by more with each."""
    judged = answers(model_class, True)
    means = [np.mean([a.estimate.p_next_fails for a in judged if a.rir == rir]) for rir in (3, 2, 1, 0)]
    steps = np.diff(means)
    assert steps[0] > 0.0
    assert steps[0] < steps[1] < steps[2]


@pytest.mark.parametrize("model_class", CLASSES)
def test_high_confidence_is_earned_and_reached_cold(model_class: str) -> None:
    """Estimates of high confidence are within one rep three times in four, and many cold sets get there in the end."""
    judged = answers(model_class, True)
    high = [abs(answer.estimate.rir - answer.rir) <= 1.0 for answer in judged if answer.estimate.confidence == "high"]
    assert np.mean(high) > 0.75
    assert np.mean([a.estimate.confidence == "high" for a in judged if a.rir == 0]) > 0.35
    assert np.mean([a.estimate.confidence == "high" for a in judged if a.rir >= 6]) < 0.02


def test_a_wrong_load_is_found_out() -> None:
    """Told 85 %1RM of a set at 75 %, or the other way round, the last rep still has two reps left at most (median)."""
    for pct_1rm, reported_pct_1rm in ((75.0, 85.0), (85.0, 75.0)):
        made = simulate("bench_press", 150, seed=3, pct_1rm=(pct_1rm, pct_1rm))
        runs = Filter().run(
            [Request(make_prior(pct_1rm=reported_pct_1rm), reps(set_.velocities_mps), 0) for set_ in made]
        )
        assert np.median([estimates[-1].rir for estimates in runs]) < 2.0
        assert np.median([estimates[-7].rir for estimates in runs if len(estimates) >= 7]) > 3.5
