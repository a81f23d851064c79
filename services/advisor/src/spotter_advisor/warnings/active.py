"""The warnings that are active for a lifter at a moment."""

from __future__ import annotations

from datetime import datetime

from spotter.domain.policies import Policy
from spotter.domain.weeks import day_of
from spotter_advisor.state.history import ActiveWarning, History
from spotter_advisor.warnings.check_in import reported_warnings
from spotter_advisor.warnings.plateau import plateau_warning
from spotter_advisor.warnings.velocity_loss import slow_reps_warning


def active_warnings(
    history: History, at: datetime, zone: str, policy: Policy, *, spent: float, allowed: float
) -> tuple[ActiveWarning, ...]:
    """Return the warnings that are active at a moment: those reported (R15), then those measured (R16).

    Parameters
    ----------
    spent, allowed : float
        Units of the weeks in which a plateau is looked for.
    """
    today = day_of(at, zone).isoformat()
    measured = (
        slow_reps_warning(history, at, today, zone, policy),
        plateau_warning(history, today, zone, policy, spent, allowed),
    )
    return (*reported_warnings(history, at), *(warning for warning in measured if warning is not None))
