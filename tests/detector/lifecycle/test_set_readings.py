"""What later reports show of earlier ones: the same however a set grows, and for each side by itself."""

from __future__ import annotations

from dataclasses import replace

from spotter_detector.lifecycle.set_readings import SetReadings
from spotter_detector.model import Observation
from tests.detector.generated_sets import make_prior

PRIOR = make_prior(pct_1rm=None)
FIGURES = ((0.0, 0.32, 0.11), (1.0, 0.13, 0.19), (2.0, 0.19, 0.19), *((14.0 + 3 * n, 0.55, 0.42) for n in range(4)))
REPORTS = [Observation(n, end_s, v, rom_m / v, rom_m, None) for n, (end_s, v, rom_m) in enumerate(FIGURES, 1)]


def test_a_set_that_grows_is_read_as_one_that_came_at_once() -> None:
    """What was read before is only looked up."""
    growing = SetReadings()
    for count in range(1, len(REPORTS) + 1):
        revised = growing.revised("s", PRIOR, REPORTS[:count])
        assert SetReadings().revised("s", PRIOR, REPORTS[:count]) == revised
    revised = growing.revised("s", PRIOR, REPORTS)
    assert [2, 3] == revised[1:3]
    assert [None] * 3 == revised[4:]


def test_a_corrected_report_is_read_anew() -> None:
    """Movements that a correction gives the travel and speed of the reps are reps."""
    readings = SetReadings()
    readings.revised("s", PRIOR, REPORTS)
    corrected = [replace(rep, velocity_mps=0.56, duration_s=0.75, rom_m=0.42) for rep in REPORTS]
    assert SetReadings().revised("s", PRIOR, corrected) == readings.revised("s", PRIOR, corrected)


def test_each_side_has_its_own_first_rep() -> None:
    """Movements before the left side's reps say nothing of the right side's."""
    left = [replace(rep, side="left") for rep in REPORTS]
    right = [replace(rep, side="right", end_s=rep.end_s + 40.0) for rep in REPORTS[3:]]
    alone = SetReadings().revised("s", PRIOR, left)
    assert [*alone, *[None] * len(right)] == SetReadings().revised("s", PRIOR, [*left, *right])


def test_a_report_that_is_not_judged_is_left_as_it_is() -> None:
    """A warm-up within the set is shown, and no first rep."""
    warmup = replace(REPORTS[0], kind="warmup")
    assert SetReadings().revised("s", PRIOR, [warmup, *REPORTS[3:]]) == [None] * 5
