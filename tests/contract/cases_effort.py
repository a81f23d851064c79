"""What every host must make of the lifter's own word on the effort. Subclasses provide the fixture `host`."""

from __future__ import annotations

import pytest

from spotter.domain.events import Event
from spotter.domain.events.lifting import EffortReported
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter


class EffortCases:
    """Calls in the set and after it."""

    @pytest.fixture
    def lifter(self, host: Harness) -> Lifter:
        """Return a lifter of whom nothing is known."""
        return Lifter(host, host.now())

    def test_a_call_draws_the_estimate_to_it(self, lifter: Lifter) -> None:
        """A lifter who says that three are left is heard: the estimate of that rep is given anew, and nearer to it."""
        lifter.send(lifter.start(0), *lifter.reps(6, 3), said(lifter, 19, rir=3))
        before, after = lifter.estimates[-2:]
        assert (6, 2, False) == (after.rep_number, after.revision, after.arrival)
        assert abs(after.rir - 3) < abs(before.rir - 3)
        assert after.rir_high - after.rir_low < before.rir_high - before.rir_low

    def test_rpe_is_another_way_to_say_it(self, lifter: Lifter) -> None:
        """RPE 8 says what two reps in reserve says."""
        other = Lifter(lifter.host, lifter.base)
        lifter.send(*lifter.reps(4), said(lifter, 10, rpe=8))
        other.send(*other.reps(4), said(other, 10, rir=2))
        assert lifter.estimates[-1].p_rir_le == other.estimates[-1].p_rir_le

    def test_a_failure_that_is_told_is_known(self, lifter: Lifter) -> None:
        """After a failure that the lifter tells of nothing was left."""
        lifter.send(*lifter.reps(4), lifter.end(11), said(lifter, 15, failed=True))
        assert (4, 0.0, 1.0) == (
            lifter.estimates[-1].rep_number,
            lifter.estimates[-1].rir,
            lifter.estimates[-1].p_next_fails,
        )

    def test_a_call_may_name_its_rep(self, lifter: Lifter) -> None:
        """A call of an earlier rep revises that rep and those after it."""
        lifter.send(*lifter.reps(4), said(lifter, 10, rir=3, rep_number=3))
        assert [(3, 2), (4, 2)] == [
            (estimate.rep_number, estimate.revision) for estimate in lifter.estimates if not estimate.arrival
        ]

    def test_a_call_may_come_before_its_rep(self, lifter: Lifter) -> None:
        """Events may overtake each other: what is known in the end is the same."""
        other = Lifter(lifter.host, lifter.base)
        first, two, three = lifter.reps(3)
        lifter.send(first, two, said(lifter, 7, rir=2, rep_number=3), three)
        other.send(*other.reps(3), said(other, 7, rir=2, rep_number=3))
        assert lifter.estimates[-1].p_rir_le == other.estimates[-1].p_rir_le

    def test_a_call_without_a_rep_is_about_the_last_one_before_it(self, lifter: Lifter) -> None:
        """The call was made after the second rep, though it arrived after the third."""
        lifter.send(*lifter.reps(3), said(lifter, 4, rir=5))
        assert [(2, 2), (3, 2)] == [
            (estimate.rep_number, estimate.revision) for estimate in lifter.estimates if not estimate.arrival
        ]


def said(lifter: Lifter, at_s: float, rep_number: int | None = None, **effort: float) -> Event:
    """Build the lifter's own word."""
    return lifter.event(
        EffortReported.model_validate({"set_id": "s1", "rep_number": rep_number, **effort}), at_s, source="app"
    )
