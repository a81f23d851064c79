"""A season in parallel processes, each with some lifters at a time."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Final

from lab.season.figures import Figures, figures_of
from lab.season.gym import Lane, train
from lab.season.habits import reported
from lab.season.people import TrainingPlan, person
from lab.season.referee import Referee
from lab.season.training import SeasonLifter
from spotter.domain.gym_config import Configuration

LIFTERS_AT_ONCE: Final = 20
"""Lifters side by side in a process: many estimates are computed together, in little memory."""


def season(plan: TrainingPlan, jobs: int | None = None) -> Figures:
    """Run a season in parallel processes; their number does not change the figures."""
    parts = [
        list(range(first, min(first + LIFTERS_AT_ONCE, plan.lifters)))
        for first in range(0, plan.lifters, LIFTERS_AT_ONCE)
    ]
    arguments = [(plan, part) for part in parts]
    wanted = min(jobs or os.cpu_count() or 1, len(parts))
    if wanted == 1:
        return reduce(add, (lifters(*group) for group in arguments), Figures())
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    with multiprocessing.get_context("spawn").Pool(wanted) as pool:
        return reduce(add, pool.starmap(lifters, arguments, chunksize=1), Figures())


def lifters(plan: TrainingPlan, numbers: Sequence[int]) -> Figures:
    """Run the season of some lifters."""
    configuration = Configuration()
    people: list[tuple[SeasonLifter, Lane, Referee]] = []
    for number in numbers:
        referee = Referee()
        lifter = SeasonLifter(person(number, plan), plan, referee.notice)
        habit = lifter.person.habit
        training = lifter.season() if habit is None else reported(lifter.season(), habit)
        people.append((lifter, Lane(lifter.person.name, training), referee))
    train([lane for _, lane, _ in people], configuration)
    return reduce(
        add, (figures_of(lifter, lane, referee, configuration) for lifter, lane, referee in people), Figures()
    )
