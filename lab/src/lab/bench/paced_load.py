"""A load at an even pace, in its own process: `python -m lab.bench.paced_load --url … --token … --rate … --seconds …`.

Reps are sent over WebSockets on a fixed schedule, regardless of responses; advice arrives on another socket. Latency
counts from the scheduled time of a rep, so a system that delays the sender pays for it (coordinated omission, G. Tene).
Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import time
from datetime import UTC, datetime
from typing import Final

import orjson
import websockets

from lab.bench.workload import REP_EVERY_S, REPS_PER_SET, WorkloadRep, document, reps

SOCKETS: Final = 8
"""Devices that send; each lifter's reps go over one of them."""
PATIENCE_S: Final = 5.0
Key = tuple[str, str, int]


class Load:
    """The reps of a load and the latency of their advice."""

    def __init__(self, url: str, token: str, rate: float, seconds: float) -> None:
        self._url = url.replace("http", "ws", 1)
        self._headers = {"Authorization": f"Bearer {token}"}
        self._rate = rate
        self._reps = list(staggered(int(rate * seconds), int(rate * REP_EVERY_S)))
        self._due: dict[Key, float] = {}
        self._latencies_ms: list[float] = []
        self._refused: list[str] = []
        self._sent_late_ms = 0.0

    async def run(self) -> dict[str, object]:
        """Send reps and receive advice; return latencies, and the number of reps without advice within five seconds."""
        async with asyncio.TaskGroup() as group:
            advice = await websockets.connect(
                f"{self._url}/v1/advice", additional_headers=self._headers, max_queue=None, compression=None
            )
            doors = [
                await websockets.connect(f"{self._url}/v1/events", additional_headers=self._headers, compression=None)
                for _ in range(SOCKETS)
            ]
            listening = [group.create_task(self._hear(advice))]
            listening += [group.create_task(self._swallow(door)) for door in doors]
            await self._send(doors)
            until_s = time.perf_counter() + PATIENCE_S
            while self._due and time.perf_counter() < until_s:  # noqa: ASYNC110  # not worth an event for each rep
                await asyncio.sleep(0.02)
            for task in listening:
                task.cancel()
            for socket in (advice, *doors):
                await socket.close()
        return {
            "latencies_ms": [round(latencies_m, 3) for latencies_m in self._latencies_ms],
            "unheard": len(self._due),
            "refused": self._refused[:3],
            "sent_late_ms": round(self._sent_late_ms, 1),
        }

    async def _send(self, doors: list[websockets.ClientConnection]) -> None:
        gc.collect()
        gc.disable()  # the load's own pauses are not the system's latency
        began_s = time.perf_counter() + 0.05
        for number, rep in enumerate(self._reps):
            at_s = began_s + number / self._rate
            if (pause_s := at_s - time.perf_counter()) > 0:
                await asyncio.sleep(pause_s)
            self._sent_late_ms = max(self._sent_late_ms, (time.perf_counter() - at_s) * 1000)
            now = datetime.now(UTC)
            self._due[rep.athlete, rep.set_id, rep.number] = at_s
            await doors[rep.lifter % SOCKETS].send(orjson.dumps(document(rep, now, now)), text=True)

    async def _hear(self, advice: websockets.ClientConnection) -> None:
        async for frame in advice:
            now_s = time.perf_counter()
            data = orjson.loads(frame).get("data")
            if data is not None and data.get("after_rep"):
                at_s = self._due.pop((data["athlete_id"], data["set_id"], data["after_rep"]), None)
                if at_s is not None:
                    self._latencies_ms.append((now_s - at_s) * 1000)

    async def _swallow(self, door: websockets.ClientConnection) -> None:
        async for frame in door:
            if orjson.loads(frame)["status"] != "accepted":
                self._refused.append(str(frame)[:200])


def staggered(count: int, lifters: int) -> list[WorkloadRep]:
    """Return the reps of lifters at different points of their sets, so that sets do not all begin at once."""
    later = reps(count + lifters * REPS_PER_SET, lifters)
    by_lifter: dict[int, list[WorkloadRep]] = {}
    for rep in later:
        by_lifter.setdefault(rep.lifter, []).append(rep)
    return [by_lifter[number % lifters][number // lifters + number % lifters % REPS_PER_SET] for number in range(count)]


def main() -> None:
    """Run the load and print its result."""
    parser = argparse.ArgumentParser(description="Send reps on a fixed schedule and hear the advice.")
    parser.add_argument("--url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--rate", type=float, required=True, help="reps a second")
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args()
    load = Load(options.url, options.token, options.rate, options.seconds)
    try:
        from uvloop import new_event_loop
    except ImportError:
        measured = asyncio.run(load.run())
    else:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            measured = runner.run(load.run())
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
