"""A cluster on one machine without containers: Kafka, one process per service, nginx as the proxy."""

from spotter_cli.cluster.command import cluster_command

__all__ = ["cluster_command"]
