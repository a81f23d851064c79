"""A simulated gym that trains through the public API, and its terminal display."""
