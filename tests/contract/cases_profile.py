"""What every host must learn of a lifter from set to set. Subclasses provide the fixture `host`."""

from __future__ import annotations

import pytest

from spotter.domain.events import Event
from spotter.domain.events.lifting import Device, EffortReported
from spotter.domain.events.outputs import EffortEstimated
from spotter.domain.ids import athlete_key
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter

TO_FAILURE = (0.60, 0.57, 0.53, 0.48, 0.43, 0.37, 0.30)
"""Velocities of a set whose last rep is the last one possible, at a velocity that others still lift twice with."""
BETWEEN_S = 300.0


class LearningCases:
    """The profile: learned when a set closes, pinned when the next one opens."""

    @pytest.fixture
    def lifter(self, host: Harness) -> Lifter:
        """Return a lifter of whom nothing is known."""
        return Lifter(host, host.now())

    def test_nothing_is_known_at_first(self, lifter: Lifter) -> None:
        """The first set is judged by what is known of everybody, and says so."""
        lifter.send(*failed_set(lifter, 0))
        assert {(0, "population")} == {
            (estimate.learned_sets, estimate.profile_version) for estimate in lifter.estimates
        }

    def test_sets_to_failure_are_learned_from(self, lifter: Lifter) -> None:
        """Who fails at a high velocity three times is known to: the same last rep now leaves less than it did."""
        for number in range(4):
            lifter.send(*failed_set(lifter, number))
        assert [0, 1, 2, 3] == [opening.learned_sets for opening in lifter.opened]
        first, last = (before_call(lifter, number) for number in (0, 3))
        assert last.rir < first.rir
        assert last.p_next_fails > first.p_next_fails
        assert len({estimate.profile_version for estimate in lifter.estimates}) == 4

    def test_what_is_known_stays_pinned_to_a_running_set(self, lifter: Lifter) -> None:
        """A word on the last set that comes while the next one runs changes the one after it."""
        lifter.send(*work_set(lifter, 0), *work_set(lifter, 1)[:3])
        pinned = lifter.estimates[-1].profile_version
        lifter.send(failed(lifter, 0, BETWEEN_S + 10))
        lifter.send(*work_set(lifter, 1)[3:])
        assert pinned == lifter.estimates[-1].profile_version
        lifter.send(*work_set(lifter, 2))
        assert pinned != lifter.estimates[-1].profile_version

    def test_what_is_known_survives_a_crash(self, lifter: Lifter, host: Harness) -> None:
        """It follows from the state and not from the process."""
        calm = Lifter(host, lifter.base)
        for number in range(2):
            lifter.send(*failed_set(lifter, number))
            calm.send(*failed_set(calm, number))
        host.crash()
        lifter.send(*failed_set(lifter, 2))
        calm.send(*failed_set(calm, 2))
        assert [(estimate.rir, estimate.profile_version) for estimate in calm.estimates] == [
            (estimate.rir, estimate.profile_version) for estimate in lifter.estimates
        ]

    def test_a_voided_set_is_unlearned(self, lifter: Lifter, host: Harness) -> None:
        """A set whose reps are all voided has taught nothing: what follows is as if it had never been."""
        other = Lifter(host, lifter.base)
        lifter.send(*failed_set(lifter, 0), *failed_set(lifter, 1))
        lifter.send(*[lifter.void(number, 500, "set-1") for number in range(1, len(TO_FAILURE) + 1)])
        lifter.send(*work_set(lifter, 2))
        other.send(*failed_set(other, 0), *work_set(other, 2))
        assert before_call(other, 2).p_rir_le == before_call(lifter, 2).p_rir_le
        assert before_call(other, 2).profile_version == before_call(lifter, 2).profile_version

    def test_a_corrected_set_teaches_what_is_right(self, lifter: Lifter, host: Harness) -> None:
        """An amended velocity counts as if it had been sent so."""
        other = Lifter(host, lifter.base)
        lifter.send(*failed_set(lifter, 0), lifter.amend(7, 200, "set-0", mean_velocity_mps=0.22))
        other.send(*failed_set(other, 0, (*TO_FAILURE[:-1], 0.22)))
        for athlete in (lifter, other):
            athlete.send(*work_set(athlete, 1))
        assert before_call(other, 1).profile_version == before_call(lifter, 1).profile_version

    def test_the_order_of_arrival_does_not_matter(self, lifter: Lifter, host: Harness) -> None:
        """A word that comes before the end of its set teaches what one after it does."""
        other = Lifter(host, lifter.base)
        *reps, end, word = failed_set(lifter, 0)
        lifter.send(*reps, word, end, *work_set(lifter, 1))
        other.send(*failed_set(other, 0), *work_set(other, 1))
        assert before_call(other, 1).profile_version == before_call(lifter, 1).profile_version

    def test_exercises_and_devices_are_not_mixed(self, lifter: Lifter) -> None:
        """Each exercise has a profile of its own, and so has each family of devices."""
        lifter.send(*failed_set(lifter, 0, device="RepOne 2"), *failed_set(lifter, 1, device="RepOne 3"))
        lifter.send(
            *failed_set(lifter, 2, device="Metric"), *failed_set(lifter, 3, exercise="deadlift", device="RepOne")
        )
        learned = {estimate.set_id: estimate.learned_sets for estimate in lifter.estimates}
        assert {"set-0": 0, "set-1": 1, "set-2": 0, "set-3": 0} == learned

    def test_the_first_rep_tells_the_device(self, lifter: Lifter) -> None:
        """A set that an app opens is pinned anew when its first rep comes from another device than the last set's."""
        lifter.send(*failed_set(lifter, 0, device="RepOne"))
        lifter.send(*failed_set(lifter, 1, device="Metric"))
        assert [(0, False), (1, False), (0, True)] == [
            (opening.learned_sets, opening.amended) for opening in lifter.opened
        ]

    def test_a_closed_set_tells_of_the_day(self, lifter: Lifter) -> None:
        """Who is slower than ever at a load that was lifted before is so by the end of the set; no one knows at first."""
        for number in range(4):
            lifter.send(*loaded_set(lifter, number, TO_FAILURE))
        lifter.send(*loaded_set(lifter, 4, tuple(velocity - 0.1 for velocity in TO_FAILURE)))
        newest = {closing.set_key: closing for closing in lifter.closed}
        first, *_, usual, slow = newest.values()
        assert first.velocity_offset_mps is None
        assert first.one_rep_max_kg is None
        assert (usual.velocity_offset_mps, usual.velocity_offset_sd) == pytest.approx((0.0, 0.0), abs=0.3)
        assert slow.velocity_offset_mps is not None
        assert -0.13 < slow.velocity_offset_mps < -0.07
        assert slow.velocity_offset_sd is not None
        assert slow.velocity_offset_sd < -2.0
        assert slow.one_rep_max_kg is not None
        assert slow.one_rep_max_sd_kg is not None
        assert 80.0 < slow.one_rep_max_kg - slow.one_rep_max_sd_kg

    def test_a_day_is_not_told_of_a_load_nobody_knows(self, lifter: Lifter) -> None:
        """Without a load there is nothing to compare a velocity with."""
        for number in range(2):
            lifter.send(*failed_set(lifter, number))
        assert {(None, None)} == {(closing.velocity_offset_mps, closing.one_rep_max_kg) for closing in lifter.closed}

    def test_older_sets_are_folded_and_stay_learned(self, lifter: Lifter) -> None:
        """Of sets of more than four weeks ago what they taught is kept, and nothing else."""
        month = 30 * 86_400 / BETWEEN_S
        lifter.send(*failed_set(lifter, 0), *failed_set(lifter, 1))
        lifter.send(*failed_set(lifter, month), *failed_set(lifter, month + 1))
        assert [0, 1, 2, 3] == [opening.learned_sets for opening in lifter.opened]
        state = lifter.host.state("failure-detector", athlete_key("g1", lifter.athlete_id))
        assert 2 == sum(name.startswith("set:") for name in state)


def work_set(
    lifter: Lifter,
    number: float,
    velocities: tuple[float, ...] = TO_FAILURE,
    exercise: str = "bench_press",
    device: str | None = None,
) -> list[Event]:
    """Build a set with its start and end."""
    at_s, set_id = number * BETWEEN_S, f"set-{number:g}"
    model = {} if device is None else {"device": Device(model=device)}
    reps = [
        lifter.rep(index + 1, at_s + 3 * (index + 1), velocity, set_id, **model)
        for index, velocity in enumerate(velocities)
    ]
    return [lifter.start(at_s, set_id, exercise), *reps, lifter.end(at_s + 40, set_id)]


def loaded_set(lifter: Lifter, number: float, velocities: tuple[float, ...]) -> list[Event]:
    """Build a set of 80 kg to failure."""
    events = work_set(lifter, number, velocities)[1:]
    start = lifter.start(number * BETWEEN_S, f"set-{number:g}", load_kg=80.0)
    return [start, *events, failed(lifter, number, number * BETWEEN_S + 60)]


def failed(lifter: Lifter, number: float, at_s: float) -> Event:
    """Build the lifter's word that the set ended at failure."""
    return lifter.event(EffortReported(set_id=f"set-{number:g}", failed=True), at_s, source="app")


def failed_set(
    lifter: Lifter,
    number: float,
    velocities: tuple[float, ...] = TO_FAILURE,
    exercise: str = "bench_press",
    device: str | None = None,
) -> list[Event]:
    """Build a set to failure, with the lifter's word on it."""
    events = work_set(lifter, number, velocities, exercise, device)
    return [*events, failed(lifter, number, number * BETWEEN_S + 60)]


def before_call(lifter: Lifter, number: float) -> EffortEstimated:
    """Return the first estimate of the last rep of a set: before the lifter's word on it."""
    last = len(TO_FAILURE)
    return next(
        estimate for estimate in lifter.estimates if (estimate.set_id, estimate.rep_number) == (f"set-{number:g}", last)
    )
