"""From an estimate to an action: decision, outcome, timeliness and messages."""
