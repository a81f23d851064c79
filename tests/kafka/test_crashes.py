"""Detector and advisor are killed again and again while reps come in, on real Apache Kafka."""

from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path

import pytest

from spotter.domain.events import encode
from spotter.streaming.log import NewRecord
from tests.contract.faust_harness import READ, FaustHarness
from tests.crash.workload import check, key_of, workload
from tests.support import KafkaCluster

KILLS = 10
REPS = int(os.environ.get("SPOTTER_CRASH_REPS", "20000"))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_kills_of_detector_and_advisor_lose_nothing(kafka: KafkaCluster, tmp_path: Path) -> None:
    """Whenever workers are killed, all that was accepted comes out once, as if nothing had happened."""
    seed = int(os.environ.get("SPOTTER_SEED", random.SystemRandom().randrange(2**32)))
    print(f"SPOTTER_SEED={seed}")
    rng = random.Random(seed)
    sent = workload(seed, lifters=400, reps=REPS)
    host = FaustHarness(kafka.bootstrap, tmp_path, supervised=True)
    done = threading.Event()
    kills = 0

    def send() -> None:
        records = [NewRecord("lifts.v1", key_of(event), encode(event)) for event in sent.events]
        for index in range(0, len(records), 100):
            host.write(records[index : index + 100])
            time.sleep(0.2 * REPS / 20_000)
        done.set()

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    try:
        while not done.is_set() or kills < KILLS:
            time.sleep(rng.uniform(1.0, 6.0))
            if kills < KILLS + 5:
                worker = rng.choice(host.workers)
                worker.kill()
                time.sleep(rng.choice([0.0, 0.0, 1.0]))
                worker.start()
                kills += 1
        sender.join()
        host.settled = False
        host.settle()
        host.drain()
        print(
            f"{kills} kills, {host.restarts} ends of their own: {check(sent, {topic: host.read_values[topic] for topic in READ})}"
        )
    finally:
        host.close()
