"""The Faust host: one processor as a worker of a consumer group on Apache Kafka.

Faust keeps the group, the partitions and the changelog; micro-batches, versions of state, timers and the life of the
process are ours (`at_least_once`, `micro_batch`, `changelog`, `runtime`, `worker`). Faust is imported in this package and nowhere else in
the kernel; its subclasses exist for what it has no setting for, and each says what that is.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import uvloop

from spotter.domain.gym_config import Configuration
from spotter.settings import Settings
from spotter.streaming.faust.host import FaustHost
from spotter.streaming.processor import Processor
from spotter.streaming.worker import work_until_stopped

__all__ = ["run_worker"]

logging.getLogger(__name__).setLevel(logging.WARNING)  # Faust logs its subclasses under the names of these modules


def run_worker(processor: Processor[Any], settings: Settings, *, one_by_one: bool = False) -> int:
    """Run a processor as a worker until SIGTERM or SIGINT; returns the exit code, not 0 after a failure."""

    def make_host(configuration: Configuration) -> FaustHost:
        return FaustHost(processor, configuration, settings, one_by_one=one_by_one)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work_until_stopped(processor, settings, make_host))
