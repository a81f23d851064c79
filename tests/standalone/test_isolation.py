"""Every route keeps gyms and lifters apart: read from the published OpenAPI, so that a new route is tested or fails.

A caller who may not see the victim is answered about the victim exactly as about an athlete, a set or an advice that
does not exist; lists that name neither hold nothing of the victim. The victim's own coach is the control: there the two
differ, or the test would prove nothing.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio
import uvicorn
from starlette.routing import BaseRoute

from spotter.domain import topics
from spotter.domain.events import Event, Role
from spotter.domain.events.budgets import NoticeGiven
from spotter.domain.events.people import ExerciseAdded, WellnessReported
from spotter.domain.gym_config import Configuration
from spotter.domain.ids import athlete_key
from spotter.http import Guard
from spotter.http.tokens import Identity, Keyring, Revocations
from spotter.settings import Limits
from spotter.streaming.memory.log import MemoryLog
from spotter_dashboard.app import Dashboard
from spotter_dashboard.store.database import default_url
from spotter_gateway.hub import Hub
from spotter_standalone.app import Parts, create_app
from tests.dashboard.server import until
from tests.dashboard.story import MONDAY, Story
from tests.support import ROOT

KEYS: Final = Keyring([("k1", "a-secret-that-is-long-enough-for-hs256")])
PATHS: Final[dict[str, Any]] = json.loads((ROOT / "docs" / "reference" / "openapi.json").read_text())["paths"]
ROUTES: Final = sorted(f"{method.upper()} {path}" for path, methods in PATHS.items() for method in methods)

VICTIM, ABSENT = "victim", "absent"
# The value of each path parameter; a query for `athlete_id` is made with and without it.
PARAMETERS: Final = {
    "athlete_id": "{who}-athlete",
    "set_id": "{who}-set",
    "alert_id": "{who}-set-alert-1-1",
    "revision": "1",
    "week": "2026-W02",
    "form": "json",
}
# Routes that show nothing of any lifter, and those that write, which have tests of their own below.
PUBLIC: Final = {"GET /healthz": "whether the host runs", "GET /readyz": "whether it takes events"}
WRITING: Final = {"POST /v1/events"}
# Routes that OpenAPI does not name, each with why it needs no test here or where its test is.
HIDDEN: Final = {
    "/": "a page without data",
    "/lift": "a page without data",
    "/lift/shell": "a page without data",
    "/lift/worker.js": "a file",
    "/static/{name:path}": "files",
    "/lift/session": "the caller's own token: tests/dashboard/pages/test_athlete.py",
    "/session": "the caller's own token: tests/dashboard/pages/test_wall.py",
    "/live": "tests/dashboard/live/test_stream.py",
    "/metrics": "counts without names, for this machine alone",
    "/openapi.json": "the description of all routes",
    "/v1/advice": "a socket: tests/gateway/test_websocket.py and test_filters.py",
    "/v1/events": "a socket: tests/ingest/test_websocket.py",
}


@dataclass(frozen=True)
class Caller:
    """A caller with a token, and the routes on which they may see data of the victim."""

    name: str
    gym_id: str
    role: Role
    athletes: tuple[str, ...] = ()
    may_see: frozenset[str] = frozenset()

    def token(self) -> str:
        """Sign the token."""
        return KEYS.issue(self.gym_id, self.role, athletes=self.athletes)


COACH: Final = Caller("the victim's coach", "g1", "coach")
DEVICE: Final = Caller("a device of the victim", "g1", "device", ("victim-athlete",))
CALLERS: Final = (
    Caller("another gym's coach", "g2", "coach"),
    Caller("another gym's lifter of the same name", "g2", "app", ("victim-athlete", "absent-athlete")),
    # An exercise that was added is in the gym's catalogue for all its lifters.
    Caller("another lifter of the gym", "g1", "app", ("other-athlete",), frozenset({"GET /v1/exercises"})),
)


@dataclass
class Host:
    """The one-process host's routes on a log in memory."""

    log: MemoryLog
    client: httpx.AsyncClient
    routes: list[BaseRoute]
    alerts: int = 0

    async def ask(self, route: str, caller: Caller, who: str, query: Mapping[str, str] = MappingProxyType({})) -> str:
        """Return status and body of what the caller is answered about the victim, or about what does not exist."""
        method, path = route.split(" ")
        for parameter, value in parameters_of(route, "path").items():
            path = path.replace(f"{{{parameter}}}", value.format(who=who))
        headers = {"Authorization": f"Bearer {caller.token()}"}
        params = {name: value.format(who=who) for name, value in query.items()}
        async with self.client.stream(method, path, params=params, headers=headers) as answer:
            if "text/event-stream" in answer.headers.get("content-type", ""):
                return f"{answer.status_code} {await self.heard(answer)}"
            return f"{answer.status_code} {(await answer.aread()).decode(errors='replace')}"

    async def heard(self, answer: httpx.Response) -> str:
        """Return what a stream brings of an advice to the victim that is given while it is open."""
        self.alerts += 1
        story = Story("victim-athlete", start=MONDAY + timedelta(minutes=self.alerts))
        story.advises("victim-set", 1 + self.alerts, "stop").write(self.log)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                async for line in answer.aiter_lines():
                    if VICTIM in line:
                        return line
        return ""


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Host]:
    """Run the host with one lifter of one gym, of whom it has something on every route."""
    async with serving(tmp_path_factory.mktemp("isolation")) as running:
        victim = Story("victim-athlete").named("The victim")
        victim.opens("victim-set", exercise="victim_press").rep("victim-set", 1, 0.5).estimates("victim-set", 1, 3.0)
        victim.advises("victim-set", 1, "continue").closes("victim-set", reps=1).summarises("victim-set")
        victim.budgets("victim-set", 1.0, week_start=MONDAY.replace(hour=0))
        victim.refuses(victim.tell(WellnessReported(sleep=2)), "id_conflict")
        notice: dict[str, Any] = {"kind": "plateau", "rule_ids": ["R17"], "sentence": "The victim stands still."}
        notice |= {"revision": 1, "valid_until": MONDAY + timedelta(days=7)}
        victim.tell(NoticeGiven(notice_id="victim-notice", **notice), topic=topics.ADVICE)
        victim.write(running.log)
        await until_shown(running)
        yield running


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Host]:
    """Serve the one-process host's application in this loop."""
    log, configuration, limits = MemoryLog(), Configuration(), Limits()
    exercise = ExerciseAdded(gym_id="g1", exercise="victim_press", name="Press of the victim", risk="machine")
    configuration.apply(Event("e", "test", MONDAY, exercise))
    guard = Guard(KEYS, Revocations())
    dashboard = Dashboard(log, guard, configuration, database_url=default_url(folder))
    hub = Hub(log, guard, limits=limits)
    app = create_app(Parts(log, guard, configuration, hub, dashboard, limits), ready=lambda: None, alive=lambda: None)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    async with dashboard, hub:
        task = asyncio.create_task(server.serve())
        await until(lambda: server.started and dashboard.ready() is None and hub.not_ready() is None)
        url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        async with httpx.AsyncClient(base_url=url, timeout=20) as client:
            yield Host(log, client, list(app.routes))
        server.should_exit = True
        await task


async def until_shown(host: Host) -> None:
    """Wait until the last events have reached the pages."""
    for _ in range(500):
        if "victim-notice" in await host.ask("GET /v1/athletes/{athlete_id}/notices", COACH, VICTIM):
            return
        await asyncio.sleep(0.01)
    raise TimeoutError("the victim's notice never came to the pages")


def parameters_of(route: str, within: str) -> dict[str, str]:
    """Return the values of a route's parameters; fails for an unknown parameter."""
    method, path = route.split(" ")
    names = [each["name"] for each in PATHS[path][method.lower()].get("parameters", []) if each["in"] == within]
    if within == "path" and (new := set(names) - set(PARAMETERS)):
        pytest.fail(f"{route}: add {', '.join(sorted(new))} to PARAMETERS, and to the fixture a victim who has it")
    return {name: PARAMETERS[name] for name in names if name in PARAMETERS}


async def check(host: Host, route: str) -> None:
    """Fail where a route shows anything of the victim to a caller who may not see it, or nothing to the coach."""
    queries = [{}, {"athlete_id": PARAMETERS["athlete_id"]}] if "athlete_id" in parameters_of(route, "query") else [{}]
    for query in queries:
        if parameters_of(route, "path") or query:
            control = [await host.ask(route, COACH, who, query) for who in (VICTIM, ABSENT)]
            assert not alike(*control), f"{route}: give the fixture's victim something that this route shows"
            for caller in CALLERS:
                answers = [await host.ask(route, caller, who, query) for who in (VICTIM, ABSENT)]
                assert alike(*answers), f"{route} shows {caller.name} something of the victim: {answers[0]}"
        else:
            control = [await host.ask(route, COACH, VICTIM)]
            assert VICTIM in control[0], f"{route}: give the fixture's victim something that this route shows"
            for caller in CALLERS:
                answer = await host.ask(route, caller, VICTIM)
                assert route in caller.may_see or VICTIM not in answer, f"{route} shows {caller.name}: {answer}"


def alike(about_victim: str, about_absent: str) -> bool:
    """Return whether two answers differ only in the requested name."""
    return about_victim.replace(VICTIM, ABSENT) == about_absent


@pytest.mark.parametrize("route", sorted(set(ROUTES) - set(PUBLIC) - WRITING))
async def test_a_route_shows_nothing_of_a_lifter_to_those_who_may_not_see(host: Host, route: str) -> None:
    """Other gyms and other lifters are answered as if the victim did not exist; the victim's coach is not."""
    await check(host, route)


@pytest.mark.parametrize("route", sorted(set(ROUTES) - set(PUBLIC)))
async def test_without_a_token_a_route_answers_401(host: Host, route: str) -> None:
    """Before it looks at anything else."""
    method, path = route.split(" ")
    answer = await host.client.request(method, path)

    assert (401, "application/problem+json") == (answer.status_code, answer.headers["content-type"])


@pytest.mark.parametrize("route", sorted(set(ROUTES) - set(PUBLIC) - WRITING))
async def test_a_device_reads_nothing(host: Host, route: str) -> None:
    """It may only send: 403."""
    assert (await host.ask(route, DEVICE, VICTIM)).startswith("403 ")


@pytest.mark.parametrize("caller", [*CALLERS, COACH], ids=lambda caller: caller.name)
async def test_what_others_send_is_refused_or_stays_in_their_gym(host: Host, caller: Caller) -> None:
    """The token determines the gym: only those who may act for the victim write into the victim's set."""
    before = len(host.log.records(topics.LIFTS))
    data = {"athlete_id": "victim-athlete", "set_id": "victim-set", "rep_number": 2, "mean_velocity_mps": 0.4}
    headers = {"Authorization": f"Bearer {caller.token()}"}
    await host.client.post("/v1/events", json=[{"type": "spotter.rep.completed.v1", "data": data}], headers=headers)

    written = {record.key for record in host.log.records(topics.LIFTS)[before:]}
    assert (caller is COACH) == (athlete_key("g1", "victim-athlete") in written)


async def test_each_route_is_tested_public_or_writes() -> None:
    """No entry outlives its route, and a new route that writes has to be named."""
    assert set(PUBLIC) | WRITING <= set(ROUTES)
    assert WRITING == {route for route in ROUTES if not route.startswith("GET ")}


async def test_each_route_that_the_openapi_does_not_name_is_listed(host: Host) -> None:
    """With where it is tested, or why it need not be."""
    assert set(HIDDEN) == {path for path in paths_of(host.routes) if path not in PATHS} | {"/v1/events"}
    named = [file for where in HIDDEN.values() for file in re.findall(r"tests/\S+\.py", where)]
    assert all((ROOT / file).exists() for file in named)


def paths_of(routes: Iterable[BaseRoute]) -> Iterator[str]:
    """Yield the paths of routes, those of included routers too."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from paths_of(included.routes)
        else:
            yield str(getattr(route, "path", route))


async def test_a_route_that_shows_another_lifters_set_fails(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check finds a seeded fault: tokens that may see all lifters of their gym."""
    monkeypatch.setattr(Identity, "may_see", lambda *_: True)

    with pytest.raises(AssertionError, match=r"GET /v1/sets/\{set_id\} shows another lifter of the gym something"):
        await check(host, "GET /v1/sets/{set_id}")


async def test_a_new_parameter_fails_with_what_to_add(monkeypatch: pytest.MonkeyPatch) -> None:
    """A route is never skipped for want of a value."""
    monkeypatch.setitem(PATHS, "/v1/plans/{plan_id}", {"get": {"parameters": [{"name": "plan_id", "in": "path"}]}})

    with pytest.raises(pytest.fail.Exception, match=r"GET /v1/plans/\{plan_id\}: add plan_id to PARAMETERS"):
        parameters_of("GET /v1/plans/{plan_id}", "path")
