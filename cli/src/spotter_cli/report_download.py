"""Downloads a weekly report from a running host to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx

from spotter_cli.http_client import problem_reason, read_object
from spotter_standalone.errors import CliError

FORMATS: Final = ("html", "pdf", "png", "json")
_PATIENCE_S: Final = 60.0
"""The first report also waits for the plotting library to load."""


def format_of(out: Path) -> str:
    """Return the report format of a file's extension; raises CliError for an unknown one."""
    format_name = out.suffix.removeprefix(".").lower()
    if format_name not in FORMATS:
        raise CliError(f"{out} should end with {', '.join(f'.{name}' for name in FORMATS[:-1])} or .{FORMATS[-1]}.")
    return format_name


def fetch(url: str, token: str | None, athlete: str, week: str, format_name: str) -> bytes:
    """Download a report; raises CliError if that fails."""
    if not token:
        raise CliError("A report needs a token in SPOTTER_TOKEN: create one with spotter token create --role app.")
    path = f"/v1/athletes/{quote(athlete, safe='')}/weeks/{quote(week, safe='')}/report.{format_name}"
    headers = {"Authorization": f"Bearer {token}"}
    try:
        response = httpx.get(url.rstrip("/") + path, headers=headers, timeout=_PATIENCE_S, trust_env=False)
    except httpx.TransportError as error:
        raise CliError(f"Nothing answers at {url} ({error}): is Spotter running there?") from None
    except (httpx.InvalidURL, UnicodeEncodeError, ValueError) as error:
        raise CliError(f"{url!r} or its token can't be used ({error}): check SPOTTER_URL and SPOTTER_TOKEN.") from None
    if response.status_code != httpx.codes.OK:
        problem = read_object(response.content)
        reason = problem_reason(problem) if problem else "is that the address of Spotter?"
        raise CliError(f"{url} returns no report ({response.status_code}): {reason}")
    return response.content


def write(out: Path, content: bytes) -> None:
    """Write a report; raises CliError if the file can't be written."""
    try:
        out.write_bytes(content)
    except OSError as error:
        raise CliError(f"{out} can't be written: {error.strerror}.") from None
