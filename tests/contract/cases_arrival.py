"""Events that arrive in another order than they happened, as every host must take them. Subclasses provide `host`."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import zip_longest

import pytest

from spotter.domain.events import Event
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter, set_after_short_movements

DAY_S = 86_400
RECEIVED_S = 4000.0
"""When a workout is uploaded that was kept by its sender."""
WAITING_MAX = 64


class ArrivalCases:
    """What waits for its set, and what any order of upload must give."""

    @pytest.fixture
    def lifter(self, host: Harness) -> Lifter:
        """Return a lifter of whom nothing is known."""
        return Lifter(host, host.now())

    @pytest.mark.parametrize("what", ["call", "end", "amendment", "void", "correction of a rep"])
    def test_what_comes_before_its_set_waits_for_it(self, host: Harness, what: str) -> None:
        """In the end everything is as if it had come in order, and nothing was rejected."""
        early, in_order = Lifter(host, host.now()), Lifter(host, host.now())
        for lifter in (early, in_order):
            waiting = {
                "call": lifter.call(0, 20),
                "end": lifter.end(19),
                "amendment": lifter.amend_set(21, load_kg=45.0),
                "void": lifter.void(2, 22),
                "correction of a rep": lifter.amend(3, 23, mean_velocity_mps=0.3),
            }[what]
            done = [lifter.start(0, exercise="leg_curl", load_kg=40.0), *lifter.reps(5, 3)]
            closing = [] if what == "end" else [lifter.end(24)]
            events = [waiting, *done] if lifter is early else [*done, waiting]
            for event in [*events, *closing]:
                lifter.send(lifter.late(event, 60))
        assert [f"s1 leg_curl {4 if what == 'void' else 5}"] == early.lines
        assert [] == different(in_order, early)
        assert [] == early.reasons

    def test_a_call_waits_for_its_rep(self, host: Harness) -> None:
        """It names a rep that has not arrived, of a set that has."""
        early, in_order = Lifter(host, host.now()), Lifter(host, host.now())
        for lifter in (early, in_order):
            first, two, three, four = lifter.reps(4)
            call = lifter.call(1, 12, rep_number=4)
            lifter.send(first, two, three, *([call, four] if lifter is early else [four, call]), lifter.end(13))
        assert [] == different(in_order, early)

    def test_a_void_waits_for_its_rep(self, lifter: Lifter) -> None:
        """The rep arrives voided."""
        first, two, three = lifter.reps(3)
        lifter.send(first, two, lifter.void(3, 8))
        lifter.send(three, lifter.end(9))
        assert [[1, 2]] == [each.numbers for each in lifter.sets]

    def test_that_a_set_never_happened_may_come_before_it(self, lifter: Lifter) -> None:
        """Its reps count nowhere when they come."""
        lifter.send(lifter.late(lifter.void_set(30), 40))
        lifter.send(
            *[
                lifter.late(event, 41)
                for event in (lifter.start(0), *lifter.reps(5, 3), lifter.call(0, 17), lifter.end(18))
            ]
        )
        assert ([], []) == (lifter.lines, lifter.costs)

    def test_that_a_set_never_happened_may_be_reported_again(self, lifter: Lifter) -> None:
        """An import that is repeated under other event ids, and names no sets, voids no other set."""
        for _ in range(2):
            lifter.send(
                *[
                    lifter.late(event, 300)
                    for event in (
                        lifter.start(0, None, exercise="leg_curl"),
                        *lifter.reps(5, 3, None),
                        lifter.end(17, None),
                        lifter.start(100, None, exercise="leg_curl"),
                        *lifter.reps(2, 103, None),
                        lifter.end(108, None),
                        lifter.void_set(120, None),
                    )
                ]
            )
        assert [5] == [len(each.reps) for each in lifter.sets]

    def test_what_waits_survives_a_crash(self, lifter: Lifter, host: Harness) -> None:
        """It is state like any other."""
        lifter.send(lifter.late(lifter.call(0, 20), 25))
        host.crash()
        lifter.send(
            *[
                lifter.late(event, 30)
                for event in (lifter.start(0, exercise="leg_curl"), *lifter.reps(5, 3), lifter.end(19))
            ]
        )
        assert [1.0] == lifter.costs

    def test_no_more_than_64_wait(self, lifter: Lifter) -> None:
        """The one that waits longest is given up for one more."""
        calls = [lifter.call(0, 60.0 * number, f"never-{number}") for number in range(WAITING_MAX + 2)]
        lifter.send(*calls[:WAITING_MAX])
        assert [] == lifter.reasons
        lifter.send(*calls[WAITING_MAX:])
        assert ["unknown_set", "unknown_set"] == lifter.reasons
        assert {calls[0].id, calls[1].id} == {rejection.rejected_id for rejection in lifter.rejected}

    @pytest.mark.parametrize("seed", range(6))
    def test_any_order_of_upload_gives_the_same(self, host: Harness, seed: int) -> None:
        """Sets, what they cost, what they taught: in order, newest first, and in chunks of any kind."""
        base = host.now()
        in_order, mixed = Lifter(host, base), Lifter(host, base)
        rng = random.Random(seed)
        for lifter in (in_order, mixed):
            events = [lifter.late(event, RECEIVED_S) for event in workout(lifter)]
            if lifter is mixed:
                events = list(reversed(events)) if seed == 0 else rng.sample(events, len(events))
            while events:
                size = rng.choice([1, 2, 7, 30]) if lifter is mixed else 1000
                lifter.send(*events[:size])
                events = events[size:]
        assert [] == different(in_order, mixed)

    def test_a_rep_that_comes_after_silence_has_ended_its_set_moves_the_end(self, host: Harness) -> None:
        """Silence counts from the last rep, whenever that arrives."""
        lifter = Lifter(host, host.long_ago())
        *most, last = lifter.reps(4, 3)
        lifter.send(lifter.start(0), *most)
        host.pass_time(lifter.base + timedelta(seconds=100))
        lifter.send(lifter.late(last, 101))
        host.pass_time(lifter.base + timedelta(seconds=200))
        [each] = lifter.sets
        assert each.closed is not None
        assert (4, 12.0 + 90.0) == (len(each.reps), (each.closed.ended_at - lifter.base).total_seconds())

    def test_a_set_is_back_when_another_one_was_voided(self, host: Harness) -> None:
        """An app that uses ids again says of its second set that it never happened, before that has arrived."""
        mixed, in_order = Lifter(host, host.now()), Lifter(host, host.now())
        for lifter in (mixed, in_order):
            first = [lifter.start(0, exercise="leg_curl"), *lifter.reps(4, 3), lifter.call(0, 16), lifter.end(17)]
            second = [lifter.start(120, exercise="leg_curl"), *lifter.reps(3, 123), lifter.end(131)]
            void = lifter.void_set(250)
            for event in [*first, void, *second] if lifter is mixed else [*first, *second, void]:
                lifter.send(lifter.late(event, 300))
        assert [1.0] == in_order.costs
        assert [] == different(in_order, mixed)

    def test_a_set_taught_what_it_was_described_as_then(self, host: Harness) -> None:
        """What another set was judged by stays, also where the description is corrected before it arrives."""
        mixed, in_order = Lifter(host, host.now()), Lifter(host, host.now())
        for lifter in (mixed, in_order):
            first = [lifter.start(0, "a", "leg_press"), *lifter.reps(5, 3, "a"), lifter.call(1, 17, "a")]
            second = [lifter.start(200, "b", "leg_curl"), *lifter.reps(5, 203, "b"), lifter.end(217, "b")]
            amended, end = lifter.amend_set(400, "a", exercise="leg_curl"), lifter.end(18, "a")
            events = [*first, end, *second, amended]
            for event in [*first, amended, end, *second] if lifter is mixed else events:
                lifter.send(lifter.late(event, 500))
        assert [0, 0] == [each.opened.learned_sets or 0 for each in in_order.sets]
        assert [] == different(in_order, mixed)

    def test_which_report_of_a_rep_came_first_does_not_matter(self, host: Harness) -> None:
        """Two recorders without values or numbers: the earlier report is the rep, the later one its second source."""
        mixed, in_order = Lifter(host, host.now()), Lifter(host, host.now())
        for lifter in (mixed, in_order):
            phone = [lifter.rep(number, 3.0 * number, None) for number in (1, 2, 3)]
            watch = [lifter.rep(None, 3.0 * number + 0.2, None, "w", source="watch") for number in (1, 2, 3)]
            paired = [event for pair in zip(phone, watch, strict=True) for event in pair]
            for event in [*watch, *phone] if lifter is mixed else paired:
                lifter.send(lifter.late(event, 60))
        assert [3] == [len(each.reps) for each in in_order.sets]
        assert [] == different(in_order, mixed)

    @pytest.mark.parametrize("seed", range(4))
    def test_what_is_shown_to_be_no_rep_is_none_in_any_order(self, host: Harness, seed: int) -> None:
        """Three short movements before a set: what is left after each report is the same whichever came first."""
        mixed, in_order = Lifter(host, host.now()), Lifter(host, host.now())
        for lifter in (mixed, in_order):
            events = [lifter.start(0), *set_after_short_movements(lifter)]
            if lifter is mixed:
                random.Random(seed).shuffle(events)
            for event in [*events, lifter.end(40)]:
                lifter.send(lifter.late(event, 60))
        assert [5] == [summary.reps for summary in in_order.summary_of.values()]
        assert [] == different(in_order, mixed)

    def test_a_set_is_of_the_week_in_which_it_began(self, host: Harness) -> None:
        """Also where what happened before midnight arrives last."""
        monday = host.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=host.now().weekday())
        lifter = Lifter(host, monday - timedelta(seconds=10))
        start, early, *most = [lifter.start(0, exercise="leg_curl"), *lifter.reps(5, 3)]
        for event in [*most, lifter.call(0, 20), lifter.end(21), early, start]:
            lifter.send(lifter.late(event, 60))
        [summary] = lifter.summary_of.values()
        assert monday - timedelta(days=7) == summary.week_start
        assert [1.0] == lifter.costs
        assert {monday: 0.0, monday - timedelta(days=7): 1.0} == {
            change.week_start: change.spent for change in lifter.budget
        }

    def test_a_part_may_come_before_the_set_that_it_continues(self, lifter: Lifter) -> None:
        """The pair is one exposure as soon as both are there."""
        second = [
            lifter.start(60, "r", "biceps_curl", part_of="l"),
            *lifter.reps(3, 63, "r"),
            lifter.call(0, 73, "r"),
            lifter.end(74, "r"),
        ]
        first = [
            lifter.start(0, "l", "biceps_curl"),
            *lifter.reps(4, 3, "l"),
            lifter.call(0, 16, "l"),
            lifter.end(17, "l"),
        ]
        lifter.send(*[lifter.late(event, 100) for event in second])
        lifter.send(*[lifter.late(event, 101) for event in first])
        [left, right] = lifter.sets
        assert left.opened.set_key == left.opened.exposure_key == right.opened.exposure_key
        assert 1.0 == sum(lifter.costs)


def workout(lifter: Lifter) -> list[Event]:
    """Return a workout of an app that numbers within exercises: a superset, a drop, corrections, calls."""
    events: list[Event] = []
    for at_s, set_id, exercise, count, rir in (
        (0, "1", "leg_curl", 5, 2),
        (40, "1", "leg_extension", 4, 3),
        (90, "2", "leg_curl", 5, 1),
        (130, "2", "leg_extension", 4, 0),
        (400, "1", "leg_press", 6, 1),
        (700, "1", "biceps_curl", 5, 0),
    ):
        events += [
            lifter.start(at_s, set_id, exercise, load_kg=40.0),
            *lifter.reps(count, at_s + 3, set_id),
            lifter.call(rir, at_s + 3 * count + 4, set_id),
            lifter.end(at_s + 3 * count + 5, set_id),
        ]
    events.append(lifter.start(730, "2", "biceps_curl", load_kg=20.0, intent="drop"))
    events += [*lifter.reps(3, 733, "2"), lifter.end(745, "2")]
    events += [lifter.amend_set(100, "1", load_kg=42.5), lifter.void(2, 118, "2"), lifter.call(1, 760, None)]
    return events


def different(lifter: Lifter, other: Lifter) -> list[tuple[str | None, str | None]]:
    """Return what the order of arrival must not change and what is not the same for two lifters."""
    return [pair for pair in zip_longest(_results(lifter), _results(other)) if pair[0] != pair[1]]


def _results(lifter: Lifter) -> list[str]:
    lines = []
    for each, cost in zip(lifter.sets, lifter.costs, strict=True):
        opened, summary = each.opened, lifter.summary_of.get(each.opened.set_key)
        about = f"{opened.set_id} of {opened.exercise} at {(opened.opened_at - lifter.base).total_seconds()}"
        lines.append(f"{about}: {opened.load_kg} kg, {opened.intent}, costs {cost}")
        if each.closed is not None:
            ended_s = (each.closed.ended_at - lifter.base).total_seconds()
            lines.append(f"{about}: {each.closed.reason} at {ended_s}")
        if summary is not None:
            lines.append(f"{about}: {summary.reps} reps, {summary.rir_end} left, failed {summary.failed}")
        for rep in each.reps:
            ended_s = (rep.rep_time - lifter.base).total_seconds()
            lines.append(f"{about}: rep {rep.rep_number} at {ended_s}, {rep.mean_velocity_mps} m/s")
        estimates = [each.estimates[rep.rep_event_id] for rep in each.reps]
        lines += [f"{about}: after rep {estimate.rep_number} {estimate.rir:.6f} left" for estimate in estimates]
    return [*lines, *_learned(lifter)]


def _learned(lifter: Lifter) -> list[str]:
    """Return what a set of each exercise would be judged by."""
    judged = []
    for number, exercise in enumerate(("leg_curl", "leg_press", "biceps_curl")):
        set_id, at_s = f"probe-{exercise}", RECEIVED_S + 600 * (number + 1)
        lifter.send(
            lifter.start(at_s, set_id, exercise, load_kg=40.0),
            lifter.rep(1, at_s + 3, 0.5, set_id),
            lifter.end(at_s + 5, set_id),
        )
        judged.append(f"{exercise}: {lifter.estimates[-1].rir:.6f} by {lifter.opened[-1].learned_sets} sets")
    return judged
