"""`spotter topics`: the cluster's topics in Kafka."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.table import Table

from spotter_cli.commands.options import err, out
from spotter_cli.durations import format_duration
from spotter_standalone.errors import CliError

if TYPE_CHECKING:
    from spotter.streaming.kafka.admin import TopicState

app = typer.Typer(no_args_is_help=True, help="Create and list the Kafka topics of a cluster.")
T = TypeVar("T")

KafkaOption = Annotated[
    str | None,
    typer.Option(
        "--kafka", metavar="HOST:PORT", help="Bootstrap servers; default: SPOTTER_KAFKA, else 127.0.0.1:9092."
    ),
]
PrefixOption = Annotated[
    str | None, typer.Option("--prefix", help="Prefix of every topic name; default: SPOTTER_TOPIC_PREFIX, else none.")
]


@app.command(name="apply")
def apply(kafka: KafkaOption = None, prefix: PrefixOption = None) -> None:
    """Create missing topics and correct the settings of the others."""
    from spotter.streaming.kafka.admin import apply_topics

    bootstrap, topic_prefix = _broker_and_prefix(kafka, prefix)
    lines = _run(apply_topics(bootstrap, topic_prefix))
    for line in lines:
        out().print(line, markup=False)
    if not lines:
        err().print(f"All topics at {bootstrap} are up to date.", markup=False)


@app.command(name="list")
def list_all(kafka: KafkaOption = None, prefix: PrefixOption = None) -> None:
    """List all topics and their differences; exit with code 1 if one is missing or differs."""
    from spotter.streaming.kafka.admin import list_topics

    bootstrap, topic_prefix = _broker_and_prefix(kafka, prefix)
    states = _run(list_topics(bootstrap, topic_prefix))
    table = Table(title=f"Topics at {bootstrap}", title_justify="left", header_style="bold")
    for column in ("topic", "partitions", "replicas", "retention", "key", "content", "state"):
        table.add_column(column, overflow="fold", no_wrap=column == "topic")  # a name is there to be copied
    for state in states:
        topic, sizes = state.wanted, (str(state.partitions), str(state.replicas))
        kept = "newest per key" if topic.compacted else _retention(topic.retention_ms)
        table.add_row(state.name, *sizes, kept, topic.key, topic.holds, _state(state))
    out().print(table)
    if any(_state(state) != "ok" for state in states):
        err().print("Run: spotter topics apply", markup=False)
        raise typer.Exit(1)


def _broker_and_prefix(kafka: str | None, prefix: str | None) -> tuple[str, str]:
    from spotter.settings import Settings

    settings = Settings()
    return kafka or settings.kafka, settings.topic_prefix if prefix is None else prefix


def _run(request: Coroutine[Any, Any, T]) -> T:
    from spotter.streaming.kafka import TopicsDiffer
    from spotter.streaming.log import LogUnavailable

    try:
        return asyncio.run(request)
    except (LogUnavailable, TopicsDiffer) as error:
        text = str(error)
        raise CliError(f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}") from None


def _retention(retention_ms: int | None) -> str:
    if retention_ms is None:
        return "forever"
    days = retention_ms / 86_400_000
    return f"{days:g} days" if days >= 1 else format_duration(retention_ms / 1000)


def _state(state: TopicState) -> str:
    if not state.partitions:
        return "missing"
    if state.partitions != state.wanted.partitions:
        return f"{state.wanted.partitions} partitions expected"
    lines = [
        f"{name}: {have if have is not None else 'default'}, not {want}" for name, (have, want) in state.differs.items()
    ]
    return "; ".join(lines) or "ok"
