"""`spotter topics`: made and shown on real brokers."""

from __future__ import annotations

import secrets

from spotter.domain.topics import TOPICS
from tests.processes import here
from tests.support import KafkaCluster


def test_topics_are_made_once_and_shown(kafka: KafkaCluster) -> None:
    """A second time there is nothing to do."""
    arguments = ("--kafka", kafka.bootstrap, "--prefix", f"{secrets.token_hex(4)}.")

    before = here("topics", "list", *arguments)
    made = here("topics", "apply", *arguments)
    again = here("topics", "apply", *arguments)
    after = here("topics", "list", *arguments)

    assert (1, 0, 0, 0) == (before.returncode, made.returncode, again.returncode, after.returncode)
    assert "missing" in before.stdout and "spotter topics apply" in before.stderr
    assert len(TOPICS) == len(made.stdout.splitlines())
    assert "" == again.stdout
    assert all(name in after.stdout for name in TOPICS)
    assert "missing" not in after.stdout


def test_brokers_that_are_not_there_are_reported_in_one_line() -> None:
    """With the address."""
    ended = here("topics", "list", "--kafka", "127.0.0.1:9")

    assert 1 == ended.returncode
    assert "127.0.0.1:9" in ended.stderr and "Traceback" not in ended.stderr
