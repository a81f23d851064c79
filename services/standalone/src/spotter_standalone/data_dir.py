"""The data folder of a standalone host: where it is, and what is in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson
import platformdirs

from spotter.http.tokens import Keyring
from spotter.settings import Settings
from spotter_standalone.errors import CliError

DATA_VARIABLE: Final = "SPOTTER_DATA"


def default_data_dir() -> Path:
    """Return the user's data folder, as the platform has it."""
    return platformdirs.user_data_path("spotter", appauthor=False)


@dataclass(frozen=True, slots=True)
class DataDir:
    """A data folder; it need not exist yet."""

    path: Path

    @property
    def database(self) -> Path:
        """The log and all state."""
        return self.path / "spotter.db"

    @property
    def tables(self) -> Path:
        """What pages and queries read; made anew from the log where it is missing."""
        return self.path / "dashboard.db"

    @property
    def key_file(self) -> Path:
        """The signing keys: `keys.json` here, unless SPOTTER_KEYS says otherwise."""
        return Settings(data=self.path).key_file

    @property
    def address_file(self) -> Path:
        """Where the running host can be reached."""
        return self.path / "address.json"

    def prepare(self) -> None:
        """Make the folder; raises CliError where that can't be done or nothing can be written into it."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise CliError(
                f"The data folder {self.path} can't be made ({reason}): choose another with --data."
            ) from None
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise CliError(f"The data folder {self.path} can't be written: choose another with --data.")

    def keyring(self) -> Keyring:
        """Read the signing keys, made where there are none; raises CliError where that can't be done."""
        try:
            return Keyring.load(self.key_file)
        except OSError as error:
            raise CliError(f"The key file {self.key_file} can't be read ({error.strerror or error}).") from None
        except ValueError as error:
            raise CliError(f"{error}.") from None

    def write_address(self, url: str) -> None:
        """Note where the host can be reached, for commands beside it."""
        self.address_file.write_bytes(orjson.dumps({"url": url, "pid": os.getpid()}))

    def remove_address(self) -> None:
        """The host can't be reached any more."""
        self.address_file.unlink(missing_ok=True)

    def address(self) -> str | None:
        """Return the address that a host has noted; it may be gone meanwhile."""
        try:
            url = orjson.loads(self.address_file.read_bytes())["url"]
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
            return None
        return url if isinstance(url, str) else None
