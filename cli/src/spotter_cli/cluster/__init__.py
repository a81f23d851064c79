"""A cluster on one machine without containers: Kafka, one process per service, nginx as the proxy."""
