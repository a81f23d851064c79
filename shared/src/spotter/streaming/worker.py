"""The life of a worker: start, recovery, work, timers, and an unmistakable end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from fastapi import FastAPI

from spotter.domain.gym_config import Configuration
from spotter.domain.time import utc_now
from spotter.domain.topics import CONFIG, changelog, dead_topic
from spotter.http import install
from spotter.http.health import health_router
from spotter.http.server import Server, server_config
from spotter.settings import Limits, Settings
from spotter.streaming.kafka import KafkaLog, TopicsDiffer, check_topics
from spotter.streaming.log import LogUnavailable
from spotter.streaming.processor import Processor
from spotter.streaming.topic_follower import TopicFollower

if TYPE_CHECKING:
    from spotter.streaming.faust.host import FaustHost

log = logging.getLogger(__name__)

BROKER_S = 30.0
"""How long a starting worker waits for a broker."""
STOP_S = 8.0
"""How long an orderly end may take; container runtimes kill after ten."""
STUCK_S = 30.0
"""Lag without an acknowledged event for so long, while the broker answers, is not alive."""
GIVEN_UP_S = 60.0
"""After which the worker ends itself, to be restarted."""
WATCH_S = 0.25
TIMERS_S = 0.5
ASK_S = 2.0
RECOVERY_STUCK_S = 10.0


class WorkerFailed(Exception):
    """The worker can't go on and should be restarted."""


class SessionLost(WorkerFailed):
    """The worker is no longer a member of its group, and would not notice."""


class RecoveryFailed(WorkerFailed):
    """State could not be read back."""


@dataclass(slots=True)
class Progress:
    """Compares what was done with what there is to do, each time the broker answers."""

    _mark: tuple[int, ...] = ()
    _since_s: float = 0.0
    _lag: int = 0

    def seen(self, now_s: float, lag: int, mark: tuple[int, ...]) -> None:
        """Record the lag, and numbers that change when work gets done."""
        if lag <= 0 or mark != self._mark or not self._lag:
            self._since_s = now_s
        self._mark = mark
        self._lag = max(0, lag)

    def unanswered(self, now_s: float) -> None:
        """Record that the broker did not answer: whether there is work is unknown."""
        self._since_s = now_s

    def stuck_s(self, now_s: float) -> float:
        """Return for how long nothing was done although there was work (0: it makes progress)."""
        return now_s - self._since_s if self._lag else 0.0

    def problem(self, now_s: float) -> str | None:
        """Say in a sentence why the worker is not alive; None: it is."""
        stuck_s = self.stuck_s(now_s)
        if stuck_s <= STUCK_S:
            return None
        return f"{self._lag} events wait and none was finished for {stuck_s:.0f} s."


async def work_until_stopped(
    processor: Processor[Any], settings: Settings, make_host: Callable[[Configuration], FaustHost]
) -> int:
    """Work until a signal; returns 0. A worker that fails ends the process at once, with exit code 1."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        await _work(processor, settings, make_host, stopped)
    except (LogUnavailable, TopicsDiffer, OSError) as error:
        _end_now(processor.name, error)
    return 0


def _end_now(name: str, error: BaseException | None) -> NoReturn:
    """End the process, without the steps of an orderly end: these could wait for ever for what has just failed."""
    if error is not None:
        expected = isinstance(error, WorkerFailed | LogUnavailable | TopicsDiffer | OSError)
        log.critical("%s ends: %s", name, error, exc_info=None if expected else error)
    logging.shutdown()
    os._exit(0 if error is None else 1)


async def _work(
    processor: Processor[Any],
    settings: Settings,
    make_host: Callable[[Configuration], FaustHost],
    stopped: asyncio.Event,
) -> None:
    name, progress, configuration = processor.name, Progress(), Configuration()
    async with AsyncExitStack() as stack:
        host: FaustHost | None = None

        def not_ready() -> str | None:
            return None if host is not None and host.ready else "State is being read back."

        await stack.enter_async_context(
            _health_server(settings, ready=not_ready, alive=lambda: progress.problem(time.monotonic()))
        )
        if not await _topics_there(processor, settings, stopped):
            return
        source = KafkaLog(settings.kafka, settings.topic_prefix)
        follower = await stack.enter_async_context(TopicFollower(source, {CONFIG: configuration.apply}))
        async with asyncio.timeout(BROKER_S):
            await follower.read_up()
        host = make_host(configuration)
        logging.getLogger("faust.tables.recovery").addHandler(_RecoveryErrors(host))
        working = {
            asyncio.create_task(host.batches.run(), name="batches"),
            asyncio.create_task(_watch(host, progress, follower), name="watch"),
            asyncio.create_task(_ask(host, progress), name="ask"),
            asyncio.create_task(_fire(host), name="timers"),
        }
        starting = asyncio.create_task(host.start(), name="start")
        signalled = asyncio.create_task(stopped.wait(), name="signal")
        done, _ = await asyncio.wait({*working, starting, signalled}, return_when=asyncio.FIRST_COMPLETED)
        if done == {starting} and starting.exception() is None:
            log.info("%s is ready", name)
            done, _ = await asyncio.wait({*working, signalled}, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {signalled}:
            error = None if task.cancelled() else task.exception()
            _end_now(name, error or WorkerFailed(f"the {task.get_name()} task ended"))
        if not starting.done():
            _end_now(name, None)  # nothing has been taken yet
        try:
            await asyncio.wait_for(host.stop(), STOP_S)
        except TimeoutError:
            _end_now(name, WorkerFailed(f"it did not stop within {STOP_S:.0f} s"))
        for task in working:
            task.cancel()
        await asyncio.wait(working)


@asynccontextmanager
async def _health_server(
    settings: Settings, *, ready: Callable[[], str | None], alive: Callable[[], str | None]
) -> AsyncIterator[None]:
    """Serve `/healthz`, `/readyz` and `/metrics` at the settings' host and port; raises OSError where it is taken."""
    app = FastAPI(openapi_url=None)
    limits = Limits()
    install(app, limits)
    app.include_router(health_router(ready, alive=alive))
    listener = socket.create_server((settings.host, settings.port))
    log.info("health and metrics at http://%s:%d", *listener.getsockname()[:2])
    server = Server(server_config(app, limits, lifespan="off", ws="none"), limits, signals=False)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="health")
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.wait({serving})


async def _topics_there(processor: Processor[Any], settings: Settings, stopped: asyncio.Event) -> bool:
    """Wait for a broker and look for the topics, whose absence Faust would hardly mention; False: stopped before."""
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


async def _watch(host: FaustHost, progress: Progress, follower: TopicFollower) -> None:
    """Raise what ends a worker, and what would otherwise leave it silent for ever."""
    restored, since = -1, 0.0
    while True:
        follower.check()
        host.check()
        now = time.monotonic()
        if not host.recovering or host.changelog.restored != restored:
            restored, since = host.changelog.restored, now
        elif now - since > RECOVERY_STUCK_S:
            raise RecoveryFailed(f"recovery has read nothing for {RECOVERY_STUCK_S:.0f} s")
        if progress.stuck_s(now) > GIVEN_UP_S:
            raise WorkerFailed(progress.problem(now) or "stuck")
        await asyncio.sleep(WATCH_S)


async def _ask(host: FaustHost, progress: Progress) -> None:
    """Compare what is committed with what there is."""
    while True:
        await asyncio.sleep(ASK_S)
        try:
            ends = await host.ends()
        except LogUnavailable as error:
            log.warning("what waits is unknown: %s", error)
            progress.unanswered(time.monotonic())
            continue
        committed = host.changelog.committed
        lag = sum(max(0, end - committed[number]) for number, end in ends.items() if number in committed)
        progress.seen(time.monotonic(), lag, (sum(committed.values()), host.changelog.restored))


async def _fire(host: FaustHost) -> None:
    while True:
        await asyncio.sleep(TIMERS_S)
        if host.ready:
            try:
                await host.fire(utc_now())
            except LogUnavailable as error:
                log.warning("timers wait: %s", error)


class _RecoveryErrors(logging.Handler):
    """Faust only warns of a value that it can't read back, and would wait for it for ever."""

    def __init__(self, host: FaustHost) -> None:
        super().__init__(logging.WARNING)
        self._host = host

    def emit(self, record: logging.LogRecord) -> None:
        """End the worker."""
        if str(record.msg).startswith("Error in recovery"):
            self._host.fail(RecoveryFailed(record.getMessage()))
