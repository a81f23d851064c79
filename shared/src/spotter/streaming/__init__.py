"""Hosts for the same cores: in memory, in one SQLite file, on Apache Kafka."""
