"""The door through which advice goes out: WebSocket and server-sent events."""
