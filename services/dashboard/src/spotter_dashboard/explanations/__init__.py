"""Why: what an advice or a change of the budget came from, and what would have changed it."""
