"""The distributed host on one machine, without containers: Kafka, every service a process, nginx in front."""

from spotter_cli.cluster.command import cluster_command

__all__ = ["cluster_command"]
