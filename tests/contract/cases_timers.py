"""What every host must do when nothing is sent: silence, reps that do not end, devices that are gone."""

from __future__ import annotations

from datetime import timedelta

from spotter.domain.events.lifting import RepStarted
from spotter.domain.events.outputs import DeviceLost, RepOverdue
from spotter.domain.ids import athlete_key
from tests.contract.cases_profile import BETWEEN_S, failed_set
from tests.contract.harness import Harness
from tests.contract.lifter import NEAR_FAILURE, Lifter


class TimerCases:
    """Silence and overdue reps: timers act by writing events."""

    def test_silence_ends_a_set(self, host: Harness) -> None:
        """90 s after the last rep was received the set is over, as of its last rep + 90 s."""
        lifter = Lifter(host, host.long_ago())
        lifter.send(*lifter.reps(2))
        host.pass_time(lifter.base + timedelta(seconds=94))
        assert [("silence", lifter.base + timedelta(seconds=93))] == [
            (closing.reason, closing.ended_at) for closing in lifter.closed
        ]

    def test_silence_is_measured_by_receipt(self, host: Harness) -> None:
        """A set whose last rep came late runs on until 90 s after its receipt."""
        lifter = Lifter(host, host.now())
        lifter.send(*[lifter.rep(number, number, sent_s=80, received_s=80) for number in (1, 2)])
        host.pass_time(lifter.base + timedelta(seconds=100))
        assert [] == lifter.closed

    def test_silence_ends_a_set_whose_sender_stamps_before_it_measures(self, host: Harness) -> None:
        """A rep that lies a little after its own sending time ended when it was received, and the timer writes once."""
        lifter = Lifter(host, host.long_ago())
        lifter.send(lifter.rep(1, 3, sent_s=2))
        for after_s in (92, 92.5, 100):
            host.pass_time(lifter.base + timedelta(seconds=after_s))
        assert [("silence", lifter.base + timedelta(seconds=92))] == [
            (closing.reason, closing.ended_at) for closing in lifter.closed
        ]
        assert 2 == len(host.values("lifts.v1", athlete_key("g1", lifter.athlete_id)))

    def test_silence_ends_each_of_two_sets_of_one_id(self, host: Harness) -> None:
        """A set whose late rep goes on after its end was over before the next of its id began; the timer writes once."""
        lifter = Lifter(host, host.long_ago())
        lifter.send(*lifter.reps(2), lifter.end(5), lifter.start(100), lifter.rep(3, 8, sent_s=101))
        for after_s in (192, 300, 1001, 1100):
            host.pass_time(lifter.base + timedelta(seconds=after_s))
        assert ["lifter", "silence", "silence"] == [closing.reason for closing in lifter.closed]
        assert 6 == len(host.values("lifts.v1", athlete_key("g1", lifter.athlete_id)))

    def test_a_set_goes_on_after_silence(self, host: Harness) -> None:
        """A rep after a silence reopens the set, and the next silence ends it again under another id."""
        lifter = Lifter(host, host.long_ago())
        lifter.send(*lifter.reps(2))
        host.pass_time(lifter.base + timedelta(seconds=95))
        lifter.send(lifter.rep(3, 100, 0.47))
        host.pass_time(lifter.base + timedelta(seconds=195))
        assert ["silence", "silence"] == [closing.reason for closing in lifter.closed]
        assert [0, 1] == [closing.reopened for closing in lifter.closed]
        assert 1 == len({closing.set_key for closing in lifter.closed})

    def test_a_set_without_reps_ends_after_a_quarter_of_an_hour(self, host: Harness) -> None:
        """A start that nothing follows is over after 15 minutes, not after 90 s."""
        lifter = Lifter(host, host.long_ago())
        lifter.send(lifter.start(0))
        host.pass_time(lifter.base + timedelta(seconds=901))
        assert [("silence", 0, lifter.base + timedelta(seconds=900))] == [
            (closing.reason, closing.reps, closing.ended_at) for closing in lifter.closed
        ]

    def test_a_timer_survives_a_crash(self, host: Harness) -> None:
        """A host that is killed during the silence still ends the set, once."""
        lifter = Lifter(host, host.long_ago())
        lifter.send(*lifter.reps(2))
        host.crash()
        host.pass_time(lifter.base + timedelta(seconds=95))
        assert ["silence"] == [closing.reason for closing in lifter.closed]

    def test_a_rep_under_way_for_too_long_is_overdue(self, host: Harness) -> None:
        """Six seconds after its start a rep that has not ended is told of, once."""
        lifter = Lifter(host, host.long_ago())
        lifter.send(lifter.start(0), *lifter.reps(2, 3, velocities=NEAR_FAILURE), lifter.began(8, 3))
        host.pass_time(lifter.base + timedelta(seconds=15))
        host.pass_time(lifter.base + timedelta(seconds=16))
        overdue = [event for event in lifter.events("estimates.v1") if event.type == "spotter.rep.overdue.v1"]
        assert [lifter.base + timedelta(seconds=14)] == [event.time for event in overdue]

    def test_who_grinds_for_long_is_waited_for(self, host: Harness) -> None:
        """Half over the longest concentric phase that the lifter has done in the set, and two seconds for the way down."""
        lifter = Lifter(host, host.long_ago())
        slow = lifter.rep(2, 9, 0.3, concentric_s=4.4)
        lifter.send(lifter.start(0), lifter.rep(1, 2, 0.4), slow, lifter.began(12, 3))
        assert [8.6] == _overdue_after(lifter, 20.7)

    def test_who_never_grinds_is_helped_sooner(self, host: Harness) -> None:
        """Where sets were learned from, the lifter's own longest grind tells, though never before four seconds."""
        lifter = Lifter(host, host.long_ago())
        for number in range(3):
            lifter.send(*failed_set(lifter, number))
        at_s = 3 * BETWEEN_S
        lifter.send(lifter.start(at_s, "set-3"), *lifter.reps(2, at_s + 3, "set-3", NEAR_FAILURE))
        lifter.send(lifter.began(at_s + 9, 3, "set-3"))
        [after_s] = _overdue_after(lifter, at_s + 20)
        assert 4.0 <= after_s < 6.0

    def test_a_rep_whose_start_is_told_late_is_not_overdue(self, host: Harness) -> None:
        """An upload of the past that ends in the middle of a rep alarms no one."""
        lifter = Lifter(host, host.long_ago())
        start = lifter.event(RepStarted(set_id="s1"), 8, sent_s=60)
        lifter.send(lifter.start(0), *lifter.reps(2, 3, velocities=NEAR_FAILURE), start)
        host.pass_time(lifter.base + timedelta(seconds=70))
        assert "spotter.rep.overdue.v1" not in {event.type for event in lifter.events("estimates.v1")}

    def test_a_start_before_the_first_rep_is_no_evidence(self, host: Harness) -> None:
        """The first upward tick is an unrack too."""
        lifter = Lifter(host, host.long_ago())
        lifter.send(lifter.start(0), lifter.began(2, 1))
        assert [] == _overdue_after(lifter, 30)

    def test_a_start_far_from_failure_is_no_alarm(self, host: Harness) -> None:
        """A lifter with many reps left who shifts the bar, or rests with it, is not stuck."""
        lifter = Lifter(host, host.long_ago())
        lifter.send(lifter.start(0), *lifter.reps(2, 3), lifter.began(8, 3))
        assert [] == _overdue_after(lifter, 30)

    def test_a_later_start_replaces_an_earlier_one(self, host: Harness) -> None:
        """The time counts from the newest, in whatever order they come."""
        lifter = Lifter(host, host.long_ago())
        starts = [lifter.began(8, 3), lifter.began(12, 3)]
        late = lifter.event(RepStarted(set_id="s1", rep_number=3), 10, sent_s=12.5)
        lifter.send(lifter.start(0), *lifter.reps(2, 3, velocities=NEAR_FAILURE), *starts, late)
        host.pass_time(lifter.base + timedelta(seconds=19))
        [overdue] = lifter.told(RepOverdue, "estimates.v1")
        assert (lifter.base + timedelta(seconds=12), 6.0) == (overdue.started_at, overdue.outlasted_s)

    def test_a_rep_that_ends_in_time_is_not_overdue(self, host: Harness) -> None:
        """The end of a rep stops its timer."""
        lifter = Lifter(host, host.long_ago())
        lifter.send(lifter.began(0, 1), lifter.rep(1, 2))
        host.pass_time(lifter.base + timedelta(seconds=60))
        assert "spotter.rep.overdue.v1" not in {event.type for event in lifter.events("estimates.v1")}

    def test_a_bar_that_is_moved_between_sets_is_no_emergency(self, host: Harness) -> None:
        """The start of a rep opens no set and takes none up again: re-racking is no lift that stalls."""
        lifter = Lifter(host, host.long_ago())
        lifter.send(lifter.began(0, 1), *lifter.reps(2, 10), lifter.end(15), lifter.began(18, 3))
        host.pass_time(lifter.base + timedelta(seconds=60))
        assert "spotter.rep.overdue.v1" not in {event.type for event in lifter.events("estimates.v1")}
        assert ["lifter"] == [closing.reason for closing in lifter.closed]
        assert [0] == [opening.reopened for opening in lifter.opened]

    def test_a_device_that_is_gone_raises_no_alarm(self, host: Harness) -> None:
        """The socket of the device closed with a rep under way: the signal is lost, which is no emergency."""
        lifter = Lifter(host, host.long_ago())
        lost = lifter.event(DeviceLost(set_id="s1", reported_by="tracker"), 10, source="spotter/ingest")
        lifter.send(lifter.start(0), *lifter.reps(2, 3, velocities=NEAR_FAILURE), lifter.began(8, 3), lost)
        host.pass_time(lifter.base + timedelta(seconds=60))
        assert "spotter.rep.overdue.v1" not in {event.type for event in lifter.events("estimates.v1")}
        assert lost.id in {event.id for event in lifter.events("estimates.v1")}

    def test_another_device_that_is_gone_changes_nothing(self, host: Harness) -> None:
        """The watch's battery is empty, and the bar stands still all the same."""
        lifter = Lifter(host, host.long_ago())
        lost = lifter.event(DeviceLost(set_id="s1", reported_by="watch"), 10, source="spotter/ingest")
        lifter.send(lifter.start(0), *lifter.reps(2, 3, velocities=NEAR_FAILURE), lifter.began(8, 3), lost)
        host.pass_time(lifter.base + timedelta(seconds=60))
        assert "spotter.rep.overdue.v1" in {event.type for event in lifter.events("estimates.v1")}


def _overdue_after(lifter: Lifter, at_s: float) -> list[float]:
    """Let the time pass until then; return by how much reps have outlasted."""
    lifter.host.pass_time(lifter.base + timedelta(seconds=at_s))
    return [overdue.outlasted_s for overdue in lifter.told(RepOverdue, "estimates.v1")]
