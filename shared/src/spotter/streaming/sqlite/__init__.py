"""In one SQLite file: outputs, state and cursors in one transaction."""
