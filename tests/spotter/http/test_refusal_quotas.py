"""What a token may have refused."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI, Request

from spotter.http import Guard, Problem, install
from spotter.http.refusal_quotas import RefusalQuotas
from spotter.http.tokens import Revocations
from tests.ingest.support import KEYS


async def test_whoever_has_too_much_refused_has_to_wait() -> None:
    """On every route, the ones that it may use too; another token is served; after a while it is again."""
    now_s = 0.0
    quotas = RefusalQuotas(per_s=1, burst=3, clock_s=lambda: now_s)
    guard, app = Guard(KEYS, Revocations(), refusals=quotas), FastAPI()
    install(app)

    @app.get("/sets/{name}")
    async def sets(request: Request, name: str) -> str:
        guard.identify(request)
        if name != "mine":
            raise Problem(404, "Unknown set", f"There is no set {name}.")
        return name

    greedy, other = ({"Authorization": f"Bearer {KEYS.issue('g1', 'app')}"} for _ in range(2))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        guesses = [(await client.get(f"/sets/{guess}", headers=greedy)).status_code for guess in range(4)]
        late = await client.get("/sets/mine", headers=greedy)
        assert ([404, 404, 404, 429], 429) == (guesses, late.status_code)
        assert 0 < int(late.headers["retry-after"]) <= 3
        assert late.json()["mend"]
        assert 200 == (await client.get("/sets/mine", headers=other)).status_code
        now_s = 10.0
        assert 200 == (await client.get("/sets/mine", headers=greedy)).status_code


def test_the_tokens_that_are_counted_are_limited() -> None:
    """Those that were refused longest ago are forgotten first."""
    quotas = RefusalQuotas(per_s=1, burst=1, clock_s=lambda: 0.0)
    for number in range(10_001):
        quotas.charge(f"t{number}")
    quotas.check("t0")
    with pytest.raises(Problem, match="refused"):
        quotas.check("t10000")
