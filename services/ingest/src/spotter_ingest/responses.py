"""The HTTP response to a request, from the results of its events."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from starlette.responses import Response

from spotter.http import Problem, problem_response
from spotter_ingest.service import Result

_RETRIED = (503, 429)


def batch_response(results: Sequence[Result]) -> Response:
    """Return 202 if no event was refused, 207 if some were, else a problem; each with the results."""
    documents = [result.document() for result in results]
    problems = [result.problem for result in results if result.problem is not None]
    retriable = next((problem for status in _RETRIED for problem in problems if problem.status == status), None)
    if len(problems) < len(results) or not results:
        headers = {"Retry-After": retriable.headers["Retry-After"]} if retriable else None
        body = orjson.dumps({"results": documents})
        return Response(body, 207 if problems else 202, headers, "application/json")
    problem = problems[0] if len(problems) == 1 else retriable or _none_accepted(len(problems))
    response = problem_response(problem)
    response.body = orjson.dumps(problem.document() | {"results": documents})
    response.headers["Content-Length"] = str(len(response.body))
    return response


def _none_accepted(count: int) -> Problem:
    return Problem(
        422, "No event was taken", f"All {count} events were refused.", mend="See what is wrong with each in results."
    )
