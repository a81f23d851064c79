"""The HTTP answer to a request, from what became of its events."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from starlette.responses import Response

from spotter.http import Problem, problem_response
from spotter_ingest.service import Result

_SEND_AGAIN = (503, 429)


def answer(results: Sequence[Result]) -> Response:
    """Answer 202 where no event was refused, 207 where some were, else with a problem; the results in each."""
    documents = [result.document() for result in results]
    problems = [result.problem for result in results if result.problem is not None]
    again = next((problem for status in _SEND_AGAIN for problem in problems if problem.status == status), None)
    if len(problems) < len(results) or not results:
        headers = {"Retry-After": again.headers["Retry-After"]} if again else None
        body = orjson.dumps({"results": documents})
        return Response(body, 207 if problems else 202, headers, "application/json")
    problem = problems[0] if len(problems) == 1 else again or _nothing_taken(len(problems))
    response = problem_response(problem)
    response.body = orjson.dumps(problem.document() | {"results": documents})
    response.headers["Content-Length"] = str(len(response.body))
    return response


def _nothing_taken(count: int) -> Problem:
    return Problem(
        422, "No event was taken", f"All {count} events were refused.", mend="See what is wrong with each in results."
    )
