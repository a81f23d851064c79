"""Asking about a group of workers: its members, and what they have committed."""

from __future__ import annotations

from typing import Any

from spotter.streaming.kafka.admin import admin_client
from spotter.streaming.kafka.offsets import answered, topic_partitions


async def committed(bootstrap: str, prefix: str, group: str, topic: str) -> dict[int, int]:
    """Return the next input of a group by partition, 0 where it never committed; raises LogUnavailable."""
    partitions = topic_partitions(prefix, topic)
    async with admin_client(bootstrap) as admin:
        offsets = await answered(
            admin.list_consumer_group_offsets(prefix + group, None, partitions),
            f"can't tell what {group} has finished",
        )
    return {tp.partition: max(0, offsets[tp].offset) if tp in offsets else 0 for tp in partitions}


async def members(bootstrap: str, prefix: str, group: str) -> int:
    """Return how many workers a group has; one with a name of its own stays until its session ends.

    Raises LogUnavailable.
    """
    async with admin_client(bootstrap) as admin:
        responses: list[Any] = await answered(
            admin.describe_consumer_groups([prefix + group]), f"can't ask for the workers of {group}"
        )
    return sum(len(described["members"]) for response in responses for described in response.to_object()["groups"])
