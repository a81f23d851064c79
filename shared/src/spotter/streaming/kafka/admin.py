"""Making the topics of the catalogue, and saying what is there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from spotter.domain.topics import TOPICS, Topic
from spotter.streaming.kafka.offsets import Offsets, answered, topic_partitions
from spotter.streaming.log import LogUnavailable

REPLICAS_MAX = 3
CHANGE_S = 30.0
"""How long brokers may take to make or change topics."""
_SET_ON_THE_TOPIC = 1
"""Kafka's mark of a setting that was made for this topic."""


class TopicsDiffer(Exception):
    """Topics are missing, or differ in what can't be changed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as the brokers have it, beside the catalogue."""

    name: str
    """As on the brokers, with the prefix."""
    wanted: Topic
    partitions: int
    """0: it does not exist."""
    replicas: int
    differs: dict[str, tuple[str | None, str]]
    """Settings that are not as in the catalogue: what is there, what is wanted."""


async def apply_topics(bootstrap: str, prefix: str = "", topics: Iterable[Topic] | None = None) -> list[str]:
    """Make what is missing and put settings right; returns a line for each change, none when all is well.

    Raises LogUnavailable, and TopicsDiffer for a topic with another number of partitions (nothing is changed then):
    a key's records would end up in two of them.
    """
    async with admin_client(bootstrap) as admin:
        brokers = len((await answered(admin.describe_cluster(), "can't ask for the brokers"))["brokers"])
        replicas = min(REPLICAS_MAX, brokers)
        states = await _states(admin, prefix, topics, replicas)
        _refuse_other_partitions(states)
        missing = [state for state in states if not state.partitions]
        wrong = [state for state in states if state.partitions and state.differs]
        lines = await _make(admin, missing, replicas) if missing else []
        lines += await _put_right(admin, wrong) if wrong else []
        if lines:
            await _until_taken_over(admin, bootstrap, prefix, [state.wanted for state in (*missing, *wrong)])
        return lines


async def list_topics(bootstrap: str, prefix: str = "") -> list[TopicState]:
    """Return what is there of each topic of the catalogue; raises LogUnavailable."""
    async with admin_client(bootstrap) as admin:
        return await _states(admin, prefix, None, None)


async def check_topics(bootstrap: str, prefix: str, names: Sequence[str]) -> None:
    """Raise TopicsDiffer where one of the topics is missing or has another number of partitions; LogUnavailable."""
    async with admin_client(bootstrap) as admin:
        states = await _states(admin, prefix, [TOPICS[name] for name in names], None)
    missing = [state.name for state in states if not state.partitions]
    if missing:
        raise TopicsDiffer(f"no such topic at {bootstrap}: {', '.join(missing)}; run `spotter topics apply`")
    _refuse_other_partitions(states)


@asynccontextmanager
async def admin_client(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """Have a started client for the time of a block. Raises LogUnavailable where no broker answers."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await answered(admin.start(), f"no broker answers at {bootstrap}")
        yield admin
    finally:
        await admin.close()


async def _states(
    admin: AIOKafkaAdminClient, prefix: str, topics: Iterable[Topic] | None, replicas: int | None
) -> list[TopicState]:
    wanted = {prefix + topic.name: topic for topic in (TOPICS.values() if topics is None else topics)}
    described = await answered(admin.describe_topics(), "can't ask for the topics")
    there = {topic["topic"]: topic["partitions"] for topic in described if topic["topic"] in wanted}
    settings = await _settings(admin, list(there)) if there else {}
    states = []
    for name, topic in wanted.items():
        partitions = there.get(name, [])
        copies = min((len(partition["replicas"]) for partition in partitions), default=0)
        asked = _settings_wanted(topic, copies or replicas or 1)
        have = settings.get(name, {})
        differs = {key: (have.get(key), value) for key, value in asked.items() if have.get(key) != value}
        states.append(TopicState(name, topic, len(partitions), copies, differs if partitions else {}))
    return states


def _settings_wanted(topic: Topic, replicas: int) -> dict[str, str]:
    """With three copies a write counts when two have it: one broker may go away and nothing is lost or refused."""
    return topic.settings() | ({"min.insync.replicas": "2"} if replicas >= REPLICAS_MAX else {})


async def _settings(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Read the settings made for topics themselves; the brokers' defaults are not ours."""
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    settings: dict[str, dict[str, str]] = {}
    for response in await answered(admin.describe_configs(asked), "can't ask for the topics' settings"):
        for resource in response.to_object()["resources"]:
            _raise_for(resource["error_code"], f"can't read the settings of {resource['resource_name']}")
            settings[resource["resource_name"]] = {
                entry["config_names"]: entry["config_value"]
                for entry in resource["config_entries"]
                if entry["config_source"] == _SET_ON_THE_TOPIC
            }
    return settings


def _refuse_other_partitions(states: Iterable[TopicState]) -> None:
    wrong = [state for state in states if state.partitions and state.partitions != state.wanted.partitions]
    if wrong:
        differences = ", ".join(
            f"{state.name} has {state.partitions}, not {state.wanted.partitions}" for state in wrong
        )
        raise TopicsDiffer(
            f"the number of partitions of a topic can't be changed, since keys would move: {differences}. Copy its records "
            "into a new topic, or use another prefix (SPOTTER_TOPIC_PREFIX)."
        )


async def _make(admin: AIOKafkaAdminClient, missing: Sequence[TopicState], replicas: int) -> list[str]:
    new = [
        NewTopic(state.name, state.wanted.partitions, replicas, topic_configs=_settings_wanted(state.wanted, replicas))
        for state in missing
    ]
    made = await answered(admin.create_topics(new), "can't make topics", CHANGE_S)
    for topic in made.to_object()["topic_errors"]:
        if for_code(topic["error_code"]) is not TopicAlreadyExistsError:  # somebody else was faster
            _raise_for(topic["error_code"], f"can't make {topic['topic']}", topic["error_message"])
    copies = "1 copy" if replicas == 1 else f"{replicas} copies"
    return [f"made {state.name}: {state.wanted.partitions} partitions, {copies}" for state in missing]


async def _put_right(admin: AIOKafkaAdminClient, wrong: Sequence[TopicState]) -> list[str]:
    # A change replaces all that was set for a topic, so what an operator added is sent along.
    have = await _settings(admin, [state.name for state in wrong])
    changes = [
        ConfigResource(
            ConfigResourceType.TOPIC,
            state.name,
            have.get(state.name, {}) | {key: value for key, (_, value) in state.differs.items()},
        )
        for state in wrong
    ]
    for response in await answered(admin.alter_configs(changes), "can't change the topics' settings", CHANGE_S):
        for resource in response.to_object()["resources"]:
            what = f"can't change the settings of {resource['resource_name']}"
            _raise_for(resource["error_code"], what, resource["error_message"])
    return [
        f"changed {state.name}: {key} from {'the default' if old is None else old} to {new}"
        for state in wrong
        for key, (old, new) in state.differs.items()
    ]


async def _until_taken_over(admin: AIOKafkaAdminClient, bootstrap: str, prefix: str, topics: Sequence[Topic]) -> None:
    """Wait until the brokers work by what the controller has accepted."""
    until = time.monotonic() + CHANGE_S
    while True:
        states = await _states(admin, prefix, topics, None)
        _refuse_other_partitions(states)  # one of them may have been made by somebody else meanwhile
        if all(state.partitions and not state.differs for state in states):
            break
        if time.monotonic() > until:
            raise LogUnavailable(f"the brokers have not taken the changes over within {CHANGE_S:g} s")
        await asyncio.sleep(0.05)
    asking = Offsets(bootstrap)
    try:
        # Only a leader that is ready for writes answers this.
        await asking.end(
            [partition for topic in topics for partition in topic_partitions(prefix, topic.name)], CHANGE_S
        )
    finally:
        await asking.close()


def _raise_for(code: int, what: str, detail: str | None = None) -> None:
    if code:
        error = for_code(code)
        raise LogUnavailable(f"{what}: {error.__name__}{f': {detail}' if detail else ''}")
