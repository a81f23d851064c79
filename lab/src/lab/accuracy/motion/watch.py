"""Recorded sets of one lifter's wrist: an Apple Watch at 100 Hz, with the reps counted by a logger.

The files are not part of this repository: gym workout IMU dataset by shakthisairam123, cut by ary3141/gym-segmentation,
CC BY-SA 4.0. A file's name has its exercise and count: 241124_APULL_W61_S1_R5.csv.gz.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from spotter_detector.motion import Chunk

RATE_HZ = 100.0
_NAME = re.compile(r"\d+_(?P<exercise>[A-Z0-9]+)_W.*_R(?P<reps>\d+)\.csv\.gz")
_G_MPS2 = 9.80665


@dataclass(frozen=True, slots=True)
class WatchSet:
    """A set: rows [ax, ay, az, gx, gy, gz] in m/s² with gravity and rad/s, and the logger's count."""

    name: str
    exercise: str
    reps: int
    t0_us: int
    rows: npt.NDArray[np.float64]

    def chunks(self, samples: int = 10) -> Iterator[Chunk]:
        """Yield it in chunks, as a device sends it."""
        for first in range(0, len(self.rows), samples):
            at_us = self.t0_us + round(first * 1e6 / RATE_HZ)
            yield Chunk(at_us, RATE_HZ, "imu_wrist", self.rows[first : first + samples].tolist())


def watch_sets(folder: Path) -> list[WatchSet]:
    """Read the sets of a folder, in order of their names.

    Raises
    ------
    ValueError
        If a file's name lacks exercise or count.
    """
    return [_read(path) for path in sorted(folder.glob("*.csv.gz"))]


def _read(path: Path) -> WatchSet:
    named = _NAME.fullmatch(path.name)
    if named is None:
        raise ValueError(f"{path.name} has no rep count in its name: name it DATE_EXERCISE_W<kg>_S<set>_R<reps>.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        names = lines.readline().strip().split(",")
        table = np.loadtxt(lines, delimiter=",")
    columns = {name: table[:, index] for index, name in enumerate(names)}
    felt = [(columns[f"gravity{axis}"] + columns[f"acceleration{axis}"]) * _G_MPS2 for axis in "XYZ"]
    turned = [columns[f"rotationRate{axis}"] for axis in "XYZ"]
    t0_us = round(float(columns["t_s"][0]) * 1e6)
    return WatchSet(path.name, named["exercise"], int(named["reps"]), t0_us, np.column_stack((*felt, *turned)))
