"""The course of a set: what it keeps, and what it makes of each rep."""

from __future__ import annotations

from spotter_detector.model.set_tracker import SetTracker
from spotter_detector.model.timing import PaceKind
from tests.detector.generated_sets import make_prior, rep, reps


def test_a_fork_is_the_whole_course() -> None:
    """Every field of a course is in its fork, and the fork goes its own way."""
    tracker, _ = SetTracker(make_prior()).add(reps((0.5,)))
    fork = tracker.fork()
    assert all(getattr(fork, name) is value for name, value in vars(tracker).items())
    fork.add(reps((0.5, 0.48)))
    assert (1, 2) == (tracker.progress, fork.progress)
    assert [] == tracker.flags


def test_a_velocity_is_one_step() -> None:
    """With velocities each rep is one step; the first starts from the prior."""
    tracker = SetTracker(make_prior())
    for count in (1, 2, 3):
        tracker, steps = tracker.add(reps((0.5, 0.48, 0.46))[:count])
        assert [(make_prior(), PaceKind.VELOCITY) if count == 1 else None] == [step.restarts_from for step in steps]
        assert [count] == [step.progress for step in steps]


def test_another_reference_goes_through_the_curve_again() -> None:
    """A faster rep among the first three makes the earlier ones slower in its units; a fourth changes no unit."""
    velocities_mps = (1.0, 1.2, 1.1, 1.5)
    set_ = [rep(number, velocity, metric="propulsive") for number, velocity in enumerate(velocities_mps, 1)]
    tracker = SetTracker(make_prior())
    paces = []
    for count in range(1, 5):
        tracker, steps = tracker.add(set_[:count])
        paces.append([round(step.pace, 3) for step in steps])
    assert [[1.0], [0.833, 1.0], [0.917], [1.25]] == paces


def test_velocities_that_begin_later_are_read_from_the_first_rep_on() -> None:
    """When the kind of the set changes, all of its reps are taken again."""
    set_ = [rep(1), rep(2, 0.5)]
    tracker, _ = SetTracker(make_prior()).add(set_[:1])
    assert PaceKind.CYCLE is tracker.kind
    tracker, steps = tracker.add(set_)
    assert PaceKind.VELOCITY is tracker.kind
    assert [(make_prior(), PaceKind.VELOCITY), None] == [step.restarts_from for step in steps]
    assert [1, 2] == [step.progress for step in steps]
