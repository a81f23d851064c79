"""The one-process host under a load of batches: from NDJSON over HTTP to the written estimate."""

from __future__ import annotations

import http.client
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from lab.bench.plan import BenchPlan
from lab.bench.processes import Child, ProcessEnded, python
from lab.bench.rows import BenchRow, BenchTarget, measured
from lab.bench.workload import GYM, LIFTERS, bodies, history
from spotter.domain.exercises import builtin_catalogue
from spotter.http.tokens import Identity, Keyring
from spotter_cli.cluster.processes import HOST
from spotter_ingest.body_parser import parse_body
from spotter_ingest.validation import Receipt, validate

GROUP: Final = "standalone"
PER_REQUEST: Final = 1_000
SENDERS: Final = 2
TARGET: Final = BenchTarget("reps_per_s", 5_000, at_least=True)
LIMIT_S: Final = 120.0
_POLL_S: Final = 0.01


@dataclass(frozen=True, slots=True)
class Up:
    """A running one-process host."""

    child: Child
    port: int
    token: str
    folder: Path

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://{HOST}:{self.port}"


@contextmanager
def up(name: str, plan: BenchPlan) -> Iterator[Up]:
    """Run a host with its own data folder."""
    with TemporaryDirectory(dir=plan.folder) as data:
        arguments = ("-m", "spotter_cli", "up", "--data", data, "--port", "0")
        with python(name, plan.folder, *arguments, environment={"SPOTTER_LOG_LEVEL": "WARNING"}) as child:
            port = int(child.until_line(r"running at http://[\d.]+:(\d+)")[1])
            child.until_ready(port)
            token = Keyring.load(Path(data) / "keys.json").issue(GYM, "admin")
            yield Up(child, port, token, Path(data))


def batches(plan: BenchPlan) -> Iterator[BenchRow]:
    """Measure the host, and validation alone as a reference."""
    plan.say(f"the one-process host: {plan.batch_reps:,} reps as NDJSON, {plan.rounds} times")
    rounds = [_round(plan, number) for number in range(plan.rounds)]
    checked = measured(
        GROUP,
        "reference: the same NDJSON read and validated only",
        [{"reps_per_s": _validated_per_s(plan)} for _ in range(plan.rounds)],
        note="in this process, nothing written",
    )
    estimates = [{name: round[name] for name in ("reps_per_s", "cpu_us")} for round in rounds]
    note = f"{LIFTERS} lifters side by side, {PER_REQUEST:,} reps a request; cpu: of the host, for a rep"
    name = "NDJSON over HTTP to the written estimate"
    yield measured(GROUP, name, estimates, against=checked, than="validation alone", target=TARGET, note=note)
    yield measured(GROUP, "… to the written advice", [{"reps_per_s": round["advised_per_s"]} for round in rounds])
    answered = [{"reps_per_s": round["answered_per_s"]} for round in rounds]
    yield measured(GROUP, "… to the answer (written to the log)", answered)
    yield checked


def _round(plan: BenchPlan, number: int) -> dict[str, float]:
    with up(f"batches-{number}", plan) as host:
        return _sent(host, plan.batch_reps)


def _sent(host: Up, count: int) -> dict[str, float]:
    """Send everything, and follow the host's progress from outside."""
    every = list(history(count, datetime.now(UTC)))
    # The reps of one lifter go over one connection, in order.
    shares = [
        bodies((event for event in every if _lifter(event) % SENDERS == sender), PER_REQUEST)
        for sender in range(SENDERS)
    ]
    failures: list[BaseException] = []
    senders = [threading.Thread(target=_send, args=(host, share, failures)) for share in shares]
    cpu_s, began_s = host.child.cpu_s(), time.monotonic()
    for sender in senders:
        sender.start()
    marks_s: dict[str, float] = {}
    progress = _Progress(host.folder / "spotter.db")
    try:
        while len(marks_s) < 3:
            time.sleep(_POLL_S)
            now_s = time.monotonic() - began_s
            if not any(sender.is_alive() for sender in senders):
                marks_s.setdefault("answered", now_s)
            if progress.read("failure-detector") >= count:
                marks_s.setdefault("estimated", now_s)
                if progress.advised():
                    marks_s["advised"] = now_s
            if failures:
                raise failures[0]
            host.child.check(began_s + LIMIT_S)
        spent_s = host.child.cpu_s() - cpu_s
        estimates = progress.estimates()
    finally:
        progress.close()
    if estimates < count:
        raise ProcessEnded(f"{estimates} of {count} reps have an estimate")
    return {
        "reps_per_s": count / marks_s["estimated"],
        "cpu_us": spent_s / count * 1e6,
        "advised_per_s": count / marks_s["advised"],
        "answered_per_s": count / marks_s["answered"],
    }


def _lifter(event: dict[str, object]) -> int:
    data = event["data"]
    assert isinstance(data, dict)
    return int(str(data["athlete_id"]).rpartition("-")[2])


def _send(host: Up, share: Sequence[bytes], failures: list[BaseException]) -> None:
    connection = http.client.HTTPConnection(HOST, host.port, timeout=LIMIT_S)
    headers = {"Authorization": f"Bearer {host.token}", "Content-Type": "application/x-ndjson"}
    try:
        for body in share:
            connection.request("POST", "/v1/events", body, headers)
            response = connection.getresponse()
            answer = response.read()
            if response.status != 202:
                raise ProcessEnded(f"POST /v1/events answered {response.status}: {answer[:300]!r}")
    except (OSError, http.client.HTTPException, ProcessEnded) as error:
        failures.append(error)
    finally:
        connection.close()


class _Progress:
    """The host's progress, read from its database: outputs and offsets are committed together."""

    def __init__(self, database: Path) -> None:
        self._database = sqlite3.connect(f"file:{database}?mode=ro", uri=True)

    def read(self, processor: str) -> int:
        """Return how many input records a processor has finished."""
        row = self._database.execute("SELECT offset FROM cursors WHERE processor = ?", (processor,)).fetchone()
        return int(row[0]) if row else 0

    def advised(self) -> bool:
        """Return whether the advisor has processed everything the detector wrote."""
        (end,) = self._database.execute('SELECT max(offset) + 1 FROM "log estimates.v1"').fetchone()
        return end is not None and self.read("advisor") >= int(end)

    def estimates(self) -> int:
        """Count the reps that have an estimate."""
        is_estimate = "instr(value, '\"spotter.effort.estimated.v1\"')"
        query = f'SELECT count(*) FROM "log estimates.v1" WHERE {is_estimate} AND instr(value, \'"arrival":true\')'
        return int(self._database.execute(query).fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _validated_per_s(plan: BenchPlan) -> float:
    """Parse and validate the same bodies as ingest does, and discard them."""
    sent = datetime.now(UTC)
    requests = bodies(history(plan.batch_reps, sent), PER_REQUEST)
    bearer = Identity("bench", GYM, "admin", frozenset(), sent)
    receipt = Receipt(sent, 0, builtin_catalogue(), lambda: "")
    began_s = time.perf_counter()
    for body in requests:
        for item in parse_body(body, (), PER_REQUEST):
            assert isinstance(item, dict)
            validate(item, bearer, receipt)
    return plan.batch_reps / (time.perf_counter() - began_s)
