"""The tests of the command share the host's fixtures."""

from tests.standalone.conftest import host, http  # noqa: F401  # fixtures
