"""What every host must do with the life of a set. Subclasses provide the fixture `host`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from spotter.domain.events.lifting import EffortReported, RepAmended, RepCorrection, SetAmended
from spotter.domain.ids import athlete_key
from spotter.streaming.log import NewRecord
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter


class LifeCases:
    """Openings, reps in any order, corrections, ends."""

    @pytest.fixture
    def lifter(self, host: Harness) -> Lifter:
        """Return a lifter of whom nothing is known."""
        return Lifter(host, host.now())

    def test_every_rep_has_its_estimate(self, lifter: Lifter) -> None:
        """Each rep of a set gives one estimate, in order, complete."""
        lifter.send(lifter.start(0), *lifter.reps(6, 3))
        assert [1, 2, 3, 4, 5, 6] == [estimate.rep_number for estimate in lifter.estimates]
        for estimate in lifter.estimates:
            assert 7 == len(estimate.p_rir_le)
            assert sorted(estimate.p_rir_le) == estimate.p_rir_le
            assert estimate.p_next_fails == estimate.p_rir_le[0]
            assert estimate.rir_low <= estimate.rir <= estimate.rir_high
            assert (1, True, True, True) == (estimate.revision, estimate.arrival, estimate.fresh, estimate.set_open)
        assert lifter.estimates[-1].rir < lifter.estimates[1].rir
        assert 1 == len({estimate.set_key for estimate in lifter.estimates})

    def test_a_rep_alone_opens_a_set(self, lifter: Lifter) -> None:
        """A rep without a set's start opens the set it names, with the exercise and load it brings."""
        lifter.send(lifter.rep(1, 0, 0.5, exercise="deadlift", load_kg=120.0))
        assert [("s1", "deadlift", 120.0)] == [
            (opening.set_id, opening.exercise, opening.load_kg) for opening in lifter.opened
        ]
        assert 1 == len(lifter.estimates)

    def test_a_rep_without_set_goes_to_the_open_one(self, lifter: Lifter) -> None:
        """Where no set is named the open one takes the rep; where none is open a new one is named by the core."""
        lifter.send(lifter.rep(1, 0, set_id=None), lifter.rep(2, 3, set_id=None))
        assert 1 == len(lifter.opened)
        assert lifter.opened[0].set_id == lifter.opened[0].set_key
        lifter.send(lifter.end(5, set_id=None), lifter.rep(1, 20, set_id=None))
        assert 2 == len(lifter.opened)

    def test_nothing_but_time_is_a_rep(self, lifter: Lifter) -> None:
        """Reps without any measurement are counted by their timing."""
        lifter.send(*[lifter.rep(None, 2.5 * index, velocity=None) for index in range(4)])
        assert [(1, "timing"), (2, "timing"), (3, "timing"), (4, "timing")] == [
            (estimate.rep_number, estimate.mode) for estimate in lifter.estimates
        ]

    def test_the_same_rep_again_changes_nothing(self, lifter: Lifter) -> None:
        """A rep sent twice, under its own id or a new one, is one rep."""
        first = lifter.rep(1, 0, id="r1")
        lifter.send(first, first)
        renamed = lifter.rep(1, 0, id="r1-again")
        lifter.send(renamed)
        assert 1 == len(lifter.estimates)
        assert ["duplicate_rep"] == [rejection.reason for rejection in lifter.rejected]

    def test_an_id_that_says_something_else_is_a_conflict(self, lifter: Lifter) -> None:
        """The same identity with other content is dead-lettered; the first stays."""
        lifter.send(lifter.rep(1, 0, 0.5, id="r1"), lifter.rep(2, 3, 0.4, id="r1"))
        assert ["id_conflict"] == [rejection.reason for rejection in lifter.rejected]
        assert [1] == [estimate.rep_number for estimate in lifter.estimates]

    def test_another_rep_under_the_same_number_is_a_conflict(self, lifter: Lifter) -> None:
        """A second report of a number that does not come after the last rep is dead-lettered."""
        lifter.send(lifter.rep(1, 0, 0.5), lifter.rep(2, 3, 0.48), lifter.rep(2, 2, 0.3))
        assert ["rep_conflict"] == [rejection.reason for rejection in lifter.rejected]
        assert [1, 2] == [estimate.rep_number for estimate in lifter.estimates]

    def test_a_restarted_counter_goes_on_in_the_set(self, lifter: Lifter) -> None:
        """A number used before that ends after the last rep becomes the set's next number, with a flag."""
        lifter.send(*lifter.reps(3), lifter.rep(1, 12, 0.45), lifter.rep(2, 15, 0.43))
        assert [1, 2, 3, 4, 5] == [estimate.rep_number for estimate in lifter.estimates]
        last = lifter.counted[-1]
        assert (5, 2, True) == (last.rep_number, last.device and last.device.rep_id, "renumbered" in last.flags)
        lifter.send(lifter.rep(1, 12, 0.45))
        assert 5 == len(lifter.estimates)

    def test_a_reordered_rep_revises_what_follows(self, lifter: Lifter) -> None:
        """A rep that arrives after a later one takes its place, and the later one's estimate is revised."""
        first, two, three = lifter.reps(3)
        lifter.send(first, three, two)
        revisions = [(est.rep_number, est.revision, est.arrival, est.newest) for est in lifter.estimates]
        assert [(1, 1, True, True), (3, 1, True, True), (2, 1, True, False), (3, 2, False, True)] == revisions

    def test_order_of_arrival_does_not_matter(self, lifter: Lifter, host: Harness) -> None:
        """Whatever the order of arrival, the newest estimates are those of the order of lifting."""
        other = Lifter(host, lifter.base)
        lifter.send(lifter.start(0), *lifter.reps(5, 3))
        shuffled = other.reps(5, 3)
        other.send(other.start(0), *[shuffled[index] for index in (3, 0, 4, 2, 1)])
        in_order = {
            number: (estimate.rir, estimate.p_rir_le) for (_, number), estimate in lifter.newest_estimates.items()
        }
        assert in_order == {
            number: (estimate.rir, estimate.p_rir_le) for (_, number), estimate in other.newest_estimates.items()
        }

    def test_reps_of_a_gap_that_come_at_once(self, lifter: Lifter) -> None:
        """Reps of 20 s without Wi-Fi, sent together, are all counted; only those sent in time may sound."""
        gap = [
            lifter.rep(number, 3 * number, 0.5 - 0.02 * number, sent_s=24, received_s=24.2) for number in range(1, 8)
        ]
        lifter.send(lifter.start(0), *gap)
        assert [1, 2, 3, 4, 5, 6, 7] == [estimate.rep_number for estimate in lifter.estimates]
        assert [False, False, False, False, False, False, True] == [estimate.fresh for estimate in lifter.estimates]

    def test_a_stepped_clock_of_the_sender_moves_nothing(self, lifter: Lifter) -> None:
        """With a sending time, a sender's clock that is off by an hour and steps in the set changes no order."""
        off = [
            lifter.rep(number, 3 * number + (3600 if number < 3 else -3600), received_s=3 * number)
            for number in range(1, 6)
        ]
        lifter.send(*off)
        assert 1 == len(lifter.opened)
        assert [1, 2, 3, 4, 5] == [estimate.rep_number for estimate in lifter.estimates if estimate.newest]

    def test_a_blind_late_rep_has_the_clock_flag(self, lifter: Lifter) -> None:
        """Without a sending time a rep received over 10 s after its time is not fresh and says why."""
        lifter.send(lifter.rep(1, 0, received_s=11, senttime=False))
        assert (False, ["clock"]) == (lifter.estimates[0].fresh, lifter.estimates[0].flags)

    def test_a_voided_rep_revises_what_follows(self, lifter: Lifter) -> None:
        """Voiding a rep gives new estimates from there on, one revision higher."""
        lifter.send(*lifter.reps(4), lifter.void(2, 15))
        revisions = [(est.rep_number, est.revision) for est in lifter.estimates if not est.arrival]
        assert [(3, 2), (4, 2)] == revisions
        assert lifter.counted[-1].voided

    def test_voiding_the_last_rep_tells_of_the_one_before(self, lifter: Lifter) -> None:
        """When the newest rep is voided the one before is the newest again and is told anew."""
        lifter.send(*lifter.reps(3), lifter.void(3, 10))
        last = lifter.estimates[-1]
        assert (2, 2, True, False) == (last.rep_number, last.revision, last.newest, last.arrival)

    def test_an_amended_rep_revises_itself_and_what_follows(self, lifter: Lifter) -> None:
        """Amending a rep's velocity gives new estimates for it and all later ones."""
        lifter.send(*lifter.reps(3), lifter.amend(2, 10, mean_velocity_mps=0.40))
        assert [(2, 2), (3, 2)] == [(est.rep_number, est.revision) for est in lifter.estimates if not est.arrival]
        assert 0.40 == lifter.counted[-1].mean_velocity_mps

    def test_a_correction_of_an_unknown_rep_says_so(self, lifter: Lifter) -> None:
        """A correction that names no rep of its set is dead-lettered with the reason; it holds if the rep comes."""
        lifter.send(*lifter.reps(1), lifter.void(7, 5))
        assert ["unknown_rep"] == [rejection.reason for rejection in lifter.rejected]
        lifter.send(lifter.rep(7, 4))
        assert [(1, False), (7, True)] == [(rep.rep_number, rep.voided) for rep in lifter.counted]

    def test_a_set_amended_in_the_open(self, lifter: Lifter) -> None:
        """Saying more about an open set amends it; another exercise gives all estimates anew."""
        lifter.send(*lifter.reps(3))
        lifter.send(lifter.event(SetAmended(set_id="s1", exercise="deadlift"), 10, source="app"))
        assert [(False, None), (True, "deadlift")] == [(opening.amended, opening.exercise) for opening in lifter.opened]
        assert [(1, 2), (2, 2), (3, 2)] == [
            (est.rep_number, est.revision) for est in lifter.estimates if not est.arrival
        ]

    def test_set_started_amends_an_open_set_and_opens_a_new_one_after_its_end(self, lifter: Lifter) -> None:
        """Naive apps use "s1" every time: after its end the same id is a new set with a key of its own."""
        lifter.send(lifter.start(0), *lifter.reps(2, 3), lifter.start(8, load_kg=80.0))
        assert 1 == len({opening.set_key for opening in lifter.opened})
        lifter.send(lifter.end(12), lifter.start(60), *lifter.reps(2, 63))
        assert 2 == len({opening.set_key for opening in lifter.opened})
        assert [2, 2] == [
            sum(estimate.set_key == key for estimate in lifter.estimates)
            for key in dict.fromkeys(o.set_key for o in lifter.opened)
        ]

    def test_a_later_set_closes_the_open_one(self, lifter: Lifter) -> None:
        """A set that starts later than the open one's last rep ends it."""
        lifter.send(*lifter.reps(2), *lifter.reps(2, 40, "s2"))
        assert [("s1", "next_set", 2)] == [(closing.set_id, closing.reason, closing.reps) for closing in lifter.closed]

    def test_an_older_set_that_arrives_late_is_history(self, lifter: Lifter) -> None:
        """It is ended from the start, its reps are taken, and it closes nothing."""
        old = [lifter.rep(number, -300 + 3 * number, set_id="old", sent_s=20, received_s=20) for number in (1, 2, 3)]
        lifter.send(*lifter.reps(3), *old)
        assert [("s1", False), ("old", True)] == [(opening.set_id, opening.history) for opening in lifter.opened]
        assert {("old", "silence")} == {(closing.set_id, closing.reason) for closing in lifter.closed}
        late = [estimate for estimate in lifter.estimates if estimate.set_id == "old"]
        assert [(1, False, False), (2, False, False), (3, False, False)] == [
            (late_advice.rep_number, late_advice.newest, late_advice.set_open) for late_advice in late
        ]
        lifter.send(lifter.rep(4, 12, 0.45))
        assert 1 == len({estimate.set_key for estimate in lifter.estimates if estimate.set_id == "s1"})

    def test_a_rep_after_the_end_reopens_the_set(self, lifter: Lifter) -> None:
        """Whoever closed it, a rep later than the end goes on with the set within ten minutes."""
        lifter.send(*lifter.reps(2), lifter.end(5), lifter.rep(3, 9, 0.47))
        assert [0, 1] == [opening.reopened for opening in lifter.opened]
        assert 1 == len({estimate.set_key for estimate in lifter.estimates})
        assert lifter.estimates[-1].set_open

    def test_a_rep_long_after_the_end_opens_a_new_set(self, lifter: Lifter) -> None:
        """After ten minutes, or when a later set has a rep, the same id is a new set."""
        lifter.send(*lifter.reps(2), lifter.end(5), *lifter.reps(1, 606))
        assert 2 == len({opening.set_key for opening in lifter.opened})
        lifter.send(*lifter.reps(1, 640, "s2"), *lifter.reps(1, 700))
        assert 4 == len({opening.set_key for opening in lifter.opened})

    def test_an_end_that_the_set_has_outlived_is_ignored(self, lifter: Lifter) -> None:
        """An end that comes after a later rep, though sent before it, ends nothing."""
        lifter.send(*lifter.reps(3), lifter.end(4))
        assert [] == lifter.closed

    def test_a_late_rep_goes_to_the_set_of_its_id_that_ran_then(self, lifter: Lifter) -> None:
        """Where an id is used again a rep that comes late revises the set that it was lifted in."""
        rep_one, two, three = lifter.reps(3)
        lifter.send(rep_one, three, lifter.end(8), lifter.start(100), two)
        first, second = dict.fromkeys(opened.set_key for opened in lifter.opened)
        assert [first] * 4 == [est.set_key for est in lifter.estimates]
        lifter.send(*lifter.reps(1, 103))
        assert second == lifter.estimates[-1].set_key

    def test_a_set_of_the_past_is_not_the_open_one(self, lifter: Lifter) -> None:
        """A start of yesterday amends no set of today, whether it names the open set's id or none."""
        lifter.send(lifter.start(0), *lifter.reps(2, 3))
        for set_id, at_s in (("s1", -86_400), (None, -80_000)):
            lifter.send(lifter.start(at_s, set_id, "deadlift", sent_s=10))
        assert [("bench_press", False), ("deadlift", True), ("deadlift", True)] == [
            (opening.exercise, opening.history) for opening in lifter.opened
        ]
        assert {1} == {estimate.revision for estimate in lifter.estimates}

    def test_what_is_sent_again_many_sets_later_changes_nothing(self, lifter: Lifter) -> None:
        """Events of old sets are known by their identity, without ids of sets, and corrections too."""
        again = [*lifter.reps(2, 0, None), lifter.end(8, None), *lifter.reps(2, 100, "x")]
        again.append(lifter.amend(1, 109, "x", mean_velocity_mps=0.40))
        lifter.send(*again)
        for index in range(10):
            lifter.send(*lifter.reps(1, 200 + 100 * index, f"s{index}"))
        before = lifter.host.values("estimates.v1", athlete_key("g1", lifter.athlete_id))
        lifter.send(*again)
        assert before == lifter.host.values("estimates.v1", athlete_key("g1", lifter.athlete_id))
        assert [] == lifter.rejected

    def test_an_amended_time_is_read_by_the_clock_of_who_amends(self, lifter: Lifter) -> None:
        """Times within a correction are translated like all others."""
        lifter.send(*lifter.reps(3))
        ended_at = lifter.base + timedelta(seconds=3608)
        correction = lifter.event(
            RepAmended(set_id="s1", rep_number=3, set=RepCorrection(ended_at=ended_at)), 3610, received_s=10
        )
        lifter.send(correction)
        assert lifter.base + timedelta(seconds=8) == lifter.counted[-1].rep_time

    def test_a_correction_of_a_set_that_is_no_longer_kept_is_too_old(self, lifter: Lifter) -> None:
        """Sets are kept for 28 days after receipt, whether or not another set has come since."""
        day_s = 86_400
        lifter.send(*lifter.reps(2), lifter.end(5), lifter.void(1, 29 * day_s))
        lifter.send(*lifter.reps(1, 30 * day_s, "s2"), lifter.void(2, 30 * day_s + 5), lifter.void(1, 30 * day_s, "s2"))
        assert ["too_old", "too_old"] == [rejection.reason for rejection in lifter.rejected]

    @pytest.mark.parametrize(("velocity", "rom_m"), [(0.9, 0.3), (0.45, 0.3), (0.3, 0.75), (0.9, None)])
    def test_the_unrack_of_a_lift_that_is_not_named_is_no_rep(
        self, lifter: Lifter, velocity: float, rom_m: float | None
    ) -> None:
        """It may be taken for one until the next reps show it: then it is counted no more."""
        lifter.send(lifter.rep(1, 0, velocity, rom_m=rom_m))
        for number in range(5):
            travel_m = None if rom_m is None else 0.5
            lifter.send(lifter.rep(number + 2, 6 + 3 * number, 0.55 - 0.01 * number, rom_m=travel_m))
        lifter.send(lifter.end(40))
        assert 5 == lifter.summaries[-1].reps
        assert ["rerack"] == lifter.newest_estimates[lifter.sets[0].opened.set_key, 1].flags

    def test_two_counters_of_one_rep(self, lifter: Lifter) -> None:
        """Reports of a watch and of a tracker that overlap are one rep, and the velocity counts."""
        for number in (1, 2, 3):
            lifter.send(
                lifter.rep(number, 3 * number, None, source="watch", concentric_s=1.2),
                lifter.rep(number, 3 * number + 0.2, 0.5 - 0.02 * number, source="tracker", concentric_s=0.9),
            )
        last = lifter.estimates[-2:]
        assert [("velocity", False), ("velocity", True)] == [
            (estimate.mode, "second_source" in estimate.flags) for estimate in last
        ]
        assert last[0].rir == last[1].rir
        alone = Lifter(lifter.host, lifter.base)
        alone.send(
            *[alone.rep(number, 3 * number + 0.2, 0.5 - 0.02 * number, concentric_s=0.9) for number in (1, 2, 3)]
        )
        assert alone.estimates[-1].rir == last[0].rir

    def test_poison_in_the_middle(self, lifter: Lifter, host: Harness) -> None:
        """Bytes that are no event are dead-lettered with the reason, and nothing else is disturbed."""
        key = athlete_key("g1", lifter.athlete_id)
        lifter.send(*lifter.reps(2))
        poison = [
            b"\xff\x00 not json",
            b"[]",
            b'{"type": "spotter.unheard.of.v1"}',
            b'{"type": "spotter.set.ended.v1", "id": 1}',
        ]
        host.write([NewRecord("lifts.v1", key, value) for value in poison])
        host.run()
        lifter.send(lifter.rep(3, 6, 0.46))
        assert [1, 2, 3] == [estimate.rep_number for estimate in lifter.estimates]
        assert ["unreadable"] * 4 == [rejection.reason for rejection in lifter.rejected]
        assert all(rejection.detail and rejection.raw_base64 for rejection in lifter.rejected)

    def test_the_story_passes_every_event_through(self, lifter: Lifter) -> None:
        """Downstream sees each event that was used, under its own id, before what came of it."""
        events = [
            lifter.start(0),
            *lifter.reps(2, 3),
            lifter.event(EffortReported(set_id="s1", rir=2), 9, source="app"),
        ]
        lifter.send(*events)
        ids = [event.id for event in lifter.events("estimates.v1")]
        assert [event.id for event in events] == [id_ for id_ in ids if id_ in {event.id for event in events}]

    def test_outputs_keep_their_ids_after_a_crash(self, lifter: Lifter, host: Harness) -> None:
        """A host that is killed and started again goes on with the set where it was."""
        first, two, three, four = lifter.reps(4)
        lifter.send(lifter.start(0), first, two)
        host.crash()
        lifter.send(three, four)
        assert [1, 2, 3, 4] == [est.rep_number for est in lifter.estimates]
        assert 1 == len({est.set_key for est in lifter.estimates})
        other = Lifter(host, lifter.base, name=f"{lifter.athlete_id}-calm")
        other.send(other.start(0), *other.reps(4))
        assert [est.rir for est in other.estimates] == [est.rir for est in lifter.estimates]
