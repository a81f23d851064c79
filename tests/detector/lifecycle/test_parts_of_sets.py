"""Sets of several parts, from events to estimates: sides, loads, help, calibration."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from spotter.domain.events.lifting import RepAmended, RepCorrection, SetAmended
from tests.contract.lifter import Lifter
from tests.contract.memory_harness import MemoryHarness

BASE = datetime(2026, 1, 7, 18, tzinfo=UTC)
FALLING = (0.55, 0.53, 0.5, 0.46, 0.41, 0.35, 0.28)


@pytest.fixture
def ada() -> Lifter:
    """Give the lifter of a memory host."""
    return Lifter(MemoryHarness(), BASE, "ada")


@pytest.fixture
def bob() -> Lifter:
    """Give a lifter of another host, to compare with."""
    return Lifter(MemoryHarness(), BASE, "bob")


def arm(lifter: Lifter, first: int, at_s: float, *, every_s: float = 3.0, **fields: Any) -> list[Any]:
    """The reps of one arm from number `first` on."""
    return [
        lifter.rep(first + index, at_s + every_s * index, velocity, **fields) for index, velocity in enumerate(FALLING)
    ]


def rirs(lifter: Lifter) -> dict[int, float]:
    """The newest estimate by rep number."""
    return {estimate.rep_number: estimate.rir for estimate in lifter.estimates}


def sides(lifter: Lifter) -> list[str | None]:
    """The side of each rep, by number, as counted now."""
    return [side for _, side in sorted({rep.rep_number: rep.side for rep in lifter.counted}.items())]


def test_an_arm_after_the_other_in_one_set_has_its_own_curve(ada: Lifter) -> None:
    """Told on each rep: the second arm is estimated as the first was, and no flag says pause or failure."""
    ada.send(ada.start(0, exercise="biceps_curl"))
    ada.send(*arm(ada, 1, 3, side="left"), *arm(ada, 8, 33, side="right"))
    estimates = rirs(ada)
    assert [estimates[number] for number in range(1, 8)] == [estimates[number] for number in range(8, 15)]
    assert not {"pause", "failed", "stall"} & {flag for estimate in ada.estimates for flag in estimate.flags}
    assert ["left"] * 7 + ["right"] * 7 == sides(ada)


def test_a_set_that_is_started_again_with_the_other_side_changes_hands(ada: Lifter, bob: Lifter) -> None:
    """The app says the side of the set, and once more in the open set: each rep has the side in force."""
    ada.send(ada.start(0, exercise="biceps_curl", side="left"), *arm(ada, 1, 3))
    ada.send(ada.start(30, exercise="biceps_curl", side="right"), *arm(ada, 8, 33))
    bob.send(bob.start(0, exercise="biceps_curl"))
    bob.send(*arm(bob, 1, 3, side="left"), *arm(bob, 8, 33, side="right"))
    assert 1 == len({opening.set_key for opening in ada.opened})
    assert ["left"] * 7 + ["right"] * 7 == sides(ada)
    assert rirs(bob) == rirs(ada)


def test_a_set_of_one_side_needs_no_side_on_its_reps(ada: Lifter, bob: Lifter) -> None:
    """Its estimates are those of any set."""
    ada.send(ada.start(0, exercise="biceps_curl", side="left"), *arm(ada, 1, 3))
    bob.send(bob.start(0, exercise="biceps_curl"), *arm(bob, 1, 3))
    assert rirs(bob) == rirs(ada)


def test_a_side_that_only_some_reps_say_is_the_sets_for_the_others(ada: Lifter) -> None:
    """A rep's own, else the set's."""
    ada.send(ada.start(0, exercise="biceps_curl", side="left"))
    ada.send(ada.rep(1, 3), ada.rep(2, 6, side="right"), ada.rep(3, 9), ada.rep(4, 12, side="both"))
    assert ["left", "right", "left", "both"] == sides(ada)


def test_a_corrected_side_moves_the_rep_to_the_other_curve(ada: Lifter) -> None:
    """The estimates are those of a set in which it had been told so."""
    ada.send(ada.start(0, exercise="biceps_curl"))
    ada.send(*arm(ada, 1, 3, side="left"), ada.rep(8, 33, 0.55, side="left"))
    before = rirs(ada)[8]
    ada.send(ada.event(RepAmended(set_id="s1", rep_number=8, set=RepCorrection(side="right")), 40))
    assert before < 4.0 < rirs(ada)[8]
    assert rirs(ada)[1] == rirs(ada)[8]


def test_a_load_that_only_some_reps_say_is_the_sets_for_the_others(ada: Lifter) -> None:
    """A lighter rep in the middle is one curve, and the set's own load another one again."""
    ada.send(ada.start(0, load_kg=80), *ada.reps(2, 3), ada.rep(3, 9, 0.6, load_kg=60), ada.rep(4, 12, 0.48))
    loads = {rep.rep_number: rep.load_kg for rep in ada.counted}
    assert {1: 80.0, 2: 80.0, 3: 60.0, 4: 80.0} == loads


def test_a_set_whose_first_rep_says_its_load_is_of_that_load(ada: Lifter, bob: Lifter) -> None:
    """The profile of earlier sets is read at it, and what the set teaches is kept at it."""
    for lifter, of_rep in ((ada, {"load_kg": 80.0}), (bob, {})):
        for day in range(3):
            at_s = day * 3600.0
            lifter.send(lifter.start(at_s, f"s{day}", load_kg=None if of_rep else 80.0))
            lifter.send(
                *[lifter.rep(n + 1, at_s + 3 + 3 * n, v, f"s{day}", **of_rep) for n, v in enumerate((*FALLING, 0.2))]
            )
            lifter.send(lifter.end(at_s + 40, f"s{day}"))
    assert rirs(bob) == rirs(ada)


def test_calibration_reps_are_shown_and_not_judged(ada: Lifter, bob: Lifter) -> None:
    """They are counted with their kind; the estimates of the others are those of the set without them."""
    ada.send(ada.start(0))
    ada.send(*[ada.rep(n + 1, 3 + 2.5 * n, 1.0, kind="calibration") for n in range(3)], *arm(ada, 4, 20))
    bob.send(bob.start(0), *arm(bob, 1, 20))
    assert ["calibration"] * 3 + [None] * 7 == [rep.kind for rep in ada.counted]
    assert list(rirs(bob).values()) == [rirs(ada)[number] for number in range(4, 11)]
    assert {"continue"} == {advice.action for advice in ada.advice if 0 < advice.after_rep <= 3}


def test_a_rep_with_help_counts_and_leaves_no_more_than_before(ada: Lifter) -> None:
    """It is done, and the estimate after it says what the lifter can do alone."""
    ada.send(ada.start(0), *arm(ada, 1, 3), ada.rep(8, 24, 0.5, assisted=True))
    estimates = rirs(ada)
    assert [None] * 7 + [True] == [rep.assisted for rep in ada.counted]
    assert estimates[8] < estimates[7]
    assert ada.estimates[-2].share_done < ada.estimates[-1].share_done


def test_a_drop_set_teaches_what_its_first_part_showed(ada: Lifter, bob: Lifter) -> None:
    """Loads told by the set: after four such sets a lighter one is estimated as after the top sets alone."""
    for lifter, drops in ((ada, True), (bob, False)):
        for day in range(4):
            at_s, set_id = day * 3600.0, f"d{day}"
            lifter.send(lifter.start(at_s, set_id, load_kg=100), *lifter.reps(5, at_s + 3, set_id, FALLING[2:]))
            if drops:
                for part, load_kg in enumerate((80, 60), 1):
                    drop_s = at_s + 20 * part
                    lifter.send(lifter.start(drop_s, set_id, load_kg=load_kg, intent="drop"))
                    lifter.send(
                        *[
                            lifter.rep(5 * part + n + 1, drop_s + 4 + 3 * n, v, set_id)
                            for n, v in enumerate(FALLING[2:])
                        ]
                    )
            lifter.send(lifter.end(at_s + 70, set_id))
        lifter.send(
            lifter.start(5 * 3600.0, "p", load_kg=60), *lifter.reps(4, 5 * 3600.0 + 3, "p", (0.75, 0.74, 0.73, 0.72))
        )
    light = [lifter.estimates[-1].rir for lifter in (ada, bob)]
    assert light[1] == pytest.approx(light[0], rel=0.1)
    assert 60.0 == [opening.load_kg for opening in ada.opened if opening.set_id == "d0"][-1]


def test_reps_of_one_time_have_unknown_gaps(ada: Lifter) -> None:
    """A buffer flushed at once: all are reps, and each says that its time is not its own."""
    ada.send(ada.start(0), ada.rep(1, 3), *[ada.rep(number, 20, 0.55 - 0.02 * number) for number in range(2, 6)])
    flags = {rep.rep_number: rep.flags for rep in ada.counted}
    assert [False, True, True, True, True] == ["clock" in flags[number] for number in range(1, 6)]
    assert [True] * 3 == ["clock" in estimate.flags for estimate in ada.estimates[-3:]]
    assert not {"ghost", "missed_rep"} & {flag for estimate in ada.estimates for flag in estimate.flags}


def test_an_amended_side_is_a_correction(ada: Lifter) -> None:
    """It was the right arm all along."""
    ada.send(ada.start(0, exercise="biceps_curl", side="left"), *arm(ada, 1, 3))
    ada.send(ada.event(SetAmended(set_id="s1", side="right"), 30, source="app"))
    assert "right" == ada.opened[-1].side
    assert [None] * 7 == sides(ada)
