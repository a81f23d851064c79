"""Runs a replay: sends events when they are due and reads the estimates and advice on them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from typing import Final

from spotter_cli.http_client import SpotterClient
from spotter_cli.replay.recording import ENDED, Recording, RecordingSet
from spotter_cli.replay.schedule import ScheduledEvent, TimeShift, reissue, schedule
from spotter_cli.replay.tally import Frame, Refusal, Tally

EVENTS_AT_ONCE: Final = 200
LISTENING_S: Final = 4.0
"""Longer than the heartbeat interval; frames before the first heartbeat describe the state before the replay."""
QUIET_S: Final = 5.0
"""After this long without a new frame and with no event pending, nothing more will come."""
SETTLE_LIMIT_S: Final = 60.0
_SOON_S: Final = 0.05


class ReplayRunner:
    """One run of a recording against a server."""

    def __init__(
        self,
        client: SpotterClient,
        recording: Recording,
        *,
        speed: float = 1.0,
        on_frame: Callable[[Frame], None] = lambda frame: None,
        on_refusal: Callable[[Refusal], None] = lambda refusal: None,
        on_progress: Callable[[int], None] = lambda reps: None,
    ) -> None:
        self.tally = Tally(recording)
        self._client = client
        self._due = schedule(recording, speed)
        self._timed = speed == 1.0
        """At another speed a request takes as long as a set, and a clock corrected by it would mix reps and sets up."""
        self._on_frame = on_frame
        self._on_refusal = on_refusal
        self._on_progress = on_progress
        self._run = secrets.token_hex(8)
        self._open: dict[RecordingSet, dict[str, object]] = {}
        self._earlier_ids: set[object] = set()
        self._caught_up: asyncio.Event | None = asyncio.Event()
        self._changed_s = 0.0
        self._idle_beats = 0

    async def run(self) -> None:
        """Send everything and wait for the advice; if it ends early, end the sets that it has started.

        Raises CliError if the server can't be reached.
        """
        listening = asyncio.create_task(self._listen(), name="replay listens")
        try:
            await self._ready(listening)
            await self._send(listening)
            await self._settle(listening)
        except BaseException:
            with suppress(Exception):  # report the original error
                await asyncio.wait_for(self._end_open_sets(), 2.0)
            raise
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self) -> None:
        async with aclosing(self._client.frames(estimates="1")) as frames:
            async for frame in frames:
                self._receive(frame)

    def _receive(self, frame: Frame) -> None:
        if "heartbeat" in frame:
            beat = frame["heartbeat"]
            idle = isinstance(beat, dict) and beat.get("age_ms") == 0
            self._idle_beats = self._idle_beats + 1 if idle else 0
            if self._caught_up is not None:
                self._caught_up.set()
        elif self._caught_up is not None:
            self._earlier_ids.add(frame.get("id"))
        elif frame.get("id") not in self._earlier_ids and self.tally.receive(frame):
            self._changed_s = asyncio.get_running_loop().time()
            self._on_frame(frame)

    async def _ready(self, listening: asyncio.Task[None]) -> None:
        """Wait until the stream has sent the state before the replay."""
        assert self._caught_up is not None
        waiting = asyncio.create_task(self._caught_up.wait())
        await asyncio.wait({waiting, listening}, timeout=LISTENING_S, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        _check(listening)
        self._caught_up = None

    async def _send(self, listening: asyncio.Task[None]) -> None:
        loop = asyncio.get_running_loop()
        shift = TimeShift(self._due, datetime.now(UTC))
        began_s = loop.time()
        position = 0
        while position < len(self._due):
            _check(listening)
            wait_s = self._due[position].after_s - (loop.time() - began_s)
            if wait_s > 0:
                await asyncio.sleep(min(wait_s, 1.0))
                continue
            now_s = loop.time() - began_s
            batch = [due for due in self._due[position : position + EVENTS_AT_ONCE] if due.after_s <= now_s]
            events = [reissue(due, position + number, shift, self._run) for number, due in enumerate(batch)]
            await self._deliver(batch, events)
            position += len(batch)

    async def _deliver(self, batch: Sequence[ScheduledEvent], events: Sequence[dict[str, object]]) -> None:
        for due, event in zip(batch, events, strict=True):
            self.tally.record_sent(due.recorded)
            self._note_open(due, event)
        for due, outcome in zip(batch, await self._client.send(events, timed=self._timed), strict=True):
            refusal = self.tally.record_outcome(due.recorded, outcome)
            if refusal is not None:
                self._on_refusal(refusal)
        self._changed_s = asyncio.get_running_loop().time()
        self._idle_beats = 0
        self._on_progress(self.tally.sent)

    def _note_open(self, due: ScheduledEvent, event: dict[str, object]) -> None:
        recording_set, data = due.recorded.set, event.get("data")
        if recording_set is None or not isinstance(data, dict):
            return
        if event.get("type") == ENDED:
            self._open.pop(recording_set, None)
        else:
            self._open[recording_set] = {name: data[name] for name in ("athlete_id", "set_id") if name in data}

    async def _end_open_sets(self) -> None:
        if self._open:
            await self._client.send([{"type": ENDED, "data": data} for data in self._open.values()])

    async def _settle(self, listening: asyncio.Task[None]) -> None:
        """Wait for estimates and advice on accepted reps; those that the detector rejects never get any."""
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + SETTLE_LIMIT_S
        while not self.tally.complete and loop.time() < deadline_s:
            _check(listening)
            if loop.time() - self._changed_s > QUIET_S and self._idle_beats >= 2:
                break
            await asyncio.sleep(_SOON_S)


def _check(task: asyncio.Task[None]) -> None:
    if task.done():
        task.result()
