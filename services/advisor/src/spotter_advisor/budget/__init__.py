"""The weekly failure budget: what sets cost, what a week allows, and the entries of both."""
