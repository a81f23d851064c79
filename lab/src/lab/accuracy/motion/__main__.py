"""Print the accuracy of reps counted in raw motion: `python -m lab.accuracy.motion`."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np

from lab.accuracy.motion.bar_table import bar_table
from lab.accuracy.motion.baseline import count_peaks
from lab.accuracy.motion.cross_validation import candidates, counts, fitted, leave_one_out
from lab.accuracy.motion.watch import RATE_HZ, watch_sets
from spotter_detector.motion.parameters import WristParameters

ROOT: Final = Path(__file__).resolve().parents[5]


def main() -> None:
    """Run both protocols, or that of simulated bars alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=300, help="simulated sets per condition (default 300)")
    parser.add_argument("--candidates", type=int, default=200, help="candidate parameters for the wrist (default 200)")
    parser.add_argument("--seed", type=int, default=1)
    recorded = os.environ.get("SPOTTER_RECORDED", str(ROOT.parent / "shared" / "data"))
    parser.add_argument("--recorded", type=Path, default=Path(recorded), help="folder of recordings (SPOTTER_RECORDED)")
    parser.add_argument("--bars", action="store_true", help="simulated bars alone")
    parser.add_argument("--out", type=Path, help="write the figures here as JSON")
    asked = parser.parse_args()
    recorded_figures = None if asked.bars else _recorded(asked.recorded / "watch", asked.candidates)
    figures = {"recorded": recorded_figures, "simulated": _simulated(asked)}
    if asked.out:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        print(f"\nFigures: {asked.out}")


def _recorded(folder: Path, count: int) -> dict[str, object] | None:
    sets = watch_sets(folder)
    if not sets:
        print(f"No watch recordings at {folder}: name the folder that holds watch/ with --recorded.")
        return None
    wrists = candidates(count)
    table = counts(sets, wrists)
    left_out = leave_one_out(sets, wrists, table)
    on_all = fitted(wrists, table - np.array([score.reps for score in sets]))
    shipped = counts(sets, [WristParameters()])[0] - np.array([score.reps for score in sets])
    peaks = np.array([count_peaks(score.rows[:, 3:], RATE_HZ) - score.reps for score in sets])
    print("Recorded: reps too many, by set\n")
    print(f"{'set':36s} {'reps':>5s} {'left out':>9s} {'shipped':>8s} {'peaks':>6s}")
    for score, ours, other in zip(left_out, shipped, peaks, strict=True):
        print(f"{score.name.removesuffix('.csv.gz'):36s} {score.reps:5d} {score.error:+9d} {ours:+8d} {other:+6d}")
    errors = np.array([score.error for score in left_out])
    rows = {"left_one_exercise_out": errors, "shipped_numbers": shipped, "offline_peak_counter": peaks}
    summary = {name: _summary(error) for name, error in rows.items()}
    for name, figures in summary.items():
        print(f"{name:24s} exact {figures['exact']}/{len(sets)}, off by more than one {figures['off_by_more']}")
    by_set = [
        asdict(score) | {"shipped": score.reps + int(ours)} for score, ours in zip(left_out, shipped, strict=True)
    ]
    print("Fitted on all:", ", ".join(f"{name} {value:.2f}" for name, value in asdict(on_all).items()))
    return {"summary": summary, "sets": by_set, "candidates": count, "fitted_on_all": asdict(on_all)}


def _summary(errors: np.typing.NDArray[np.int64]) -> dict[str, float | int]:
    return {
        "sets": len(errors),
        "exact": int((errors == 0).sum()),
        "exact_share": round(float((errors == 0).mean()), 4),
        "off_by_more": int((np.abs(errors) > 1).sum()),
    }


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
