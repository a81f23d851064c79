"""Count the work of the one-process host for one rep: `python -m lab.bench.rep_trace`.

A rep of a running set is sent over HTTP to a host in this process. The work of the host's threads is counted from the
first byte of the request until the rep's advice has been written to a WebSocket:

calls
    frames entered in the product's own modules: calls of functions, and each resumption of a coroutine or generator
files
    product files in which these frames are
dumps, loads
    JSON documents that product code writes and reads with `orjson`

Timers and heartbeats add a varying amount, so each figure is the median over the reps of some sets.
"""

from __future__ import annotations

import argparse
import http.client
import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import sleep
from types import FrameType
from typing import Any, Final

import orjson
from fastapi import WebSocket
from websockets.sync.client import ClientConnection, connect

from lab.bench.workload import GYM, REPS_PER_SET, WorkloadRep, document
from lab.standalone_thread import Standalone

SETS: Final = 3
FIRST_COUNTED: Final = 3
"""Earlier reps of a set are not counted: its first advice takes another path."""
ADVICE: Final = "spotter.advice.given.v1"
_ROOT: Final = Path(__file__).resolve().parents[4]
_PRODUCT: Final = (f"{_ROOT}/shared/", f"{_ROOT}/services/")
_SEND_TEXT: Final = WebSocket.send_text.__code__
_PATIENCE_S: Final = 5.0
_PAUSE_S: Final = 0.4
"""Between two reps, for the host to finish pages and tables of the one before."""


@dataclass
class Trace:
    """The work for one rep."""

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By file and function."""
    dumps: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By calling file and function."""
    loads: Counter[tuple[str, str]] = field(default_factory=Counter)

    def figures(self) -> tuple[int, int, int, int]:
        """Return calls, files, dumps and loads."""
        return self.calls.total(), len({name for name, _ in self.calls}), self.dumps.total(), self.loads.total()


class Tracer:
    """A profile function for the host's threads that counts while a rep is processed."""

    def __init__(self) -> None:
        self.trace = Trace()
        self.counting = False
        """Whether the advice is still awaited."""

    def begin(self) -> None:
        """Count until an advice is sent."""
        self.trace = Trace()
        self.counting = True

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        """Count an event of the interpreter."""
        if not self.counting:
            return
        if event == "call":
            if _is_product(frame):
                self.trace.calls[_function(frame)] += 1
        elif event == "c_call" and _is_product(frame):
            if argument is orjson.dumps:
                self.trace.dumps[_function(frame)] += 1
            elif argument is orjson.loads:
                self.trace.loads[_function(frame)] += 1
        elif event == "return" and frame.f_code is _SEND_TEXT and ADVICE in frame.f_locals["data"]:
            self.counting = False


def _is_product(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_PRODUCT)


def _function(frame: FrameType) -> tuple[str, str]:
    return frame.f_code.co_filename.rpartition("/src/")[2], frame.f_code.co_qualname


def traces_of(sets: int = SETS) -> list[Trace]:
    """Trace the reps of some sets."""
    tracer = Tracer()
    threading.setprofile(tracer)
    traces: list[Trace] = []
    with Standalone() as host:
        threading.setprofile(None)
        token = host.token("admin", GYM)
        headers = {"Authorization": f"Bearer {token}"}
        device = http.client.HTTPConnection(host.url.removeprefix("http://"))
        with connect(f"{host.url.replace('http', 'ws', 1)}/v1/advice", additional_headers=headers) as advice:
            for number in range(sets):
                for rep_number in range(1, REPS_PER_SET + 1):
                    rep = WorkloadRep(0, number, rep_number, 0.7 - 0.04 * rep_number)
                    sleep(_PAUSE_S)
                    now = datetime.now(UTC)
                    body = orjson.dumps(document(rep, now, now))
                    tracer.begin()
                    device.request("POST", "/v1/events", body, headers)
                    answer = device.getresponse()
                    assert answer.status == 202, answer.read()
                    answer.read()
                    _await_advice(advice, rep_number)
                    while tracer.counting:  # the host has yet to return from sending it
                        sleep(0.001)
                    if rep_number >= FIRST_COUNTED:
                        traces.append(tracer.trace)
        device.close()
    return traces


def _await_advice(advice: ClientConnection, index: int) -> None:
    """Wait for the advice after a rep."""
    while True:
        frame = json.loads(advice.recv(_PATIENCE_S))
        if frame.get("type") == ADVICE and frame["data"]["after_rep"] == index:
            return


def main() -> None:
    """Print the figures, and the calls with `--list`."""
    parser = argparse.ArgumentParser(description="Count what the one-process host does for one rep.")
    parser.add_argument("--sets", type=int, default=SETS, help="sets to trace (%(default)s)")
    parser.add_argument("--list", action="store_true", help="list the calls of the rep in the middle")
    options = parser.parse_args()
    traces = traces_of(options.sets)
    calls, files, dumps, loads = (
        round(median(each)) for each in zip(*(trace.figures() for trace in traces), strict=True)
    )
    print(f"one rep, {len(traces)} traced: {calls} calls, {files} files, {dumps} dumps, {loads} loads")
    if options.list:
        typical = min(traces, key=lambda trace: abs(trace.calls.total() - calls))
        for title, counter in (("calls", typical.calls), ("dumps", typical.dumps), ("loads", typical.loads)):
            print(f"\n{title}")
            for (name, function), count in sorted(counter.items()):
                print(f"{count:6} {name} {function}")


if __name__ == "__main__":
    main()
