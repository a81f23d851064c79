"""Why an advice was given or a budget changed: its inputs, its rules, and what would have changed it."""
