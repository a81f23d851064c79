from __future__ import annotations

from itertools import cycle

from spotter.domain.exercises import builtin_catalogue
from spotter_advisor.state.codec import load
from tests.advisor.training import Training

BYTES_MAX = 96 * 1024
"""Of lifter, ledger, weeks and history of signs together, for the heaviest of lifters."""


def test_what_is_kept_is_small_and_grows_no_more() -> None:
    """Six days a week, eight sets a day on thirty exercises, half of them to failure, for twenty weeks."""
    training = Training()
    training.update_policy(weekly_units=50)
    exercises = cycle(
        [exercise.exercise for exercise in builtin_catalogue() if exercise.risk in ("isolation", "machine")][:30]
    )
    seen: list[int] = []
    sizes: dict[str, int] = {}
    for week in range(20):
        for _ in range(6):
            training.check_in(sleep=3, fatigue=3, soreness=3, pain={"left knee": week % 3})
            for number in range(8):
                training.open_set(next(exercises), load_kg=40).do_set(3 * (number % 2), fastest_mps=0.5)
            training.wait(days=1)
        training.wait(days=1)
        sizes = {
            name: len(training.advisor.dump(name, training.state[name]))
            for name in ("lifter", "ledger", "signs", "weeks")
        }
        seen.append(sum(sizes.values()))

    assert max(seen) < BYTES_MAX, f"bytes: {sizes}, of {len(training.ledger.entries)} entries"
    assert seen[-1] <= seen[16] * 1.05
    assert all(training.state[name] == load(name, training.advisor.dump(name, training.state[name])) for name in sizes)
