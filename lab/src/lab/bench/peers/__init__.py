"""What the workers are measured beside: the same worker event by event, the same step without Faust, no step at all."""
