"""Lifters under conditions: what a fault, a habit or another device changes, and what it leaves."""

from __future__ import annotations

import pytest

from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation import FAMILIES, Conditions, lifters
from lab.accuracy.simulation.conditions import Fault
from lab.accuracy.simulation.failed_shapes import SHAPES, ended_sets

COUNT = 60


def judged(family: str, conditions: Conditions) -> list[LabelledSet]:
    """The last set of each lifter."""
    return [sets[-1] for sets in lifters(family, "bench_press", COUNT, 2, 3, conditions)]


def with_fault(fault: Fault, share: float | None = 1.0) -> list[LabelledSet]:
    """Sets with one fault."""
    return judged("home", Conditions(faults=((fault, share),)))


PLAIN = judged("home", Conditions())


def test_one_seed_gives_the_same_sets() -> None:
    """The same seed gives the same sets, another one others."""
    assert lifters("other", "deadlift", 5, 3, 8) == lifters("other", "deadlift", 5, 3, 8)
    assert lifters("other", "deadlift", 5, 3, 8) != lifters("other", "deadlift", 5, 3, 9)


@pytest.mark.parametrize("family", FAMILIES)
def test_truth_counts_down_to_failure(family: str) -> None:
    """A judged set goes to failure: its last rep leaves none."""
    for estimate in judged(family, Conditions()):
        assert tuple(range(estimate.reps_possible - 1, -1, -1)) == estimate.truth
        assert estimate.failed
        assert estimate.ended_rir == 0


def test_earlier_sets_end_by_habit() -> None:
    """Six in ten earlier sets end in a known failure; of the others most are called, up to three reps before."""
    earlier = [lifted_set for sets in lifters("home", "back_squat", 300, 4, 3) for lifted_set in sets[:-1]]
    failed = [lifted_set for lifted_set in earlier if lifted_set.failed]
    others = [lifted_set for lifted_set in earlier if not lifted_set.failed]
    assert 0.55 < len(failed) / len(earlier) < 0.65
    assert 0.75 < sum(other.reported_rir is not None for other in others) / len(others) < 0.85
    assert {0, 1, 2, 3} == {other.ended_rir for other in others}
    assert all(len(lifted_set.reps) == lifted_set.reps_possible - lifted_set.ended_rir for lifted_set in earlier)


def test_sets_are_in_the_order_of_time() -> None:
    """A lifter's sets are days apart, and their reps in the order of time from 0 s."""
    for sets in lifters("home", "deadlift", 20, 4, 3):
        assert sorted(lifted_set.at_days for lifted_set in sets) == [lifted_set.at_days for lifted_set in sets]
        assert [0, 1, 2, 3] == [lifted_set.order for lifted_set in sets]
        for lifted_set in sets:
            assert lifted_set.reps[0].end_s == 0.0
            assert all(
                later.end_s > earlier.end_s
                for earlier, later in zip(lifted_set.reps, lifted_set.reps[1:], strict=False)
            )


@pytest.mark.parametrize("fault", ["unrack", "ghost", "double"])
def test_a_report_that_is_no_rep_is_told_by_its_truth(fault: Fault) -> None:
    """Such faults add one report that is no rep, and change no rep."""
    for plain, lifted_set in zip(PLAIN, with_fault(fault), strict=True):
        assert [None] == [rir for rir in lifted_set.truth if rir is None]
        assert plain.truth == tuple(rir for rir in lifted_set.truth if rir is not None)
        kept = [rep.velocity_mps for rep, rir in zip(lifted_set.reps, lifted_set.truth, strict=True) if rir is not None]
        assert [rep.velocity_mps for rep in plain.reps] == kept
        assert frozenset({fault}) == lifted_set.faults


def test_an_unrack_has_unlike_travel() -> None:
    """An unrack is the first or last report, and its travel is not the set's own."""
    for lifted_set in with_fault("unrack"):
        index = lifted_set.truth.index(None)
        assert index in (0, len(lifted_set.reps) - 1)
        own, odd = lifted_set.reps[1 if index == 0 else 0].rom_m, lifted_set.reps[index].rom_m
        assert own is not None
        assert odd is not None
        assert not 0.8 < odd / own < 1.2


def test_an_outlier_is_one_velocity_far_off() -> None:
    """An outlier changes one velocity by a quarter at least."""
    for plain, lifted_set in zip(PLAIN, with_fault("outlier"), strict=True):
        off = [
            later.velocity_mps / earlier.velocity_mps
            for earlier, later in zip(plain.reps, lifted_set.reps, strict=True)
            if earlier.velocity_mps and later.velocity_mps and earlier.velocity_mps != later.velocity_mps
        ]
        assert len(off) == 1
        assert not 0.75 < off[0] < 1.25


def test_a_missed_rep_leaves_a_gap_in_the_truth() -> None:
    """A missed rep has no report; those around it keep what they leave."""
    for plain, lifted_set in zip(PLAIN, with_fault("missed"), strict=True):
        if plain.reps_possible >= 3:
            assert len(set(plain.truth) - set(lifted_set.truth)) == 1
            assert (plain.truth[0], plain.truth[-1]) == (lifted_set.truth[0], lifted_set.truth[-1])


def test_a_pause_gives_reps_back() -> None:
    """After a pause more reps are possible than before, so that the truth may rise once."""
    paused = with_fault("pause")
    assert sum(lifted_set.reps_possible for lifted_set in paused) > sum(
        lifted_set.reps_possible for lifted_set in PLAIN
    )
    assert all(lifted_set.truth[-1] == 0 for lifted_set in paused)


def test_faults_come_as_often_as_the_parameters_say() -> None:
    """Without a share of its own a fault is in a tenth of the sets."""
    sets = [
        lifted_set
        for each in lifters("home", "bench_press", 400, 3, 3, Conditions(faults=(("ghost", None),)))
        for lifted_set in each
    ]
    assert 0.07 < sum("ghost" in lifted_set.faults for lifted_set in sets) / len(sets) < 0.13


def test_timing_alone_brings_no_velocity() -> None:
    """Durations come without velocity and travel, cycles without durations, too; both of the very same reps."""
    durations, cycles = (judged("home", Conditions(measured=measured)) for measured in ("durations", "cycles"))
    for plain, timed, bare in zip(PLAIN, durations, cycles, strict=True):
        assert all(rep.velocity_mps is None and rep.rom_m is None and rep.duration_s for rep in timed.reps)
        assert all(rep.velocity_mps is None and rep.duration_s is None for rep in bare.reps)
        assert plain.truth == timed.truth == bare.truth
        assert [rep.end_s for rep in plain.reps] == [rep.end_s for rep in bare.reps]


def test_a_tempo_hides_the_fall() -> None:
    """At a controlled tempo the first reps are slower than they could be, the last ones as slow as ever."""
    for plain, estimate in zip(PLAIN, judged("home", Conditions(tempo=True)), strict=True):
        first, held = plain.reps[0].velocity_mps, estimate.reps[0].velocity_mps
        assert first is not None
        assert held is not None
        assert held <= first
        assert plain.reps_possible == estimate.reps_possible


def test_each_shape_of_a_failed_attempt_is_there() -> None:
    """Half of the sets are normal; the others end with an attempt in each of the shapes."""
    sets = ended_sets("other", "back_squat", 400, seed=2)
    assert {None, *SHAPES} == {lifted_set.shape for lifted_set in sets}
    for lifted_set in sets:
        attempts = [index for index, rir in enumerate(lifted_set.labelled.truth) if rir == -1]
        assert (lifted_set.shape not in (None, "no_end")) is bool(attempts)
        assert lifted_set.labelled.failed_attempt == (attempts[0] if attempts else None)
        assert (lifted_set.started_s is not None) is (lifted_set.shape == "no_end")
        assert lifted_set.labelled.failed is (lifted_set.shape is not None)


def test_what_is_not_simulated_is_refused() -> None:
    """An unknown exercise is named together with those that are simulated."""
    with pytest.raises(ValueError, match="no curling of a family home is simulated: take one of"):
        lifters("home", "curling", 1, 1, 1)
