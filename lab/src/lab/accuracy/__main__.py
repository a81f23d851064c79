"""`python -m lab.accuracy`: judge the model, write the report."""

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
    """Run the protocol; returns the exit code, 2 where the recorded sets can't be read. Targets are reported, never asserted."""
    options = _options()
    recorded: list[RecordedRow] = []
    if options.recorded is not None:
        try:
            recorded = recorded_rows(read_recorded(options.recorded))
        except (UnreadableSets, OSError) as error:
            print(error, file=sys.stderr)
            return 2
    # Sets are measured side by side: more threads within one only get into the others' way.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    plan = ProtocolPlan().quick() if options.quick else ProtocolPlan()
    began_s = time.monotonic()
    results = measure(plan, options.jobs, _say)
    bars = bar_rows(plan)
    _say("bar signals")
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
    parser = argparse.ArgumentParser(prog="python -m lab.accuracy", description="Judge the model and write the report.")
    parser.add_argument("--quick", action="store_true", help="few sets, under two minutes; judges nothing")
    parser.add_argument(
        "--recorded", type=Path, metavar="FILE", help="JSONL of recorded sets with labels, judged as well"
    )
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


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
