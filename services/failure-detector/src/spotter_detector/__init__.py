"""Follows every running set and estimates how many reps are left."""
