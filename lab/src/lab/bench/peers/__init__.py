"""References for the workers: the same worker event by event, the same step without Faust, and no step at all."""
