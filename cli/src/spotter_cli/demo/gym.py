"""The plan of a simulated gym: from a seed to lifters, racks and an endless series of sets at each rack. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from typing import Final

from spotter_cli.demo.lifters import ONE_RM_KG, SimulatedLifter, make_lifters
from spotter_cli.demo.sets import PlannedSet, plan_set

LIFTERS: Final = 12
RACKS: Final = 8
SETS_PER_EXERCISE: Final = 3


@dataclass(frozen=True, slots=True)
class Rack:
    """A rack and the lifters who share it."""

    station_id: str
    lifters: tuple[SimulatedLifter, ...]
    seed: str


@dataclass(frozen=True, slots=True)
class Gym:
    """All lifters and racks."""

    lifters: tuple[SimulatedLifter, ...]
    racks: tuple[Rack, ...]


def make_gym(seed: int, lifters: int = LIFTERS, racks: int = RACKS) -> Gym:
    """Draw a gym; with more lifters than racks, the first racks are shared."""
    people = make_lifters(Random(f"{seed} lifters"), lifters)
    return Gym(
        lifters=tuple(people),
        racks=tuple(
            Rack(f"rack-{number + 1}", tuple(people[number::racks]), f"{seed} rack {number}") for number in range(racks)
        ),
    )


def sets_at(rack: Rack) -> Iterator[PlannedSet]:
    """Yield the sets at a rack without end; the first is already under way."""
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
    """Move the start of a set into the past, so that there is something to see at once."""
    left = random.randint(2, 6)
    done = max(min(planned.reps_to_failure - left, len(planned.reps) - 1), 1)
    last_s = planned.reps[done - 1].ends_s
    next_s = planned.reps[done].ends_s if done < len(planned.reps) else last_s + 2
    return replace(planned, wait_s=0.0, elapsed_s=last_s + random.uniform(0.2, 0.9) * (next_s - last_s))
