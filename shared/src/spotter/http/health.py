"""Routes that report whether a process is alive and ready, and its metrics."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from spotter.http.problems import Problem, problems_of


def _no_reason() -> str | None:
    return None


def health_router(
    ready: Callable[[], str | None], *, alive: Callable[[], str | None] = _no_reason, metrics_to_anyone: bool = True
) -> APIRouter:
    """Build `/healthz`, `/readyz` and `/metrics`.

    `ready` and `alive` return None, or a sentence that says why not, which is answered with 503. A process whose port
    is public (`metrics_to_anyone` false) serves metrics to its own machine only.
    """
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="Whether the process works", responses=problems_of(503))
    async def healthz() -> dict[str, str]:
        return _state(alive(), "Not alive")

    @router.get("/readyz", summary="Whether the process may be sent requests", responses=problems_of(503))
    async def readyz() -> dict[str, str]:
        return _state(ready() or alive(), "Not ready")

    @router.get("/metrics", summary="Metrics for Prometheus", include_in_schema=False)
    async def prometheus(request: Request) -> Response:
        if not (metrics_to_anyone or _is_local(request)):
            raise Problem(404, "Not found", "There is nothing at /metrics for other machines.")
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _is_local(request: Request) -> bool:
    """Return whether a request comes from this machine."""
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _state(reason: str | None, title: str) -> dict[str, str]:
    if reason is not None:
        raise Problem(503, title, reason, headers={"Retry-After": "1"})
    return {"status": "ok"}
