"""What the advisor makes of weeks of training: policies, blocks, sessions, grants, check-ins, old sets, corrections."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Final

from spotter.domain.events import encode
from tests.advisor.test_stories import ACTS, Act, trains
from tests.advisor.training import Training
from tests.golden.outcome import Line, Outcome

TRAINING_SEEDS: Final = range(100)


def trainings_in_memory(seeds: Iterable[int]) -> Iterator[tuple[str, Outcome]]:
    """Bring each generated training to an advisor of its own."""
    for seed in seeds:
        training = trains(Training(), _story(seed))
        yield (
            str(seed),
            {
                "advice.v1": [Line(event.type, encode(event)) for event in training.outputs],
                "advisor state": [
                    Line(entry, training.advisor.dump(entry, value)) for entry, value in sorted(training.state.items())
                ],
            },
        )


def _story(seed: int) -> list[Act]:
    rng = random.Random(seed)
    return [(rng.choice(ACTS), rng.randrange(60), round(rng.uniform(0, 12), 2)) for _ in range(rng.randrange(15, 120))]
