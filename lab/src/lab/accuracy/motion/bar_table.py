"""The conditions under which simulated bars are scored: rates, both signals, racks, stalls, missing and impossible samples."""

from __future__ import annotations

from collections.abc import Iterator

from lab.accuracy.motion.bar_scores import BarScores, bar_scores
from lab.accuracy.motion.bars import Sensor

RATES_HZ = (25.0, 30.0, 50.0, 200.0)
"""Of a camera, a phone, an encoder and a fast sensor."""


def bar_table(sets: int, seed: int) -> Iterator[BarScores]:
    """Score sets at every rate with sway, overshoot and noise, and fewer of them under rarer conditions."""
    fine = Sensor(noise_m=0.0005)
    some, few = max(1, sets // 3), max(1, sets // 6)
    for rate_hz in RATES_HZ:
        yield bar_scores(f"velocity {rate_hz:g} Hz", signal="bar_velocity", sets=sets, seed=seed, rate_hz=rate_hz)
    for rate_hz in RATES_HZ:
        label = f"position {rate_hz:g} Hz, 2 mm"
        yield bar_scores(label, signal="bar_position", sets=some, seed=seed + 1, rate_hz=rate_hz)
    yield bar_scores("velocity 1 kHz", signal="bar_velocity", sets=few, seed=seed + 2, rate_hz=1000.0)
    yield bar_scores("position 50 Hz, 0.5 mm", signal="bar_position", sets=some, seed=seed + 3, sensor=fine)
    yield bar_scores("velocity 50 Hz, faults", signal="bar_velocity", sets=some, seed=seed + 4, faults=True)
    yield bar_scores("position 50 Hz, faults", signal="bar_position", sets=some, seed=seed + 5, faults=True)
    yield bar_scores(
        "velocity 200 Hz, racks", signal="bar_velocity", sets=some, seed=seed + 8, rate_hz=200.0, racks=True
    )
    yield bar_scores("position 30 Hz, racks", signal="bar_position", sets=some, seed=seed + 9, rate_hz=30.0, racks=True)
    yield bar_scores("velocity 50 Hz, stall", signal="bar_velocity", sets=sets, seed=seed + 6, stall=True)
    yield bar_scores("position 50 Hz, stall", signal="bar_position", sets=some, seed=seed + 7, stall=True)
