"""Measure the accuracy of the model: `python -m lab.accuracy`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from lab.accuracy.protocol.motion import bar_rows, watch_rows
from lab.accuracy.protocol.plan import ProtocolPlan
from lab.accuracy.protocol.recordings import RecordedRow, recorded_rows
from lab.accuracy.protocol.simulations import measure
from lab.accuracy.recording_reader import UnreadableSets, read_recorded
from lab.accuracy.report import AccuracyReport, write


def main() -> int:
    """Run the protocol; return the exit code, 2 if the recorded sets are invalid. Targets are reported, not asserted."""
    options = _options()
    recorded: list[RecordedRow] = []
    if options.recorded is not None:
        try:
            recorded = recorded_rows(read_recorded(options.recorded))
        except (UnreadableSets, OSError) as error:
            print(error, file=sys.stderr)
            return 2
    # Processes run in parallel: more threads in each would only compete.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    plan = ProtocolPlan().quick() if options.quick else ProtocolPlan()
    began_s = time.monotonic()
    results = measure(plan, options.jobs, _print_progress)
    bars = bar_rows(plan)
    _print_progress("bar signals")
    watch = watch_rows(options.watch, plan) if options.watch is not None else []
    report = AccuracyReport(plan, options.quick, results, bars, recorded, watch)
    write(report, options.to)
    targets = report.targets()
    for target in targets:
        if not target.met:
            sign = "<" if target.at_least else ">"
            where = f"{target.family}, {target.exercise}, {target.case}"
            print(f"not met: {where}: {target.measure} {target.value:.3f} {sign} {target.limit}")
    met = sum(target.met for target in targets)
    print(f"{met} of {len(targets)} targets met, {time.monotonic() - began_s:.0f} s: {options.to / 'figures.json'}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m lab.accuracy", description="Measure the accuracy of the model; write figures and plots."
    )
    parser.add_argument("--quick", action="store_true", help="few sets, under two minutes; judges nothing")
    parser.add_argument("--recorded", type=Path, metavar="FILE", help="also judge recorded sets with labels, as JSONL")
    parser.add_argument(
        "--watch",
        type=Path,
        default=Path(os.environ["SPOTTER_RECORDED"]) / "watch" if "SPOTTER_RECORDED" in os.environ else None,
        metavar="FOLDER",
        help="recorded watch sets (default: watch in SPOTTER_RECORDED)",
    )
    parser.add_argument("--to", type=Path, default=Path("build/accuracy"), help="folder of the report (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once (%(default)s)")
    return parser.parse_args()


def _print_progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
