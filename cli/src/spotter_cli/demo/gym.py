"""The simulated gym as a pure plan: from a seed to lifters, racks and an endless row of sets at each rack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from typing import Final

from spotter_cli.demo.lifters import ONE_RM_KG, SimulatedLifter, make_lifters
from spotter_cli.demo.sets import PlannedSet, TimedEvent, events_of, plan_set

LIFTERS: Final = 12
RACKS: Final = 8
SETS_PER_EXERCISE: Final = 3


@dataclass(frozen=True, slots=True)
class Rack:
    """A rack and who shares it."""

    station_id: str
    lifters: tuple[SimulatedLifter, ...]
    seed: str


@dataclass(frozen=True, slots=True)
class Gym:
    """Everybody, and where they train."""

    lifters: tuple[SimulatedLifter, ...]
    racks: tuple[Rack, ...]


def make_gym(seed: int, lifters: int = LIFTERS, racks: int = RACKS) -> Gym:
    """Draw a gym; where there are more lifters than racks, the first racks are shared."""
    people = make_lifters(Random(f"{seed} lifters"), lifters)
    return Gym(
        lifters=tuple(people),
        racks=tuple(
            Rack(f"rack-{number + 1}", tuple(people[number::racks]), f"{seed} rack {number}") for number in range(racks)
        ),
    )


def sets_at(rack: Rack) -> Iterator[PlannedSet]:
    """Give the sets at a rack, one after the other, for ever; the first is under way already at most racks."""
    if not rack.lifters:
        return
    random = Random(rack.seed)
    exercises = random.sample(sorted(ONE_RM_KG), len(ONE_RM_KG))
    shared = len(rack.lifters) > 1
    for turn in count():
        lifter = rack.lifters[turn % len(rack.lifters)]
        earlier = turn // len(rack.lifters)
        exercise = exercises[earlier // SETS_PER_EXERCISE % len(exercises)]
        of_exercise = earlier % SETS_PER_EXERCISE
        planned = plan_set(
            random,
            lifter,
            rack.station_id,
            exercise,
            set_id=f"{rack.station_id}-{turn + 1}",
            earlier=of_exercise,
            last=of_exercise == SETS_PER_EXERCISE - 1,
            wait_s=random.uniform(6, 12) if shared else random.uniform(20, 35),
        )
        yield planned if turn else _under_way(random, planned)


def _under_way(random: Random, planned: PlannedSet) -> PlannedSet:
    """Put the beginning of a set into the past, so that there is something to see at once."""
    left = random.randint(2, 6)
    done = max(min(planned.reps_to_failure - left, len(planned.reps) - 1), 1)
    last_s = planned.reps[done - 1].ends_s
    next_s = planned.reps[done].ends_s if done < len(planned.reps) else last_s + 2
    return replace(planned, wait_s=0.0, elapsed_s=last_s + random.uniform(0.2, 0.9) * (next_s - last_s))


def timed_events(seed: int, for_s: float) -> list[TimedEvent]:
    """Give all that a gym of nobody who listens sends within `for_s` seconds; what lies before has negative times.

    Pure: the same seed gives the same events.
    """
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
