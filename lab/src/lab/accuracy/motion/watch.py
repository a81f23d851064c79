"""Recorded sets of wrists: an Apple Watch of one lifter at 100 Hz, cut to the exercise and whole, and of ten people at 50 Hz.

The files are not part of this repository. `watch` and `watch_uncut`: gym workout IMU dataset by shakthisairam123, cut by
ary3141/gym-segmentation, CC BY-SA 4.0. `spar_watch`: Burns, seglearn, BSD-3; nominally twenty reps a set.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from lab.accuracy.motion.disturbances import G_MPS2
from spotter_detector.motion import Chunk

Floats = npt.NDArray[np.float64]

RATE_HZ: Final = 100.0
_NAME = re.compile(r"\d+_(?P<exercise>[A-Z0-9]+)_W.*_R(?P<reps>\d+)")
# Sets whose signal shows another count than their name says: two counters and the eye agree.
_COUNTS: Final = {
    "291124_SACLR_W4_5_S1_R30": 20,
    "011224_PREC_W7_5_S2_R10": 13,
    "040125_MTE_W13_6_S1_R12": 10,
    "261224_IDBC_W7_5_S2_R7": 8,
}


@dataclass(frozen=True, slots=True)
class WatchSet:
    """A set: rows [ax, ay, az, gx, gy, gz] in m/s² with gravity and rad/s, and its count.

    `cut_s` is where the exercise begins and ends, s from the first row.
    """

    name: str
    person: str
    exercise: str
    reps: int
    t0_us: int
    rate_hz: float
    rows: Floats
    cut_s: tuple[float, float]

    def chunks(self, samples: int = 50) -> Iterator[Chunk]:
        """Yield it in chunks, as a device sends it."""
        yield from chunks(self.rows, self.rate_hz, samples, self.t0_us)


def chunks(rows: Floats, rate_hz: float, samples: int = 50, t0_us: int = 0) -> Iterator[Chunk]:
    """Yield rows in chunks."""
    for first in range(0, len(rows), samples):
        yield Chunk(t0_us + round(first * 1e6 / rate_hz), rate_hz, "imu_wrist", rows[first : first + samples].tolist())


def watch_sets(folder: Path) -> list[WatchSet]:
    """Read the sets of a folder of files cut to the exercise, in order of their names.

    Raises
    ------
    ValueError
        If a file's name lacks exercise or count.
    """
    return [_watch_set(path, None) for path in sorted(folder.glob("*.csv.gz"))]


def uncut_sets(folder: Path) -> list[WatchSet]:
    """Read whole recordings, in order of their names; empty where there are none."""
    if not (folder / "sets.jsonl").is_file():
        return []
    bodies = [json.loads(line) for line in (folder / "sets.jsonl").read_text(encoding="utf-8").splitlines()]
    return [
        _watch_set(folder / "signals" / f"{body['set_id']}.csv.gz", (body["cut_start_s"], body["cut_end_s"]))
        for body in sorted(bodies, key=lambda body: str(body["set_id"]))
    ]


def spar_sets(folder: Path) -> list[WatchSet]:
    """Read the sets of ten people, in order of their ids; empty where there are none."""
    if not (folder / "sets.jsonl").is_file():
        return []
    sets = []
    for line in (folder / "sets.jsonl").read_text(encoding="utf-8").splitlines():
        body = json.loads(line)
        columns = _columns(folder / "signals" / f"{body['set_id']}.csv.gz")
        force = [columns[f"a{axis}"] * G_MPS2 for axis in "xyz"]
        rows = np.column_stack((*force, *(columns[f"w{axis}"] for axis in "xyz")))
        cut_s = (0.0, len(rows) / body["fs_hz"])
        named = (body["set_id"], body["subject"], body["exercise"], body["reps"])
        sets.append(WatchSet(*named, 0, float(body["fs_hz"]), rows, cut_s))
    return sets


def _watch_set(path: Path, cut_s: tuple[float, float] | None) -> WatchSet:
    name = path.name.removesuffix(".csv.gz")
    named = _NAME.fullmatch(name)
    if named is None:
        raise ValueError(f"{path.name} has no rep count in its name: name it DATE_EXERCISE_W<kg>_S<set>_R<reps>.csv.gz")
    columns = _columns(path)
    felt = [(columns[f"gravity{axis}"] + columns[f"acceleration{axis}"]) * G_MPS2 for axis in "XYZ"]
    turned = [columns[f"rotationRate{axis}"] for axis in "XYZ"]
    rows, first_s = np.column_stack((*felt, *turned)), float(columns["t_s"][0])
    inside = (0.0, len(rows) / RATE_HZ) if cut_s is None else (cut_s[0] - first_s, cut_s[1] - first_s)
    reps = _COUNTS.get(name, int(named["reps"]))
    return WatchSet(name, "watch", named["exercise"], reps, round(first_s * 1e6), RATE_HZ, rows, inside)


def _columns(path: Path) -> dict[str, Floats]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        names = lines.readline().strip().split(",")
        table = np.loadtxt(lines, delimiter=",")
    return {name: table[:, index] for index, name in enumerate(names)}
