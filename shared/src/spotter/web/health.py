"""Whether a process is alive and ready, and its metrics."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from spotter.web.problems import Problem


def _nothing_wrong() -> str | None:
    return None


def health_router(
    ready: Callable[[], str | None], metrics: bool = True, *, alive: Callable[[], str | None] = _nothing_wrong
) -> APIRouter:
    """Build `/healthz`, `/readyz` and `/metrics`.

    `ready` and `alive` say why the process is not, in a sentence, or None where it is; a reason is answered with 503.
    """
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="Whether the process works")
    async def healthz() -> dict[str, str]:
        return _state(alive(), "Not alive")

    @router.get("/readyz", summary="Whether the process may be sent requests")
    async def readyz() -> dict[str, str]:
        return _state(ready() or alive(), "Not ready")

    if metrics:

        @router.get("/metrics", summary="Metrics for Prometheus", include_in_schema=False)
        async def prometheus() -> Response:
            return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _state(reason: str | None, title: str) -> dict[str, str]:
    if reason is not None:
        raise Problem(503, title, reason, headers={"Retry-After": "1"})
    return {"status": "ok"}
