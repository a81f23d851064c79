"""Parts, sides and drops, as every host must put them together. Subclasses provide the fixture `host`."""

from __future__ import annotations

import pytest

from spotter.domain.events import Event
from spotter.domain.events.people import AthleteUpdated
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter, SetHistory


class ExposureCases:
    """What belongs together is one exposure, priced by its hardest part; each side and load has a curve of its own."""

    @pytest.fixture
    def lifter(self, host: Harness) -> Lifter:
        """Return an experienced lifter."""
        lifter = Lifter(host, host.now())
        lifter.send(lifter.event(AthleteUpdated(level="advanced"), -60, source="coach"))
        return lifter

    def test_a_part_belongs_to_the_set_that_it_names(self, lifter: Lifter) -> None:
        """By its id or by its key, minutes later, and a part of a part to the first."""
        lifter.send(*part(lifter, 0, "a", 0), *part(lifter, 200, "b", 0, part_of="a"))
        lifter.send(*part(lifter, 400, "c", 0, part_of="b"))
        first = lifter.sets[0].opened.set_key
        lifter.send(*part(lifter, 600, "d", 0, part_of=first))
        assert [first] * 4 == exposures(lifter)
        assert 1.0 == sum(lifter.costs)
        assert [False] * 3 == [closed_by_recovery(lifter, each) for each in lifter.sets[1:]]

    def test_the_hardest_part_is_the_price(self, lifter: Lifter) -> None:
        """In whatever order they come."""
        for first, second, units in ((3, 0, 1.0), (0, 3, 1.0), (1, 2, 0.5), (2, 3, 0.0), (1, 0, 1.0)):
            other = Lifter(lifter.host, lifter.base)
            other.send(*part(other, 0, "a", first), *part(other, 45, "b", second, part_of="a"))
            assert units == sum(other.costs)

    def test_what_follows_without_rest_belongs_to_it(self, lifter: Lifter) -> None:
        """Rest-pause, drops and myo-reps as apps write them: rows of one exercise, the load not higher."""
        lifter.send(*part(lifter, 0, "a", 0, load_kg=60.0), *part(lifter, 40, "b", 0, load_kg=60.0))
        lifter.send(*part(lifter, 80, "c", 0, load_kg=40.0))
        assert 1 == len(set(exposures(lifter)))
        assert 1.0 == sum(lifter.costs)

    def test_the_other_arm_may_rest_for_longer(self, lifter: Lifter) -> None:
        """As may a drop that is called one: three minutes, where it says so."""
        lifter.send(*part(lifter, 0, "l", 0, side="left"), *part(lifter, 150, "r", 0, side="right"))
        assert 1 == len(set(exposures(lifter)))
        lifter.send(*part(lifter, 3000, "a", 0, load_kg=60.0), *part(lifter, 3150, "b", 0, load_kg=40.0, intent="drop"))
        assert 2 == len(set(exposures(lifter)))
        assert 2.0 == sum(lifter.costs)

    @pytest.mark.parametrize(
        "apart",
        [
            {"at_s": 100},
            {"exercise": "leg_press"},
            {"load_kg": 70.0},
            {"intent": "technique"},
            {"intent": "warmup"},
        ],
        ids=str,
    )
    def test_what_stands_alone(self, lifter: Lifter, apart: dict[str, object]) -> None:
        """A set after a rest, of another exercise, with more load, to warm up or for technique continues nothing."""
        context: dict[str, object] = {"at_s": 40, "load_kg": 60.0, **apart}
        lifter.send(*part(lifter, 0, "a", 1, load_kg=60.0), *part(lifter, set_id="b", rir=1, **context))  # type: ignore[arg-type]
        assert [each.opened.set_key for each in lifter.sets] == exposures(lifter)

    def test_a_set_between_separates(self, lifter: Lifter) -> None:
        """A superset is no rest-pause."""
        lifter.send(*part(lifter, 0, "a", 1), *part(lifter, 20, "b", 1, exercise="leg_curl"), *part(lifter, 40, "c", 1))
        assert [each.opened.set_key for each in lifter.sets] == exposures(lifter)

    def test_a_part_that_is_voided_leaves_the_others(self, lifter: Lifter) -> None:
        """The price is that of what is left; so is the first set."""
        lifter.send(*part(lifter, 0, "a", 0), *part(lifter, 45, "b", 1, part_of="a"))
        lifter.send(lifter.void_set(100, "a"))
        [left] = lifter.sets
        assert ("b", left.opened.set_key) == (left.opened.set_id, left.opened.exposure_key)
        assert [0.5] == lifter.costs

    def test_a_part_may_be_named_afterwards(self, lifter: Lifter) -> None:
        """An amendment joins two sets, and parts them."""
        lifter.send(*part(lifter, 0, "a", 0), *part(lifter, 150, "b", 0))
        assert 2.0 == sum(lifter.costs)
        lifter.send(lifter.amend_set(300, "b", part_of="a"))
        assert (1, 1.0) == (len(set(exposures(lifter))), sum(lifter.costs))

    def test_a_lower_load_within_a_set_is_a_drop(self, lifter: Lifter) -> None:
        """Told by the start of the drop in the open set, or by each rep: the reps before keep their load."""
        for by_start in (True, False):
            other = Lifter(lifter.host, lifter.base)
            other.send(other.start(0, exercise="leg_extension", load_kg=60.0), *other.reps(5, 3))
            load_kg = None if by_start else 40.0
            if by_start:
                other.send(other.start(25, exercise="leg_extension", load_kg=40.0, intent="drop"))
            other.send(
                *[other.rep(6 + index, 28 + 3 * index, 0.5 - 0.05 * index, load_kg=load_kg) for index in range(3)]
            )
            other.send(other.call(0, 38), other.end(39))
            [only] = other.sets
            assert [60.0] * 5 + [40.0] * 3 == [rep.load_kg or only.opened.load_kg for rep in only.reps]
            assert [1.0] == other.costs

    def test_a_load_that_is_put_right_is_no_drop(self, lifter: Lifter) -> None:
        """A corrected load is that of all reps, unless the set is a drop set."""
        lifter.send(lifter.start(0, exercise="leg_extension", load_kg=60.0), *lifter.reps(3, 3))
        lifter.send(lifter.amend_set(11, load_kg=55.0), lifter.rep(4, 14, 0.45), lifter.end(16))
        [only] = lifter.sets
        assert 55.0 == only.opened.load_kg
        assert {None, 55.0} >= {rep.load_kg for rep in only.reps}

    def test_each_side_has_a_curve_of_its_own(self, lifter: Lifter) -> None:
        """The right arm begins fresh, though in the same set: its first rep is as good as the left one's."""
        lifter.send(lifter.start(0, exercise="biceps_curl", load_kg=12.0))
        for side, at_s in (("left", 3), ("right", 33)):
            lifter.send(*[lifter.rep(None, at_s + 3 * index, 0.55 - 0.04 * index, side=side) for index in range(6)])
        left, right = _by_side(lifter)
        assert [round(rir, 1) for rir in left] == [round(rir, 1) for rir in right]
        assert [] == [advice for advice in lifter.advice if advice.action == "failing"]

    def test_alternating_sides_have_curves_of_their_own(self, lifter: Lifter) -> None:
        """Left, right, left, right: as if each arm had done a set."""
        lifter.send(lifter.start(0, exercise="biceps_curl", load_kg=12.0))
        for index in range(6):
            velocity = 0.55 - 0.04 * index
            lifter.send(lifter.rep(None, 3 + 5 * index, velocity, side="left"))
            lifter.send(lifter.rep(None, 5.5 + 5 * index, velocity, side="right"))
        lifter.send(lifter.end(40))
        left, right = _by_side(lifter)
        assert 6 == len(left) == len(right)
        assert all(abs(one_arm - other) < 1 for one_arm, other in zip(left, right, strict=True))
        assert 1 == len(lifter.sets)

    def test_calibration_and_warm_up_reps_are_shown_and_never_judged(self, lifter: Lifter) -> None:
        """They count as no rep of work, and are no reference for later ones."""
        lifter.send(lifter.start(0, exercise="leg_press", load_kg=100.0))
        for number, kind in ((1, "calibration"), (2, "calibration"), (3, "warmup")):
            lifter.send(lifter.rep(number, 3 * number, 1.1, kind=kind))
        lifter.send(*[lifter.rep(4 + index, 20 + 3 * index, 0.55 - 0.01 * index) for index in range(4)], lifter.end(32))
        plain = Lifter(lifter.host, lifter.base)
        plain.send(plain.start(0, exercise="leg_press", load_kg=100.0))
        plain.send(*[plain.rep(1 + index, 20 + 3 * index, 0.55 - 0.01 * index) for index in range(4)], plain.end(32))
        assert ["calibration", "calibration", "warmup", None, None, None, None] == [
            rep.kind for rep in lifter.sets[0].reps
        ]
        assert plain.estimates[-1].rir == lifter.estimates[-1].rir
        assert plain.estimates[-1].velocity_loss == lifter.estimates[-1].velocity_loss
        assert {"continue"} == {advice.action for advice in lifter.advice if 0 < advice.after_rep <= 3}
        assert [4] == [summary.reps for summary in lifter.summary_of.values()]

    def test_an_assisted_rep_proves_no_strength(self, lifter: Lifter) -> None:
        """It counts, and what it looks like teaches nothing better of the lifter."""
        lifter.send(lifter.start(0, exercise="leg_press", load_kg=100.0), *lifter.reps(5, 3))
        before = lifter.estimates[-1].rir
        lifter.send(lifter.rep(6, 18, 0.6, assisted=True), lifter.end(21))
        assert lifter.estimates[-1].rir <= before
        assert [6] == [summary.reps for summary in lifter.summary_of.values()]


def part(
    lifter: Lifter, at_s: float, set_id: str, rir: float, exercise: str = "biceps_curl", **context: object
) -> list[Event]:
    """Return a set of four reps that ends 17 s after its start, with the lifter's call."""
    return [
        lifter.start(at_s, set_id, exercise, **context),
        *lifter.reps(4, at_s + 3, set_id),
        lifter.call(rir, at_s + 14, set_id),
        lifter.end(at_s + 15, set_id),
    ]


def exposures(lifter: Lifter) -> list[str | None]:
    """Return the exposure of each set."""
    return [each.opened.exposure_key for each in lifter.sets]


def closed_by_recovery(lifter: Lifter, history: SetHistory) -> bool:
    """Return whether the plan of a set was held back because its muscles still recover."""
    plans = [advice for advice in lifter.advice if advice.set_key == history.opened.set_key and not advice.after_rep]
    return "R11" in plans[-1].rule_ids


def _by_side(lifter: Lifter) -> list[list[float]]:
    """Return the last estimates after each side's reps, in order."""
    history = lifter.sets[0]
    return [
        [history.estimates[rep.rep_event_id].rir for rep in history.reps if rep.side == side]
        for side in ("left", "right")
    ]
