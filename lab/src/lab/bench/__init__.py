"""Throughput and latency, as ratios beside named references in the same run."""
