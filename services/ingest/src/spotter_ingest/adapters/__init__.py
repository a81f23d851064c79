"""What devices send, read into events: a module a device, each pure."""
