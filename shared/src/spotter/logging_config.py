"""One way of logging for every process: a line of JSON per record, on standard error."""

from __future__ import annotations

import logging
import sys
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Final

import structlog

from spotter.files import make_private

AUDIT_LOGGER: Final = "spotter.audit"
AUDIT_FIELDS: Final = (
    "gym_id",
    "token_id",
    "role",
    "status",
    "reason",
    "method",
    "route",
    "address",
    "left_out",
    "event_type",
    "event_id",
    "athlete_id",
    "revoked_token_id",
    "issued_token_id",
    "days",
    "count",
)
"""All that a record of the audit log may say."""


def configure_logging(
    service: str, *, level: str = "INFO", as_json: bool = True, audit_file: Path | None = None
) -> None:
    """Write the records of the standard library and of structlog to standard error, one line each.

    Those of the audit log go to `audit_file` instead, where one is given: JSON lines that only their owner may read.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=AUDIT_FIELDS),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in ("aiokafka", "faust", "mode", "uvicorn.access", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if audit_file is not None:
        write_audit_to(audit_file, service)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


def write_audit_to(path: Path, service: str) -> None:
    """Write the audit log to a file of JSON lines; it may be moved away while it is written (logrotate)."""
    make_private(path)

    def named(_: object, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
        return {"service": service, **event}

    handler = WatchedFileHandler(path, encoding="utf-8")
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.ExtraAdder(allow=AUDIT_FIELDS),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                named,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.EventRenamer("action"),
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    audit = logging.getLogger(AUDIT_LOGGER)
    for old in audit.handlers[:]:
        audit.removeHandler(old)
        old.close()
    audit.addHandler(handler)
    audit.setLevel(logging.INFO)
    audit.propagate = False
