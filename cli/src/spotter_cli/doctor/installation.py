"""Checks of an installation: data folder, databases, key file, port."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx
import orjson

from spotter.domain.topics import LIFTS
from spotter.files import is_open_to_others
from spotter.http.tokens import Keyring
from spotter_cli.doctor import Finding
from spotter_standalone.data_dir import DataDir

FREE_MIN_BYTES: Final = 50 * 1024 * 1024
FREE_GOOD_BYTES: Final = 1024 * 1024 * 1024
_AHEAD_MS: Final = 120_000
_AT_FIRST_START: Final = "does not exist yet; the first start creates it"


def check_data_dir(data_dir: DataDir) -> Finding:
    """Check that the data folder can be written, and its free space."""
    existing = next((path for path in (data_dir.path, *data_dir.path.absolute().parents) if path.exists()), Path("/"))
    if not existing.is_dir():
        return Finding("data folder", "broken", f"{existing} is not a folder", "choose another with --data")
    if not os.access(existing, os.W_OK | os.X_OK):
        remedy = "choose another with --data, or change its owner"
        return Finding("data folder", "broken", f"{existing} can't be written", remedy)
    free_bytes = shutil.disk_usage(existing).free
    room = f"{free_bytes / 1e9:.1f} GB free"
    if free_bytes < FREE_MIN_BYTES:
        return Finding("data folder", "broken", f"{data_dir.path}: {room}", "free some space on the disk")
    if free_bytes < FREE_GOOD_BYTES:
        return Finding("data folder", "warning", f"{data_dir.path}: {room}", "free some space on the disk")
    if existing != data_dir.path:
        return Finding("data folder", "ok", f"{data_dir.path}: {_AT_FIRST_START}; {room}")
    return Finding("data folder", "ok", f"{data_dir.path}: {room}")


def check_database(path: Path, subject: str, remedy: str) -> Finding:
    """Check a database's integrity."""
    if not path.exists():
        return Finding(subject, "ok", _AT_FIRST_START)
    try:
        with closing(_open(path)) as database:
            problems = [str(row[0]) for row in database.execute("PRAGMA quick_check(3)")]
    except sqlite3.Error as error:
        return Finding(subject, "broken", f"{path} can't be read: {error}", remedy)
    if problems != ["ok"]:
        return Finding(subject, "broken", f"{path} is damaged: {'; '.join(problems)}", remedy)
    return Finding(subject, "ok", f"{path} is intact, {path.stat().st_size / 1e6:.1f} MB")


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)


def check_log_time(data_dir: DataDir, now: datetime) -> Finding | None:
    """Check that the log is not ahead of the clock; None if it is not or can't be read."""
    if not data_dir.database.exists():
        return None
    try:
        with closing(_open(data_dir.database)) as database:
            row = database.execute(f'SELECT max(at_ms) FROM "log {LIFTS}"').fetchone()
    except sqlite3.Error:
        return None  # check_database reports it
    newest_ms = row[0] if row else None
    ahead_ms = newest_ms - now.timestamp() * 1000 if isinstance(newest_ms, int) else 0
    if ahead_ms <= _AHEAD_MS:
        return None
    detail = f"the newest event was received {ahead_ms / 60_000:.0f} minutes in the future"
    return Finding("history", "warning", detail, "the clock was or is wrong: set it")


def check_key_file(data_dir: DataDir) -> Finding:
    """Check that the signing keys can be read by their owner alone."""
    path = data_dir.key_file
    if not path.exists():
        return Finding("key file", "ok", f"{path}: {_AT_FIRST_START}")
    try:
        stored = orjson.loads(path.read_bytes())["keys"]
        Keyring((entry["id"], entry["secret"]) for entry in stored)
        exposed = is_open_to_others(path)
    except OSError as error:
        return Finding("key file", "broken", f"{path} can't be read: {error.strerror}", "change its owner")
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        remedy = "restore it, or remove it and create all tokens again"
        return Finding("key file", "broken", f"{path} is not a key file ({error})", remedy)
    if exposed:
        return Finding("key file", "broken", f"{path} can be read by other users: no host uses it", f"chmod 600 {path}")
    return Finding("key file", "ok", f"{path}, {len(stored)} key{'s' if len(stored) > 1 else ''}")


def check_port(data_dir: DataDir, host: str, port: int) -> Finding:
    """Check that the port is free or used by Spotter."""
    subject = f"port {port}"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if _is_spotter(f"http://{host}:{port}"):
                return Finding(subject, "ok", f"Spotter is running at http://{host}:{port}")
            remedy = "stop the program that listens there, or choose another with --port"
            return Finding(subject, "warning", f"can't be listened on: {error.strerror}", remedy)
    address = data_dir.address()
    if address is not None and _is_spotter(address):
        return Finding(subject, "ok", f"free; the Spotter of this folder is running at {address}")
    return Finding(subject, "ok", "free")


def _is_spotter(address: str) -> bool:
    try:
        document = httpx.get(f"{address}/openapi.json", timeout=2.0, trust_env=False).json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return False
    return isinstance(document, dict) and "/v1/events" in document.get("paths", {})
