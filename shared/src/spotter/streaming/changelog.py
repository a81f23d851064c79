"""A worker's state in its changelog: what is written, how it is read back, and what may be forgotten.

Entries of two versions of a processor may lie side by side while one takes over from the other: a mark in each partition
says whose are in force. Without a mark they are those of the only version that wrote.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from spotter.streaming.processor import OtherVersion
from spotter.streaming.state_versions import Input, Stepper

REMOVED_S = 600.0
"""An entry's removal stays in the changelog for so long as a value, which outweighs older ones of a worker that was
paused; then it is wiped out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record of the changelog, in the partition of its lifter's inputs."""

    partition: int
    key: bytes
    value: bytes | None
    """None wipes the entry out."""
    versions: int = 1
    """How many versions the value holds."""


MARK = b"\0version"
"""Key of the mark; its value is the offset from which a version is in force, and the version."""


def entry_key(key: str, name: str, version: str | None = None) -> bytes:
    r"""Name an entry of a lifter's state in the changelog.

    >>> entry_key("g1/ada", "profile"), entry_key("g1/ada", "profile", "v2")
    (b'g1/ada\x00profile', b'g1/ada\x00profile\x00v2')
    """
    return (f"{key}\0{name}" if version is None else f"{key}\0{name}\0{version}").encode()


def split_entry_key(raw: bytes) -> tuple[str, str, str | None]:
    r"""Return the lifter, the entry's name and the version that wrote it.

    >>> split_entry_key(b'g1/ada\x00profile'), split_entry_key(b'g1/ada\x00profile\x00v2')
    (('g1/ada', 'profile', None), ('g1/ada', 'profile', 'v2'))
    """
    key, name, *version = raw.decode().split("\0")
    return key, name, version[0] if version else None


def mark(partition: int, version: str | None, offset: int) -> Entry:
    """Return the mark that a version's entries are in force from an input on."""
    return Entry(partition, MARK, f"{offset} {version or ''}".encode())


@dataclass(slots=True)
class Holders:
    """Whose entries a partition of a changelog has, of what was read of it."""

    marked: str | None = None
    """By the mark; None where there is none, "" for a version without a name."""
    keys: dict[str | None, set[bytes]] = field(default_factory=dict)
    """The entries that there are, by the version that wrote them."""

    def read(self, key: bytes, value: bytes | None) -> None:
        """Take a record."""
        if key == MARK:
            self.marked = None if value is None else value.decode().partition(" ")[2]
            return
        entries = self.keys.setdefault(split_entry_key(key)[2], set())
        if value is None:
            entries.discard(key)
        else:
            entries.add(key)

    def in_force(self, own: str | None) -> str | None:
        """Return the version whose entries are in force; `own` where nothing was written by anybody."""
        if self.marked is not None:
            return self.marked or None
        wrote = [version for version, keys in self.keys.items() if keys]
        return own if own in wrote or not wrote else wrote[0]


class Changelog:
    """The durable side of a worker's table of versions.

    A value in the changelog begins with the offset of the newest input that it has seen: of all values of an entry
    the one with the highest counts, whatever their order, since a worker that was paused may write after its time.
    """

    def __init__(self, stepper: Stepper) -> None:
        self._stepper = stepper
        self._version = stepper.processor.version
        self._holders: dict[int, Holders] = {}
        self.partitions: dict[str, int] = {}
        """By lifter whose state is here, the partition of its records."""
        self._read: dict[bytes, tuple[int, int, bytes]] = {}
        self._removed: dict[tuple[str, str], float] = {}
        self.committed: dict[int, int] = {}
        """By partition, the offset below which no input comes again."""
        self.processed: dict[int, int] = {}
        """By partition, the offset after the last acknowledged input."""
        self.restored = 0
        """Values read from the changelog so far: the progress of recovery."""

    def entries(self, changed: Iterable[tuple[str, str]], inputs: Iterable[Input]) -> list[Entry]:
        """Return what inputs changed as records of the changelog, without versions that no replay asks for."""
        partitions = {item.key: item.partition for item in inputs}
        entries = []
        for key, name in changed:
            partition = self.partitions[key] = partitions[key]
            self._stepper.table.prune(key, name, self.committed.get(partition, 0))
            versions = self._stepper.table.versions(key, name)
            newest, value = versions[-1]
            self._removed.pop((key, name), None)
            if value is None:
                self._removed[key, name] = time.monotonic()
            raw = b"%d %s" % (newest, self._stepper.dump(key, name))
            entries.append(Entry(partition, entry_key(key, name, self._version), raw, len(versions)))
        return entries + self._wiped()

    def _wiped(self) -> list[Entry]:
        """Wipe out what was removed a while ago and can't be asked for again."""
        late = time.monotonic() - REMOVED_S
        entries = []
        for (key, name), since in list(self._removed.items()):
            if since > late:
                break
            partition = self.partitions[key]
            del self._removed[key, name]  # it goes to the end where it has to wait longer
            if self._stepper.table.versions(key, name)[-1][0] < self.committed.get(partition, 0):
                self._stepper.table.forget(key, name)
                entries.append(Entry(partition, entry_key(key, name, self._version), None))
            else:
                self._removed[key, name] = time.monotonic()
        return entries

    def acknowledged(self, inputs: Sequence[Input]) -> None:
        """Record inputs that are done."""
        for item in inputs:
            self.processed[item.partition] = item.offset + 1

    def read(self, entry: Entry) -> None:
        """Take a record of the changelog; `restore` makes state of what was read."""
        self.restored += 1
        self._holders.setdefault(entry.partition, Holders()).read(entry.key, entry.value)
        if entry.key == MARK:
            return
        key, name, version = split_entry_key(entry.key)
        if version != self._version:
            return
        if entry.value is None:
            self._read.pop(entry.key, None)
            self._stepper.table.forget(key, name)
            self._removed.pop((key, name), None)
            return
        offset, _, raw = entry.value.partition(b" ")
        before = self._read.get(entry.key)
        if before is None or before[1] <= int(offset):
            self._read[entry.key] = entry.partition, int(offset), raw

    def restore(self) -> None:
        """Make state of what was read from the changelog, once for each entry.

        Raises OtherVersion where the entries in force are another version's.
        """
        if self._version is not None:
            for holders in self._holders.values():
                if (in_force := holders.in_force(self._version)) != self._version:
                    raise OtherVersion(self._stepper.processor.name, in_force, self._version)
        self._holders.clear()
        for raw_key, (partition, _, raw) in self._read.items():
            key, name, _ = split_entry_key(raw_key)
            self._stepper.restore(key, name, raw)
            self.partitions[key] = partition
            if self._stepper.table.versions(key, name)[-1][1] is None:
                self._removed[key, name] = time.monotonic()
        self._read.clear()

    def drop(self, partitions: Iterable[int]) -> None:
        """Forget the lifters of partitions that another worker has now."""
        gone = set(partitions)
        for key in [key for key, partition in self.partitions.items() if partition in gone]:
            self._stepper.table.drop(key)
            del self.partitions[key]
        self._holders.clear()
        self._removed = {(key, name): since for (key, name), since in self._removed.items() if key in self.partitions}
        self._read = {raw_key: value for raw_key, value in self._read.items() if value[0] not in gone}
        for partition in gone:
            self.committed.pop(partition, None)
            self.processed.pop(partition, None)
