"""Fetching a weekly report from a running host, and writing it down."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx
import orjson

from spotter_standalone.errors import CliError

FORMATS: Final = ("html", "pdf", "png", "json")
_PATIENCE_S: Final = 60.0
"""A first report waits for the drawing library, too."""


def format_of(out: Path) -> str:
    """Tell by a file's name which form it wants; raises CliError for one that there is not."""
    format_name = out.suffix.removeprefix(".").lower()
    if format_name not in FORMATS:
        raise CliError(
            f"{out} should end with {', '.join(f'.{format_name}' for format_name in FORMATS[:-1])} or .{FORMATS[-1]}."
        )
    return format_name


def fetch(url: str, token: str | None, athlete: str, week: str, format_name: str) -> bytes:
    """Ask for a report; raises CliError where it can't be had."""
    if not token:
        raise CliError("A report needs a token in SPOTTER_TOKEN: make one with spotter token create --role app.")
    address = (
        f"{url.rstrip('/')}/v1/athletes/{quote(athlete, safe='')}/weeks/{quote(week, safe='')}/report.{format_name}"
    )
    try:
        response = httpx.get(
            address, headers={"Authorization": f"Bearer {token}"}, timeout=_PATIENCE_S, trust_env=False
        )
    except httpx.TransportError as error:
        raise CliError(f"Nothing answers at {url} ({error}): is Spotter up there?") from None
    except (httpx.InvalidURL, UnicodeEncodeError, ValueError) as error:
        raise CliError(f"{url!r} or its token can't be used ({error}): check SPOTTER_URL and SPOTTER_TOKEN.") from None
    if response.status_code != httpx.codes.OK:
        raise CliError(f"{url} gives no report ({response.status_code}): {_reason(response)}")
    return response.content


def write(out: Path, content: bytes) -> None:
    """Write a report; raises CliError where the place can't be written to."""
    try:
        out.write_bytes(content)
    except OSError as error:
        raise CliError(f"{out} can't be written: {error.strerror}.") from None


def _reason(response: httpx.Response) -> str:
    try:
        problem = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        problem = None
    if not isinstance(problem, dict):
        return "is that address Spotter's?"
    parts = [str(problem[name]) for name in ("detail", "mend") if problem.get(name)]
    return " ".join(parts) or str(problem.get("title", "no reason was given"))
