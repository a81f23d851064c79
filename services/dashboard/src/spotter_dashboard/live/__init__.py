"""The coach's floor: running sets, their tiles, and the stream that sends them to pages."""
