"""The advisor's state of a lifter, and how it is stored."""
