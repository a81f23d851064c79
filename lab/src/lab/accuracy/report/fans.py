"""Velocity by reps left, of many lifters, and the model's band around one set: why one threshold fits no one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from lab.accuracy.protocol.judged_sets import lifted
from lab.accuracy.protocol.plan import AFTER_8, COLD
from lab.accuracy.protocol.rows import model_estimates
from lab.accuracy.report.figure import COLOURS, MUTED, NAMES, panels, save
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation import EXERCISES, Conditions

_SEED = 1
_LIFTERS = 60
_SHOWN_RIR = 15
_SET_REPS = (8, 16)


def fans(path: Path) -> None:
    """Plot velocities by reps left, and below them the band of one set, cold and learned."""
    figure, axes = panels(2, len(EXERCISES), width=4.0)
    for column, exercise in enumerate(EXERCISES):
        people = lifted("home", exercise, Conditions(), (_SEED,), _LIFTERS)
        axis = axes[0][column]
        for estimate in people.judged:
            velocities = [rep.velocity_mps or 0.0 for rep in estimate.reps]
            axis.plot(_reserves(estimate), velocities, color=MUTED, linewidth=0.5, alpha=0.5)
        axis.set_xlim(_SHOWN_RIR, 0)
        axis.set_title(f"{NAMES[exercise]}: {len(people.judged)} lifters", fontsize=9)
        axis.set_xlabel("true reps left", fontsize=8)
        index = _typical(people.judged)
        typical = replace(people, lifters=[people.lifters[index]])
        [estimate] = typical.judged
        below = axes[1][column]
        reps = np.arange(1, len(estimate.reps) + 1)
        below.plot(reps, _reserves(estimate), "k.-", linewidth=0.8, markersize=4, label="true")
        for case, colour in ((COLD, COLOURS["informed"]), (AFTER_8, COLOURS["model"])):
            [estimates] = model_estimates(typical, case).estimates
            below.plot(reps, [each.rir for each in estimates], color=colour, linewidth=1.2, label=case.name)
            low, high = [each.rir_low for each in estimates], [each.rir_high for each in estimates]
            below.fill_between(reps, low, high, color=colour, alpha=0.2, linewidth=0)
        below.set_xlabel("rep of one set", fontsize=8)
    axes[0][0].set_ylabel("velocity, m/s", fontsize=8)
    axes[1][0].set_ylabel("reps left, median and 80 % band", fontsize=8)
    axes[1][0].legend(fontsize=7, frameon=False)
    save(figure, path)


def _reserves(lifted_set: LabelledSet) -> list[int]:
    return [0 if rir is None else rir for rir in lifted_set.truth]


def _typical(sets: list[LabelledSet]) -> int:
    least, most = _SET_REPS
    return next(index for index, lifted_set in enumerate(sets) if least <= lifted_set.reps_possible <= most)
