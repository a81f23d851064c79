"""Which signs hold for a lifter at a moment."""

from __future__ import annotations

from datetime import datetime

from spotter.domain.policies import Policy
from spotter.domain.weeks import day_of
from spotter_advisor.state.history import History, Sign
from spotter_advisor.warnings.check_in import reported_signs
from spotter_advisor.warnings.plateau import plateau_sign
from spotter_advisor.warnings.velocity_loss import slow_first_reps


def signs_at(
    history: History, at: datetime, zone: str, policy: Policy, *, spent: float, allowed: float
) -> tuple[Sign, ...]:
    """Give the warning signs that hold at a moment: those reported (R15), then those measured (R16).

    Parameters
    ----------
    spent, allowed : float
        Units of the weeks in which a plateau is looked for.
    """
    today = day_of(at, zone).isoformat()
    measured = (
        slow_first_reps(history, at, today, zone, policy),
        plateau_sign(history, today, zone, policy, spent, allowed),
    )
    return (*reported_signs(history, at), *(sign for sign in measured if sign is not None))
