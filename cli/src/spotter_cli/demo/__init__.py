"""A simulated gym that trains through the public door, and what a terminal shows of it."""
