"""The catalogue of topics: content, key and retention of each."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

PARTITIONS = 12
CHANGELOG_BYTES_MAX = 8 * 1024 * 1024
_DAY_MS = 24 * 60 * 60 * 1000

LIFTS = "lifts.v1"
ESTIMATES = "estimates.v1"
ADVICE = "advice.v1"
ACKS = "acks.v1"
CONFIG = "config.v1"
PAIRINGS = "pairings.v1"
ACCESS = "access.v1"
LIFTS_DEAD = "lifts.dead.v1"
ESTIMATES_DEAD = "estimates.dead.v1"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic."""

    name: str
    key: str
    """Its parts; the gym is the first of each topic's, so that no gym's record replaces or precedes another gym's."""
    holds: str
    retention_ms: int | None
    """None: for ever."""
    compacted: bool = False
    min_compaction_lag_ms: int | None = None
    max_message_bytes: int | None = None
    partitions: int = PARTITIONS

    def settings(self) -> dict[str, str]:
        """Return the broker's settings of this topic."""
        settings = {
            "cleanup.policy": "compact" if self.compacted else "delete",
            "retention.ms": str(-1 if self.retention_ms is None else self.retention_ms),
        }
        if self.min_compaction_lag_ms is not None:
            settings["min.compaction.lag.ms"] = str(self.min_compaction_lag_ms)
        if self.max_message_bytes is not None:
            settings["max.message.bytes"] = str(self.max_message_bytes)
        return settings


def dead_topic(topic: str) -> str:
    """Return the topic of records that readers of `topic` could not use.

    >>> dead_topic("lifts.v1")
    'lifts.dead.v1'
    """
    return f"{topic.removesuffix('.v1')}.dead.v1"


def changelog(app: str) -> Topic:
    """Return the changelog of a worker's state.

    It is not compacted for a day, so that recovery sees every value of a worker that wrote after losing its partition.
    A value contains all versions of an entry that a replay may ask for, and may therefore be large.
    """
    return Topic(
        f"{app}-state-changelog",
        "gym_id/athlete_id, entry",
        f"state of {app}",
        None,
        compacted=True,
        min_compaction_lag_ms=_DAY_MS,
        max_message_bytes=CHANGELOG_BYTES_MAX,
    )


def _catalogue() -> dict[str, Topic]:
    lifter, gym = "gym_id/athlete_id", "gym_id"
    rows = [
        Topic(LIFTS, lifter, "every event about one lifter", None),
        Topic(
            ESTIMATES,
            lifter,
            "one ordered history per lifter: events, reps, openings, closings, estimates",
            365 * _DAY_MS,
        ),
        Topic(ADVICE, lifter, "advice, summaries, budget changes", 365 * _DAY_MS),
        Topic(ACKS, lifter, "acknowledgements", 30 * _DAY_MS),
        Topic(CONFIG, gym, "a gym's policies and exercises, every version", None),
        Topic(PAIRINGS, "gym_id/device_id", "claims of devices, with their times", 30 * _DAY_MS),
        Topic(ACCESS, "gym_id/token_id", "revoked tokens", None, compacted=True),
        *(
            Topic(dead_topic(name), lifter, f"what readers of {name} could not use", 90 * _DAY_MS)
            for name in (LIFTS, ESTIMATES, ADVICE)
        ),
        changelog("failure-detector"),
        changelog("advisor"),
    ]
    return {topic.name: topic for topic in rows}


TOPICS = MappingProxyType(_catalogue())
"""Topics by name, changelogs included."""
