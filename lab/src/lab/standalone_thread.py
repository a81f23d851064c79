"""The one-process host in a thread, for tests and benches."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from spotter.domain.events import Role
from spotter.settings import Limits
from spotter_standalone.data_dir import DataDir
from spotter_standalone.host import RunningHost, serving
from spotter_standalone.server import run

START_S: Final = 30.0


class Standalone:
    """A context in which Spotter runs on a free port, with a data folder or a temporary one.

    >>> with Standalone() as spotter:  # doctest: +SKIP
    ...     httpx.get(f"{spotter.url}/readyz")
    """

    def __init__(self, data: Path | None = None, *, port: int = 0, limits: Limits | None = None) -> None:
        self._own = None if data is not None else tempfile.TemporaryDirectory(prefix="spotter-")
        self.folder: Final = DataDir(data if data is not None else Path(self._own.name if self._own else "."))
        self._port = port
        self._limits = limits
        self._started: Future[RunningHost] = Future()
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None

    @property
    def url(self) -> str:
        """The base URL."""
        return self._started.result(0).url

    def token(self, role: Role = "admin", gym_id: str = "g1", athletes: Iterable[str] = ()) -> str:
        """Issue a token."""
        return self.folder.keyring().issue(gym_id, role, athletes=athletes)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="standalone", daemon=True)
        self._thread.start()
        self._started.result(START_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if self._error is not None and error is None:
            raise self._error

    def close(self) -> None:
        """Stop in order; idempotent."""
        if self._thread is not None:
            if self._loop is not None and self._stop is not None and self._thread.is_alive():
                with suppress(RuntimeError):  # it has already ended
                    self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
            self._thread = None
        if self._own is not None:
            self._own.cleanup()

    def _run(self) -> None:
        try:
            run(self._serve())
        except BaseException as error:  # noqa: BLE001  # carried over to the thread that entered
            if self._started.done():
                self._error = error
            else:
                self._started.set_exception(error)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with serving(self.folder, port=self._port, limits=self._limits) as running:
            self._started.set_result(running)
            stopped = asyncio.create_task(self._stop.wait())
            await asyncio.wait({stopped, running.broken}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            if running.broken.done():
                running.broken.result()
