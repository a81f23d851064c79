"""The life of a worker: start, recovery, work, timers, and an end that nobody can miss."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, Protocol

from spotter.domain.events import encode
from spotter.domain.gym_config import Configuration
from spotter.domain.topics import CONFIG, changelog, dead_topic
from spotter.settings import Settings
from spotter.streaming.changelog import Keeper
from spotter.streaming.health_server import worker_door
from spotter.streaming.kafka import KafkaLog, TopicsDiffer, check_topics
from spotter.streaming.liveness import GIVEN_UP_S, Progress
from spotter.streaming.log import LogUnavailable
from spotter.streaming.processor import Processor
from spotter.streaming.state_versions import Input, Stepper
from spotter.streaming.timers import Timers
from spotter.streaming.topic_follower import Following

log = logging.getLogger(__name__)

BROKER_S = 30.0
"""How long a starting worker waits for a broker."""
STOP_S = 8.0
"""How long an orderly end may take; container runtimes kill after ten."""
WATCH_S = 0.25
TIMERS_S = 0.5
ASK_S = 2.0
RECOVERY_STUCK_S = 10.0
FIRED_AGAIN = timedelta(seconds=30)
"""A timer whose event changed nothing is asked again after this."""


class WorkerFailed(Exception):
    """The worker can't go on; whoever started it should start it again."""


class SessionLost(WorkerFailed):
    """The worker is no longer a member of its group, and would not notice."""


class RecoveryFailed(WorkerFailed):
    """State could not be read back."""


class Host(Protocol):
    """What carries the events: Faust."""

    flusher: Any

    @property
    def ready(self) -> bool:
        """Whether state has been read back and events come in."""
        ...

    @property
    def recovering(self) -> bool:
        """Whether state is being read back."""
        ...

    @property
    def crashed(self) -> BaseException | None:
        """What ended the host, if anything did."""
        ...

    def check(self) -> None:
        """Raise what would otherwise go unnoticed."""
        ...

    async def ends(self) -> dict[int, int]:
        """Ask the brokers where the own partitions of the input end; raises LogUnavailable."""
        ...

    async def write(self, records: Sequence[tuple[int, str, bytes]]) -> None:
        """Append to the input, by partition and key, and wait for the confirmation."""
        ...

    async def start(self) -> None:
        """Begin; returns when state has been read back."""
        ...

    async def stop(self) -> None:
        """Finish what is on its way and let go."""
        ...


class Work:
    """One processor, its state, its timers and how it gets on."""

    def __init__(self, processor: Processor[Any], settings: Settings, *, one_by_one: bool = False) -> None:
        self.processor = processor
        self.settings = settings
        self.one_by_one = one_by_one
        self.configuration = Configuration()
        self.stepper = Stepper(processor, self.configuration)
        self.keeper = Keeper(self.stepper)
        self.timers = Timers()
        self.progress = Progress()
        self._failure: BaseException | None = None

    def begin(self, committed: Mapping[int, int]) -> None:
        """Take note of the offsets from which the partitions are read."""
        self.keeper.committed.update(committed)
        self.keeper.processed.update(committed)

    def done(self, inputs: Sequence[Input]) -> None:
        """Take note of acknowledged inputs."""
        self.keeper.acknowledged(inputs)
        self._set_timers({item.key for item in inputs})

    def recovered(self) -> None:
        """Make state of what was read back."""
        self.keeper.restore()
        self.timers.clear()
        self._set_timers(self.keeper.keys())

    def drop(self, partitions: Iterable[int]) -> None:
        """Forget partitions that another worker has."""
        self.keeper.drop(partitions)

    def fail(self, error: BaseException) -> None:
        """End the worker at the next look."""
        self._failure = self._failure or error

    def check(self) -> None:
        """Raise what `fail` was told."""
        if self._failure is not None:
            raise WorkerFailed(f"{type(self._failure).__name__}: {self._failure}") from self._failure

    def _set_timers(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.timers.set(key, self.processor.next_due(self.stepper.state(key)))

    async def fire(self, host: Host, now: datetime) -> int:
        """Write the events of due timers of partitions that were read to their end; gives how many."""
        due = self.timers.due(now)
        if not due:
            return 0
        ends = await host.ends()
        records = []
        for key in set(due).intersection(self.keeper.keys()):
            partition = self.keeper.partition(key)
            if self.keeper.processed.get(partition, -1) < ends.get(partition, 0):
                continue
            events = self.processor.due(self.stepper.state(key), key, now)
            records += [(partition, key, encode(replace(event, receivedtime=now))) for event in events]
            self.timers.set(key, now + FIRED_AGAIN)
        await host.write(records)
        return len(records)


async def work_until_stopped(work: Work, make_host: Callable[[], Host]) -> int:
    """Work until a signal; gives 0. A worker that fails ends the process at once, with exit code 1."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        await _work(work, make_host, stopped)
    except (LogUnavailable, TopicsDiffer, OSError) as error:
        _end_now(work, error)
    return 0


def _end_now(work: Work, error: BaseException | None) -> NoReturn:
    """End the process, without the steps of an orderly end: these could wait for ever for what has just failed."""
    if error is not None:
        known = isinstance(error, WorkerFailed | LogUnavailable | TopicsDiffer | OSError)
        log.critical("%s ends: %s", work.processor.name, error, exc_info=None if known else error)
    logging.shutdown()
    os._exit(0 if error is None else 1)


async def _work(work: Work, make_host: Callable[[], Host], stopped: asyncio.Event) -> None:
    settings, name = work.settings, work.processor.name
    async with AsyncExitStack() as stack:
        host: Host | None = None

        def not_ready() -> str | None:
            return None if host is not None and host.ready else "State is being read back."

        await stack.enter_async_context(
            worker_door(settings, ready=not_ready, alive=lambda: work.progress.problem(time.monotonic()))
        )
        if not await _topics_there(work, stopped):
            return
        source = KafkaLog(settings.kafka, settings.topic_prefix)
        following = await stack.enter_async_context(Following(source, {CONFIG: work.configuration.apply}))
        logging.getLogger("faust.tables.recovery").addHandler(_RecoveryErrors(work))
        host = make_host()
        working = {
            asyncio.create_task(host.flusher.run(), name="flusher"),
            asyncio.create_task(_watch(work, host, following), name="watch"),
            asyncio.create_task(_ask(work, host), name="ask"),
            asyncio.create_task(_fire(work, host), name="timers"),
        }
        starting = asyncio.create_task(host.start(), name="start")
        signalled = asyncio.create_task(stopped.wait(), name="signal")
        done, _ = await asyncio.wait({*working, starting, signalled}, return_when=asyncio.FIRST_COMPLETED)
        if done == {starting} and starting.exception() is None:
            log.info("%s is ready", name)
            done, _ = await asyncio.wait({*working, signalled}, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {signalled}:
            error = None if task.cancelled() else task.exception()
            _end_now(work, error or WorkerFailed(f"the {task.get_name()} task ended"))
        if not starting.done():
            _end_now(work, None)  # nothing has been taken yet
        try:
            await asyncio.wait_for(host.stop(), STOP_S)
        except TimeoutError:
            _end_now(work, WorkerFailed(f"it did not stop within {STOP_S:.0f} s"))
        for task in working:
            task.cancel()
        await asyncio.wait(working)


async def _topics_there(work: Work, stopped: asyncio.Event) -> bool:
    """Wait for a broker and look for the topics, whose absence Faust would hardly mention; False: stopped before."""
    settings, processor = work.settings, work.processor
    names = [processor.input_topic, processor.output_topic, dead_topic(processor.input_topic)]
    names += [changelog(processor.name).name, CONFIG]
    until = time.monotonic() + BROKER_S
    while not stopped.is_set():
        try:
            await check_topics(settings.kafka, settings.topic_prefix, names)
        except LogUnavailable:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.5)
        else:
            return True
    return False


async def _watch(work: Work, host: Host, following: Following) -> None:
    """Raise what ends a worker, and what would otherwise leave it silent for ever."""
    restored, since = -1, 0.0
    while True:
        work.check()
        following.check()
        host.check()
        if host.crashed is not None:
            raise WorkerFailed(f"Faust crashed: {host.crashed!r}") from host.crashed
        now = time.monotonic()
        if not host.recovering or work.keeper.restored != restored:
            restored, since = work.keeper.restored, now
        elif now - since > RECOVERY_STUCK_S:
            raise RecoveryFailed(f"recovery has read nothing for {RECOVERY_STUCK_S:.0f} s")
        if work.progress.stuck_s(now) > GIVEN_UP_S:
            raise WorkerFailed(work.progress.problem(now) or "stuck")
        await asyncio.sleep(WATCH_S)


async def _ask(work: Work, host: Host) -> None:
    """Compare what is committed with what there is."""
    while True:
        await asyncio.sleep(ASK_S)
        try:
            ends = await host.ends()
        except LogUnavailable as error:
            log.warning("nobody can tell what waits: %s", error)
            work.progress.unanswered(time.monotonic())
            continue
        committed = work.keeper.committed
        lag = sum(max(0, end - committed[number]) for number, end in ends.items() if number in committed)
        work.progress.seen(time.monotonic(), lag, (sum(committed.values()), work.keeper.restored))


async def _fire(work: Work, host: Host) -> None:
    while True:
        await asyncio.sleep(TIMERS_S)
        if host.ready:
            try:
                await work.fire(host, datetime.now(UTC))
            except LogUnavailable as error:
                log.warning("timers wait: %s", error)


class _RecoveryErrors(logging.Handler):
    """Faust only warns of a value that it can't read back, and would wait for it for ever."""

    def __init__(self, work: Work) -> None:
        super().__init__(logging.WARNING)
        self._work = work

    def emit(self, record: logging.LogRecord) -> None:
        """End the worker."""
        if str(record.msg).startswith("Error in recovery"):
            self._work.fail(RecoveryFailed(record.getMessage()))
