"""Real parts for tests (Kafka, Chromium, nginx, recorded data); a test that lacks one skips with a line."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from spotter_cli.cluster.kafka_install import KafkaUnavailable, java_command, kafka_libs
from spotter_cli.cluster.local_kafka import LocalKafka
from tests.support import ROOT, KafkaCluster, missing

pytest.register_assert_rewrite("tests.contract", "tests.field")  # helpers that assert are no test modules

MARK_BY_FIXTURE: Final = {"kafka": "kafka", "own_kafka": "kafka", "chromium": "browser", "nginx": "nginx"}
LEFT_OUT: Final = pytest.StashKey[Counter[str]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by the real parts that it asks for, so that no mark is ever forgotten.

    Those on Kafka, which mostly wait, come first: processes side by side end with short files then.
    """
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if mark := MARK_BY_FIXTURE.get(fixture):
                item.add_marker(mark)
    items.sort(key=lambda item: item.get_closest_marker("kafka") is None)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count the slow tests that `-m "not slow"` leaves out, by the real part they need, else by their folder."""
    for item in items:
        if item.config.option.markexpr == "not slow" and item.get_closest_marker("slow"):
            kinds = [mark for mark in MARK_BY_FIXTURE.values() if item.get_closest_marker(mark)]
            counts = item.config.stash.setdefault(LEFT_OUT, Counter())
            counts[kinds[0] if kinds else item.path.relative_to(ROOT / "tests").parts[0]] += 1


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Copy the count from a worker of pytest-xdist: each of them collects all tests, the main process none."""
    if counts := getattr(node, "workeroutput", {}).get("left_out"):
        node.config.stash[LEFT_OUT] = Counter(counts)


@pytest.hookimpl(wrapper=True, tryfirst=True)  # the last line of all, below pytest's own count
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    """Say what the run has left out and how to run it."""
    output: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    counts = session.config.stash.setdefault(LEFT_OUT, Counter())
    if output is not None:
        output["left_out"] = dict(counts)
    yield
    counts = session.config.stash[LEFT_OUT]
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if output is None and counts and reporter:
        kinds = ", ".join(f"{kind} {count}" for kind, count in counts.most_common())
        reporter.write_line(f"Left out: {counts.total()} slow tests ({kinds}). `make test-all` runs them too.")


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    """Return real Apache Kafka, one for the whole run: the cluster at KAFKA_BOOTSTRAP, or a broker of our own."""
    if bootstrap := os.environ.get("KAFKA_BOOTSTRAP"):
        yield KafkaCluster(bootstrap)
        return
    _require_kafka()
    with LocalKafka(tmp_path_factory.mktemp("kafka")) as broker:
        yield KafkaCluster(broker.bootstrap)


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[Callable[[], LocalKafka]]:
    """Return a function that starts a broker for this test alone, one that may be killed."""
    _require_kafka()
    brokers: list[LocalKafka] = []

    def start() -> LocalKafka:
        broker = LocalKafka(tmp_path / f"kafka-{len(brokers)}")
        brokers.append(broker)
        broker.start()
        return broker

    yield start
    for broker in brokers:
        broker.kill()


def _require_kafka() -> None:
    try:
        java_command()
        kafka_libs()
    except KafkaUnavailable as unavailable:
        missing(f"No Apache Kafka. {unavailable}", "SPOTTER_REQUIRE_KAFKA")


@pytest.fixture(scope="session")
def recorded() -> Path:
    """Return the folder of recorded training data: SPOTTER_RECORDED, or the one beside the repository."""
    folder = Path(os.environ.get("SPOTTER_RECORDED", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        missing(f"No recorded data at {folder}: name its folder in SPOTTER_RECORDED.", "SPOTTER_REQUIRE_RECORDED")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium, for Playwright's ``executable_path``."""
    for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        if name and (path := shutil.which(name)):
            return path
    missing(
        "No Chromium: install it (Debian: apt-get install chromium) or name it in CHROMIUM.", "SPOTTER_REQUIRE_CHROMIUM"
    )


@pytest.fixture(scope="session")
def nginx() -> str:
    """Return the path of nginx, which is outside the PATH of a plain user on Debian."""
    if path := shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin"):
        return path
    missing("No nginx: install it (Debian: apt-get install nginx-light).", "SPOTTER_REQUIRE_NGINX")
