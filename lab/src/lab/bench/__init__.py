"""Throughput and latency, compared with named references of the same run."""
