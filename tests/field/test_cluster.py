"""Situations of the field through the cluster: Kafka, every service a process, one address for them all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spotter_cli.cluster.kafka_install import KafkaUnavailable, java_command, kafka_libs
from tests.field.client import Outside
from tests.field.situation import Situation
from tests.field.table import SITUATIONS
from tests.kafka.cluster import running
from tests.processes import client
from tests.support import missing

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def outside(nginx: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """Return someone outside a cluster that all situations share."""
    assert nginx
    try:
        java_command()
        kafka_libs()
    except KafkaUnavailable as unavailable:
        missing(f"No Apache Kafka. {unavailable}", "SPOTTER_REQUIRE_KAFKA")
    with running(tmp_path_factory.mktemp("field")) as cluster, client(cluster.url, cluster.token) as http:
        yield Outside(http)


@pytest.mark.parametrize("situation", SITUATIONS, ids=str)
def test_situation(outside: Outside, situation: Situation) -> None:
    """What a user rightly expects, as on one host."""
    assert {} == outside.run(situation)
