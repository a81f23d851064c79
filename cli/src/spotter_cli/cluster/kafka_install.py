"""What Apache Kafka needs on this machine: Java, and the jars, downloaded once with Maven."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import platformdirs

POM: Final = Path(__file__).with_name("kafka-pom.xml").resolve()  # in a checkout a link to deploy/kafka/pom.xml
MAVEN_TIME_LIMIT_S: Final = 600.0
OUTPUT_TAIL_BYTES: Final = 4_000


class KafkaUnavailable(RuntimeError):
    """Apache Kafka can't run on this machine: Java, Maven or the jars are missing. The message says what to install."""


def kafka_libs() -> Path:
    """Return the folder of Kafka's jars, fetched with Maven the first time.

    In a checkout they are kept in ``deploy/kafka/target``, otherwise in the user's cache folder. Safe to call from
    several processes at once. Raises KafkaUnavailable if Maven is missing or could not fetch the jars.
    """
    import fcntl  # does not exist on Windows, where this module is imported too

    in_checkout = POM.parts[-3:] == ("deploy", "kafka", "pom.xml")
    cache = POM.parent / "target" if in_checkout else platformdirs.user_cache_path("spotter") / "kafka"
    libs = cache / f"libs-{hashlib.sha256(POM.read_bytes()).hexdigest()[:12]}"
    if libs.is_dir():
        return libs
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not libs.is_dir():  # another process may have fetched them while this one waited
            _fetch(libs)
    return libs


def _fetch(libs: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise KafkaUnavailable(
            "Maven is needed to fetch Apache Kafka and no `mvn` was found: install it (Debian, Ubuntu: apt-get install "
            "maven), or name a running cluster in KAFKA_BOOTSTRAP."
        )
    unfinished = libs.with_name(f"{libs.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    command = [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={unfinished}"]
    fetched = run_program(command, MAVEN_TIME_LIMIT_S)
    if fetched.returncode != 0:
        raise KafkaUnavailable(
            f"Maven could not fetch Apache Kafka as {POM} asks for (exit code {fetched.returncode}): is Maven Central "
            f"reachable, and JAVA_HOME right? It said:\n{fetched.stdout[-OUTPUT_TAIL_BYTES:]}"
        )
    unfinished.rename(libs)


def run_program(command: list[str], limit_s: float, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; its output has its errors too."""
    pipe, merged = subprocess.PIPE, subprocess.STDOUT
    return subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=merged,
        text=True,
        errors="replace",
        timeout=limit_s,
        check=False,
    )


def java_command() -> str:
    """Return the path of ``java`` under JAVA_HOME, if set, else on the PATH; raises KafkaUnavailable if there is none."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    if java is None:
        where = f"under JAVA_HOME ({home})" if home else "on the PATH"
        raise KafkaUnavailable(
            f"Java 17 or newer is needed to run Apache Kafka and no `java` was found {where}: install it (Debian, "
            "Ubuntu: apt-get install openjdk-17-jre-headless), or name a running cluster in KAFKA_BOOTSTRAP."
        )
    return java
