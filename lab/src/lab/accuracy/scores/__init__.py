"""Scores of answers against what is true: error, calibration, alerts, and how sure each figure is."""
