"""Runs the demo: a host in a temporary folder, a gym that trains in it, and the terminal display."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from rich.live import Live
from rich.text import Text

from spotter.domain import topics
from spotter.domain.events import TYPES, Unreadable, decode
from spotter.streaming import gc_tuning
from spotter.streaming.log import Start
from spotter_cli.commands.options import PORT, err, out
from spotter_cli.demo.board import Board, Json
from spotter_cli.demo.gym import make_gym
from spotter_cli.demo.location import record_demo
from spotter_cli.demo.training import Training
from spotter_cli.demo.view import GymView, line, status
from spotter_standalone.data_dir import DataDir
from spotter_standalone.errors import CliError
from spotter_standalone.host import RunningHost, serving
from spotter_standalone.server import listen
from spotter_standalone.signals import StopRequest, stop_on_signals

GYM = "g1"
TOPICS = (
    *(topics.LIFTS, topics.ESTIMATES, topics.ADVICE, topics.CONFIG, topics.ACKS),
    *(topics.LIFTS_DEAD, topics.ESTIMATES_DEAD),
)


async def run_demo(for_s: float | None, as_json: bool, host: str, port: int | None, seed: int) -> int:
    """Run the demo for `for_s` seconds or until a signal; return the exit code."""
    with stop_on_signals() as stop, tempfile.TemporaryDirectory(prefix="spotter-demo-") as data_dir:
        async with _serving(DataDir(Path(data_dir)), host, port) as running:
            gc_tuning.tune()
            record_demo(running.data_dir)
            try:
                await _show(running, stop, for_s, as_json, seed)
            except BrokenPipeError:  # the reader has closed its end: `spotter demo --json | head`
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


@asynccontextmanager
async def _serving(data_dir: DataDir, host: str, port: int | None) -> AsyncIterator[RunningHost]:
    """Serve at the requested port, else at the default port or, if that is in use, at any free port."""
    if port is None and await asyncio.to_thread(_taken, host):
        port = 0
    async with serving(data_dir, host=host, port=PORT if port is None else port) as running:
        yield running


def _taken(host: str) -> bool:
    try:
        listen(host, PORT).close()
    except CliError:
        return True
    return False


async def _show(running: RunningHost, stop: StopRequest, for_s: float | None, as_json: bool, seed: int) -> None:
    gym = make_gym(seed)
    board = Board(gym)
    began_s = time.monotonic()
    live = not as_json and out().is_terminal

    def on_frame(frame: Json) -> None:
        now_s = time.monotonic()
        advice = board.receive(frame, now_s)
        if advice is not None and not live and advice.after_rep:
            (err() if as_json else out()).print(line(advice, now_s - began_s), markup=False)

    training = Training(
        running.url, running.keyring.issue(GYM, "coach", days=1), gym, on_sent=board.record_sent, on_frame=on_frame
    )
    coach = running.keyring.issue(GYM, "coach", days=1)
    heading = f"A simulated gym at {running.url}/  (Ctrl-C ends it). Sign in there with this coach's token:"
    (err() if as_json else out()).print(Text(f"{heading}\n{coach}"))
    with ExitStack() as stack:
        if live:
            view = GymView(board, training, None if for_s is None else began_s + for_s)
            stack.enter_context(Live(view, console=out(), refresh_per_second=8, transient=False))
        await _until_the_end(running, training, stop, for_s, as_json)
    if not live:
        (err() if as_json else out()).print(status(board, training), markup=False)


async def _until_the_end(
    running: RunningHost, training: Training, stop: StopRequest, for_s: float | None, as_json: bool
) -> None:
    printing = asyncio.create_task(_print_events(running)) if as_json else None
    works = [asyncio.create_task(training.run(), name="training"), running.broken]
    stopping = asyncio.create_task(stop.wait())
    if printing is not None:
        works.append(printing)
    try:
        done, _ = await asyncio.wait({stopping, *works}, timeout=for_s, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        stopping.cancel()
        works[0].cancel()
        await asyncio.gather(works[0], stopping, return_exceptions=True)
        if printing is not None:
            printing.cancel()
            await asyncio.gather(printing, return_exceptions=True)


async def _print_events(running: RunningHost) -> None:
    """Print every event once, as it is written, without the detector's copies of inputs."""
    reader = await running.log.reader(TOPICS, Start(beginning=True))
    while True:
        for record in await reader.fetch(1.0):
            try:
                event = record.event or decode(record.value)
            except Unreadable:
                continue
            own = TYPES[event.type].topic
            if own == record.topic or record.topic.endswith(".dead.v1") or own == topics.CONFIG:
                print(record.value.decode(), flush=False)
        sys.stdout.flush()
