from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spotter_cli.cluster.processes import ClusterProcess, Stage
from spotter_cli.cluster.signals import Signals, Stopped
from spotter_cli.cluster.supervisor import Supervisor
from spotter_standalone.errors import CliError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc, and only Linux ties processes")

FOR_LONG = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)


class Cluster:
    """A supervisor of small processes, with its messages."""

    def __init__(self, folder: Path, signals: Signals) -> None:
        self.folder = folder
        self.announced: list[tuple[str, int]] = []
        self.messages: list[str] = []
        self.when_announced: Callable[[], None] = lambda: None
        self.supervisor = Supervisor(folder, self.announce, self.messages.append, signals)

    def announce(self, part: ClusterProcess, pid: int) -> None:
        """Record the announcement, and let the test react."""
        self.announced.append((part.name, pid))
        self.when_announced()

    def part(
        self, name: str, code: str, stage: Stage = Stage.APIS, ready: Callable[[], bool] = lambda: True
    ) -> ClusterProcess:
        """Describe a process that runs some Python."""
        log = self.folder / f"{name}.log"
        return ClusterProcess(
            name, name, stage, (sys.executable, "-c", code), 0, log, ready, {"SPOTTER_INSTANCE": name}
        )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Return a supervisor whose processes all end with the test."""
    with Signals() as signals:
        cluster = Cluster(tmp_path, signals)
        yield cluster
        cluster.supervisor.stop()


def test_a_process_that_is_killed_is_started_again_at_once(cluster: Cluster) -> None:
    """The new process is announced, well within a second, and the supervisor goes on until a signal comes."""
    cluster.supervisor.start([cluster.part("ingest", FOR_LONG)])
    killed_s = time.monotonic()
    os.kill(cluster.announced[0][1], signal.SIGKILL)
    cluster.when_announced = ask_to_stop
    cluster.supervisor.watch()

    (first, old), (second, new) = cluster.announced
    assert ("ingest", "ingest") == (first, second)
    assert old != new
    assert 1.0 > time.monotonic() - killed_s
    assert any("ingest was killed by SIGKILL" in text for text in cluster.messages)


def test_a_process_that_keeps_dying_is_given_time(cluster: Cluster) -> None:
    """Two more tries at once, then pauses: a service without its database does not keep the machine busy."""
    cluster.supervisor.start([cluster.part("ingest", "raise SystemExit(3)")])
    started_s: list[float] = []

    def count() -> None:
        started_s.append(time.monotonic())
        if len(started_s) == 3:
            ask_to_stop()

    cluster.when_announced = count
    cluster.supervisor.watch()

    assert 0.5 <= started_s[2] - started_s[1]
    assert 0.5 > started_s[1] - started_s[0]


def test_a_part_that_cannot_start_ends_the_attempt_with_its_last_words(cluster: Cluster) -> None:
    """One message names the process and has the end of its log."""
    part = cluster.part("advisor", "raise SystemExit('no such topic')", ready=lambda: False)

    with pytest.raises(CliError, match=r"(?s)advisor exited 3 times .*advisor\.log.*no such topic"):
        cluster.supervisor.start([part])


def test_starting_waits_until_all_are_ready(cluster: Cluster, tmp_path: Path) -> None:
    """The next stage begins when every part of this one is ready, not when its process exists."""
    ready = tmp_path / "ready"
    code = f"import time; time.sleep(0.3); open({str(ready)!r}, 'w'); time.sleep(60)"
    cluster.supervisor.start([cluster.part("ingest", FOR_LONG), cluster.part("gateway", code, ready=ready.exists)])

    assert ready.exists()


def test_a_signal_while_the_parts_start_ends_it(cluster: Cluster) -> None:
    """A person need not wait for a process that never becomes ready."""
    cluster.when_announced = ask_to_stop

    with pytest.raises(Stopped):
        cluster.supervisor.start([cluster.part("ingest", FOR_LONG, ready=lambda: False)])


def test_what_needs_others_ends_before_them(cluster: Cluster, tmp_path: Path) -> None:
    """The stages end in reverse: the proxy first, the broker last."""
    order = tmp_path / "order"
    code = (
        "import os, signal, sys, time\n"
        "def end(*_):\n"
        f"    open({str(order)!r}, 'a').write(os.environ['SPOTTER_INSTANCE'] + ' ')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "open(os.environ['SPOTTER_INSTANCE'] + '.ready', 'w')\n"
        "time.sleep(60)\n"
    )
    for stage in Stage:
        name = stage.name.lower()
        cluster.supervisor.start([cluster.part(name, code, stage, ready=(tmp_path / f"{name}.ready").exists)])
    cluster.supervisor.stop()

    assert ["proxy", "apis", "workers", "broker"] == order.read_text().split()
    assert not [pid for _, pid in cluster.announced if runs(pid)]


def test_a_second_signal_kills_what_does_not_end(cluster: Cluster) -> None:
    """A process that ignores SIGTERM does not delay a second request to stop."""
    part = cluster.part("ingest", STUBBORN)
    cluster.supervisor.start(
        [
            ClusterProcess(
                part.name, part.service, part.stage, part.command, 0, part.log, lambda: part.log.stat().st_size > 0
            )
        ]
    )
    signal.signal(signal.SIGALRM, lambda _number, _frame: ask_to_stop())
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    cluster.supervisor.stop()

    assert not runs(cluster.announced[0][1])
    assert ["ingest does not stop: killed"] == cluster.messages


def test_a_child_has_a_session_of_its_own_and_no_input(cluster: Cluster) -> None:
    """Ctrl-C in a terminal reaches the supervisor alone, which ends the parts in their order."""
    cluster.supervisor.start([cluster.part("ingest", FOR_LONG)])
    pid = cluster.announced[0][1]

    assert pid == os.getsid(pid)
    assert "/dev/null" == os.readlink(f"/proc/{pid}/fd/0")


def test_nothing_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    """SIGKILL of the supervisor takes its processes along: the next start finds no ports and files taken."""
    program = f"""
import sys
from pathlib import Path
from spotter_cli.cluster.processes import ClusterProcess, Stage
from spotter_cli.cluster.signals import Signals
from spotter_cli.cluster.supervisor import Supervisor

folder = Path({str(tmp_path)!r})
command = (sys.executable, "-c", {STUBBORN!r})
with Signals() as signals:
    supervisor = Supervisor(folder, lambda part, pid: print(pid, flush=True), print, signals)
    supervisor.start([ClusterProcess("ingest", "ingest", Stage.APIS, command, 0, folder / "log", lambda: True)])
    supervisor.watch()
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as supervising:
        assert supervising.stdout is not None
        pid = int(supervising.stdout.readline())
        assert runs(pid)
        supervising.kill()
    limit_s = time.monotonic() + 5
    while runs(pid):
        assert time.monotonic() < limit_s, "the child lives on"
        time.sleep(0.02)


def ask_to_stop() -> None:
    """Send ourselves what `kill` sends."""
    os.kill(os.getpid(), signal.SIGTERM)


def runs(pid: int) -> bool:
    """Return whether a process exists and is not a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"
