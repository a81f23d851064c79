"""Checks of programs that only the cluster or the tests need: Java, Maven, Kafka, nginx, Chromium."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from typing import Final

from spotter_cli.doctor import Finding

JAVA_MIN: Final = 17
_SBIN: Final = "/usr/local/sbin:/usr/sbin:/sbin"
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")


def check_java() -> Finding:
    """Check for Java 17 or newer."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=os.path.join(home, "bin") if home else None)
    remedy = "to run Kafka locally: apt-get install openjdk-17-jre-headless"
    if java is None:
        return Finding("Java", "missing", f"no java {f'under JAVA_HOME ({home})' if home else 'on the PATH'}", remedy)
    printed = program_output([java, "-version"])
    match = re.search(r'version "(?:1\.)?(\d+)', printed)
    if match is None or int(match[1]) < JAVA_MIN:
        return Finding("Java", "missing", f"{java}: {printed.splitlines()[0] if printed else 'does not run'}", remedy)
    return Finding("Java", "ok", f"{match[1]} at {java}")


def check_maven() -> Finding:
    """Check for Maven, which downloads Apache Kafka once."""
    return _program("Maven", shutil.which("mvn"), "no mvn on the PATH", "to download Kafka: apt-get install maven")


def check_kafka() -> Finding:
    """Check that the Kafka named in the environment answers."""
    bootstrap = os.environ.get("SPOTTER_KAFKA") or os.environ.get("KAFKA_BOOTSTRAP")
    if not bootstrap:
        return Finding("Kafka", "missing", "none is configured", "for a cluster: spotter cluster, or set SPOTTER_KAFKA")
    host, _, port = bootstrap.split(",")[0].strip().rpartition(":")
    try:
        with socket.create_connection((host or "127.0.0.1", int(port)), timeout=2):
            return Finding("Kafka", "ok", f"{bootstrap} answers")
    except (OSError, ValueError) as error:
        remedy = "start it, or correct SPOTTER_KAFKA"
        return Finding("Kafka", "warning", f"{bootstrap} does not answer ({error})", remedy)


def check_nginx() -> Finding:
    """Check for nginx, the proxy of a cluster."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path=_SBIN)
    return _program("nginx", nginx, "not found", "for a cluster: apt-get install nginx-light")


def check_browser() -> Finding:
    """Check for Chromium, which the browser tests use."""
    named = os.environ.get("CHROMIUM")
    browser = next((path for name in (named, *_BROWSERS) if name and (path := shutil.which(name))), None)
    return _program("Chromium", browser, "not found", "for the browser tests: apt-get install chromium")


def _program(subject: str, path: str | None, missing: str, remedy: str) -> Finding:
    return Finding(subject, "ok", path) if path else Finding(subject, "missing", missing, remedy)


def program_output(command: list[str], limit_s: float = 20) -> str:
    """Return the output of a program and its errors, nothing if it can't be run."""
    try:
        completed = subprocess.run(command, capture_output=True, text=True, timeout=limit_s, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return completed.stdout + completed.stderr
