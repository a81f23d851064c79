"""The detector's step in a Quix Streams application. Runs as a file, in the peers' own environment.

Event by event, as its dataframes do; at least once, state in memory alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from quixstreams import Application, message_context

from spotter.domain.gym_config import Configuration
from spotter.domain.topics import ESTIMATES, LIFTS
from spotter.streaming.state_versions import Input, Stepper
from spotter_detector.processor import FailureDetector


def main() -> None:
    """Run the application."""
    prefix = os.environ["SPOTTER_TOPIC_PREFIX"]
    stepper = Stepper(FailureDetector(), Configuration())
    app = Application(
        broker_address=os.environ["SPOTTER_KAFKA"],
        consumer_group=f"{prefix}quix",
        auto_offset_reset="earliest",
        auto_create_topics=False,
        use_changelog_topics=False,
        commit_interval=1.0,
        loglevel="WARNING",
    )
    lifts = app.topic(prefix + LIFTS, value_deserializer="bytes", key_deserializer="bytes")
    estimates = app.topic(prefix + ESTIMATES, value_serializer="bytes", key_serializer="bytes")

    def step(value: bytes, key: bytes, _timestamp: int, _headers: object) -> Iterable[bytes]:
        at = message_context()
        batch = stepper.run([Input(at.partition, at.offset, key.decode(), value)])
        for name in batch.changed:
            stepper.table.prune(*name, 1 << 62)
        return [out.value for out in batch.outputs]

    app.dataframe(lifts).apply(step, expand=True, metadata=True).to_topic(estimates)
    app.run()


if __name__ == "__main__":
    main()
