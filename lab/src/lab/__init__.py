"""Simulators, throughput and latency benches, peers to compare with."""
