"""The life of a set: which set an event belongs to, its reps in order, its end."""
