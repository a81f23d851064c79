"""The gym's catalogue of exercises, searched by name."""
