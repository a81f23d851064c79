"""Settings of every process, from the environment (`SPOTTER_…`)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Limits(BaseSettings):
    """Limits of what services accept. Prefix `SPOTTER_LIMIT_`."""

    model_config = SettingsConfigDict(env_prefix="SPOTTER_LIMIT_")

    body_bytes: int = 4 * 1024 * 1024
    batch_events: int = 10_000
    message_bytes: int = 256 * 1024
    events_per_s: float = 10_000
    """Sustained, per token."""
    events_burst: int = 50_000
    connections_per_token: int = 64
    """Sockets open at a time."""
    requests_per_token: int = 256
    """Requests in progress at a time."""
    connections: int = 2_000
    strangers: int = 1_024
    """Connections that have shown no credential, in all."""
    strangers_per_address: int = 128
    """Of them, of one address; four times as many for a moment."""
    header_bytes: int = 64 * 1024
    """Of a request's address and header."""
    header_s: float = 10
    """How long a header, and any body but that of events, may take to arrive."""
    form_bytes: int = 32 * 1024
    """Of any body but that of events."""
    held_bytes: int = 64 * 1024 * 1024
    """Of all bodies and messages that are being read or written."""
    body_s: float = 30
    """How long a body may take to arrive."""


class SessionSettings(BaseSettings):
    """How long a sign-in on a page lasts, at most as long as its token. Prefix `SPOTTER_SESSION_`."""

    model_config = SettingsConfigDict(env_prefix="SPOTTER_SESSION_")

    hours: Annotated[float, Field(gt=0)] = 30 * 24
    """After which a coach or lifter signs in again."""
    idle_minutes: Annotated[float, Field(gt=0)] = 7 * 24 * 60
    """After which a coach does whose page was not open."""


class Settings(BaseSettings):
    """Where a service runs and keeps its data."""

    model_config = SettingsConfigDict(env_prefix="SPOTTER_")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8700
    """0: any free port."""
    data: Path = Path("data")
    """Folder of keys and databases."""
    keys: Path | None = None
    """Key file; by default `keys.json` in the data folder."""
    kafka: str = "127.0.0.1:9092"
    """Bootstrap servers."""
    topic_prefix: str = ""
    """Prefix of every topic and group, for several installations on one cluster."""
    instance: str | None = None
    """Name of this replica, the same after a restart (static membership of its consumer group)."""
    audit_log: Path | None = None
    """File of the audit log; by default it is on standard error with the rest, standalone in the data folder."""
    log_level: str = "INFO"
    log_json: bool = True

    @property
    def key_file(self) -> Path:
        """Path of the signing keys."""
        return self.keys or self.data / "keys.json"
