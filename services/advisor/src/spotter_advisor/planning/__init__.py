"""From an estimate to an action: the decision, its expected outcome, timeliness and messages."""
