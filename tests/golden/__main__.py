"""Golden outcomes: workouts on every host, trainings, requests to ingest, what gateway and dashboard send.

python -m tests.golden --check [--exact] [--kafka]             compare all of them with the committed files
python -m tests.golden --write                                 write the files anew
python -m tests.golden --dump GROUP NAME [--host sqlite]       print one: --dump timed 17, --dump requests batch
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.golden.groups import NAMES, PLAYS
from tests.golden.record import Group, differences, golden_file, kept, write_golden


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.golden", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--check", action="store_true", help="compare with the committed files; exits with 1 where one differs"
    )
    what.add_argument("--write", action="store_true", help="write the committed files anew, from memory and SQLite")
    what.add_argument("--dump", nargs=2, metavar=("GROUP", "NAME"), help="print one outcome")
    parser.add_argument("--exact", action="store_true", help="byte for byte: for the machine that wrote the files")
    parser.add_argument(
        "--kafka", action="store_true", help="on real Apache Kafka too: KAFKA_BOOTSTRAP, or a local one"
    )
    parser.add_argument("--host", default="memory", help="with --dump: memory, sqlite or kafka")
    options = parser.parse_args(arguments)
    if options.dump is not None:
        group, name = options.dump
        return dump(group, name, options.host)
    if options.write:
        return write()
    return check("exact" if options.exact else "rounded", with_kafka=options.kafka)


def check(form: str, *, with_kafka: bool) -> int:
    """Compare all outcomes on all hosts with the golden files; returns the exit code."""
    differing = 0
    for (group, host), play in PLAYS.items():
        if host == "kafka" and not with_kafka:
            continue
        start = time.monotonic()
        different = list(differences(group, host, play(NAMES[group]), form))
        seconds = time.monotonic() - start
        print(
            f"{group} on {host}, {form}: {len(different)} of {len(NAMES[group])} differ ({seconds:.1f} s)", flush=True
        )
        for difference in different:
            print(f"  {difference}")
        differing += len(different)
    return 1 if differing else 0


def write() -> int:
    """Write the golden files from memory, and from SQLite which must agree; returns the exit code."""
    for group, names in NAMES.items():
        golden: Group = {name: kept(result, "memory") for name, result in PLAYS[group, "memory"](names)}
        if (group, "sqlite") in PLAYS:
            for name, result in PLAYS[group, "sqlite"](names):
                on_sqlite = kept(result, "sqlite")
                if golden[name]["exact"] != on_sqlite["exact"]:
                    print(
                        f"{group} {name}: memory and SQLite do not agree, so there is nothing to record",
                        file=sys.stderr,
                    )
                    return 1
                golden[name]["raw"] |= on_sqlite["raw"]
        write_golden(group, golden)
        path, lines = golden_file(group), sum(each["lines"] for each in golden.values())
        print(f"{path.name}: {len(golden)} outcomes of {lines} lines, {path.stat().st_size / 1000:.0f} kB")
    return 0


def dump(group: str, name: str, host: str) -> int:
    """Print an outcome, a record or an entry of state a line; returns the exit code."""
    if (group, host) not in PLAYS or name not in NAMES[group]:
        print(
            f"No {group} {name} on {host}: groups and hosts are {', '.join(map(' on '.join, PLAYS))}", file=sys.stderr
        )
        return 2
    result = dict(PLAYS[group, host]([name]))[name]
    for part, lines in result.items():
        print(f"== {part}")
        for line in lines:
            print(line.label, line.value.decode(errors="backslashreplace"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
