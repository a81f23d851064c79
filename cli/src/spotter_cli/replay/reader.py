"""Reads a recording in any of its formats."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from spotter_cli.replay.jsonl import read_array, read_lines
from spotter_cli.replay.openbarbell import looks_like_frames, read_frames
from spotter_cli.replay.recording import RecordedEvent, Recording, UnreadableFile
from spotter_standalone.errors import CliError


def read_recording(path: Path, athlete_id: str | None = None) -> Recording:
    """Read a file of events or of device frames (`-`: standard input).

    Events that name no lifter get `athlete_id`. Raises CliError if the file can't be read.
    """
    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        text = raw.decode("utf-8-sig")
    except FileNotFoundError:
        raise CliError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise CliError(f"{path} is a folder: choose a file of events (JSONL) or of OpenBarbell frames.") from None
    except UnicodeDecodeError:
        raise CliError(f"{path} is not text: replay reads JSONL of events, or OpenBarbell frames as JSON.") from None
    except OSError as error:
        raise CliError(f"{path} can't be read: {error.strerror or error}.") from None
    try:
        return _with_athlete(_read(text, athlete_id), athlete_id)
    except UnreadableFile as error:
        raise CliError(f"{path} can't be replayed: {error}.") from None


def _read(text: str, athlete_id: str | None) -> Recording:
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError):
        return read_lines(text)
    if isinstance(document, dict) and looks_like_frames(document):
        return read_frames(document, athlete_id)
    if isinstance(document, list):
        return read_array(document)
    return read_lines(text) if "\n" not in text.strip() else read_array([document])


def _with_athlete(recording: Recording, athlete_id: str | None) -> Recording:
    if athlete_id is None:
        return recording

    def with_athlete(event: RecordedEvent) -> RecordedEvent:
        data = event.event.get("data")
        if not isinstance(data, dict) or "athlete_id" in data or event.set is None:
            return event
        return replace(event, event={**event.event, "data": {**data, "athlete_id": athlete_id}})

    return replace(recording, events=tuple(with_athlete(event) for event in recording.events))
