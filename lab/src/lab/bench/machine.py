"""The machine of the measurements."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

_PACKAGES: Final = ("numpy", "pydantic", "orjson", "aiokafka", "faust-streaming", "uvloop", "uvicorn")


def machine(kafka: str) -> dict[str, str]:
    """Describe the machine and its software; `kafka` is Kafka's version, if known."""
    return {
        "cpu": _cpu(),
        "cores": str(_cores()),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "kafka": kafka,
        "packages": ", ".join(f"{name} {version}" for name, version in _versions().items()),
        "load before": load(),
    }


def load() -> str:
    """Return the load averages of the last 1 and 5 minutes; above 0 at the start, other processes disturb the run."""
    if not hasattr(os, "getloadavg"):  # Windows
        return "unknown"
    load_1min, five, _ = os.getloadavg()
    return f"{load_1min:.1f} (1 min), {five:.1f} (5 min)"


def kafka_version(libs: Path) -> str:
    """Return Kafka's version by the names of its jars.

    >>> kafka_version(Path("no/such/folder"))
    'unknown'
    """
    versions = [re.search(r"kafka_[\d.]+-([\d.]+)\.jar$", jar.name) for jar in libs.glob("kafka_*.jar")]
    return next((match[1] for match in versions if match), "unknown")


def _cpu() -> str:
    """Return the processor's name."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    match = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return match[1].strip() if match else platform.machine()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _memory() -> str:
    try:
        size_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return "unknown"
    return f"{size_bytes / 2**30:.0f} GiB"


def _versions() -> Mapping[str, str]:
    versions: dict[str, str] = {}
    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions
