"""What is believed of a set before its first rep, and how it is written down."""

from __future__ import annotations

import json
from dataclasses import replace
from math import exp, hypot, log
from runpy import run_path

import numpy as np
import pytest
from hypothesis import given

from spotter.domain.exercises import builtin_catalogue
from spotter_detector.model import (
    EXERCISE_MODELS,
    Prior,
    build_prior,
    exercise_models,
    prior_from_json,
    prior_to_json,
)
from spotter_detector.model.exercise_models import SCALE_LOG_SD
from spotter_detector.model.grid import (
    CURVES,
    DROP,
    LOG_WEIGHT,
    N_MAX,
    V1,
    first_velocity,
    reps_possible,
    velocity_planes,
)
from spotter_detector.model.timing import PaceKind, prior_planes
from tests.detector.generated_sets import make_prior, priors


@given(prior=priors)
def test_a_prior_survives_json(prior: Prior) -> None:
    """What is pinned as JSON comes back equal, and values of a later version are no obstacle."""
    written = json.loads(json.dumps(prior_to_json(prior)))
    assert prior == prior_from_json(written)
    assert prior == prior_from_json({**written, "not_known_yet": 1})


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("v1_mean_mps", "fast", "a prior's v1_mean_mps must be a number, not 'fast'"),
        ("log_n_sd", True, "a prior's log_n_sd must be a number, not True"),
        ("tempo", 1, "a prior's tempo must be true or false, not 1"),
        ("learned_sets", 2.5, "a prior's learned_sets must be a whole number, not 2.5"),
        ("model_class", None, "a prior's model_class must be a string, not None"),
    ],
)
def test_a_wrong_member_is_named(member: str, value: object, message: str) -> None:
    """A value of another kind is refused by its name."""
    with pytest.raises(ValueError, match=message):
        prior_from_json({**prior_to_json(make_prior()), member: value})


def test_every_model_class_has_a_sensible_prior() -> None:
    """The prior of each class starts faster than it ends, and its covariance is positive definite."""
    for model_class in EXERCISE_MODELS:
        prior = make_prior(model_class, pct_1rm=None)
        assert model_class == prior.model_class
        assert 0 == prior.learned_sets
        assert prior.v_last_mean_mps < prior.v1_mean_mps
        assert prior.v1_log_n_cov**2 < prior.v1_sd_mps**2 * prior.log_n_sd**2


def test_a_class_of_the_catalogue_without_a_row_fails_at_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exercise that ships cannot silently be `unknown`."""
    rowing = builtin_catalogue().get("barbell_row").model_copy(update={"model_class": "rowing"})
    catalogue = builtin_catalogue().extended([rowing])
    monkeypatch.setattr("spotter.domain.exercises.builtin_catalogue", lambda: catalogue)

    with pytest.raises(ValueError, match="without a row in EXERCISE_MODELS: rowing"):
        run_path(exercise_models.__file__)


def test_a_class_without_a_row_is_unknown() -> None:
    """A model class without a row uses the row of `unknown`."""
    assert make_prior("unknown", pct_1rm=70.0) == make_prior("farmers_walk", pct_1rm=70.0)


def test_published_figures_of_failure() -> None:
    """Velocity at failure (free weights) and the line's centre are the published ones (m/s, and reps at it)."""
    rows = {name: EXERCISE_MODELS[name] for name in ("bench_press", "back_squat", "deadlift")}
    assert [0.15, 0.27, 0.21] == [row.v_last_mps for row in rows.values()]
    assert [0.515, 0.51, 0.40] == [row.line_velocity_mps for row in rows.values()]
    assert [11, 11, 7] == [round(exp(row.line_log_n)) for row in rows.values()]


@pytest.mark.parametrize(("pct_1rm", "reps"), [(70.0, 15.0), (80.0, 9.0), (90.0, 4.5)])
def test_a_load_tells_the_reps(pct_1rm: float, reps: float) -> None:
    """The reps possible at a load are those of the meta-regression, and the heavier the slower the first one."""
    prior = make_prior(pct_1rm=pct_1rm)
    assert log(reps) == pytest.approx(prior.log_n_mean, abs=1e-6)
    assert prior.v1_mean_mps > make_prior(pct_1rm=pct_1rm + 3.0).v1_mean_mps


def test_the_line_and_the_load_are_one_gaussian() -> None:
    """Without a load the residual of log reps is the published one with the lifter's scale, not the prior's whole sd."""
    for model_class, line_sd in (("bench_press", 0.34), ("back_squat", 0.34), ("deadlift", 0.45)):
        prior = make_prior(model_class, pct_1rm=None)
        scale_sd = EXERCISE_MODELS[model_class].line_slope * SCALE_LOG_SD * prior.v1_mean_mps
        residual = prior.log_n_sd**2 - prior.v1_log_n_cov**2 / prior.v1_sd_mps**2
        assert hypot(line_sd, scale_sd) == pytest.approx(residual**0.5, abs=0.08)


@pytest.mark.parametrize("model_class", ["bench_press", "back_squat", "deadlift"])
def test_the_first_rep_of_a_few_is_over_the_last_one(model_class: str) -> None:
    """Up to five reps the first velocity is over that at failure as (N − 1)^.7, where a log line falls below it."""
    planes = velocity_planes(make_prior(model_class, pct_1rm=None))
    over = [-float(planes[DROP, N_MAX + reps - 1]) for reps in range(1, 6)]
    assert sorted(over) == over
    assert over[0] > 0.0
    for reps in (2, 3, 4):
        assert ((reps - 1) / 4.0) ** 0.7 * over[4] == pytest.approx(over[reps - 1], abs=0.04)


def test_first_velocity_and_the_one_at_failure_share_a_scale() -> None:
    """A lifter whose first rep is faster than others' at the same load also ends faster."""
    prior = make_prior("back_squat", pct_1rm=None)
    correlation = prior.v1_v_last_cov / prior.v1_sd_mps / prior.v_last_sd_mps
    assert SCALE_LOG_SD**2 * prior.v1_mean_mps * prior.v_last_mean_mps == pytest.approx(prior.v1_v_last_cov, abs=1e-6)
    assert correlation > 0.15


def test_what_is_told_of_the_load_may_be_wrong() -> None:
    """A twentieth of the prior is that of the same set without it, in each cell: no load is ever ruled out."""
    prior = make_prior(pct_1rm=60.0)
    assert prior.untold == make_prior(pct_1rm=None)
    alone, both = velocity_planes(prior), prior_planes(prior, PaceKind.VELOCITY)
    untold = velocity_planes(make_prior(pct_1rm=None))
    few = slice(N_MAX, N_MAX + 3)
    assert np.exp(alone[LOG_WEIGHT, few]).sum() < 1e-4
    assert 0.05 * np.exp(untold[LOG_WEIGHT, few]).sum() == pytest.approx(np.exp(both[LOG_WEIGHT, few]).sum(), rel=0.02)
    assert untold[V1, few] == pytest.approx(both[V1, few], abs=0.01)


def test_without_a_load_singles_and_doubles_exist() -> None:
    """Nothing is known of the load: one to three reps are as likely as one set in fifteen."""
    assert sum(reps_possible(velocity_planes(make_prior(pct_1rm=None)))[:3]) > 1.0 / 15.0


def test_a_known_load_narrows_and_a_plan_less_so() -> None:
    """Without information the prior is vague; planned reps narrow it, the load itself most."""
    vague = make_prior(pct_1rm=None)
    planned = make_prior(pct_1rm=None, planned_reps=5, target_rir=1)
    by_load = make_prior(pct_1rm=86.0)
    assert by_load.log_n_sd < planned.log_n_sd < vague.log_n_sd
    assert planned.log_n_mean < vague.log_n_mean
    assert planned.v1_mean_mps < vague.v1_mean_mps
    assert make_prior(pct_1rm=86.0, planned_reps=20) == replace(by_load)


def test_the_prior_over_the_grid_is_that_of_the_set() -> None:
    """The prior over the grid has the median reps and the first velocity of the set's prior."""
    prior = make_prior(pct_1rm=80.0)
    probabilities = reps_possible(velocity_planes(prior))
    median = next(n for n in range(1, 61) if sum(probabilities[:n]) >= 0.5)
    assert 9 == median
    assert prior.v1_mean_mps == pytest.approx(float(first_velocity(prior).mean[8]), abs=1e-6)
    assert CURVES * 60 == velocity_planes(prior)[V1].size


def test_the_metric_is_kept_for_a_profile_to_come() -> None:
    """The metric that a set is expected in is pinned with it."""
    prior = build_prior(
        "deadlift", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False, velocity_metric="peak"
    )
    assert "peak" == prior.velocity_metric
