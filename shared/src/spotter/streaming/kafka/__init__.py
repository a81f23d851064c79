"""The log on Apache Kafka: durable appends, readers without a group, topics and what workers have not finished."""

from spotter.streaming.kafka.admin import TopicsDiffer, TopicState, apply_topics, check_topics, list_topics
from spotter.streaming.kafka.log import KafkaLog
from spotter.streaming.kafka.reader import KafkaReader

__all__ = ["KafkaLog", "KafkaReader", "TopicState", "TopicsDiffer", "apply_topics", "check_topics", "list_topics"]
