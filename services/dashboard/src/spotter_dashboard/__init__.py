"""The coach's page and the history: projector, queries, pages."""
