"""The properties of a set's estimates, and what breaks them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from lab.accuracy import subject
from lab.accuracy.people.efforts import without_reports
from lab.accuracy.properties import property_rows, with_reports_before, with_rests
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation import lifters
from lab.accuracy.wide.lifters import wide_lifters


def rests(lifted_set: LabelledSet) -> list[float]:
    """The time between one rep's end and the next one's start."""
    return [after.end_s - before.end_s - (after.duration_s or 0.0) for before, after in pairwise(lifted_set.reps)]


def test_reports_come_before_the_first_rep_and_are_no_reps() -> None:
    """They are 2–20 s before it and change nothing of what is lifted."""
    [[lifted_set]] = lifters("home", "bench_press", 1, 1, seed=1)
    changed = with_reports_before(lifted_set, 3, np.random.default_rng(1))
    assert (None, None, None, *lifted_set.truth) == changed.truth
    assert [rep.velocity_mps for rep in lifted_set.reps] == [rep.velocity_mps for rep in changed.reps[3:]]
    assert list(range(1, len(changed.reps) + 1)) == [rep.rep_number for rep in changed.reps]
    ends = [rep.end_s for rep in changed.reps[:3]]
    starts = [rep.end_s - (rep.duration_s or 0.0) for rep in changed.reps[1:3]]
    assert all(2.0 <= start - end <= 20.0 for start, end in zip(starts, ends, strict=False))
    assert 0.0 == changed.reps[0].end_s


def test_only_the_time_between_reps_is_scaled() -> None:
    """Each rep takes as long as before."""
    [[lifted_set]] = lifters("home", "bench_press", 1, 1, seed=1)
    changed = with_rests(lifted_set, 3.0)
    assert [rep.duration_s for rep in lifted_set.reps] == [rep.duration_s for rep in changed.reps]
    assert [3.0 * rest_s for rest_s in rests(lifted_set)] == pytest.approx(rests(changed))


def test_the_model_has_the_properties() -> None:
    """Rests and calls never matter the wrong way; reports before the first rep seldom do, and less the fewer they are."""
    sets = [without_reports(of_lifter[-1]) for of_lifter in wide_lifters("home", "bench_press", 60, 2, seed=2)]
    rows = property_rows(sets, [subject.cold(lifted_set) for lifted_set in sets])
    assert 6 == len(rows)
    assert {sum(len(lifted_set.reps) >= 3 for lifted_set in sets)} == {row.sets for row in rows}
    *reports, half, triple, calls = rows
    assert (0.0, 0.0, 0.0) == (half.broken, triple.broken, calls.broken)
    assert all(row.broken <= limit for row, limit in zip(reports, (0.10, 0.15, 0.20), strict=True))
