"""Print the figures of one exercise in the wide world: `python -m lab.accuracy.wide bench_press --family other`."""

from __future__ import annotations

import argparse
from dataclasses import replace

from lab.accuracy.people.alarm_table import AlarmRow
from lab.accuracy.protocol.plan import ProtocolPlan
from lab.accuracy.protocol.wide import WideRow, wide_figures
from lab.accuracy.simulation import EXERCISES, FAMILIES

_ERRORS = "{:<8} {:>6} {:>7} {:>10} {:>18} {:>7} {:>7} {:>11}"
_ALARMS = "{:<8} {:<17} {:>9} {:>6} {:>6} {:>6} {:>8}"


def main() -> None:
    """Print errors beside the oracle's, alarms beside one-line rules, and the properties."""
    parser = argparse.ArgumentParser(prog="python -m lab.accuracy.wide", description=__doc__)
    parser.add_argument("exercise", choices=EXERCISES)
    parser.add_argument("--family", choices=FAMILIES, default=FAMILIES[0], help="law of fatigue (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the lifters (%(default)s)")
    parser.add_argument("--lifters", type=int, default=300, help="judged lifters (%(default)s)")
    parser.add_argument("--oracle", type=int, default=100, help="of them also by the oracles (%(default)s)")
    options = parser.parse_args()
    plan = replace(
        ProtocolPlan(),
        seeds=(options.seed,),
        wide_lifters=options.lifters,
        wide_oracle_lifters=options.oracle,
    )
    figures = wide_figures(options.family, options.exercise, plan)
    print(_ERRORS.format("earlier", "error", "oracle", "x oracle", "95 %", "PIT", "gap", "oracle PIT"))
    for row in figures.rows:
        print(_error_line(row))
    print()
    print(_ALARMS.format("earlier", "alarm", "sets", "AUC", "J", "J any", "failing"))
    for row in figures.rows:
        for alarm in row.alarms:
            print(_alarm_line(alarm))
    for red in figures.red:
        print(f"red: after {red.memory} sets{', load told' if red.load else ''}: {red.why}")
    print()
    for held in figures.properties:
        print(f"{held.name:<32} broken in {held.broken:.3f} of {held.sets} sets, at worst by {held.worst:.2f}")


def _error_line(row: WideRow) -> str:
    model, oracle, ratio = row.scored.probabilities, row.oracle.probabilities, row.ratio
    if model is None or oracle is None:
        raise ValueError("model and oracle have probabilities")
    return _ERRORS.format(
        row.earlier,
        f"{row.scored.error.value:.3f}",
        f"{row.oracle.error.value:.3f}",
        f"{ratio.value:.3f}",
        f"{ratio.low:.3f} to {ratio.high:.3f}",
        f"{model.pit:.3f}",
        f"{row.worst_gap:.3f}",
        f"{oracle.pit:.3f}",
    )


def _alarm_line(alarm: AlarmRow) -> str:
    score = alarm.score
    shares = (f"{value:.3f}" for value in (score.auc, score.youden, score.youden_any))
    failing = "" if score.failing_easy != score.failing_easy else f"{score.failing_easy:.3f}"
    name = f"{score.name}{', load told' if alarm.load else ''}"
    return _ALARMS.format(alarm.memory, name, f"{score.hard}/{score.easy}", *shares, failing)


if __name__ == "__main__":
    main()
