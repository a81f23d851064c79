"""The projector: from the log to the tables and to the live floor."""
