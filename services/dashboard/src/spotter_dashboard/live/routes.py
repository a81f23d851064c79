"""The route of the coach's page: the floor as server-sent events."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from spotter.http import Guard, Problem
from spotter_dashboard.live.stream import LiveStream


def live_routes(stream: LiveStream, guard: Guard, require_started: Callable[[], Awaitable[None]]) -> APIRouter:
    """Build `/live`, for a coach who is signed in."""
    router = APIRouter(include_in_schema=False)

    @router.get("/live")
    async def live(request: Request) -> StreamingResponse:
        await require_started()
        identity = guard.identify(request, cookie=True)
        if not identity.has_role("coach"):
            raise Problem(403, "Role too low", "The floor needs a coach's token.")
        if stream.full:
            raise Problem(
                503, "Too many pages", "As many pages are open as can be served.", headers={"Retry-After": "5"}
            )
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(stream.frames(identity), headers=headers, media_type="text/event-stream")

    return router
