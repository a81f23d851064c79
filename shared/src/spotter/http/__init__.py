"""What every HTTP service shares: problem documents, credentials, health. Needs the extra `web` of the kernel."""

from spotter.http.credentials import COOKIE, DOCUMENTED, Guard, chosen_subprotocol
from spotter.http.front_door import install
from spotter.http.health import health_router
from spotter.http.problems import Problem, deny, problem_response, problems_of

__all__ = [
    "COOKIE",
    "DOCUMENTED",
    "Guard",
    "Problem",
    "chosen_subprotocol",
    "deny",
    "health_router",
    "install",
    "problem_response",
    "problems_of",
]
