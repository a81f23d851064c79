"""The AsyncAPI 3 document: topics and sockets, with their senders and receivers."""

from __future__ import annotations

from typing import Any

from spotter.domain import topics
from spotter.domain.events import TYPES
from tools.reference.schemas import Json, data_schema

_WRITERS = {
    topics.LIFTS: ["ingest"],
    topics.ESTIMATES: ["failure-detector"],
    topics.ADVICE: ["advisor"],
    topics.ACKS: ["gateway", "ingest"],
    topics.CONFIG: ["ingest"],
    topics.PAIRINGS: ["ingest"],
    topics.ACCESS: ["ingest", "dashboard"],
}
_READERS = {
    topics.LIFTS: ["failure-detector"],
    topics.ESTIMATES: ["advisor", "gateway", "dashboard"],
    topics.ADVICE: ["gateway", "dashboard"],
    topics.ACKS: ["gateway"],
    topics.CONFIG: ["ingest", "failure-detector", "advisor", "dashboard"],
    topics.PAIRINGS: ["ingest"],
    topics.ACCESS: ["ingest", "gateway", "dashboard"],
    topics.LIFTS_DEAD: ["dashboard"],
    topics.ESTIMATES_DEAD: ["dashboard"],
}


def _messages_of(topic: str) -> list[str]:
    """Return the names of a topic's event types."""
    if topic.endswith(".dead.v1"):
        return ["spotter.event.rejected.v1"]
    own = [name for name, kind in TYPES.items() if kind.topic == topic]
    if topic == topics.LIFTS:
        own.append("spotter.policy.updated.v1")
    if topic == topics.ESTIMATES:
        own += _messages_of(topics.LIFTS)
    return own


def _ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/{kind}/{name}"}


def asyncapi(version: str) -> Json:
    """Return the document."""
    channels: Json = {}
    operations: Json = {}
    for topic in topics.TOPICS.values():
        if topic.name.endswith("-changelog"):
            continue
        address = topic.name
        names = _messages_of(topic.name)
        channels[address] = {
            "address": address,
            "description": f"Holds {topic.holds}. Key: {topic.key}.",
            "messages": {name: _ref("components/messages", name) for name in names},
            "bindings": {"kafka": {"partitions": topic.partitions, "topicConfiguration": _settings(topic)}},
        }
        for writer in _WRITERS.get(topic.name, ()):
            operations[f"{writer}.writes.{address}"] = {"action": "send", "channel": _ref("channels", address)}
        for reader in _READERS.get(topic.name, []):
            operations[f"{reader}.reads.{address}"] = {"action": "receive", "channel": _ref("channels", address)}
    channels |= _sockets()
    operations |= {
        "client.sends.events": {
            "action": "receive",
            "channel": _ref("channels", "events-socket"),
            "summary": "One CloudEvent per text frame, at most 256 KiB; for each, in order, an item of results.",
        },
        "gateway.sends.advice": {
            "action": "send",
            "channel": _ref("channels", "advice-socket"),
            "summary": "Advice, with estimates=1 also estimates, and a heartbeat every 2 s.",
        },
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Spotter", "version": version, "license": {"name": "Apache-2.0"}},
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": {name: _message(name) for name in TYPES},
            "schemas": {name: data_schema(kind) for name, kind in TYPES.items()},
        },
    }


def _settings(topic: topics.Topic) -> dict[str, Any]:
    retention_ms = -1 if topic.retention_ms is None else topic.retention_ms
    return {"cleanup.policy": ["compact" if topic.compacted else "delete"], "retention.ms": retention_ms}


def _message(name: str) -> Json:
    return {
        "name": name,
        "contentType": "application/cloudevents+json",
        "summary": (TYPES[name].data.__doc__ or "").strip(),
        "payload": {
            "type": "object",
            "required": ["specversion", "id", "source", "type", "data"],
            "properties": {
                "specversion": {"const": "1.0"},
                "type": {"const": name},
                "data": {"$ref": f"#/components/schemas/{name}"},
            },
        },
    }


def _sockets() -> Json:
    sent = [name for name, kind in TYPES.items() if kind.role is not None]
    received = ["spotter.advice.given.v1", "spotter.effort.estimated.v1", "spotter.advice.acknowledged.v1"]
    return {
        "events-socket": {
            "address": "/v1/events",
            "messages": {name: _ref("components/messages", name) for name in sent},
            "bindings": {"ws": {"method": "GET"}},
        },
        "advice-socket": {
            "address": "/v1/advice",
            "messages": {name: _ref("components/messages", name) for name in received},
            "bindings": {
                "ws": {
                    "method": "GET",
                    "query": {
                        "type": "object",
                        "properties": {
                            "athlete_id": {"type": "string"},
                            "station_id": {"type": "string"},
                            "actions": {"type": "string", "description": "For example stop,failing"},
                            "estimates": {"type": "string", "enum": ["0", "1"]},
                        },
                    },
                }
            },
        },
    }
