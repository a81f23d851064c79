"""Routes of a lifter's weeks and their reports."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Header
from fastapi.responses import Response

from spotter.domain.gym_config import Configuration
from spotter.domain.weeks import day_of
from spotter.http import Guard, Problem, problems_of
from spotter.http.tokens import Identity
from spotter_dashboard.reports.models import WeeklyReport, as_data
from spotter_dashboard.reports.queries import weekly_report, weeks_back
from spotter_dashboard.reports.schemas import ReportView, WeekPage
from spotter_dashboard.responses import (
    Cursor,
    Limit,
    as_json,
    config_of,
    cursor_of,
    read_cursor,
    reader_of,
    require_lifter,
)
from spotter_dashboard.store.database import Engine
from spotter_dashboard.store.sets import SetQueries

Form = Literal["html", "pdf", "png", "json"]
_MEDIA: Final[dict[Form, str]] = {
    "html": "text/html",
    "json": "application/json",
    "pdf": "application/pdf",
    "png": "image/png",
}
_DRAWN_AT_ONCE: Final = 4
"""Further requests are refused with 503 and Retry-After."""
_FORMS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The report.",
        "content": {media: {"schema": {"type": "string"}} for media in _MEDIA.values() if media != "application/json"},
    }
}


def report_routes(
    engine: Engine, guard: Guard, configuration: Configuration, clock: Callable[[], datetime]
) -> APIRouter:
    """Build the routes below `/v1/athletes/{athlete_id}/weeks`."""
    router = APIRouter(prefix="/v1/athletes/{athlete_id}/weeks", tags=["reports"])
    queries = SetQueries(engine)
    drawing = threading.BoundedSemaphore(_DRAWN_AT_ONCE)
    Reader = Annotated[Identity, Depends(reader_of(guard))]  # noqa: N806  # a type

    def report_of(identity: Identity, athlete_id: str, name: str) -> WeeklyReport:
        require_lifter(queries, identity, athlete_id)
        now, config = clock(), config_of(configuration, identity)
        try:
            report = weekly_report(engine, identity.gym_id, athlete_id, config, name, now)
        except (ValueError, OverflowError):
            raise _no_week(name) from None
        if report.first_day > day_of(now, report.time_zone):
            raise Problem(404, "Unknown week", f"The week {name} has not begun.", field="week")
        return report

    def answer(report: WeeklyReport, form: Form) -> Response:
        if form == "json":
            return as_json(as_data(report))
        if not drawing.acquire(blocking=False):
            detail = "As many reports are being drawn as can be."
            raise Problem(503, "Too many reports", detail, mend="Try again.", headers={"Retry-After": "2"})
        try:
            # Loaded here: it brings the drawing library, which is large and seldom wanted.
            from spotter_dashboard.reports.page import HEADERS, draw

            content = draw(report, form)
        finally:
            drawing.release()
        name = f"{report.athlete_id}-{report.week}.{form}"
        headers = {**HEADERS, "Content-Disposition": f'inline; filename="{name}"', "Vary": "Accept"}
        return Response(content, media_type=_MEDIA[form], headers=headers)

    @router.get("", response_model=WeekPage, summary="A lifter's weeks, the newest first")
    def weeks(identity: Reader, athlete_id: str, cursor: Cursor = None, limit: Limit = 26) -> Response:
        require_lifter(queries, identity, athlete_id)
        now, config = clock(), config_of(configuration, identity)
        before = None if cursor is None else read_cursor(cursor, str)[0]
        try:
            numbers, more = weeks_back(engine, identity.gym_id, athlete_id, config, now, before, limit)
        except (ValueError, OverflowError):
            raise _no_week(before or "") from None
        return as_json({"weeks": numbers, "next_cursor": cursor_of(numbers[-1]["week"]) if more else None})

    @router.get(
        "/{week}/report",
        response_model=ReportView,
        responses={**_FORMS, **problems_of(406)},
        summary="The weekly report, as the Accept header asks: HTML (default), PDF, PNG or JSON",
    )
    def report(
        identity: Reader, athlete_id: str, week: str, accept: Annotated[str, Header(max_length=1024)] = "*/*"
    ) -> Response:
        return answer(report_of(identity, athlete_id, week), accepted(accept))

    @router.get(
        "/{week}/report.{form}", response_model=ReportView, responses=_FORMS, summary="The weekly report in one form"
    )
    def report_as(identity: Reader, athlete_id: str, week: str, form: Form) -> Response:
        return answer(report_of(identity, athlete_id, week), form)

    return router


def accepted(accept: str) -> Form:
    """Return the form that an Accept header prefers; raises Problem 406 where it accepts none.

    >>> accepted("*/*"), accepted("image/png, text/html;q=0.5"), accepted("application/*")
    ('html', 'png', 'json')
    """
    best: tuple[float, int] = (0.0, 0)
    chosen: Form | None = None
    for form, media in _MEDIA.items():
        for wanted in accept.split(","):
            kind, _, parameters = wanted.strip().partition(";")
            kind = kind.strip().lower()
            exact = 2 if kind == media else 1 if kind == f"{media.partition('/')[0]}/*" else 0
            if exact or kind in ("*/*", "*"):
                weight = (_quality(parameters), exact)
                if weight[0] > 0 and weight > best:
                    best, chosen = weight, form
    if chosen is None:
        offers = ", ".join(_MEDIA.values())
        raise Problem(406, "Not Acceptable", f"A report is one of {offers}.", mend="Name one of these in Accept.")
    return chosen


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def _no_week(name: str) -> Problem:
    return Problem(
        422, "Invalid request", f"There is no week {name[:32]}.", field="week", mend="Name it like 2026-W47."
    )
