"""The rehearsal before the doors open."""

from __future__ import annotations

from advisor.processor import Advisor
from failure_detector.processor import FailureDetector
from spotter.bus.rehearsal import rehearse


def test_the_rehearsal_goes_all_the_way_to_advice() -> None:
    """Two sets of six reps: a plan for each, advice for each rep, summaries; a rehearsal that fails warms nothing."""
    outputs = rehearse([FailureDetector(), Advisor()])
    assert 2 * (1 + 6 + 1) <= outputs
