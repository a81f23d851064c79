"""A lifter's phone: the page at /lift in a real browser, what it played and sent, and reps to show it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
from playwright.async_api import Browser, Page, Request, WebSocket, expect

from lab.standalone_thread import Standalone

STUBS: Final = """
window.heard = [];
const note = (kind, what) => window.heard.push({ kind, what, at: performance.now() });
class Node { connect(next) { return next; } }
window.OscillatorNode = class extends Node {
  constructor(context, { frequency }) { super(); this.frequency = frequency; }
  start() { note("tone", this.frequency); }
  stop() {}
};
window.GainNode = class extends Node {
  gain = { setValueAtTime() {}, linearRampToValueAtTime() {} };
};
window.AudioContext = class {
  state = "suspended"; currentTime = 0; destination = {};
  async resume() { this.state = "running"; }
};
navigator.vibrate = (pattern) => { note("vibration", pattern); return true; };
window.SpeechSynthesisUtterance = class { constructor(words) { this.words = words; } };
Object.defineProperty(window, "speechSynthesis", { value: {
  speak(said) { if (said.words !== "") note("speech", said.words); said.onstart?.(); }, cancel() {},
} });
Object.defineProperty(navigator, "wakeLock", { value: {
  async request(kind) { note("awake", kind); return { released: false }; },
} });
"""
"""What a phone would play is written down instead."""
DEAF: Final = """
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (text) { if (!text.includes("acknowledged")) send.call(this, text); };
"""
"""Acknowledgements get lost on the way."""


@dataclass
class Phone:
    """A page that is signed in."""

    page: Page
    received: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    posted: list[dict[str, Any]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Write down what goes over the wire."""
        page = self.page
        page.on("websocket", self._opened)
        page.on("request", self._asked)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def says(self, face: str, timeout_ms: float = 10_000) -> None:
        """Wait until the page is in that state."""
        await expect(self.page.locator("#set")).to_have_attribute("data-face", face, timeout=timeout_ms)

    async def tap(self) -> None:
        """Touch nothing in particular."""
        await self.page.mouse.click(60, 20)

    async def heard(self, kind: str) -> list[Any]:
        """List what was played of a kind."""
        sounds = await self.page.evaluate("kind => window.heard.filter((one) => one.kind === kind)", kind)
        return [sound["what"] for sound in sounds]

    def advice(self, action: str) -> list[dict[str, Any]]:
        """List the frames of an action."""
        return [frame["data"] for frame in self.received if frame.get("data", {}).get("action") == action]

    def acknowledged(self, alert_id: str) -> list[str]:
        """List the states in which an alert was acknowledged."""
        return [message["data"]["state"] for message in self.sent if message["data"]["alert_id"] == alert_id]

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda text: self.received.append(json.loads(text)))
        socket.on("framesent", lambda text: self.sent.append(json.loads(text)))

    def _asked(self, request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/v1/events"):
            self.posted.extend(json.loads(request.post_data or "[]"))


@asynccontextmanager
async def phone(
    browser: Browser,
    host: Standalone,
    athlete: str,
    *,
    scripts: Iterable[str] = (STUBS,),
    width: int = 390,
    height: int = 844,
    theme: str = "dark",
    tapped: bool = True,
) -> AsyncIterator[Phone]:
    """Open the page by a link that holds the token, sign in, and check in the end that nothing broke."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="light" if theme == "light" else "dark"
    )
    for script in scripts:
        await context.add_init_script(script)
    shown = Phone(await context.new_page())
    shown.page.set_default_timeout(10_000)
    shown.listen()
    await shown.page.goto(f"{host.url}/lift#{host.token('app', athletes=[athlete])}")
    await expect(shown.page.get_by_role("button", name="Sign in")).to_be_focused()
    await shown.page.keyboard.press("Enter")
    await expect(shown.page.locator("#signal")).to_have_text("Live")
    if tapped:
        await shown.tap()
    try:
        yield shown
    finally:
        await context.close()
    assert [] == shown.complaints


class Lifter:
    """Sends the reps of one lifter."""

    def __init__(self, host: Standalone, athlete: str) -> None:
        self._url = host.url
        self._token = host.token("admin")
        self.athlete = athlete

    async def send(self, *events: tuple[str, dict[str, Any], float]) -> None:
        """Send events, each (type, data, seconds ago), in one go."""
        await self._post([(name, {"athlete_id": self.athlete, **data}, ago_s) for name, data, ago_s in events])

    async def send_for_gym(self, name: str, data: dict[str, Any]) -> None:
        """Send an event that is about no lifter."""
        await self._post([(name, data, 0.0)])

    async def _post(self, events: Sequence[tuple[str, dict[str, Any], float]]) -> None:
        now = datetime.now(UTC)
        body = [
            {
                "specversion": "1.0",
                "source": "test",
                "type": f"spotter.{name}.v1",
                "time": (now - timedelta(seconds=ago_s)).isoformat(),
                "senttime": now.isoformat(),
                "data": data,
            }
            for name, data, ago_s in events
        ]
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {self._token}"}) as client:
            answer = await client.post(f"{self._url}/v1/events", json=body, timeout=20)
        assert 202 == answer.status_code, answer.text

    async def opens(self, set_id: str = "s1", ago_s: float = 0.0, **data: Any) -> None:
        """Begin a set of bench presses with a spotter."""
        started = {"set_id": set_id, "exercise": "bench_press", "load_kg": 82.5, "spotter_present": True, **data}
        await self.send(("set.started", started, ago_s))

    async def lifts(
        self,
        velocities_mps: Sequence[float],
        set_id: str = "s1",
        first: int = 1,
        every_s: float = 4.0,
        ago_s: float = 0.0,
    ) -> None:
        """Send reps so far apart, the last one now, or so long ago."""
        last = len(velocities_mps) - 1
        await self.send(
            *(
                (
                    "rep.completed",
                    {"set_id": set_id, "rep_number": first + index, "mean_velocity_mps": velocity_mps},
                    ago_s + (last - index) * every_s,
                )
                for index, velocity_mps in enumerate(velocities_mps)
            )
        )
