"""Reports before the first rep: whatever a lifter does with the bar before a set leaves its estimates as they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spotter_detector.model import Filter, Observation, RepEstimate, Request, build_prior
from spotter_detector.model.set_start import openings, reports_before
from tests.detector.generated_sets import estimates, make_prior
from tests.detector.lifters import learned_from, lifted

PRIOR = make_prior(pct_1rm=None)
SET = lifted(0.55, 10)


def before(*reports: tuple[float, float, float]) -> tuple[Observation, ...]:
    """Return the set with reports before it: s from the end of each to the next one's, m/s and m."""
    end_s, made = SET[0].end_s, list(SET)
    for gap_s, velocity_mps, rom_m in reversed(reports):
        end_s -= gap_s
        made.insert(0, Observation(0, end_s, velocity_mps, rom_m / velocity_mps, rom_m, None))
    return tuple(replace(rep, rep_number=number) for number, rep in enumerate(made, 1))


def results(answers: list[RepEstimate]) -> list[tuple[float, tuple[float, ...], float | None]]:
    """What is said of the reps left, and against which reference."""
    return [(answer.rir, answer.p_rir_le, answer.reference_velocity_mps) for answer in answers]


@pytest.mark.parametrize(
    "reports",
    [
        ((30.0, 0.9, 0.2),),
        ((8.0, 0.4, 0.8), (20.0, 0.7, 0.75)),
        ((1.0, 0.6, 0.25), (40.0, 0.3, 0.2), (15.0, 1.1, 0.9)),
        ((110.0, 0.2, 0.12), (84.0, 0.8, 0.7)),
    ],
    ids=["one", "two alike", "three unlike", "long before"],
)
def test_reports_before_a_set_are_forgotten(reports: tuple[tuple[float, float, float], ...]) -> None:
    """Once three reps are done a set is estimated as without them, and nobody is said to have failed."""
    answers = estimates(PRIOR, before(*reports))
    assert results(estimates(PRIOR, SET))[2:] == results(answers)[len(reports) + 2 :]
    assert not {"failed", "stall", "short_rom"} & {flag for answer in answers for flag in answer.flags}


def test_reports_of_any_travel_before_a_set_change_nothing_at_its_end() -> None:
    """One to three, of .3–2.3 times the travel, at any speed, 2–20 s before: P(RIR <= j) changes by under .05.

    A report with the travel, the speed and the wait of a rep is one to anybody: one set in fifty may change.
    """
    random = np.random.default_rng(11)
    changes = []
    for _ in range(200):
        count = int(random.integers(1, 4))
        made = before(
            *(
                (
                    float(random.uniform(2.0, 20.0)),
                    float(random.uniform(0.1, 1.6)),
                    0.42 * float(random.uniform(0.3, 2.3)),
                )
                for _ in range(count)
            )
        )
        [answer] = Filter(cache_size=0).run([Request(PRIOR, made, len(made) - 1)])[0]
        changes.append(np.abs(np.subtract(answer.p_rir_le, estimates(PRIOR, SET)[-1].p_rir_le)).max())
    assert np.mean(np.array(changes) >= 0.05) <= 0.02


def test_calibration_before_the_load_is_told_by_its_speed() -> None:
    """Three unloaded reps of the same travel and cadence: known after a few loaded ones, which stay as fast."""
    velocities_mps = (0.95, 1.0, 0.98, 0.55, 0.55, 0.54, 0.54, 0.53, 0.52)
    reps = [Observation(n, 2.6 * n, v, None, 0.42, None) for n, v in enumerate(velocities_mps, 1)]
    numbers = reports_before(PRIOR, reps)
    assert [0, 0, 0] == numbers[:3]
    assert [3, 3, 3] == numbers[-3:]


def test_one_wild_velocity_is_no_opening() -> None:
    """A wild reading in a set does not make what came before it no reps."""
    for wild_mps in (0.1, 0.25, 0.95, 1.6):
        reps = [replace(rep, velocity_mps=wild_mps if at == 4 else rep.velocity_mps) for at, rep in enumerate(SET)]
        assert {0} == set(reports_before(PRIOR, reps))


def test_the_opening_is_read_again_with_each_report() -> None:
    """An unrack is a rep until the next reports show otherwise, and then all are read anew."""
    made = before((6.0, 0.5, 0.43), (3.0, 0.95, 0.2))
    assert reports_before(PRIOR, made) == [
        reports_before(PRIOR, made[:count], count - 1)[0] for count in range(1, len(made) + 1)
    ]


def test_what_is_doubtful_is_no_measure() -> None:
    """Two short movements, then reps of twice their travel: those are the set, whichever came first."""
    answers = estimates(PRIOR, before((3.0, 0.4, 0.2), (5.0, 0.38, 0.19)))
    assert [()] * 8 == [answer.flags for answer in answers][4:]


def test_a_learned_travel_tells_an_unrack_at_once() -> None:
    """A report far off a lifter's usual travel is no rep from the start, and nothing is estimated from it."""
    prior = learned_from([SET] * 3)
    [answer] = estimates(prior, [Observation(1, 0.0, 0.9, 0.22, 0.2, None)])
    assert ("rerack",) == answer.flags
    assert (None, 0.0) == (answer.reference_velocity_mps, answer.share_done)


def test_a_new_travel_is_believed_once_reps_share_it() -> None:
    """A lifter who changes the grip has another travel: two reps of it are reps, whatever was learned."""
    prior = learned_from([SET] * 3)
    other = [replace(rep, rom_m=0.30) for rep in SET]
    assert {0} == set(reports_before(prior, other)[2:])


def test_a_set_of_two_reps_of_an_unlearned_travel_is_one() -> None:
    """Whatever was learned, two reports alike in all are reps: a set must not stay without any."""
    prior = learned_from([SET] * 3)
    pair = [Observation(n, 3.5 * n, 0.2 - 0.02 * n, 1.6, rom_m, None) for n, rom_m in ((1, 0.21), (2, 0.22))]
    assert 0 == reports_before(prior, pair)[-1]


def test_what_may_be_a_rep_or_none_leaves_the_estimate_between_both() -> None:
    """A first report slower than the next, and of nearly their travel: the reps left are the average of both readings."""
    made = before((4.0, 0.95, 0.3))
    [(first, p_first), (second, p_second)] = openings(PRIOR, made, len(made) - 1)[0]
    assert (1, 0) == (first, second)
    assert pytest.approx(1.0) == p_first + p_second
    answers = {number: Filter().distributions([Request(PRIOR, made[number:], 9)])[0][-1] for number in (first, second)}
    [[averaged]] = Filter().distributions([Request(PRIOR, made, len(made) - 1)])
    assert averaged == pytest.approx(p_first * answers[first] + p_second * answers[second], abs=0.01)


def test_a_bar_put_down_after_two_reps_is_not_the_first_rep_of_another_set() -> None:
    """A double, and two minutes later a report of half as much travel again: the two were the set."""
    figures = ((0.0, 0.40, 0.68), (7.8, 0.38, 0.70), (117.8, 0.70, 1.07))
    reps = [Observation(n, end_s, v, None, rom_m, None) for n, (end_s, v, rom_m) in enumerate(figures, 1)]
    assert [0, 0, 0] == reports_before(make_prior("back_squat", pct_1rm=None), reps)


def test_reports_that_tell_their_time_alone_are_reps_whatever_the_breath_between_them() -> None:
    """Two reps, a breath, and more reps: nothing but the wait would say that the first two were none."""
    ends_s = (0.0, 3.0, 14.0, 17.0, 20.0, 23.0)
    reps = [Observation(number, end_s, None, None, None, None) for number, end_s in enumerate(ends_s, 1)]
    prior = build_prior("biceps_curl", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    assert reports_before(prior, reps) == [0] * len(reps)
