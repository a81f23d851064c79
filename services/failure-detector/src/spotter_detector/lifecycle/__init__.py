"""The life cycle of a set: which set an event belongs to, its reps in order, its end, what it teaches."""
