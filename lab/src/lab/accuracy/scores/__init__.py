"""Scores of answers against the truth: error, calibration, alerts, and confidence intervals."""
