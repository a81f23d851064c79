"""A newcomer's shell beside a running host: a folder that looks like the repository, nothing set but HOME and PATH."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.docs.blocks import Block
from tests.support import ROOT, missing

BLOCK_S: Final = 60.0
STOP_S: Final = 15.0
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")

UP: Final = ("make", "up")
DEMO: Final = ("make", "demo")
_STARTED: Final = (b"Spotter is running", b"A simulated gym at")


class Newcomer:
    """Somebody with a checkout, a home folder, and a host in another terminal."""

    def __init__(self, folder: Path, host: Sequence[str] = UP) -> None:
        # Where the environment is stale, `make` would install into it from this folder, which goes with the test.
        fresh = subprocess.run(["make", "--question", ".venv/.installed"], cwd=ROOT, check=False, capture_output=True)
        made = Path(sys.prefix) == ROOT / ".venv" and fresh.returncode == 0
        self._command = tuple(host) if made else (".venv/bin/spotter", *host[1:])
        self.home, self.checkout = folder / "home", folder / "checkout"
        self.home.mkdir()
        self.checkout.mkdir()
        for path in ROOT.iterdir():
            if path.name not in {".venv", ".git"}:
                (self.checkout / path.name).symlink_to(path)
        (self.checkout / ".venv").symlink_to(sys.prefix)
        # curl ends with 0 when it is refused, and a test must not: this is the one thing that a newcomer has not set.
        (self.home / ".curlrc").write_text("fail-with-body\nsilent\nshow-error\nmax-time = 20\n")
        self._environment = {"HOME": str(self.home), "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
        self._host: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the host and wait until it says where it is."""
        with (self.home / "host.log").open("wb") as log:
            self._host = subprocess.Popen(
                self._command,
                cwd=self.checkout,
                env={**self._environment, "SPOTTER_PORT": "0"},  # the usual port may be taken on this machine
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline_s = time.monotonic() + BLOCK_S
        while not any(line in (self.home / "host.log").read_bytes() for line in _STARTED):
            assert self._host.poll() is None and time.monotonic() < deadline_s, (self.home / "host.log").read_text()
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._host is not None
        os.killpg(self._host.pid, signal.SIGINT)  # Ctrl-C
        self._host.wait(STOP_S)

    def paste(self, block: Block) -> None:
        """Run a block in a fresh shell; raises AssertionError where it fails or prints something else."""
        if "curl " in block.text and shutil.which("curl", path=self._environment["PATH"]) is None:
            missing("No curl: install it (Debian: apt-get install curl).", "SPOTTER_REQUIRE_CURL")
        with (self.home / "stdout").open("wb") as out, (self.home / "stderr").open("wb") as err:
            process = subprocess.Popen(
                ["bash", "-euo", "pipefail", "-c", block.text],
                cwd=self.checkout,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        try:
            if block.mark == "until-stopped":
                self._interrupt_when_it_has_printed(block, process)
            else:
                code = process.wait(BLOCK_S)
                assert 0 == code, f"{block} ends with {code}:\n{self._printed()}"
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{block} does not end:\n{self._printed()}") from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if block.output is not None:
            compare(block.output, (self.home / "stdout").read_text())

    def _interrupt_when_it_has_printed(self, block: Block, process: subprocess.Popen[bytes]) -> None:
        deadline_s = time.monotonic() + BLOCK_S
        while not (self.home / "stdout").stat().st_size:
            assert process.poll() is None and time.monotonic() < deadline_s, (
                f"{block} printed nothing:\n{self._printed()}"
            )
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(STOP_S)

    def _printed(self) -> str:
        return (self.home / "stdout").read_text() + (self.home / "stderr").read_text()


def compare(expected: Block, printed: str) -> None:
    """Compare what was printed with a block of output: `…` is anything, numbers are any numbers."""
    if expected.info.startswith("json"):
        _compare_json(expected, json.loads(expected.text), json.loads(printed), "")
        return
    lines = iter(printed.splitlines())
    for line in expected.text.splitlines():
        pattern = _pattern(line)
        assert any(pattern.fullmatch(candidate) for candidate in lines), (
            f"{expected}: no line like {line!r} in\n{printed}"
        )


def _pattern(line: str) -> re.Pattern[str]:
    parts = (_NUMBER.sub("0", part) for part in line.split("…"))
    literal = ".*".join(re.escape(part).replace("0", _NUMBER.pattern) for part in parts)
    return re.compile(re.sub(r"(?:\\ )+", " +", literal))


def _compare_json(block: Block, expected: object, actual: object, path: str) -> None:
    """Expect the same types at the same names; the output may have more names."""
    if isinstance(expected, dict):
        assert isinstance(actual, dict) and expected.keys() <= actual.keys(), f"{block}: {path or '/'} is {actual!r}"
        for name, value in expected.items():
            _compare_json(block, value, actual[name], f"{path}/{name}")
    elif isinstance(expected, list):
        assert isinstance(actual, list) and (actual or not expected), f"{block}: {path} is {actual!r}"
        for index, value in enumerate(actual if expected else ()):
            _compare_json(block, expected[min(index, len(expected) - 1)], value, f"{path}/{index}")
    elif isinstance(expected, str) and "…" not in expected:
        assert expected == actual, f"{block}: {path} is {actual!r}, not {expected!r}"
    else:
        same = type(expected) is type(actual) or {type(expected), type(actual)} == {int, float}
        assert same, f"{block}: {path} is {actual!r}"
