"""The rehearsal before the doors open."""

from __future__ import annotations

from spotter.streaming.warmup import warm_up
from spotter_advisor.processor import Advisor
from spotter_detector.processor import FailureDetector


def test_the_rehearsal_goes_all_the_way_to_advice() -> None:
    """Two sets of six reps: a plan for each, advice for each rep, summaries; a rehearsal that fails warms nothing."""
    outputs = warm_up([FailureDetector(), Advisor()])
    assert 2 * (1 + 6 + 1) <= outputs
