"""The fixtures of the standalone host, for the tests of the command."""

from tests.standalone.conftest import host, http  # noqa: F401  # fixtures
