"""The lifter's own page in a real browser, against the one-process host."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from lab.standalone_thread import Standalone
from spotter.domain.events import Event, decode
from spotter.domain.events.people import WellnessReported
from spotter.domain.topics import LIFTS
from spotter.streaming.sqlite.log import SqliteLog
from tests.browser.phone import DEAF, STUBS, Lifter, Phone, phone
from tests.browser.test_floor import ARGUMENTS

pytestmark = pytest.mark.asyncio(loop_scope="module")  # the browser lives in one loop

TO_A_STOP = (0.50, 0.46, 0.42, 0.38, 0.33, 0.24)
"""Mean velocities, m/s, after the last of which a bench press is to be stopped."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """Launch one browser for all tests here."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        await running.close()


@pytest.fixture(scope="module")
def host() -> Iterator[Standalone]:
    """Run the one-process host, one for the tests that don't stop it; each has a lifter of its own."""
    with Standalone() as running:
        yield running


async def lifted(database: Path) -> list[Event]:
    """Read all that the log of a host that was stopped says of lifters."""
    log = await SqliteLog.open(database)
    records = await log.read(LIFTS, 0, 1_000)
    await log.close()
    return [record.event or decode(record.value) for record in records]


async def rejected_of(host: Standalone, athlete: str) -> list[dict[str, Any]]:
    """Wait until an event of a lifter has been rejected; gives all that were."""
    headers = {"Authorization": f"Bearer {host.token('app', athletes=[athlete])}"}
    async with httpx.AsyncClient(base_url=host.url, headers=headers) as client:
        for _ in range(200):
            if items := (await client.get(f"/v1/athletes/{athlete}/rejected")).json().get("rejected"):
                return list(items)
            await asyncio.sleep(0.05)
    raise TimeoutError(f"nothing of {athlete} was rejected")


async def to_a_stop(shown: Phone, lifter: Lifter) -> str:
    """Lift until the page says stop; gives the alert's id."""
    await lifter.opens(ago_s=30)
    await lifter.lifts(TO_A_STOP)
    await shown.says("stop")
    return str(shown.advice("stop")[0]["alert_id"])


async def test_a_set_from_the_plan_to_what_was_felt(browser: Browser, host: Standalone) -> None:
    """The plan, each rep with the reps left, stop, the end; the felt reps reach the door with the set's last rep."""
    lifter = Lifter(host, "ada")
    async with phone(browser, host, "ada") as shown:
        page = shown.page
        await shown.says("waiting")
        await lifter.opens()
        await shown.says("plan")
        await expect(page.locator("#sentence")).to_contain_text("in reserve")
        await expect(page.locator("#work")).to_have_text("Bench press · 82.5 kg")
        await lifter.lifts(TO_A_STOP[:2])
        await shown.says("continue")
        await expect(page.locator("#left")).to_have_text(re.compile(r"^\d+$"))
        await expect(page.locator("#band")).to_have_text(re.compile(r"^\d+(–\d+)? (roughly|likely)$"))
        await expect(page.locator("#last")).to_have_text("Rep 2 · 0.46 m/s · 8 % slower")
        await expect(page.locator("#plan")).to_contain_text("Plan: ")
        await lifter.lifts(TO_A_STOP[2:], first=3)
        await shown.says("stop")
        await expect(page.locator("#alarm[aria-live=assertive]")).to_contain_text("Stop. ")
        assert ["screen"] == sorted(set(await shown.heard("awake")))
        await page.get_by_role("button", name="Set done").click()
        await shown.says("done")
        await page.get_by_role("button", name="2 more reps").click()
        await expect(page.locator("#felt")).to_be_hidden()
        await expect(page.locator("#note")).to_have_text("Noted: 2 left.")
        felt = shown.posted[-1]
        key = shown.advice("stop")[0]["set_key"]
        about = {"athlete_id": "ada", "set_id": "s1", "set_key": key, "rep_number": 6}
        assert ("spotter.effort.reported.v1", {**about, "rir": 2}) == (felt["type"], felt["data"])
        assert ["spotter.set.ended.v1", "spotter.effort.reported.v1"] == [event["type"] for event in shown.posted]


async def test_a_stop_is_heard_felt_and_said_once(browser: Browser, host: Standalone) -> None:
    """Three notes, a double buzz, one word; acknowledged as shown, so not repeated; and no late rep takes it back."""
    lifter = Lifter(host, "bo")
    async with phone(browser, host, "bo") as shown:
        alert = await to_a_stop(shown, lifter)
        await lifter.lifts([0.45], first=len(TO_A_STOP) + 1, ago_s=25)
        await asyncio.sleep(2.3)
        await shown.says("stop")
        assert [988, 740, 494] == await shown.heard("tone")
        assert [[250, 120, 250]] == await shown.heard("vibration")
        assert ["Stop"] == await shown.heard("speech")
        assert ["shown"] == shown.acknowledged(alert)
        assert 1 == [advice["alert_id"] for advice in shown.advice("stop")].count(alert)


@pytest.mark.slow
async def test_a_repeat_is_shown_and_not_played_again(browser: Browser, host: Standalone) -> None:
    """Where acknowledgements get lost the gateway repeats, and the lifter hears it once all the same."""
    async with phone(browser, host, "cy", scripts=(STUBS, DEAF)) as shown:
        alert = await to_a_stop(shown, Lifter(host, "cy"))
        await asyncio.sleep(2.3)
        assert [alert] * 3 == [advice["alert_id"] for advice in shown.advice("stop")]
        assert ["Stop"] == await shown.heard("speech")


@pytest.mark.slow
async def test_sound_needs_a_tap_and_comes_in_time_or_not_at_all(browser: Browser, host: Standalone) -> None:
    """The page asks for one; a tap within sound_ms of receipt lets the alert sound, a later one doesn't."""
    async with phone(browser, host, "di", tapped=False) as soon, phone(browser, host, "di", tapped=False) as late:
        await expect(soon.page.get_by_role("button", name=re.compile("Tap once for sound"))).to_be_visible()
        await to_a_stop(soon, Lifter(host, "di"))
        await late.says("stop")
        await soon.tap()
        await asyncio.sleep(soon.advice("stop")[0]["sound_ms"] / 1000 + 0.2)
        await late.tap()
        await expect(soon.page.locator("#sound")).to_be_hidden()
        await expect(late.page.locator("#sound")).to_be_hidden()
        assert (["Stop"], []) == (await soon.heard("speech"), await late.heard("speech"))


async def test_late_advice_is_silent(browser: Browser, host: Standalone) -> None:
    """It is shown, and says that it is late."""
    lifter = Lifter(host, "ed")
    async with phone(browser, host, "ed") as shown:
        await lifter.opens(ago_s=60)
        await lifter.lifts(TO_A_STOP, ago_s=20)
        await shown.says("stop")
        await expect(shown.page.locator("#late")).to_be_visible()
        assert ([], [], []) == (
            await shown.heard("tone"),
            await shown.heard("speech"),
            await shown.heard("vibration"),
        )
        await expect(shown.page.locator("#alarm")).to_be_empty()


async def test_a_check_in_is_four_taps_and_once_a_day(browser: Browser, host: Standalone) -> None:
    """Then it asks where it hurts, which may be said at any time."""
    async with phone(browser, host, "gil") as shown:
        page = shown.page
        for question, score in (("sleep", 2), ("sore", 3), ("tired", 4), ("train", 5)):
            await expect(page.locator("#checkin-title")).to_contain_text(question)
            await page.locator("#checkin-choices").get_by_role("button", name=re.compile(f"^{score}")).click()
        await page.get_by_role("button", name="knee").click()
        await page.get_by_role("button", name="6", exact=True).click()
        await expect(page.locator("#checkin")).to_be_hidden()
        answers = [event["data"] for event in shown.posted]
        assert [
            {"athlete_id": "gil", "sleep": 2, "soreness": 3, "fatigue": 4, "motivation": 5},
            {"athlete_id": "gil", "pain": {"knee": 6}},
        ] == answers
        await page.reload()
        await shown.says("waiting")
        await expect(page.locator("#checkin")).to_be_hidden()


@pytest.mark.slow
async def test_a_set_that_is_voided_leaves_the_page_at_once(browser: Browser, host: Standalone) -> None:
    """Nothing of it sounds any more, nobody asks how it felt, and the next set shows as ever."""
    lifter = Lifter(host, "vera")
    async with phone(browser, host, "vera", scripts=(STUBS, DEAF)) as shown:
        await to_a_stop(shown, lifter)
        played = await shown.heard("tone")
        await lifter.send(("set.voided", {"set_id": "s1", "reason": "logged by mistake"}, 0.0))
        await shown.says("waiting")
        await expect(shown.page.locator("#felt")).to_be_hidden()
        await expect(shown.page.locator("#done")).to_be_hidden()
        await asyncio.sleep(1.5)  # a repeat would have come by now
        assert played == await shown.heard("tone")
        assert [True] == [frame["withdrawn"] for frame in shown.advice("stop") if "withdrawn" in frame]
        await lifter.opens("s2")
        await shown.says("plan")


async def test_what_was_not_used_is_listed_in_the_menu(browser: Browser, host: Standalone) -> None:
    """In plain words, with what to do; a lifter of whom all was used reads that."""
    lifter = Lifter(host, "una")
    await lifter.opens(ago_s=30)
    await lifter.lifts(TO_A_STOP[:2])
    async with phone(browser, host, "una") as shown:
        await shown.says("continue")
        says, items = shown.page.locator("#rejected-says"), shown.page.locator("#rejected-list li")
        await shown.page.click("#more")
        await shown.page.click("#menu-unused")
        await expect(says).to_have_text("All that was sent for you has been used.")
        await shown.page.click("#rejected-close")
        await lifter.send(("rep.voided", {"set_id": "s1", "rep_number": 99}, 0.0))

        await rejected_of(host, "una")
        await shown.page.click("#more")
        await shown.page.click("#menu-unused")
        await expect(items.first).to_contain_text("A rep taken back")
        await expect(items.first).to_contain_text("Set s1 has no rep 99")


async def test_a_host_that_stops_is_signal_lost_and_resumed_when_it_is_back(browser: Browser, tmp_path: Path) -> None:
    """The page opens without a network, keeps what the lifter says, sends it once, and goes on where the set stands."""
    before = Standalone(tmp_path)
    with before:
        url, lifter = before.url, Lifter(before, "ada")
        async with phone(browser, before, "ada") as shown:
            page = shown.page
            await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
            await lifter.opens()
            await lifter.lifts(TO_A_STOP[:3])
            await shown.says("continue")
            await asyncio.to_thread(before.close)
            await shown.says("lost", 8_000)
            await expect(page.locator("#sentence")).to_contain_text("Count your own reps")
            await page.reload()
            await page.get_by_role("button", name="More").click()
            await page.get_by_role("button", name="Something hurts").click()
            await page.get_by_role("button", name="elbow").click()
            await page.get_by_role("button", name="7", exact=True).click()
            await expect(page.locator("#note")).to_contain_text("Kept on this phone: 1 answer")
            with Standalone(tmp_path, port=int(url.rpartition(":")[2])) as after:
                await shown.says("continue", 15_000)
                await expect(page.locator("#signal")).to_have_text("Live")
                await expect(page.locator("#last")).to_contain_text("Rep 3")
                await expect(page.locator("#note")).to_have_text("Sent.", timeout=15_000)
                await asyncio.to_thread(after.close)
    pains = [
        event.data.pain for event in await lifted(before.folder.database) if isinstance(event.data, WellnessReported)
    ]
    assert [{"elbow": 7}] == pains


async def test_a_revoked_token_leads_back_to_the_door(browser: Browser, host: Standalone) -> None:
    """The page says what happened and asks to sign in."""
    async with phone(browser, host, "hal") as shown:
        cookies = await shown.page.context.cookies(f"{host.url}/lift")
        token = next(cookie["value"] for cookie in cookies if cookie["name"] == "spotter_lift")
        token_id = host.folder.keyring().verify(token).token_id
        await Lifter(host, "hal").send_for_gym("token.revoked", {"token_id": token_id})
        await expect(shown.page.get_by_role("alert")).to_contain_text("The token was revoked", timeout=15_000)


async def test_a_token_for_several_lifters_asks_who_lifts(browser: Browser, host: Standalone) -> None:
    """Once: the choice is remembered."""
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(f"{host.url}/lift#{host.token('app', athletes=['ida', 'jo'])}")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="jo").click()
    await expect(page.locator("#who")).to_have_text("jo")
    await page.goto(f"{host.url}/lift")
    await expect(page.locator("#who")).to_have_text("jo")
    await context.close()


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height", "theme"), [(360, 640, "dark"), (820, 1180, "light"), (740, 360, "dark")])
async def test_it_fits(browser: Browser, host: Standalone, width: int, height: int, theme: str) -> None:
    """Nothing sticks out to the side, the word is large, and what is pressed is big enough for a finger."""
    athlete = f"fits-{width}-{theme}"
    async with phone(browser, host, athlete, width=width, height=height, theme=theme) as shown:
        await to_a_stop(shown, Lifter(host, athlete))
        page = shown.page
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        size = await page.locator("#word").evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
        assert 40 <= size
        fill = await page.locator(".state").evaluate("node => getComputedStyle(node).backgroundColor")
        assert "rgb(213, 94, 0)" == fill
        await page.get_by_role("button", name="Set done").click()
        for button in await page.get_by_role("button").all():
            box = await button.bounding_box()
            assert box is not None and 44 <= box["height"]
