"""Puts the shadow's state in the place of the running one's, in a cluster's changelog.

Nothing is in force until a partition's mark is written, after all entries of it are confirmed; a switch that is killed is run
again. Until every partition has its mark, no worker of either version runs on all of them: each refuses the other's state.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final

import orjson

from spotter.domain.topics import ESTIMATES
from spotter.streaming.changelog import Entry, Holders, entry_key, mark
from spotter.streaming.kafka.groups import members
from spotter.streaming.kafka.stored_state import SENT_AT_ONCE, WriteEntries, read_holders, writing
from spotter_cli.upgrade.handover import LifterState, check_open_sets, handed_over
from spotter_cli.upgrade.running_log import KafkaRunningLog
from spotter_cli.upgrade.shadow import Report, Shadow
from spotter_cli.upgrade.shadow_file import ShadowFile
from spotter_detector.model import MODEL_VERSION
from spotter_detector.processor import FailureDetector
from spotter_standalone.data_dir import DataDir
from spotter_standalone.errors import CliError

SHADOW: Final = "upgrade-cluster.db"
GONE_S: Final = 20.0
"""How long workers that stop may take to leave their group."""


async def needs_switch(bootstrap: str, prefix: str) -> bool:
    """Return whether a cluster holds the state of another version of the model."""
    return bool(_to_be_switched(await read_holders(bootstrap, prefix, FailureDetector.name)))


async def switch_kafka(
    bootstrap: str, prefix: str, folder: DataDir, progress: Report, compared: Callable[[ShadowFile], None]
) -> None:
    """Catch up with stopped workers and take their place; `compared` is given what is known just before.

    Raises CliError where workers run, or did not stop in order.
    """
    running = KafkaRunningLog(bootstrap, prefix)
    await _no_workers(bootstrap, prefix, GONE_S)
    file = ShadowFile(folder.path / SHADOW, MODEL_VERSION)
    try:
        cut = await Shadow(file).catch_up(running, progress)
        await _nothing_beyond(running, file)
        check_open_sets(file)
        compared(file)
        holders = await read_holders(bootstrap, prefix, FailureDetector.name)
        async with writing(bootstrap, prefix, FailureDetector.name) as write:
            await _exchange(write, holders, file, cut)
        await _no_workers(bootstrap, prefix, 0.0)
        if await running.cut() != cut:
            raise CliError("Workers went on while the switch was under way: stop them, and switch again.")
        file.remove()
    finally:
        file.close()


def _to_be_switched(holders: Mapping[int, Holders]) -> list[int]:
    """Return the partitions to switch: none where all that is in force is this version's already."""
    if all(each.in_force(MODEL_VERSION) == MODEL_VERSION for each in holders.values()):
        return []
    return [number for number, each in holders.items() if each.marked != MODEL_VERSION]


async def _exchange(
    write: WriteEntries, holders: Mapping[int, Holders], file: ShadowFile, cut: Mapping[int, int]
) -> None:
    """Write the shadow's state, put it in force, and wipe the other out."""
    switching = _to_be_switched(holders)
    # From here on the old version's entries are known to be in force, whatever lies beside them.
    in_force = {number: each.in_force(MODEL_VERSION) for number, each in holders.items()}
    old = next(version for version in in_force.values() if version != MODEL_VERSION)
    unmarked = [number for number in switching if holders[number].marked is None]
    await write([mark(number, old, 0) for number in unmarked])
    left_over = {number: set(holders[number].keys.get(MODEL_VERSION, ())) for number in switching}
    waiting: list[Entry] = []
    for lifter in handed_over(file):
        if lifter.partition not in left_over:
            continue
        entries = _entries(lifter, cut[lifter.partition])
        left_over[lifter.partition] -= {entry.key for entry in entries}
        waiting += entries
        if len(waiting) >= SENT_AT_ONCE:
            await write(waiting)
            waiting = []
    await write([*waiting, *(Entry(number, key, None) for number, keys in left_over.items() for key in keys)])
    await write([mark(number, MODEL_VERSION, cut[number]) for number in switching])
    others = [
        Entry(number, key, None)
        for number in switching
        for version, keys in holders[number].keys.items()
        if version != MODEL_VERSION
        for key in keys
    ]
    await write(others)


def _entries(lifter: LifterState, cut: int) -> list[Entry]:
    offset = cut - 1
    return [
        Entry(
            lifter.partition,
            entry_key(lifter.key, name, MODEL_VERSION),
            b"%d %s" % (offset, orjson.dumps({"v": 1, "versions": [[offset, orjson.Fragment(raw)]]})),
        )
        for name, raw in lifter.entries.items()
    ]


async def _nothing_beyond(running: KafkaRunningLog, file: ShadowFile) -> None:
    """Raise CliError where outputs were published of inputs that no worker has acknowledged."""
    read, ends = file.cursors(ESTIMATES), await running.ends(ESTIMATES)
    if any(read.get(number, 0) < end for number, end in ends.items()):
        raise CliError(
            "A worker of the old version has published what it did not acknowledge: it was killed. Start it again, let it "
            "become ready, stop it with SIGTERM, and then switch."
        )


async def _no_workers(bootstrap: str, prefix: str, within_s: float) -> None:
    """Wait until the detectors' group has no member; raises CliError where one stays."""
    until_s = time.monotonic() + within_s
    while number := await members(bootstrap, prefix, FailureDetector.name):
        if time.monotonic() > until_s:
            raise CliError(
                f"{number} failure-detectors are running: stop them, then switch. Without --switch the comparison runs "
                "beside them."
            )
        await asyncio.sleep(0.5)
