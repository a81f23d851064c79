"""Reads files of events: CloudEvents or plain `{type, data}`, one per line or all in one array."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Final

from spotter.domain.events import TYPES
from spotter_cli.replay.recording import RecordedEvent, Recording, UnreadableFile, time_of, with_sets

_SET_BY_SERVER: Final = frozenset({"receivedtime", "configversion", "sequence", "senttime"})
"""Attributes that the server sets again."""
_NOT_REPLAYED: Final = frozenset({"spotter.token.revoked.v1", "spotter.advice.acknowledged.v1"})
"""These refer to tokens and alerts that no longer exist."""


def read_lines(text: str) -> Recording:
    """Read events, one per line; raises UnreadableFile if there is none."""
    remarks: list[str] = []
    read: list[tuple[str, object]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            read.append((f"line {number}", json.loads(line)))
        except (ValueError, RecursionError) as error:
            remarks.append(f"line {number} is not JSON and is skipped: {error}")
    return _recording(read, remarks)


def read_array(items: list[object]) -> Recording:
    """Read events from an array; raises UnreadableFile if there is none."""
    return _recording([(f"item {number}", item) for number, item in enumerate(items, 1)], [])


def _recording(read: list[tuple[str, object]], remarks: list[str]) -> Recording:
    skipped: Counter[str] = Counter()
    events = list(_events(read, remarks, skipped))
    if not events:
        why = f" ({remarks[0]})" if remarks else ""
        raise UnreadableFile(f"it has no event to send{why}: a line should look like {{'type': …, 'data': {{…}}}}")
    remarks += [f"{count} × {name} skipped: a replay produces its own" for name, count in sorted(skipped.items())]
    return with_sets(events, remarks)


def _events(read: list[tuple[str, object]], remarks: list[str], skipped: Counter[str]) -> Iterator[RecordedEvent]:
    for line, item in read:
        if not isinstance(item, dict):
            remarks.append(f"{line} is not a JSON object and is skipped")
            continue
        name = item.get("type")
        kind = TYPES.get(name) if isinstance(name, str) else None
        if kind is not None and (kind.role is None or kind.name in _NOT_REPLAYED):
            skipped[kind.name] += 1
            continue
        event = {name: value for name, value in item.items() if name not in _SET_BY_SERVER}
        data = item.get("data")
        if isinstance(data, dict):
            # The token names the gym; the detector ends sets again by silence or by the next set.
            event["data"] = {name: value for name, value in data.items() if name != "gym_id"}
            if data.get("reason") in ("silence", "next_set") and name == "spotter.set.ended.v1":
                skipped["spotter.set.ended.v1 by silence or the next set"] += 1
                continue
        yield RecordedEvent(line, event, time_of(event))
