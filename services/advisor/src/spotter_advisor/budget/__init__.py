"""The weekly failure budget: what a week allows and what is left of it for a set."""
