"""What every host must do with a set that was credited to the wrong lifter. Subclasses provide the fixture `host`."""

from __future__ import annotations

import pytest

from lab.ledger_oracle import published
from spotter.domain.events import Event
from spotter.domain.events.lifting import EffortReported, SetMoved
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter


def moved(lifter: Lifter, to: Lifter, at_s: float, set_id: str | None = "s1", **more: str) -> Event:
    """Build a move of a set."""
    return lifter.event(SetMoved(set_id=set_id, to_athlete_id=to.athlete_id), at_s, source="coach", **more)  # type: ignore[arg-type]


def judged(lifter: Lifter) -> dict[int, tuple[float, list[float]]]:
    """Return what is estimated of the reps of a lifter's newest set, by rep number."""
    key = lifter.opened[-1].set_key
    return {
        number: (estimate.rir, estimate.p_rir_le)
        for (set_key, number), estimate in lifter.newest_estimates.items()
        if set_key == key
    }


class MovingCases:
    """Sets that go to another lifter."""

    @pytest.fixture
    def ada(self, host: Harness) -> Lifter:
        """Return the lifter to whom a set is credited."""
        return Lifter(host, host.now())

    @pytest.fixture
    def bob(self, host: Harness, ada: Lifter) -> Lifter:
        """Return the lifter who did it."""
        return Lifter(host, ada.base)

    def test_a_moved_set_is_the_other_lifters(self, host: Harness, ada: Lifter, bob: Lifter) -> None:
        """All that is known of it is told under the other key as if it had been sent there, and is late."""
        carl = Lifter(host, ada.base)
        for lifter in (ada, carl):
            effort = lifter.event(EffortReported(set_id="s1", rir=1), 25, source="app")
            lifter.send(
                lifter.start(0, load_kg=80.0, target_rir=1),
                *lifter.reps(6, 3),
                lifter.amend(3, 20, mean_velocity_mps=0.4),
                lifter.void(6, 21),
                effort,
                lifter.end(30),
            )
        ada.send(moved(ada, bob, 60))
        assert [("s1", "bench_press", 80.0, 1)] == [
            (opening.set_id, opening.exercise, opening.load_kg, opening.target_rir) for opening in bob.opened
        ]
        assert [("lifter", 5, None)] == [(closing.reason, closing.reps, closing.moved_to) for closing in bob.closed]
        assert (ada.opened[0].set_key, carl.opened[0].opened_at) == (bob.opened[0].moved_from, bob.opened[0].opened_at)
        assert [judged(carl)[number] for number in range(1, 6)] == [judged(bob)[number] for number in range(1, 6)]
        assert [] == [estimate for estimate in bob.estimates if estimate.fresh]
        assert [] == [advice for advice in bob.advice if advice.after_rep and not advice.late]
        last = carl.summaries[-1]
        summary = bob.summaries[-1]
        assert (last.reps, last.rir_end, last.failed, last.ended_at) == (
            summary.reps,
            summary.rir_end,
            summary.failed,
            summary.ended_at,
        )

    def test_nothing_of_a_moved_set_counts_where_it_was(self, ada: Lifter, bob: Lifter) -> None:
        """Its end says where it went; its summary says nothing, and what it cost is the other lifter's to pay."""
        failed = ada.event(EffortReported(set_id="s1", failed=True), 25, source="app")
        ada.send(ada.start(0), *ada.reps(6, 3), failed, ada.end(30))
        (paid,) = published(ada.events("advice.v1")).values()
        ada.send(moved(ada, bob, 60))
        assert [(None, 6), (bob.athlete_id, 0)] == [(closing.moved_to, closing.reps) for closing in ada.closed]
        assert (0, None, False) == (ada.summaries[-1].reps, ada.summaries[-1].rir_end, ada.summaries[-1].failed)
        assert {} == published(ada.events("advice.v1"))
        assert 0 == ada.budget[-1].spent
        assert [paid.cost] == [entry.cost for entry in published(bob.events("advice.v1")).values()]

    def test_what_comes_later_follows(self, ada: Lifter, bob: Lifter) -> None:
        """A late rep, a correction and a word on the effort that name the old lifter are the other lifter's, too."""
        first, two, three, four = ada.reps(4, 3)
        ada.send(ada.start(0), first, two, four, ada.end(20))
        estimates_before = len(ada.estimates)
        ada.send(moved(ada, bob, 60))
        ada.send(three, ada.amend(2, 70, rom_m=0.5), ada.void(4, 71), three)
        ada.send(ada.event(EffortReported(set_id="s1", rir=2), 72, source="app"))
        assert estimates_before == len(ada.estimates)
        assert [1, 2, 3] == [number for number, rep in voidings(bob) if not rep]
        assert (3, 2.0) == (bob.summaries[-1].reps, bob.summaries[-1].rir_end)
        assert [] == ada.rejected + bob.rejected

    def test_a_set_that_runs_goes_on_there(self, ada: Lifter, bob: Lifter) -> None:
        """Whoever watches the other lifter hears the next rep in time, and sees the set end."""
        ada.send(ada.start(0), *ada.reps(3, 3))
        ada.send(moved(ada, bob, 10))
        ada.send(ada.rep(4, 12, 0.4), ada.rep(5, 15, 0.37))
        assert [False, False, False, True, True] == [estimate.fresh for estimate in bob.estimates if estimate.arrival]
        assert [4, 5] == [advice.after_rep for advice in bob.advice if not advice.late and advice.after_rep]
        assert [] == bob.closed
        ada.send(ada.end(20))
        assert ["lifter"] == [closing.reason for closing in bob.closed]
        assert [3] == [len({estimate.rep_number for estimate in ada.estimates})]

    def test_the_next_set_of_that_name_is_the_old_lifters_own(self, ada: Lifter, bob: Lifter) -> None:
        """Only what belongs to the moved set goes on; naive clients use names again."""
        ada.send(ada.start(0), *ada.reps(3, 3), ada.end(20))
        ada.send(moved(ada, bob, 60))
        ada.send(ada.start(700), *ada.reps(2, 703))
        assert 2 == len({opening.set_key for opening in ada.opened})
        assert 1 == len(bob.opened)
        assert 5 == len(ada.estimates)

    def test_it_is_no_set_of_the_same_name(self, ada: Lifter, bob: Lifter) -> None:
        """The other lifter's own set of that name stays as it is, and is not spoken for by what is moved."""
        failed = ada.event(EffortReported(set_id="s1", failed=True), 25, source="app")
        ada.send(ada.start(0), *ada.reps(3, 3), failed, ada.end(30))
        bob.send(bob.start(300), *bob.reps(4, 303), bob.end(330))
        before = bob.summaries[-1]
        ada.send(moved(ada, bob, 400))
        assert ["s1", "s1"] == [opening.set_id for opening in bob.opened]
        assert bob.opened[1].history
        own = [summary for summary in bob.summaries if summary.set_key == before.set_key]
        assert [before] == own
        assert (3, True) == (bob.summaries[-1].reps, bob.summaries[-1].failed)

    def test_a_set_moves_back_and_on(self, host: Harness, ada: Lifter, bob: Lifter) -> None:
        """What was moved can be moved again; what still comes follows it all the way."""
        carl = Lifter(host, ada.base)
        ada.send(ada.start(0), *ada.reps(4, 3), ada.end(20))
        first = judged(ada)
        ada.send(moved(ada, bob, 60))
        assert first == judged(bob)
        bob.send(moved(bob, ada, 70))
        assert first == judged(ada)
        assert bob.opened[0].set_key == ada.opened[-1].moved_from
        ada.send(moved(ada, carl, 80), ada.rep(5, 15.5, 0.4, sent_s=90))
        assert [4, 4, 5] == [len(judged(bob)), len(judged(ada)), len(judged(carl))]
        assert [0, 0, 5] == [athlete.summaries[-1].reps for athlete in (ada, bob, carl)]

    def test_a_set_that_a_rep_opened_moves(self, ada: Lifter, bob: Lifter) -> None:
        """No one needs to know its exercise."""
        ada.send(*ada.reps(3, 3), ada.end(20))
        ada.send(moved(ada, bob, 60))
        assert judged(ada) == judged(bob)
        assert [None] == [opening.exercise for opening in bob.opened]

    def test_a_move_that_makes_no_sense_is_refused(self, host: Harness, ada: Lifter, bob: Lifter) -> None:
        """A set that no one knows, the same lifter, a set that was moved before: each is a dead letter that says why."""
        ada.send(ada.start(0), *ada.reps(2, 3))
        ada.send(moved(ada, bob, 60, "s9"), moved(ada, ada, 61), moved(ada, bob, 62), moved(ada, bob, 63))
        assert ["unknown_set", "same_lifter", "moved_already"] == [rejection.reason for rejection in ada.rejected]
        assert bob.athlete_id in ada.rejected[-1].detail
        assert 1 == len(bob.opened)

    def test_a_move_sent_again_changes_nothing(self, host: Harness, ada: Lifter, bob: Lifter) -> None:
        """Neither here nor there, whether or not the workers crashed meanwhile."""
        move = moved(ada, bob, 60, id="move")
        ada.send(ada.start(0), *ada.reps(3, 3), ada.end(20), move)
        before = [len(lifter.events(topic)) for lifter in (ada, bob) for topic in ("estimates.v1", "advice.v1")]
        host.crash()
        ada.send(move)
        ada.send(ada.rep(2, 6, 0.52))
        after = [len(lifter.events(topic)) for lifter in (ada, bob) for topic in ("estimates.v1", "advice.v1")]
        assert before == after
        assert ["duplicate_rep"] == [rejection.reason for rejection in ada.rejected + bob.rejected]

    def test_what_it_taught_is_taught_of_the_other_lifter(self, ada: Lifter, bob: Lifter) -> None:
        """The next set of either is judged by what each of them did."""
        for number in range(3):
            ada.send(*_taxing(ada, number))
        assert 3 == learned(ada, 2000)
        ada.send(moved(ada, bob, 2100, "t1"))
        assert (2, 1) == (learned(ada, 2200), learned(bob, 2200))


def _taxing(lifter: Lifter, number: int) -> list[Event]:
    set_id, at_s = f"t{number}", 600.0 * number
    return [
        lifter.start(at_s, set_id, load_kg=80.0),
        *lifter.reps(6, at_s + 3, set_id),
        lifter.event(EffortReported(set_id=set_id, failed=True), at_s + 25, source="app"),
        lifter.end(at_s + 30, set_id),
    ]


def learned(lifter: Lifter, at_s: float) -> int:
    """Open a set and say of how many it is judged by."""
    lifter.send(lifter.start(at_s, f"l{at_s}", load_kg=80.0))
    return lifter.opened[-1].learned_sets


def voidings(lifter: Lifter) -> list[tuple[int, bool]]:
    """Return the newest word on each rep: its number, and whether it is voided."""
    newest = {rep.rep_number: rep for rep in sorted(lifter.counted, key=lambda rep: rep.revision)}
    return [(number, newest[number].voided) for number in sorted(newest)]
