"""A client's position in the stream, as an opaque text that every replica understands.

A cursor contains the next offset of every partition of both topics. Each replica reads a partition in its one order, so
however partitions interleave, everything before these offsets has been offered to the client.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from spotter.domain.topics import ADVICE, ESTIMATES
from spotter.streaming.log import Position

TOPICS: Final = (ADVICE, ESTIMATES)
_VERSION: Final = 1
_PARTIAL: Final = 0x80
_CHECKSUM_BYTES: Final = 4
_TEXT_MAX: Final = 4096
_PARTITIONS_MAX: Final = 1024


class BadCursor(ValueError):
    """A text that is not a cursor of this service."""


@dataclass(slots=True)
class StreamOffsets:
    """A reader's position: the next offset by topic and partition."""

    by_topic: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, position: Position) -> StreamOffsets:
        """Copy a position."""
        return cls({topic: dict(partitions) for topic, partitions in position.items()})

    def copy(self) -> StreamOffsets:
        """Return an independent copy."""
        return StreamOffsets.of(self.by_topic)

    def next(self, topic: str, partition: int) -> int:
        """Return the next offset of a partition; 0 for an unknown one."""
        return self.by_topic.get(topic, {}).get(partition, 0)

    def has_passed(self, topic: str, partition: int, offset: int) -> bool:
        """Return whether a record lies before these offsets."""
        return offset < self.next(topic, partition)

    def advance_past(self, topic: str, partition: int, offset: int) -> None:
        """Move behind a record, never back."""
        partitions = self.by_topic.setdefault(topic, {})
        partitions[partition] = max(partitions.get(partition, 0), offset + 1)

    def advance_to(self, position: Position) -> None:
        """Move forward to another position, partition by partition, never back."""
        for topic, partitions in position.items():
            for partition, offset in partitions.items():
                self.advance_past(topic, partition, offset - 1)

    def reaches(self, position: Position) -> bool:
        """Return whether every partition has reached `position`."""
        return all(
            self.next(topic, partition) >= offset
            for topic, partitions in position.items()
            for partition, offset in partitions.items()
        )


@dataclass(frozen=True, slots=True)
class Cursor:
    """Offsets, and whether the client was still receiving the current state when it reached them."""

    offsets: Mapping[str, Mapping[int, int]]
    partial: bool = False

    def encode(self) -> str:
        """Encode it in base64url.

        >>> Cursor({"advice.v1": {0: 5}, "estimates.v1": {0: 300}}).encode()
        'AQEFAawCnV5Teg'
        """
        body = bytearray([_VERSION | (_PARTIAL if self.partial else 0)])
        for topic in TOPICS:
            partitions = self.offsets.get(topic, {})
            count = max(partitions, default=-1) + 1
            _write(body, count)
            for partition in range(count):
                _write(body, partitions.get(partition, 0))
        body += zlib.crc32(body).to_bytes(_CHECKSUM_BYTES, "big")
        return base64.urlsafe_b64encode(body).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """Decode what `encode` wrote; raises BadCursor for anything else.

        >>> Cursor.decode("AQEFAawCnV5Teg").offsets
        {'advice.v1': {0: 5}, 'estimates.v1': {0: 300}}
        """
        if len(text) > _TEXT_MAX:
            raise BadCursor("it is too long")
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise BadCursor("it is not base64url") from None
        body, checksum = raw[:-_CHECKSUM_BYTES], raw[-_CHECKSUM_BYTES:]
        if not body or zlib.crc32(body).to_bytes(_CHECKSUM_BYTES, "big") != checksum:
            raise BadCursor("its checksum is wrong")
        if body[0] & ~_PARTIAL != _VERSION:
            raise BadCursor("it is of another version")
        offsets: dict[str, dict[int, int]] = {}
        at = 1
        for topic in TOPICS:
            count, at = _read(body, at)
            if count > _PARTITIONS_MAX:
                raise BadCursor("it names too many partitions")
            offsets[topic] = {}
            for partition in range(count):
                offsets[topic][partition], at = _read(body, at)
        if at != len(body):
            raise BadCursor("it is too long")
        return cls(offsets, bool(body[0] & _PARTIAL))


def _write(body: bytearray, number: int) -> None:
    while number > 0x7F:
        body.append(number & 0x7F | 0x80)
        number >>= 7
    body.append(number)


def _read(body: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        if at >= len(body) or shift > 63:
            raise BadCursor("it is cut short")
        byte = body[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at
