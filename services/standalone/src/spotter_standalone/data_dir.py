"""The data folder of a standalone host: its location and its files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson
import platformdirs

from spotter.files import FOLDER_MODE, make_private
from spotter.http.tokens import Keyring
from spotter.settings import Settings
from spotter_standalone.errors import CliError

DATA_VARIABLE: Final = "SPOTTER_DATA"


def default_data_dir() -> Path:
    """Return the user's data folder of the platform."""
    return platformdirs.user_data_path("spotter", appauthor=False)


@dataclass(frozen=True, slots=True)
class DataDir:
    """A data folder, which need not exist yet."""

    path: Path

    @property
    def database(self) -> Path:
        """The database of the log and all state."""
        return self.path / "spotter.db"

    @property
    def dashboard_database(self) -> Path:
        """The dashboard's database, rebuilt from the log if it is missing."""
        return self.path / "dashboard.db"

    @property
    def audit_file(self) -> Path:
        """The audit log: SPOTTER_AUDIT_LOG, else `audit.log` in the folder."""
        return Settings().audit_log or self.path / "audit.log"

    @property
    def key_file(self) -> Path:
        """The signing keys: SPOTTER_KEYS, else `keys.json` in the folder."""
        return Settings(data=self.path).key_file

    @property
    def address_file(self) -> Path:
        """The file with the running host's address."""
        return self.path / "address.json"

    def prepare(self) -> None:
        """Create the folder; raises CliError if that fails or it can't be written."""
        try:
            self.path.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise CliError(
                f"The data folder {self.path} can't be created ({reason}): choose another with --data."
            ) from None
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise CliError(f"The data folder {self.path} can't be written: choose another with --data.")

    def keyring(self) -> Keyring:
        """Load the signing keys, creating them if there are none; raises CliError if that fails."""
        try:
            return Keyring.load(self.key_file)
        except OSError as error:
            raise CliError(f"The key file {self.key_file} can't be read ({error.strerror or error}).") from None
        except ValueError as error:
            raise CliError(f"{error}.") from None

    def write_address(self, url: str) -> None:
        """Record the host's address for other commands."""
        make_private(self.address_file)
        self.address_file.write_bytes(orjson.dumps({"url": url, "pid": os.getpid()}))

    def remove_address(self) -> None:
        """Remove the recorded address."""
        self.address_file.unlink(missing_ok=True)

    def address(self) -> str | None:
        """Return the recorded address; the host may have stopped since."""
        try:
            url = orjson.loads(self.address_file.read_bytes())["url"]
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
            return None
        return url if isinstance(url, str) else None
