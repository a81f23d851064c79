"""The simulated gym: a pure plan from a seed."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from statistics import mean

import pytest

from spotter.domain.events import TYPES
from spotter_cli.demo.gym import make_gym, sets_at
from spotter_cli.demo.sets import PlannedSet, TimedEvent, events_of


def many_sets(seed: int = 1, of_each: int = 12) -> list[PlannedSet]:
    """Return many sets of a gym."""
    return [planned for rack in make_gym(seed).racks for planned in islice(sets_at(rack), of_each)]


def timed_events(seed: int, for_s: float) -> list[TimedEvent]:
    """Return all events of a gym that follows no advice within `for_s` seconds; times before the start are negative."""
    timed: list[TimedEvent] = []
    for rack in make_gym(seed).racks:
        at_s = 0.0
        for planned in sets_at(rack):
            at_s += planned.wait_s - planned.elapsed_s
            events = events_of(planned)
            timed += [replace(event, at_s=at_s + event.at_s) for event in events]
            at_s += events[-1].at_s
            if at_s > for_s:
                break
    return sorted((event for event in timed if event.at_s <= for_s), key=lambda event: event.at_s)


def test_the_same_seed_gives_the_same_gym() -> None:
    """Another seed gives another gym."""
    assert timed_events(7, 60) == timed_events(7, 60)
    assert timed_events(7, 60) != timed_events(8, 60)


def test_twelve_lifters_share_eight_racks() -> None:
    """Each lifter has one rack; four racks have two lifters who take turns."""
    gym = make_gym(1)

    assert 12 == len({lifter.athlete_id for lifter in gym.lifters})
    assert [2, 2, 2, 2, 1, 1, 1, 1] == [len(rack.lifters) for rack in gym.racks]
    turns = [planned.lifter.athlete_id for planned in islice(sets_at(gym.racks[0]), 4)]
    assert turns[:2] == turns[2:]


def test_every_event_is_one_that_the_api_accepts() -> None:
    """Types and ranges are those of the contract with devices."""
    events = timed_events(1, 600)

    for event in events:
        TYPES[event.type].data.model_validate(event.data, extra="forbid")
    assert {"spotter.set.started.v1", "spotter.rep.started.v1", "spotter.rep.completed.v1", "spotter.set.ended.v1"} <= {
        event.type for event in events
    }


def test_events_come_in_order_of_time_and_some_sets_began_before() -> None:
    """The first rep to come is the middle of a set, so that there is something to see at once."""
    events = timed_events(1, 30)
    first_to_come = next(event for event in events if event.at_s >= 0 and event.type == "spotter.rep.completed.v1")

    assert events == sorted(events, key=lambda event: event.at_s)
    assert events[0].at_s < 0
    assert first_to_come.at_s < 3
    number = first_to_come.data["rep_number"]
    assert isinstance(number, int) and number > 1


def test_sets_have_three_to_twelve_reps_and_slow_down() -> None:
    """Velocity falls from the first reps to the last, by a good deal where the set ends near failure."""
    sets = [planned for planned in many_sets() if len(planned.reps) >= planned.reps_to_failure - 1]

    for planned in many_sets():
        assert 3 <= sum(rep.completed and rep.rom_m > 0.2 for rep in planned.reps) <= 12
    losses = []
    for planned in sets:
        speeds = [rep.mean_velocity_mps for rep in planned.reps if rep.completed and rep.rom_m > 0.2]
        losses.append(1 - min(speeds[-2:]) / max(speeds[:3]))
    assert 0.3 < mean(losses) < 0.7


def test_the_bar_is_unracked_now_and_then() -> None:
    """The sensor takes the way out of the rack for a short rep."""
    share = mean(planned.reps[0].rom_m < 0.15 for planned in many_sets())

    assert 0.03 < share < 0.35


def test_a_rep_that_fails_starts_and_never_ends() -> None:
    """Its lifter says so instead."""
    failing = next(planned for planned in many_sets() if not planned.reps[-1].completed)
    kinds = [event.type for event in events_of(failing)][-3:]

    assert ["spotter.rep.started.v1", "spotter.effort.reported.v1", "spotter.set.ended.v1"] == kinds


@pytest.mark.parametrize("seed", range(1, 6))
def test_lifters_mostly_heed_a_stop(seed: int) -> None:
    """Some do not, and there lies the failure budget's use."""
    heeded = mean(planned.follows_advice for planned in many_sets(seed))

    assert 0.6 < heeded < 0.97
