"""Runs the simulated gym: every rack sends through its own socket, and lifters act on the advice."""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Final

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from spotter.domain.actions import LOUD
from spotter.domain.time import format_time
from spotter_cli.demo.gym import Gym, Rack, sets_at
from spotter_cli.demo.sets import PlannedSet, TimedEvent, events_of
from spotter_cli.http_client import SpotterClient
from spotter_standalone.errors import CliError

Json = Mapping[str, object]
_REACTION_S: Final = 1.2
"""Time from the decision to stop to the bar in the rack (design choice)."""
_LATENCIES_KEPT: Final = 1_000


class Training:
    """All lifters of the gym, in real time.

    `on_sent` is called with every accepted event, `on_frame` with every frame of the advice socket.
    """

    def __init__(
        self,
        url: str,
        token: str,
        gym: Gym,
        *,
        on_sent: Callable[[Json], None],
        on_frame: Callable[[Json], None],
    ) -> None:
        self.reps = 0
        self.refused: list[str] = []
        self.latencies_ms: deque[float] = deque(maxlen=_LATENCIES_KEPT)
        """From sending a rep to receiving the advice on it, newest last."""
        self._url = url
        self._token = token
        self._gym = gym
        self._on_sent = on_sent
        self._on_frame = on_frame
        self._last_rep: dict[str, int] = {}
        """The last rep that each set may still do, for sets that were advised to stop."""
        self._sent_s: dict[tuple[object, object], float] = {}

    async def run(self) -> None:
        """Train until cancelled; raises CliError if the connection to the host is lost."""
        await self._send_athletes()
        try:
            async with asyncio.TaskGroup() as group:
                connected = asyncio.Event()
                group.create_task(self._listen(connected))
                await connected.wait()
                for rack in self._gym.racks:
                    group.create_task(self._train(rack))
        except* (ConnectionClosed, WebSocketException, OSError) as gone:
            raise CliError(f"The gym has lost the connection to its host: {gone.exceptions[0]}.") from None

    async def _send_athletes(self) -> None:
        people = [
            {"athlete_id": lifter.athlete_id, "name": lifter.name, "level": lifter.level}
            for lifter in self._gym.lifters
        ]
        events = [_event("spotter.athlete.updated.v1", person, datetime.now(UTC)) for person in people]
        async with aclosing(SpotterClient(self._url, self._token)) as client:
            for event, outcome in zip(events, await client.send(events), strict=True):
                self._record_outcome(event, outcome.status, outcome.reason)

    def _connect(self, path: str) -> connect:
        return connect(
            f"ws{self._url.removeprefix('http')}{path}",
            additional_headers={"Authorization": f"Bearer {self._token}"},
            compression=None,
            proxy=None,
        )

    async def _listen(self, connected: asyncio.Event) -> None:
        async with self._connect("/v1/advice?estimates=1") as socket:
            connected.set()
            async for message in socket:
                frame = orjson.loads(message)
                data = frame.get("data")
                if isinstance(data, dict) and frame.get("type") == "spotter.advice.given.v1":
                    self._apply_advice(data)
                    if data.get("action") in LOUD and not data.get("late"):
                        await self._acknowledge(socket, data)
                self._on_frame(frame)

    async def _acknowledge(self, socket: ClientConnection, advice: Json) -> None:
        """Acknowledge as a watch does, so that the stop need not be repeated."""
        who = {"athlete_id": advice["athlete_id"], "alert_id": advice["alert_id"], "state": "shown"}
        await socket.send(orjson.dumps({"type": "spotter.advice.acknowledged.v1", "data": who}).decode())

    def _apply_advice(self, advice: Json) -> None:
        set_id, number, action = str(advice.get("set_id")), advice.get("after_rep"), advice.get("action")
        sent_s = self._sent_s.pop((set_id, number), None)
        if sent_s is not None:
            self.latencies_ms.append((asyncio.get_running_loop().time() - sent_s) * 1000)
        if isinstance(number, int) and not advice.get("late") and action in ("one_more", "stop", "failing"):
            last = number + 1 if action == "one_more" else number
            self._last_rep[set_id] = min(last, self._last_rep.get(set_id, last))

    async def _train(self, rack: Rack) -> None:
        loop = asyncio.get_running_loop()
        free_s = loop.time()
        async with self._connect("/v1/events") as socket:
            for planned in sets_at(rack):
                await _sleep_until(free_s + planned.wait_s)
                free_s = await self._lift(socket, planned, loop.time() - planned.elapsed_s)

    async def _lift(self, socket: ClientConnection, planned: PlannedSet, began_s: float) -> float:
        """Send the events of a set; return when the rack is free again."""
        loop = asyncio.get_running_loop()
        for timed in events_of(planned):
            if timed.type == "spotter.rep.started.v1" and timed.at_s >= planned.elapsed_s:
                await _sleep_until(began_s + timed.at_s)
                if planned.follows_advice and self._is_over(planned.set_id, timed):
                    await asyncio.sleep(_REACTION_S)
                    who = {"athlete_id": planned.lifter.athlete_id, "set_id": planned.set_id}
                    await self._send(socket, TimedEvent(0.0, "spotter.set.ended.v1", dict(who)), loop.time())
                    break
            await _sleep_until(began_s + timed.at_s)
            await self._send(socket, timed, began_s + timed.at_s)
        self._last_rep.pop(planned.set_id, None)
        return loop.time()

    def _is_over(self, set_id: str, timed: TimedEvent) -> bool:
        number, last = timed.data.get("rep_number"), self._last_rep.get(set_id)
        return isinstance(number, int) and last is not None and number > last

    async def _send(self, socket: ClientConnection, timed: TimedEvent, at_s: float) -> None:
        now_s = asyncio.get_running_loop().time()
        now = datetime.now(UTC)
        event = _event(timed.type, timed.data, now - timedelta(seconds=max(now_s - at_s, 0.0)))
        event["senttime"] = format_time(now)
        if timed.type == "spotter.rep.completed.v1":
            self.reps += 1
            if now_s - at_s < 1.0:  # not the reps before the start of the simulation
                self._sent_s[timed.data["set_id"], timed.data["rep_number"]] = now_s
        await socket.send(orjson.dumps(event).decode())
        result = orjson.loads(await socket.recv())
        problem = result.get("problem") or {}
        self._record_outcome(event, str(result.get("status")), str(problem.get("detail", "")))

    def _record_outcome(self, event: Json, status: str, reason: str) -> None:
        if status == "refused":
            self.refused.append(reason)
        else:
            self._on_sent(event)


def _event(kind: str, data: Mapping[str, object], at: datetime) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": uuid.uuid4().hex,
        "source": "demo",
        "type": kind,
        "time": format_time(at),
        "data": dict(data),
    }


async def _sleep_until(at_s: float) -> None:
    wait_s = at_s - asyncio.get_running_loop().time()
    if wait_s > 0:
        await asyncio.sleep(wait_s)
