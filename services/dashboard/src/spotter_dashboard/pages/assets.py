"""The static files of the pages, and the headers of every page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from spotter.domain.actions import ACTIONS_JSON

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""Everything that a page loads comes from this server, and no other site may frame it."""
_MEDIA: Final = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "png": "image/png",
    "webmanifest": "application/manifest+json",
}
_DIGEST_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class File:
    """A file that pages load."""

    content: bytes
    media_type: str
    etag: str

    def answer(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Return the file, or 304 where the browser's copy is current."""
        sent = {"ETag": self.etag, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", **(headers or {})}
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=sent)
        return Response(self.content, headers=sent, media_type=self.media_type)


def file_of(content: bytes, media_type: str) -> File:
    """Return a file with an ETag of its content."""
    return File(content, media_type, f'"{hashlib.blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()}"')


def static_files() -> dict[str, File]:
    """Return all static files by their path under `static/`, with the table of actions as a JavaScript module."""
    files = dict(_read(resources.files("spotter_dashboard").joinpath("static"), ""))
    files["actions.js"] = file_of(b"export const ACTIONS = " + ACTIONS_JSON.strip() + b";\n", "text/javascript")
    return files


def _read(folder: Traversable, prefix: str) -> Iterator[tuple[str, File]]:
    for entry in folder.iterdir():
        media_type = _MEDIA.get(entry.name.rpartition(".")[2])
        if entry.is_dir():
            yield from _read(entry, f"{prefix}{entry.name}/")
        elif media_type is not None:
            yield f"{prefix}{entry.name}", file_of(entry.read_bytes(), media_type)
