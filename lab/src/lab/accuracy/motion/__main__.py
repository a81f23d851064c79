"""Print the accuracy of reps counted in raw motion: `python -m lab.accuracy.motion`."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Final

from lab.accuracy.motion.bar_table import bar_table
from lab.accuracy.motion.wrist_counts import iter_wrist_counts

ROOT: Final = Path(__file__).resolve().parents[5]


def main() -> None:
    """Run both protocols, or that of bars or wrists alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=300, help="simulated sets per condition (default 300)")
    parser.add_argument("--seed", type=int, default=1)
    recorded = os.environ.get("SPOTTER_RECORDED", str(ROOT.parent / "shared" / "data"))
    parser.add_argument("--recorded", type=Path, default=Path(recorded), help="folder of recordings (SPOTTER_RECORDED)")
    parser.add_argument("--bars", action="store_true", help="simulated bars alone")
    parser.add_argument("--wrists", action="store_true", help="wrists alone")
    parser.add_argument("--quick", action="store_true", help="fewer wrists")
    parser.add_argument("--out", type=Path, help="write the figures here as JSON")
    asked = parser.parse_args()
    wrists = [] if asked.bars else _wrists(asked.recorded, asked.seed, quick=asked.quick)
    figures = {"wrists": wrists, "bars": [] if asked.wrists else _simulated(asked)}
    if asked.out:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        print(f"\nFigures: {asked.out}")


def _wrists(recordings: Path, seed: int, *, quick: bool) -> list[dict[str, object]]:
    if not (recordings / "watch_uncut").is_dir():
        print(f"No wrist recordings at {recordings}: name the folder that holds watch_uncut/ with --recorded.")
    print("Wrists; known: reps but a set's first that are known 0.7 s after their end at most\n")
    print(
        f"{'':11s}{'case':28s} {'sets':>5s} {'exact':>6s} {'±1':>6s} {'known':>6s} {'µs/sample':>9s}  off by more than one"
    )
    rows = []
    for row in iter_wrist_counts(recordings, seed, quick):
        kind = "recorded" if row.recorded else "simulated"
        off = ", ".join(f"{name} {error:+d}" for name, error in row.errors if abs(error) > 1)
        print(
            f"{kind:11s}{row.case:28s} {row.sets:5d} {row.exact:6.1%} {row.within_one:6.1%} {row.known_in_time:6.1%} "
            f"{row.cost_us:9.1f}  {off}",
            flush=True,
        )
        rows.append(asdict(row))
    return rows


def _simulated(asked: argparse.Namespace) -> list[dict[str, object]]:
    runs = list(bar_table(asked.sets, asked.seed))
    print("\nSimulated bars; errors of the concentric time, and after its end a rep is known, in ms;")
    print("MV: error of the mean velocity from the bottom to lockout\n")
    print(
        f"{'condition':24s} {'sets':>5s} {'exact':>6s} {'med':>4s} {'mean':>4s} {'p90':>4s} {'≤60':>5s} {'MV':>5s} {'p90':>5s} "
        f"{'known':>5s} {'p99':>5s} {'stalls ≤0.5 s':>14s} {'false':>5s} {'µs/s':>5s}"
    )
    for run in runs:
        stalls = "" if run.stalls_in_time_share is None else f"{run.stalls_in_time_share:.1%} of {run.stalls}"
        print(
            f"{run.condition:24s} {run.sets:5d} {run.exact_share:6.1%} {1e3 * run.concentric_median_s:4.0f} "
            f"{1e3 * run.concentric_mae_s:4.0f} {1e3 * run.concentric_p90_s:4.0f} {run.within_60_ms_share:5.0%} {run.mean_velocity_error:5.1%} "
            f"{run.mean_velocity_p90:5.1%} "
            f"{1e3 * run.known_after_p50_s:5.0f} {1e3 * run.known_after_p99_s:5.0f} {stalls:>14s} "
            f"{run.false_stalls:5d} {run.cost_us_per_s:5.0f}"
        )
    return [asdict(run) for run in runs]


if __name__ == "__main__":
    main()
