"""Measure throughput and latency, print one table: `python -m lab.bench`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from lab.bench.batches import batches
from lab.bench.broker import Broker, broker
from lab.bench.core import core
from lab.bench.latency import kafka_latency, standalone_latency
from lab.bench.machine import machine
from lab.bench.plan import BenchPlan
from lab.bench.recovery import recovery
from lab.bench.rows import BenchRow, failed, not_measured
from lab.bench.table import print_json, print_table
from lab.bench.workers import workers
from spotter_cli.cluster.kafka_install import KafkaUnavailable
from spotter_cli.cluster.local_kafka import KafkaFailed

ALONE: Final[dict[str, Callable[[BenchPlan], Iterator[BenchRow]]]] = {
    "latency": standalone_latency,
    "standalone": batches,
    "core": core,
}
ON_KAFKA: Final[dict[str, Callable[[BenchPlan, Broker], Iterator[BenchRow]]]] = {
    "latency": kafka_latency,
    "worker": workers,
    "recovery": recovery,
}
NAMES: Final = ("core", "standalone", "worker", "latency", "recovery")


def main() -> int:
    """Run the bench; return the exit code, 1 if a measurement failed. Targets are reported, not asserted."""
    options = _options()
    wanted = set(options.only or NAMES)
    began_s = time.monotonic()
    about = machine("not started")
    with TemporaryDirectory(prefix="spotter-bench-") as folder:
        plan = BenchPlan(
            folder=Path(folder), say=lambda text: print(f"measuring {text} …", file=sys.stderr, flush=True)
        )
        if options.quick:
            plan = plan.quick()
        rows: list[BenchRow] = []
        for name, measure in ALONE.items():
            if name in wanted:
                rows += _all(name, partial(measure, plan))
        rows += _on_kafka(plan, wanted, about)
    rows.sort(key=lambda row: NAMES.index(row.group))
    (print_json if options.json else print_table)(rows, about, time.monotonic() - began_s)
    return 1 if any(row.failed for row in rows) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench",
        description="Measure throughput, latency and recovery on this machine, beside what else there is.",
    )
    parser.add_argument("--quick", action="store_true", help="one short round of everything: under two minutes")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--only", action="append", choices=NAMES, metavar="NAME", help=f"one of {', '.join(NAMES)}")
    return parser.parse_args()


def _all(name: str, measure: Callable[[], Iterator[BenchRow]]) -> list[BenchRow]:
    """Collect a group's rows; a failure keeps the rows before it."""
    rows: list[BenchRow] = []
    try:
        rows.extend(measure())
    except Exception as error:  # noqa: BLE001  # whatever went wrong is told in the table
        rows.append(failed(name, "could not be measured", error))
    return rows


def _on_kafka(plan: BenchPlan, wanted: set[str], about: dict[str, str]) -> list[BenchRow]:
    names = [name for name in ON_KAFKA if name in wanted]
    if not names:
        return []
    rows: list[BenchRow] = []
    with ExitStack() as stack:
        plan.say("nothing yet: Kafka starts")
        try:
            kafka = stack.enter_context(broker(plan.folder))
        except (KafkaUnavailable, KafkaFailed) as error:
            return [not_measured(name, "on Kafka", str(error)) for name in names]
        about["kafka"] = kafka.version
        for name in names:
            rows += _all(name, partial(ON_KAFKA[name], plan, kafka))
    return rows


if __name__ == "__main__":
    sys.exit(main())
