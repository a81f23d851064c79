"""Simulators, and benches of accuracy, throughput and latency."""
