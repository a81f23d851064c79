"""Which set an event means, as every host must find it. Subclasses provide the fixture `host`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spotter.domain.events import Event
from spotter.domain.events.lifting import SetMoved
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter

DAY_S = 86_400


class WhichSetCases:
    """By key, by the event's own time, by exercise; never by an id alone."""

    @pytest.fixture
    def lifter(self, host: Harness) -> Lifter:
        """Return a lifter of whom nothing is known."""
        return Lifter(host, host.now())

    def test_a_rep_that_names_another_exercise_opens_another_set(self, lifter: Lifter) -> None:
        """Also under the same id, and whether or not the set before it was ended."""
        lifter.send(lifter.start(0, "1", "biceps_curl"), *lifter.reps(3, 3, "1"), lifter.end(12, "1"))
        squats = [lifter.rep(number, 30 + 3 * number, set_id="1", exercise="back_squat") for number in (1, 2)]
        lifter.send(*squats, lifter.rep(1, 50, set_id="1", exercise="biceps_curl"))
        assert ["1 biceps_curl 3", "1 back_squat 2", "1 biceps_curl 1"] == lifter.lines
        assert [[1, 2, 3], [1, 2], [1]] == [each.numbers for each in lifter.sets]
        assert [] == lifter.reasons

    def test_a_start_that_names_another_exercise_opens_another_set(self, lifter: Lifter) -> None:
        """An open set of the same id is over then; without any id it is the same."""
        for set_id in ("1", None):
            other = Lifter(lifter.host, lifter.base)
            other.send(other.start(0, set_id, "biceps_curl", load_kg=12.0), *other.reps(2, 3, set_id))
            other.send(other.start(20, set_id, "leg_press", load_kg=120.0), *other.reps(3, 23, set_id))
            assert [("biceps_curl", 12.0, 2), ("leg_press", 120.0, 3)] == [
                (each.opened.exercise, each.opened.load_kg, len(each.reps)) for each in other.sets
            ]
            assert ["next_set"] == [each.closed.reason for each in other.sets if each.closed]

    def test_a_set_that_goes_on_after_another_is_a_new_one_that_inherits(self, lifter: Lifter) -> None:
        """A, B, A, B under an id for each exercise: the second rounds know what is lifted."""
        first = {"load_kg": 40.0, "target_rir": 1, "intent": "work"}
        lifter.send(lifter.start(0, "A", "leg_curl", **first), *lifter.reps(2, 3, "A"))
        lifter.send(lifter.start(20, "B", "leg_extension", load_kg=50.0), *lifter.reps(2, 23, "B"))
        lifter.send(*[lifter.rep(number, 37 + 3 * number, set_id="A") for number in (3, 4)])
        lifter.send(*[lifter.rep(number, 57 + 3 * number, set_id="B") for number in (3, 4)])
        assert ["A leg_curl 2", "B leg_extension 2", "A leg_curl 2", "B leg_extension 2"] == lifter.lines
        again = lifter.sets[2].opened
        assert (40.0, 1, "work") == (again.load_kg, again.target_rir, again.intent)

    def test_after_half_an_hour_nothing_is_inherited(self, lifter: Lifter) -> None:
        """The same id is used for something else by then."""
        lifter.send(lifter.start(0, "A", "leg_curl", load_kg=40.0), *lifter.reps(2, 3, "A"))
        lifter.send(*lifter.reps(1, 200, "B"), *lifter.reps(2, 2100, "A"))
        assert ["A leg_curl 2", "B None 1", "A None 2"] == lifter.lines

    def test_a_correction_means_the_set_that_ran_before_it(self, lifter: Lifter) -> None:
        """A correction of yesterday that comes now leaves the set alone that runs under the same id."""
        lifter.send(lifter.start(0, "1", "leg_curl", load_kg=35.0), *lifter.reps(3, 3, "1"), lifter.end(12, "1"))
        lifter.send(lifter.start(DAY_S, "1", "back_squat", load_kg=110.0), *lifter.reps(3, DAY_S + 3, "1"))
        lifter.send(lifter.late(lifter.amend_set(60, "1", load_kg=37.5), DAY_S + 10))
        lifter.send(lifter.late(lifter.void(2, 61, "1"), DAY_S + 11), lifter.late(lifter.call(1, 62, "1"), DAY_S + 12))
        assert [37.5, 110.0] == [each.opened.load_kg for each in lifter.sets]
        assert [[1, 3], [1, 2, 3]] == [each.numbers for each in lifter.sets]
        assert 1.0 == lifter.summary_of[lifter.sets[0].opened.set_key].rir_end
        assert [] == lifter.reasons

    def test_a_key_names_a_set_exactly(self, lifter: Lifter) -> None:
        """Whatever id it goes with, and whatever time."""
        for at_s in (0, 200, 400):
            lifter.send(lifter.start(at_s, "1", "leg_curl", load_kg=35.0), *lifter.reps(3, at_s + 3, "1"))
            lifter.send(lifter.end(at_s + 12, "1"))
        first, second, _ = (each.opened.set_key for each in lifter.sets)
        lifter.send(
            lifter.amend_set(500, "1", set_key=first, load_kg=40.0),
            lifter.void(2, 501, None, set_key=second),
            lifter.call(1, 502, "another", set_key=first),
        )
        assert [40.0, 35.0, 35.0] == [each.opened.load_kg for each in lifter.sets]
        assert [[1, 2, 3], [1, 3], [1, 2, 3]] == [each.numbers for each in lifter.sets]
        assert 1.0 == lifter.summary_of[first].rir_end

    def test_what_is_passed_on_names_its_set(self, lifter: Lifter) -> None:
        """Readers need no rules of their own: each event goes on with the key of the set that it is about."""
        events = [
            lifter.start(0, "1", "leg_curl"),
            *lifter.reps(2, 3, None),
            lifter.call(2, 9, None),
            lifter.end(10, None),
        ]
        lifter.send(*events)
        [only] = lifter.sets
        sent = {event.id for event in events}
        passed = [event.data for event in lifter.events("estimates.v1") if event.id in sent]
        assert [("1", only.opened.set_key)] * len(events) == [(data.set_id, data.set_key) for data in passed]

    def test_late_calls_find_the_sets_of_their_time(self, lifter: Lifter) -> None:
        """By an id that was used again, or by none."""
        for set_id in ("1", None):
            other = Lifter(lifter.host, lifter.base)
            for at_s in (0, 200, 400):
                other.send(other.start(at_s, "1", "leg_curl"), *other.reps(4, at_s + 3, "1"), other.end(at_s + 14, "1"))
            other.send(
                *[other.late(other.call(rir, at_s + 16, set_id), 900) for at_s, rir in ((400, 3), (0, 1), (200, 2))]
            )
            assert [1.0, 2.0, 3.0] == [other.summary_of[each.opened.set_key].rir_end for each in other.sets]
            assert [0.5, 0.0, 0.0] == other.costs

    def test_late_ends_find_the_sets_of_their_time(self, lifter: Lifter) -> None:
        """The set that runs under the same id goes on."""
        for at_s in (0, 200, 400):
            lifter.send(lifter.start(at_s, "1", "leg_curl"), *lifter.reps(3, at_s + 3, "1"))
        lifter.send(lifter.late(lifter.end(12, "1"), 411), lifter.late(lifter.end(213, "1"), 412))
        assert [12, 213] == [
            (each.closed.ended_at - lifter.base).total_seconds() for each in lifter.sets[:2] if each.closed
        ]
        assert lifter.sets[2].closed is None

    def test_a_move_means_the_set_that_ran_before_it(self, lifter: Lifter) -> None:
        """An older set of an id goes to the other lifter, the newer one stays."""
        other = Lifter(lifter.host, lifter.base)
        lifter.send(lifter.start(0, "1", "leg_curl"), *lifter.reps(3, 3, "1"), lifter.end(12, "1"))
        lifter.send(lifter.start(300, "1", "leg_press"), *lifter.reps(2, 303, "1"), lifter.end(312, "1"))
        move = lifter.event(SetMoved(set_id="1", to_athlete_id=other.athlete_id), 100, source="coach", sent_s=400)
        lifter.send(move)
        assert (["1 leg_press 2"], ["1 leg_curl 3"]) == (lifter.lines, other.lines)

    def test_no_event_means_a_set_that_began_after_it(self, lifter: Lifter) -> None:
        """A rep from before a set of its id is of an older one; a correction from then waits."""
        lifter.send(lifter.start(300, "1", "leg_press"), *lifter.reps(3, 303, "1"))
        lifter.send(lifter.late(lifter.void(1, 100, "1"), 320))
        assert ["1 leg_press 3"] == lifter.lines
        lifter.send(*[lifter.rep(number, 3 * number, set_id="1", sent_s=330, exercise="leg_curl") for number in (1, 2)])
        assert ["1 leg_curl 1", "1 leg_press 3"] == lifter.lines

    def test_two_recordings_of_a_set_that_runs_are_one(self, lifter: Lifter) -> None:
        """Phone and watch, each under an id of its own: one set, that both ids name."""
        lifter.send(lifter.start(0, "p", "leg_press"))
        for phone, watch in zip(lifter.reps(5, 3, "p"), _by_watch(*_watch_reps(lifter, 5, 3.4)), strict=True):
            lifter.send(phone, watch)
        lifter.send(lifter.call(0, 20, "p"), *_by_watch(lifter.call(0, 20.5, "w")))
        lifter.send(lifter.end(21, "p"), *_by_watch(lifter.end(21.4, "w")))
        [only] = lifter.sets
        assert ("p", ["w"], 5) == (only.opened.set_id, only.opened.other_ids, len(only.reps))
        assert 5 == lifter.summary_of[only.opened.set_key].reps
        assert [1.0] == lifter.costs

    def test_a_recording_that_is_synced_later_is_no_second_set(self, lifter: Lifter) -> None:
        """Nor where it began first, so that its events open the set anew."""
        for shift_s in (0.4, -0.4):
            other = Lifter(lifter.host, lifter.base)
            other.send(
                other.start(0, "p", "leg_press"), *other.reps(5, 3, "p"), other.call(1, 18, "p"), other.end(19, "p")
            )
            watch = [
                other.start(shift_s, "w", "leg_press"),
                *_watch_reps(other, 5, 3 + shift_s),
                other.end(19 + shift_s, "w"),
            ]
            other.send(*[other.late(event, 3600) for event in _by_watch(*watch)])
            [only] = other.sets
            assert {"p", "w"} == {only.opened.set_id, *(only.opened.other_ids or [])}
            assert (5, [0.5]) == (len(only.reps), other.costs)
            keys = {opening.set_key for opening in other.opened} - {only.opened.set_key}
            assert keys <= {closing.set_key for closing in other.closed if closing.merged_into == only.opened.set_key}

    def test_the_other_name_of_a_set_can_be_corrected(self, lifter: Lifter) -> None:
        """What the watch says of its set is said of the one set."""
        for phone, watch in zip(lifter.reps(4, 3, "p"), _by_watch(*_watch_reps(lifter, 4, 3.4)), strict=True):
            lifter.send(phone, watch)
        lifter.send(lifter.end(20, "p"))
        lifter.send(*_by_watch(lifter.amend_set(30, "w", load_kg=130.0), lifter.call(2, 31, "w")))
        [only] = lifter.sets
        assert 130.0 == only.opened.load_kg
        assert 2.0 == lifter.summary_of[only.opened.set_key].rir_end

    def test_two_devices_that_record_in_turn_have_two_sets(self, lifter: Lifter) -> None:
        """Reps that do not overlap are not the same reps."""
        lifter.send(lifter.start(0, "p", "leg_press"), *lifter.reps(3, 3, "p"), lifter.end(12, "p"))
        lifter.send(*_by_watch(lifter.start(60, "w", "leg_press"), *lifter.reps(3, 63, "w")))
        assert ["p leg_press 3", "w leg_press 3"] == lifter.lines

    def test_a_set_that_never_happened_is_gone(self, lifter: Lifter) -> None:
        """It has no reps and no cost, and nothing that comes later revives it."""
        lifter.send(
            lifter.start(0, "1", "leg_curl"), *lifter.reps(4, 3, "1"), lifter.call(0, 14, "1"), lifter.end(15, "1")
        )
        assert [1.0] == lifter.costs
        key = lifter.sets[0].opened.set_key
        lifter.send(lifter.void_set(30, "1"))
        assert ([], []) == (lifter.lines, lifter.costs)
        assert (True, 0) == (lifter.summary_of[key].voided, lifter.summary_of[key].reps)
        lifter.send(lifter.late(lifter.rep(5, 15.5, set_id="1"), 40), lifter.late(lifter.call(0, 16, "1"), 41))
        lifter.send(lifter.amend_set(42, "1", set_key=key, load_kg=50.0))
        assert key not in {each.opened.set_key for each in lifter.sets}
        assert all(not cost for cost in lifter.costs)

    def test_a_voided_set_taught_nothing(self, lifter: Lifter) -> None:
        """The next set is judged as if it had never been."""
        lifter.send(lifter.start(0, "1", "leg_curl", load_kg=40.0), *lifter.reps(6, 3, "1"), lifter.call(0, 20, "1"))
        lifter.send(lifter.end(21, "1"), lifter.void_set(30, "1"))
        lifter.send(lifter.start(300, "2", "leg_curl", load_kg=40.0), *lifter.reps(3, 303, "2"))
        other = Lifter(lifter.host, lifter.base)
        other.send(other.start(300, "2", "leg_curl", load_kg=40.0), *other.reps(3, 303, "2"))
        assert 0 == lifter.sets[-1].opened.learned_sets
        assert other.estimates[-1].rir == lifter.estimates[-1].rir

    def test_an_id_whose_set_never_happened_can_be_used_again(self, lifter: Lifter) -> None:
        """A void means the set that ran before it."""
        lifter.send(lifter.start(0, "1", "leg_curl"), *lifter.reps(3, 3, "1"), lifter.end(12, "1"))
        lifter.send(lifter.start(100, "1", "leg_press"), *lifter.reps(2, 103, "1"), lifter.end(110, "1"))
        lifter.send(lifter.late(lifter.void_set(50, "1"), 120))
        assert ["1 leg_press 2"] == lifter.lines


def _by_watch(*events: Event) -> list[Event]:
    return [replace(event, source="watch") for event in events]


def _watch_reps(lifter: Lifter, count: int, at_s: float) -> list[Event]:
    """Return reps as a watch sees them: without velocities."""
    return [lifter.rep(number + 1, at_s + 3 * number, None, "w") for number in range(count)]
