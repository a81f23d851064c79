"""Shows a replay in the terminal: a progress bar, then a table; or lines of JSON."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import orjson
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from spotter_cli.commands.options import err, out
from spotter_cli.durations import format_duration
from spotter_cli.http_client import SpotterClient
from spotter_cli.replay.recording import Recording
from spotter_cli.replay.report import print_remarks, print_report
from spotter_cli.replay.runner import ReplayRunner
from spotter_cli.replay.schedule import schedule
from spotter_cli.replay.tally import Frame, Refusal
from spotter_standalone.data_dir import DataDir
from spotter_standalone.errors import CliError
from spotter_standalone.host import serving
from spotter_standalone.signals import stop_on_signals


@asynccontextmanager
async def _connection() -> AsyncIterator[SpotterClient]:
    url, token = os.environ.get("SPOTTER_URL"), os.environ.get("SPOTTER_TOKEN")
    if url and not token:
        raise CliError("SPOTTER_URL is set but SPOTTER_TOKEN is not: create one with spotter token create --role app.")
    if url and token:
        async with aclosing(SpotterClient(url, token)) as client:
            await client.check_reachable()
            yield client
        return
    with tempfile.TemporaryDirectory(prefix="spotter-replay-") as folder:
        async with (
            serving(DataDir(Path(folder))) as running,
            aclosing(SpotterClient(running.url, running.keyring.issue("g1", "admin"))) as client,
        ):
            yield client


async def run_replay(recording: Recording, speed: float, as_json: bool) -> int:
    """Send a recording, print the result and return the exit code."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("reps"),
        TimeRemainingColumn(),
        console=err(),
        disable=not err().is_terminal,
    )
    with stop_on_signals() as stop:
        async with _connection() as client:
            where = f"{recording.reps} reps of {len(recording.sets)} sets to {client.url}"
            lasts = format_duration(schedule(recording, speed)[-1].after_s)
            err().print(f"Sending {where}; this takes {lasts}.", markup=False)
            with progress:
                bar = progress.add_task("replaying", total=recording.reps)

                def on_frame(frame: Frame) -> None:
                    if as_json:
                        _print_json(frame)

                def on_refusal(refusal: Refusal) -> None:
                    if as_json:
                        _print_json({"refused": {"place": refusal.location, "reason": refusal.reason}})
                    if as_json or err().is_terminal:  # the report on standard output lists it too
                        progress.console.print(f"refused: {refusal.location}: {refusal.reason}", markup=False)

                running = ReplayRunner(
                    client,
                    recording,
                    speed=speed,
                    on_frame=on_frame,
                    on_refusal=on_refusal,
                    on_progress=lambda reps: progress.update(bar, completed=reps),
                )
                work = asyncio.create_task(running.run())
                stopping = asyncio.create_task(stop.wait())
                await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
                stopping.cancel()
                if not work.done():
                    work.cancel()
                    await asyncio.gather(work, return_exceptions=True)
                else:
                    work.result()
        if as_json:
            print_remarks(err(), running.tally)
            _print_json(running.tally.counts())
        else:
            print_report(out(), running.tally)
        return stop.exit_code


def _print_json(value: object) -> None:
    print(orjson.dumps(value).decode(), flush=True)
