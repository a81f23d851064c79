"""The coach's page in a real browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

from spotter.domain.events import Event
from spotter.domain.events.outputs import Action
from spotter.domain.events.people import TokenRevoked
from tests.dashboard.server import KEYS, RunningDashboard, now, run_dashboard
from tests.dashboard.story import MONDAY, Story

pytestmark = pytest.mark.asyncio(loop_scope="module")  # the browser lives in one loop

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
FACES: dict[Action, tuple[str, str]] = {
    "continue": ("Lifting", "triangle"),
    "one_more": ("One more", "diamond"),
    "stop": ("Stop", "square"),
    "failing": ("Failing now", "square"),
}
SKY, YELLOW, VERMILLION, GROUND = "rgb(86, 180, 233)", "rgb(240, 228, 66)", "rgb(213, 94, 0)", "rgb(11, 15, 20)"


@dataclass
class Wall:
    """A signed-in page, and what it complained of."""

    page: Page
    token: str
    complaints: list[str] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)

    def tile(self, set_key: str) -> Locator:
        """Find a tile."""
        return self.page.locator(f'.tile[data-set="{set_key}"]')

    async def says(self, set_key: str, word: str) -> None:
        """Wait until a tile says that word."""
        await expect(self.tile(set_key).locator(".word")).to_have_text(word)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """Launch one browser for all tests here."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="module")
async def dashboard(tmp_path: Path) -> AsyncIterator[RunningDashboard]:
    """Run a dashboard on an empty log."""
    async with run_dashboard(tmp_path) as running:
        yield running


async def new_page(
    browser: Browser, width: int = 1920, height: int = 1080, theme: str = "dark"
) -> tuple[Page, BrowserContext]:
    """Open an empty page."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="light" if theme == "light" else "dark"
    )
    return await context.new_page(), context


@asynccontextmanager
async def wall(
    browser: Browser, dashboard: RunningDashboard, width: int = 1920, height: int = 1080, theme: str = "dark"
) -> AsyncIterator[Wall]:
    """Open the page, sign in by the keyboard alone, and check in the end that nothing was complained of."""
    page, context = await new_page(browser, width, height, theme)
    page.set_default_timeout(10_000)
    shown = Wall(page, KEYS.issue("g1", "coach"))
    page.on(
        "console",
        lambda message: shown.complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: shown.complaints.append(str(error)))
    page.on("request", lambda asked: shown.addresses.add(asked.url.split("/")[2]))
    await page.goto(dashboard.url)
    await expect(page.get_by_label("Coach's token")).to_be_focused()
    await page.keyboard.insert_text(shown.token)
    await page.keyboard.press("Enter")
    await expect(page.locator("#signal")).to_have_text("Live")
    yield shown
    await context.close()
    assert [] == shown.complaints
    assert {dashboard.url.removeprefix("http://")} == shown.addresses


def lifting(athlete_id: str, *, rack: int | None = None) -> Story:
    """Begin a set with two reps now."""
    story = Story(athlete_id, start=now()).named(athlete_id.title())
    station = None if rack is None else f"rack-{rack}"
    story.opens(athlete_id, exercise="bench_press", load_kg=82.5, station_id=station)
    return rep(rep(story, 1, 0.50, "continue"), 2, 0.40, "continue")


def rep(story: Story, number: int, velocity_mps: float, action: Action) -> Story:
    """Report a rep, and what follows from it."""
    key = story.athlete_id
    story.rep(key, number, velocity_mps).estimates(
        key, number, 8.0 - number, reference_mps=0.5, velocity_loss=1 - velocity_mps / 0.5
    )
    return story.advises(key, number, action).wait(0.01)


async def colour(locator: Locator, name: str) -> str:
    """Return a computed colour."""
    value = await locator.evaluate("(node, name) => getComputedStyle(node).getPropertyValue(name)", name)
    assert isinstance(value, str)
    return value


async def test_a_running_set_has_a_tile_with_all_that_a_coach_needs(
    browser: Browser, dashboard: RunningDashboard
) -> None:
    """Name, exercise and load, a bar per rep with the reference line, reps left with the band, how old it is."""
    lifting("ada", rack=1).write(dashboard.log)
    async with wall(browser, dashboard) as shown:
        tile = shown.tile("ada")
        await expect(tile.locator(".name")).to_have_text("Ada")
        await expect(tile.locator(".work")).to_have_text(re.compile("Bench press.*82.5 kg"))
        await expect(tile.locator(".rack")).to_have_text("rack-1")
        await expect(tile.locator(".rep")).to_have_count(2)
        boxes = [await bar.bounding_box() for bar in await tile.locator(".rep").all()]
        first, second = (box["height"] for box in boxes if box)
        assert pytest.approx(0.8, abs=0.03) == second / first
        line = await tile.locator(".reference").bounding_box()
        assert line is not None and boxes[0] is not None
        assert pytest.approx(boxes[0]["y"], abs=4) == line["y"]
        await expect(tile.locator(".left")).to_have_text(re.compile(r"6\s*reps left\s*5–7 likely"))
        await expect(tile.locator(".loss")).to_have_text("20 % slower")
        await expect(tile.locator(".since")).to_have_text(re.compile(r"now|\d+ s ago"))
        await expect(shown.page.locator("#count")).to_have_text("1 lifting")
        assert GROUND == await colour(shown.page.locator("body"), "background-color")


async def test_each_advice_has_its_word_shape_and_fill(browser: Browser, dashboard: RunningDashboard) -> None:
    """Colour is never alone, and the page counts who has to stop."""
    stories = {action: lifting(f"does-{action}") for action in FACES}
    for action, story in stories.items():
        rep(story, 3, 0.3, action).write(dashboard.log)
    async with wall(browser, dashboard) as shown:
        for action, (word, shape) in FACES.items():
            await shown.says(f"does-{action}", word)
            await expect(shown.tile(f"does-{action}").locator(".shape")).to_have_attribute("data-shape", shape)
        assert SKY == await colour(shown.tile("does-continue").locator(".advice"), "color")
        assert YELLOW == await colour(shown.tile("does-one_more").locator(".advice"), "background-color")
        for action in ("stop", "failing"):
            tile = shown.tile(f"does-{action}").locator("article")
            assert (VERMILLION, "rgb(0, 0, 0)") == (await colour(tile, "background-color"), await colour(tile, "color"))
        await expect(shown.page.locator("#count")).to_have_text("4 lifting · 2 to stop")


async def test_a_rep_appears_while_one_looks(browser: Browser, dashboard: RunningDashboard) -> None:
    """The bar grows, the word changes, screen readers hear it politely; the end dims the tile."""
    story = lifting("ada", rack=1).write(dashboard.log)
    async with wall(browser, dashboard) as shown:
        await shown.says("ada", "Lifting")
        rep(story, 3, 0.2, "stop").write(dashboard.log)
        await shown.says("ada", "Stop")
        await expect(shown.tile("ada").locator(".rep")).to_have_count(3)
        await expect(shown.page.locator('#news[aria-live="polite"]')).to_have_text("Ada, rack-1: Stop.")
        story.closes("ada", reps=3).write(dashboard.log)
        await shown.says("ada", "Done")
        await expect(shown.page.locator("#count")).to_have_text("0 lifting")


async def test_tiles_stay_in_rack_order(browser: Browser, dashboard: RunningDashboard) -> None:
    """A set that begins later stands where its rack is."""
    lifting("ada", rack=2).write(dashboard.log)
    lifting("bo", rack=10).write(dashboard.log)
    async with wall(browser, dashboard) as shown:
        await expect(shown.page.locator(".tile .name")).to_have_text(["Ada", "Bo"])
        lifting("cy", rack=1).write(dashboard.log)
        await expect(shown.page.locator(".tile .name")).to_have_text(["Cy", "Ada", "Bo"])


async def test_a_set_that_never_was_has_no_tile_any_more(browser: Browser, dashboard: RunningDashboard) -> None:
    """Neither one that was voided, nor the second recording of another one; what a rep was besides is said."""
    ada, bo = lifting("ada", rack=1).write(dashboard.log), lifting("bo", rack=2).write(dashboard.log)
    async with wall(browser, dashboard) as shown:
        tiles = shown.page.locator(".tile")
        await expect(tiles).to_have_count(2)
        bo.voids("bo").write(dashboard.log)
        await expect(tiles).to_have_count(1)
        await expect(shown.page.locator("#count")).to_have_text("1 lifting")
        ada.rep("ada", 3, 0.3, side="left", assisted=True).write(dashboard.log)
        await expect(tiles.locator(".chart")).to_have_attribute("aria-label", re.compile("3: 0.30 m/s, left, assisted"))
        ada.merges("ada", "other").write(dashboard.log)
        await expect(tiles).to_have_count(0)
        await expect(shown.page.locator("#empty")).to_be_visible()


async def test_a_lost_device_is_shown_on_its_tile(browser: Browser, dashboard: RunningDashboard) -> None:
    """Hatched, with its word; the others go on."""
    story = lifting("ada").write(dashboard.log)
    lifting("bo").write(dashboard.log)
    async with wall(browser, dashboard) as shown:
        story.wait(0.5).loses("ada").write(dashboard.log)
        await shown.says("ada", "Signal lost")
        await shown.says("bo", "Lifting")
        assert "repeating-linear-gradient" in await colour(shown.tile("ada").locator("article"), "background-image")


async def test_an_advisor_that_falls_behind_is_signal_lost_everywhere(
    browser: Browser, dashboard: RunningDashboard
) -> None:
    """And back when it has caught up."""
    lifting("ada").write(dashboard.log)
    async with wall(browser, dashboard) as shown:
        dashboard.log.oldest_unfinished = round(now().timestamp() * 1000) - 6_000
        await shown.says("ada", "Signal lost")
        await expect(shown.page.locator("#lost")).to_have_text(re.compile("Signal lost: advice is . s behind"))
        dashboard.log.oldest_unfinished = None
        await shown.says("ada", "Lifting")
        await expect(shown.page.locator("#lost")).to_be_hidden()


@pytest.mark.slow
async def test_silence_is_signal_lost(browser: Browser, dashboard: RunningDashboard) -> None:
    """Five seconds without a heartbeat never mean that all is well."""
    lifting("ada").write(dashboard.log)
    async with wall(browser, dashboard) as shown:
        dashboard.log.available = False
        await expect(shown.page.locator("#lost")).to_have_text(re.compile("nothing heard for 5 s"), timeout=9_000)
        await shown.says("ada", "Signal lost")
        dashboard.log.available = True
        await shown.says("ada", "Lifting")


@pytest.mark.slow
async def test_a_page_that_was_cut_off_comes_back_with_a_fresh_snapshot(browser: Browser, tmp_path: Path) -> None:
    """What happened in between is there."""
    async with run_dashboard(tmp_path) as before:
        log, url = before.log, before.url
        story = lifting("ada").write(log)
        page, context = await new_page(browser)
        await page.goto(url)
        await page.fill("#token", KEYS.issue("g1", "coach"))
        await page.keyboard.press("Enter")
        await expect(page.locator(".rep")).to_have_count(2)
    rep(story, 3, 0.3, "one_more").write(log)
    async with run_dashboard(tmp_path, log, port=int(url.rpartition(":")[2])):
        await expect(page.locator(".rep")).to_have_count(3, timeout=10_000)
        await expect(page.locator(".word")).to_have_text("One more")
        await context.close()


async def test_a_revoked_token_leads_back_to_the_door(browser: Browser, dashboard: RunningDashboard) -> None:
    """The page says what happened and asks to sign in."""
    lifting("ada").write(dashboard.log)
    async with wall(browser, dashboard) as shown:
        revoked = TokenRevoked(gym_id="g1", token_id=KEYS.verify(shown.token).token_id)
        dashboard.revocations.apply(Event("r", "test", MONDAY, revoked))
        await expect(shown.page.get_by_role("alert")).to_contain_text("The token was revoked")
        await expect(shown.page.get_by_label("Coach's token")).to_be_focused()


async def test_signing_out_closes_the_floor(browser: Browser, dashboard: RunningDashboard) -> None:
    """By the keyboard too."""
    async with wall(browser, dashboard) as shown:
        await shown.page.locator("#sign-out").focus()
        await shown.page.keyboard.press("Enter")
        await expect(shown.page.get_by_label("Coach's token")).to_be_visible()


async def test_a_wrong_token_is_told_what_to_do(browser: Browser, dashboard: RunningDashboard) -> None:
    """The form stays, with a sentence that says where tokens come from."""
    page, context = await new_page(browser)
    await page.goto(dashboard.url)
    await page.fill("#token", "nonsense")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("spotter token create --role coach")
    await context.close()


async def test_an_empty_floor_says_how_to_fill_it(browser: Browser, dashboard: RunningDashboard) -> None:
    """With a line that can be pasted; the first set takes its dashboard."""
    async with wall(browser, dashboard) as shown:
        await expect(shown.page.locator("#line")).to_contain_text(f"curl {dashboard.url}/v1/events")
        await expect(shown.page.get_by_role("heading", name="Nobody is lifting")).to_be_visible()
        lifting("ada").write(dashboard.log)
        await shown.says("ada", "Lifting")
        await expect(shown.page.locator("#empty")).to_be_hidden()


async def test_behind_the_bars_is_a_table(browser: Browser, dashboard: RunningDashboard) -> None:
    """Opened and closed by the keyboard."""
    story = lifting("ada")
    rep(story, 3, 0.3, "continue").counts("ada", 3, 0.3, revision=2, voided=True).write(dashboard.log)
    async with wall(browser, dashboard) as shown:
        await shown.page.keyboard.press("Tab")
        await shown.page.keyboard.press("Tab")
        await expect(shown.tile("ada").locator(".chart")).to_be_focused()
        await shown.page.keyboard.press("Enter")
        await expect(shown.tile("ada").get_by_role("cell")).to_have_text(
            ["1", "0.50 m/s", "100 %", "2", "0.40 m/s", "80 %", "3", "0.30 m/s (void)", "60 %"]
        )
        await shown.page.keyboard.press("Escape")
        await expect(shown.tile("ada").locator(".chart")).to_be_focused()
        await expect(shown.tile("ada").locator(".rep.hatched")).to_have_count(1)


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_a_wall_of_eight_racks_is_readable_from_afar(
    browser: Browser, dashboard: RunningDashboard, theme: str
) -> None:
    """On 1080 lines all is seen at once; what a lifter acts on is 73 px high, and nothing on a tile under 28 px."""
    actions: list[Action] = ["continue", "one_more", "stop", "failing"] * 2
    for rack, action in enumerate(actions, 1):
        rep(lifting(f"lifter-{rack}", rack=rack), 3, 0.3, action).write(dashboard.log)
    async with wall(browser, dashboard, theme=theme) as shown:
        await expect(shown.page.locator(".tile")).to_have_count(8)
        assert await shown.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        for name in ("word", "number"):
            sizes = await shown.page.locator(f".{name}").evaluate_all(
                "nodes => nodes.map((node) => parseFloat(getComputedStyle(node).fontSize))"
            )
            assert 73 <= min(sizes)
        sizes = await shown.page.locator(".tile p, .tile h2, .tile p span").evaluate_all(
            "nodes => nodes.filter((node) => node.innerText).map((node) => parseFloat(getComputedStyle(node).fontSize))"
        )
        assert 28 <= min(sizes)


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 820, 1280])
async def test_it_fits_phones_and_tablets(browser: Browser, dashboard: RunningDashboard, width: int) -> None:
    """Nothing sticks out to the side, and what is pressed is big enough for a finger."""
    for rack, action in enumerate(FACES, 1):
        rep(lifting(f"a-rather-long-name-for-lifter-{rack}", rack=rack), 3, 0.3, action).write(dashboard.log)
    async with wall(browser, dashboard, width, 800) as shown:
        await expect(shown.page.locator(".tile")).to_have_count(4)
        assert await shown.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for button in await shown.page.get_by_role("button").all():
            box = await button.bounding_box()
            assert box is not None and 44 <= box["height"]
