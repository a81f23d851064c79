"""x."""
from failure_detector.model.starting_values import starting_values
