"""What devices make of reps, as every host must read it: sent twice, counted anew, buffered. Subclasses provide `host`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from spotter.domain.events import Event
from spotter.domain.events.lifting import Device
from spotter.domain.events.outputs import RepOverdue
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter

BAR = Device(id="bar-7", model="Barlight")


class CounterCases:
    """The same rep again, the same number again, many reps at one time; and reps that only seem to begin."""

    @pytest.fixture
    def lifter(self, host: Harness) -> Lifter:
        """Return a lifter of whom nothing is known."""
        return Lifter(host, host.now())

    @pytest.mark.parametrize("after_s", [1.5, 60.0, 300.0])
    def test_equal_values_under_a_number_are_the_same_rep(self, lifter: Lifter, after_s: float) -> None:
        """A device that notifies twice, at once, after a reconnect, or when the set is over."""
        first, again = measured(lifter, 0, 4), measured(lifter, after_s, 4)
        lifter.send(lifter.start(-3), *sorted(first + again, key=lambda event: event.time))
        [only] = lifter.sets
        assert [1, 2, 3, 4] == only.numbers
        assert ["duplicate_rep"] * 4 == lifter.reasons
        assert {event.id for event in again} == {rejection.rejected_id for rejection in lifter.rejected}
        assert 4 == len(lifter.estimates)

    def test_a_counter_that_starts_over_goes_on(self, lifter: Lifter) -> None:
        """Its reps get the set's next numbers, and what it sent is kept."""
        lifter.send(lifter.start(-3), *measured(lifter, 0, 4), *measured(lifter, 20, 3, slower=0.1), lifter.end(30))
        [only] = lifter.sets
        assert [1, 2, 3, 4, 5, 6, 7] == only.numbers
        assert [1, 2, 3] == [rep.device and rep.device.rep_id for rep in only.reps[4:]]
        assert [True] * 3 == ["renumbered" in only.estimates[rep.rep_event_id].flags for rep in only.reps[4:]]
        assert [] == lifter.reasons

    def test_another_rep_under_a_number_that_is_not_later_is_a_conflict(self, lifter: Lifter) -> None:
        """The first stays."""
        reps = measured(lifter, 0, 4)
        other = lifter.rep(2, 4, 0.3, rom_m=0.45, device=BAR)
        lifter.send(lifter.start(-3), *reps, other)
        assert (["rep_conflict"], [other.id]) == (lifter.reasons, [lifter.rejected[0].rejected_id])
        assert [rep.id for rep in reps] == [rep.rep_event_id for rep in lifter.sets[0].reps]

    def test_a_buffer_that_is_flushed_has_all_its_reps(self, lifter: Lifter) -> None:
        """Reps of one time with numbers of their own are as many reps, whose gaps nobody knows."""
        reps = [lifter.rep(number, 30, 0.6 - 0.03 * number) for number in range(1, 8)]
        lifter.send(lifter.start(0), *reps, lifter.end(31))
        [only] = lifter.sets
        assert [1, 2, 3, 4, 5, 6, 7] == only.numbers
        assert [event.id for event in reps] == [rep.rep_event_id for rep in only.reps]
        assert "clock" in lifter.estimates[-1].flags
        assert "failing" not in {advice.action for advice in lifter.advice}

    def test_a_rep_of_another_load_starts_another_curve(self, lifter: Lifter) -> None:
        """The faster reps at less load are no sign of strength at the load before."""
        lifter.send(lifter.start(0, exercise="leg_press", load_kg=150.0), *lifter.reps(4, 3))
        lifter.send(*[lifter.rep(5 + index, 20 + 3 * index, 0.9 - 0.01 * index, load_kg=90.0) for index in range(3)])
        assert lifter.estimates[-1].reference_rep is not None
        assert lifter.estimates[-1].reference_rep >= 5

    def test_a_start_before_the_first_rep_is_no_evidence(self, host: Harness) -> None:
        """A bar that is taken off its rack seems to begin a rep; nobody is called."""
        lifter = Lifter(host, host.long_ago())
        lifter.send(lifter.start(0), lifter.began(2, 1))
        host.pass_time(lifter.base + timedelta(seconds=30))
        lifter.send(lifter.rep(1, 32, 0.6), lifter.end(40))
        assert [] == lifter.told(RepOverdue, "estimates.v1")
        assert set() == {advice.action for advice in lifter.advice if advice.after_rep} - {"continue"}
        assert [] == [advice for advice in lifter.advice if advice.emergency]

    def test_a_start_replaces_the_one_before_it(self, host: Harness) -> None:
        """The bar was shifted, then lifted: only the later start is a rep under way."""
        lifter = Lifter(host, host.long_ago())
        lifter.send(
            lifter.start(0), *lifter.reps(3, 3, velocities=(0.4, 0.3, 0.2)), lifter.began(11, 4), lifter.began(16, 4)
        )
        lifter.send(lifter.rep(4, 18, 0.15), lifter.end(25))
        host.pass_time(lifter.base + timedelta(seconds=60))
        assert [] == lifter.told(RepOverdue, "estimates.v1")

    def test_an_overdue_rep_that_is_completed_takes_the_alarm_back(self, host: Harness) -> None:
        """Latch and cost included: nobody failed."""
        lifter = Lifter(host, host.long_ago())
        lifter.send(
            lifter.start(0, exercise="bench_press"), *lifter.reps(6, 3, velocities=(0.5, 0.45, 0.38, 0.3, 0.25, 0.22))
        )
        lifter.send(lifter.began(20, 7))
        host.pass_time(lifter.base + timedelta(seconds=40))
        assert 1 == len(lifter.told(RepOverdue, "estimates.v1"))
        lifter.send(
            lifter.late(lifter.rep(7, 27, 0.45, concentric_s=1.0, rom_m=0.45), 41), lifter.late(lifter.end(30), 42)
        )
        assert [False] == [summary.failed for summary in lifter.summary_of.values()]


def measured(lifter: Lifter, at_s: float, count: int, slower: float = 0.0) -> list[Event]:
    """Return reps of one device, as it measures them."""
    return [
        lifter.rep(number + 1, at_s + 3 * number, round(0.6 - slower - 0.02 * number, 3), rom_m=0.45, device=BAR)
        for number in range(count)
    ]
