"""Events as CloudEvents with typed data."""

from spotter.domain.event_types import EventData
from spotter.domain.events.envelope import (
    Event,
    Unreadable,
    corrected,
    corrected_time,
    decode,
    encode,
    from_json,
    to_json,
)
from spotter.domain.events.registry import ROLES, TYPES, EventType, Role, event_type, short_name
from spotter.domain.time import format_time, parse_time

__all__ = [
    "ROLES",
    "TYPES",
    "Event",
    "EventData",
    "EventType",
    "Role",
    "Unreadable",
    "corrected",
    "corrected_time",
    "decode",
    "encode",
    "event_type",
    "format_time",
    "from_json",
    "parse_time",
    "short_name",
    "to_json",
]
