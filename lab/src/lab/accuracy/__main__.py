"""Measure the accuracy of the model: `python -m lab.accuracy`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from lab.accuracy.protocol.people import PeopleFigures, people_figures
from lab.accuracy.protocol.plan import ProtocolPlan
from lab.accuracy.protocol.processes import executor_of
from lab.accuracy.protocol.run import measured
from lab.accuracy.recording_reader import UnreadableSets, read_recorded
from lab.accuracy.report import PARTS, AccuracyReport, write
from lab.accuracy.sets import LabelledSet


def main() -> int:
    """Run the protocol; return the exit code, 2 if the recorded sets are invalid. Targets are reported, not asserted."""
    options = _options()
    people: PeopleFigures | None = None
    if "people" in options.parts and options.recorded is not None:
        try:
            people = people_figures(*_recorded_sets(options.recorded))
        except (UnreadableSets, OSError) as error:
            print(error, file=sys.stderr)
            return 2
        _print_progress(f"recorded lifters: {people.sets} sets of {people.lifters}")
    # Processes run in parallel: more threads in each would only compete.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    plan = ProtocolPlan().quick() if options.quick else ProtocolPlan()
    began_s = time.monotonic()
    with executor_of(options.jobs) as pool:
        run = measured(plan, options.parts, options.recorded, pool, _print_progress, quick=options.quick)
    own_sets = people is not None and not options.recorded.is_dir()
    report = AccuracyReport(
        plan, options.quick, run.narrow, run.bars, run.watch, run.wide, people, own_sets, run.wrists
    )
    write(report, options.to)
    targets = [target for _, target in report.targets()]
    for target in targets:
        if not target.met:
            sign = "<" if target.at_least else ">"
            where = f"{target.family}, {target.exercise}, {target.case}"
            print(f"not met: {where}: {target.measure} {target.value:.3f} {sign} {target.limit:.3g}")
    met = sum(target.met for target in targets)
    print(f"{met} of {len(targets)} targets met, {time.monotonic() - began_s:.0f} s: {options.to / 'figures.json'}")
    return 0


def _recorded_sets(path: Path) -> tuple[list[list[LabelledSet]], list[list[LabelledSet]]]:
    """Return the called sets and the sets to failure of a folder of recordings, or the called sets of a file."""
    if not path.is_dir():
        return read_recorded(path), []
    lifts, curls = (path / name / "sets.jsonl" for name in ("lifts", "curls"))
    return read_recorded(lifts) if lifts.exists() else [], read_recorded(curls) if curls.exists() else []


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m lab.accuracy", description="Measure the accuracy of the model; write figures and plots."
    )
    parser.add_argument("--quick", action="store_true", help="few sets, in a few minutes; judges nothing")
    parser.add_argument(
        "--parts",
        type=_parts,
        default=PARTS,
        help=f"what to measure of {','.join(PARTS)} (default: all); the record keeps the other parts",
    )
    parser.add_argument(
        "--recorded",
        type=Path,
        default=Path(os.environ["SPOTTER_RECORDED"]) if "SPOTTER_RECORDED" in os.environ else None,
        metavar="PATH",
        help="a file of recorded sets with labels, as JSONL, or a folder of lifts, curls and watch sets "
        "(default: SPOTTER_RECORDED)",
    )
    parser.add_argument("--to", type=Path, default=Path("build/accuracy"), help="folder of the report (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once (%(default)s)")
    return parser.parse_args()


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(text.split(","))
    if not set(parts) <= set(PARTS):
        raise argparse.ArgumentTypeError(f"{text}: take some of {','.join(PARTS)}")
    return parts


def _print_progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
