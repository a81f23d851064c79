"""The data folder of the running demo, recorded in the user's data folder so that other commands find it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import orjson

from spotter_standalone.data_dir import DataDir, default_data_dir


def record_demo(data_dir: DataDir) -> None:
    """Record the data folder of the demo that has just started."""
    path = _record_file()
    with suppress(OSError):  # only `spotter env` needs it
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(orjson.dumps({"data": str(data_dir.path)}))


def demo_data_dir() -> DataDir | None:
    """Return the data folder of the latest demo, which may have ended."""
    try:
        path = orjson.loads(_record_file().read_bytes())["data"]
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return DataDir(Path(path)) if isinstance(path, str) else None


def _record_file() -> Path:
    return default_data_dir() / "demo.json"
