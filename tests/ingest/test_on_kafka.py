"""The process of the distributed host, on real Kafka."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx
import orjson
import pytest

from spotter.domain.events import decode
from spotter.http.tokens import Keyring
from spotter.streaming.kafka import KafkaLog, apply_topics
from spotter.streaming.log import Start
from spotter_cli.cluster.local_kafka import LocalKafka, free_port
from tests.ingest.support import event, rep, until


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_the_broker_goes_away_and_comes_back(own_kafka: Callable[[], LocalKafka], tmp_path: Path) -> None:
    """503 while it is away; what is sent again after that is in the log, each event once; SIGTERM ends cleanly."""
    broker = await asyncio.to_thread(own_kafka)
    await apply_topics(broker.bootstrap)
    port = free_port()
    settings = {"SPOTTER_KAFKA": broker.bootstrap, "SPOTTER_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "spotter_ingest", "--port", str(port)]
    process = await asyncio.create_subprocess_exec(*command, env=os.environ | settings)
    token = Keyring.load(tmp_path / "keys.json").issue("g1", "admin")
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=20) as client:

            async def is_ready() -> bool:
                try:
                    return (await client.get("/readyz")).status_code == 200
                except httpx.TransportError:
                    return False

            async def post(body: object) -> httpx.Response:
                return await client.post("/v1/events", json=body)

            await until(is_ready, 40)
            sent = [{**rep(f"a{n % 5}", rep_number=n + 1), "id": f"r{n}"} for n in range(40)]
            assert 202 == (await post(sent[:20])).status_code
            assert 202 == (await post(event("policy.updated", target_rir=3))).status_code
            assert ["duplicate"] == [result["status"] for result in (await post(sent[0])).json()["results"]]

            broker.kill()
            loop = asyncio.get_running_loop()
            began = loop.time()
            away = await asyncio.gather(*(post(sent[20:]) for _ in range(3)))
            took_s = loop.time() - began
            assert {503} == {answer.status_code for answer in away}
            assert {"1"} == {answer.headers["retry-after"] for answer in away}
            assert took_s < 3, "who waits is told within the second"

            await asyncio.to_thread(broker.start)

            async def is_written() -> bool:
                return (await post(sent)).status_code == 202

            await until(is_written, 40)
            assert "accepted" == (await post(rep("last"))).json()["results"][0]["status"]
    finally:
        process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(process.wait(), 20)
    assert code in (0, -signal.SIGTERM)
    log = KafkaLog(broker.bootstrap)
    reader = await log.reader(["lifts.v1"], Start(beginning=True))
    written: list[bytes] = []
    while await reader.lag():
        written += [record.value for record in await reader.fetch(1)]
    await reader.close()
    events = [decode(value) for value in written]
    counts = Counter(event.id for event in events if event.data.athlete_id != "last")
    assert dict.fromkeys((raw["id"] for raw in sent), 1) == counts
    assert [1] == [event.configversion for event in events if event.data.athlete_id == "last"]
    assert {"spotter.rep.completed.v1"} == {orjson.loads(value)["type"] for value in written}
