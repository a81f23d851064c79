"""The kernel that every part of Spotter shares: events, topics, bus, processing, security."""
