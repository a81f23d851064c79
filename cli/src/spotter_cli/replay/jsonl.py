"""Files of events: a CloudEvent, or a plain `{type, data}`, one a line or all in one array."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Final

from spotter.domain.events import TYPES
from spotter_cli.replay.recording import RecordedEvent, Recording, UnreadableFile, time_of, with_sets

_OF_THE_DOOR: Final = frozenset({"receivedtime", "configversion", "sequence", "senttime"})
"""Attributes that are given anew."""
_NOT_AGAIN: Final = frozenset({"spotter.token.revoked.v1", "spotter.advice.acknowledged.v1"})
"""These are about this recording's own past: tokens and alerts that are no more."""


def read_lines(text: str) -> Recording:
    """Read events, one a line; raises UnreadableFile where there is none."""
    remarks: list[str] = []
    read: list[tuple[str, object]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            read.append((f"line {number}", json.loads(line)))
        except (ValueError, RecursionError) as error:
            remarks.append(f"line {number} is not JSON and is left out: {error}")
    return _recording(read, remarks)


def read_array(items: list[object]) -> Recording:
    """Read the items of one array; raises UnreadableFile where none is an event."""
    return _recording([(f"item {number}", item) for number, item in enumerate(items, 1)], [])


def _recording(read: list[tuple[str, object]], remarks: list[str]) -> Recording:
    left_out: Counter[str] = Counter()
    events = list(_events(read, remarks, left_out))
    if not events:
        why = f" ({remarks[0]})" if remarks else ""
        raise UnreadableFile(f"it holds no event to send{why}: a line should look like {{'type': …, 'data': {{…}}}}")
    remarks += [f"{count} × {name} left out: a replay makes its own" for name, count in sorted(left_out.items())]
    return with_sets(events, remarks)


def _events(read: list[tuple[str, object]], remarks: list[str], left_out: Counter[str]) -> Iterator[RecordedEvent]:
    for line, item in read:
        if not isinstance(item, dict):
            remarks.append(f"{line} is no JSON object and is left out")
            continue
        name = item.get("type")
        kind = TYPES.get(name) if isinstance(name, str) else None
        if kind is not None and (kind.role is None or kind.name in _NOT_AGAIN):
            left_out[kind.name] += 1
            continue
        event = {name: value for name, value in item.items() if name not in _OF_THE_DOOR}
        data = item.get("data")
        if isinstance(data, dict):
            # The gym is the credential's; silence and the next set end sets again by themselves.
            event["data"] = {name: value for name, value in data.items() if name != "gym_id"}
            if data.get("reason") in ("silence", "next_set") and name == "spotter.set.ended.v1":
                left_out["spotter.set.ended.v1 by silence or the next set"] += 1
                continue
        yield RecordedEvent(line, event, time_of(event))
