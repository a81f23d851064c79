"""Reports made into the reps that a lifter did: a clean, a front squat and a jerk are one."""

from __future__ import annotations

import pytest

from spotter_detector.lifecycle.rep_merge import RepMerger, merge_reps
from spotter_detector.state import RepRecord

Lifts = list[tuple[float, float, float | None]]
CLEAN_AND_JERKS: Lifts = [
    (4, 1.35, 0.95), (7, 0.62, 0.60), (13, 1.30, 0.45),
    (33, 1.30, 0.95), (36, 0.55, 0.60), (42, 1.22, 0.45),
    (63, 1.25, 0.93), (67, 0.48, 0.61), (75, 1.15, 0.44),
]  # fmt: skip


def reported(lifts: Lifts, source: str = "bar") -> tuple[RepRecord, ...]:
    """Reports of lifts: when each ended, s, its velocity, m/s, and its travel, m."""
    return tuple(
        RepRecord(
            source=source,
            identity=f"{source}-{number}",
            content="",
            event_id=f"{source}-{number}",
            sent_number=number,
            number=number,
            started_us=round((ended_s - 0.8) * 1e6),
            ended_us=round(ended_s * 1e6),
            received_us=round(ended_s * 1e6),
            measured={"mean_velocity_mps": velocity_mps} | ({} if travel_m is None else {"rom_m": travel_m}),
        )
        for number, (ended_s, velocity_mps, travel_m) in enumerate(lifts, 1)
    )


def observed(lifts: Lifts, phases: int) -> list[tuple[float | None, int]]:
    """The velocity of each rep, and how many reports it has."""
    return [(rep.observation.velocity_mps, len(rep.indices)) for rep in merge_reps(reported(lifts), phases)]


def test_a_rep_of_three_lifts_is_one_rep() -> None:
    """Observed by its clean, whatever the squat and the jerk after it were."""
    assert [(1.35, 3), (1.30, 3), (1.25, 3)] == observed(CLEAN_AND_JERKS, 3)


def test_a_lift_that_was_not_reported_moves_no_other() -> None:
    """Without one front squat, and after a power clean without a squat, each clean is still a rep's first lift."""
    assert [(1.35, 2), (1.30, 3), (1.25, 3)] == observed(CLEAN_AND_JERKS[:1] + CLEAN_AND_JERKS[2:], 3)
    assert [(1.35, 3), (1.30, 1), (1.25, 3)] == observed(CLEAN_AND_JERKS[:4] + CLEAN_AND_JERKS[6:], 3)


def test_reps_reported_whole_stay_reps() -> None:
    """A tracker that reports a clean and jerk as one rep of the same travel each time is taken at its word."""
    whole: Lifts = [(4, 1.2, 1.6), (24, 1.18, 1.62), (45, 1.1, 1.58)]
    assert [(1.2, 1), (1.18, 1), (1.1, 1)] == observed(whole, 3)
    assert [(1.2, 1), (1.18, 1), (1.1, 1)] == observed([(at_s, speed, None) for at_s, speed, _ in whole], 3)


def test_without_travel_lifts_close_together_are_one_rep() -> None:
    """Of a rep of three lifts; a rep of two is often reported whole, and repeated at once."""
    blind: Lifts = [(at_s, speed, None) for at_s, speed, _ in CLEAN_AND_JERKS]

    assert [(1.35, 3), (1.30, 3), (1.25, 3)] == observed(blind, 3)
    assert [1] * 9 == [reports for _, reports in observed(blind, 2)]


def test_other_exercises_are_merged_as_ever() -> None:
    """A short rep of a squat is a rep, or no rep, of its own."""
    assert [1] * 9 == [reports for _, reports in observed(CLEAN_AND_JERKS, 1)]


@pytest.mark.parametrize("phases", [1, 3])
def test_what_is_cached_is_what_is_computed(phases: int) -> None:
    """Report by report, and where the exercise is corrected in between."""
    growing, merger, reps = RepMerger(), RepMerger(), reported(CLEAN_AND_JERKS)
    for count in range(1, len(reps) + 1):
        kept = reps[:count]
        assert merge_reps(kept, phases) == growing.merge("s", kept, phases) == merger.merge("s", kept, phases)
        assert merge_reps(kept, 4 - phases) == merger.merge("s", kept, 4 - phases)
