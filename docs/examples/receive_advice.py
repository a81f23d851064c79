"""Print advice as it comes: a whole client, over a WebSocket."""

import asyncio
import json
import os

import websockets


async def main() -> None:
    """Connect to SPOTTER_URL with SPOTTER_TOKEN, and print what a lifter should see or hear now."""
    url = os.environ["SPOTTER_URL"].replace("http", "ws", 1) + "/v1/advice"
    headers = {"Authorization": f"Bearer {os.environ['SPOTTER_TOKEN']}"}
    async with websockets.connect(url, additional_headers=headers) as socket:
        print(f"Connected to {url}", flush=True)
        async for frame in socket:
            event = json.loads(frame)
            if "heartbeat" in event or event["data"]["late"]:
                continue
            advice = event["data"]
            print(advice["athlete_id"], advice["after_rep"], advice["action"], advice["sentence"], flush=True)
            shown = {"alert_id": advice["alert_id"], "state": "shown"}
            await socket.send(json.dumps({"type": "spotter.advice.acknowledged.v1", "data": shown}))


try:
    asyncio.run(main())
except KeyboardInterrupt:
    print("Stopped.")
