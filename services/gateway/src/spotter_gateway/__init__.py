"""Delivers advice to clients over WebSocket and server-sent events."""
