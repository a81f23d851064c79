"""What the workers are measured beside: the same step without Faust, in another framework, and no step at all."""
