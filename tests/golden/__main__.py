"""Golden outcomes of 200 generated workouts.

python -m tests.golden --check [--exact] [--kafka]   compare all of them with the committed file
python -m tests.golden --write                       write the file anew
python -m tests.golden --dump SEED [--play untimed] [--host sqlite]   print what one workout gives
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from standalone.local_kafka import LocalKafka
from tests.golden.hosts import SEEDS, timed_on_memory, timed_on_sqlite, untimed_on_kafka, untimed_on_memory
from tests.golden.outcome import PARTS, Outcome
from tests.golden.record import WORKOUTS, Difference, differences, read_golden, write_golden

PLAYS = {
    ("timed", "memory"): timed_on_memory,
    ("timed", "sqlite"): timed_on_sqlite,
    ("untimed", "memory"): untimed_on_memory,
}


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.golden", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--check", action="store_true", help="compare with the committed file; exits with 1 on a difference"
    )
    what.add_argument("--write", action="store_true", help="write the committed file anew")
    what.add_argument("--dump", type=int, metavar="SEED", help="print the outcome of one workout")
    parser.add_argument("--exact", action="store_true", help="byte for byte: for the machine that wrote the file")
    parser.add_argument(
        "--kafka", action="store_true", help="on real Apache Kafka too: KAFKA_BOOTSTRAP, or a local one"
    )
    parser.add_argument("--play", choices=["timed", "untimed"], default="timed", help="with --dump")
    parser.add_argument("--host", choices=["memory", "sqlite", "kafka"], default="memory", help="with --dump")
    options = parser.parse_args(arguments)
    if options.dump is not None:
        return dump(options.dump, options.play, options.host)
    if options.write:
        records = write_golden(SEEDS)
        print(f"{WORKOUTS.name}: {len(SEEDS)} workouts, {records} records, {WORKOUTS.stat().st_size / 1000:.0f} kB")
        return 0
    return check("exact" if options.exact else "rounded", with_kafka=options.kafka)


def check(form: str, *, with_kafka: bool) -> int:
    """Compare all workouts on all hosts with the golden file; returns the exit code."""
    golden = read_golden()
    differing = 0

    def compare(play: str, host: str, results: Iterable[tuple[int, Outcome]]) -> None:
        nonlocal differing
        start = time.monotonic()
        found: list[Difference] = list(differences(golden, play, host, results, form))
        seconds = time.monotonic() - start
        print(f"{play} on {host}, {form}: {len(found)} of {len(SEEDS)} workouts differ ({seconds:.1f} s)", flush=True)
        for difference in found:
            print(f"  {difference}")
        differing += len(found)

    for (play, host), results in PLAYS.items():
        compare(play, host, results(SEEDS))
    if with_kafka:
        with kafka() as (bootstrap, folder):
            compare("untimed", "kafka", untimed_on_kafka(SEEDS, bootstrap, folder))
    return 1 if differing else 0


def dump(seed: int, play: str, host: str) -> int:
    """Print the outcome of one workout, a record or an entry of state a line; returns the exit code."""
    if host == "kafka":
        with kafka() as (bootstrap, folder):
            return _print(untimed_on_kafka([seed], bootstrap, folder))
    if (play, host) not in PLAYS:
        print(f"No {play} workouts are played on {host}.", file=sys.stderr)
        return 2
    return _print(PLAYS[play, host]([seed]))


def _print(results: Iterable[tuple[int, Outcome]]) -> int:
    for _, result in results:
        for part in PARTS:
            print(f"== {part}")
            for line in result[part]:
                print(line.label, line.value.decode(errors="backslashreplace"))
    return 0


@contextmanager
def kafka() -> Iterator[tuple[str, Path]]:
    """Give the address of real Apache Kafka, and a folder for the workers' logs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if bootstrap := os.environ.get("KAFKA_BOOTSTRAP"):
            yield bootstrap, folder
            return
        with LocalKafka(folder / "broker") as broker:
            yield broker.bootstrap, folder


if __name__ == "__main__":
    sys.exit(main())
