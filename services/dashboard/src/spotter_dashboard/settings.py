"""Settings of the dashboard's own process."""

from __future__ import annotations

from spotter.settings import Settings
from spotter_dashboard.store.database import default_url


class DashboardSettings(Settings):
    """Settings of every service, and the address of the tables. Prefix `SPOTTER_`."""

    dashboard_db: str | None = None
    """Address of the database, `sqlite:///PATH` or `postgresql+psycopg://…`; by default a file in the data folder."""

    @property
    def database_url(self) -> str:
        """The address of the tables."""
        return self.dashboard_db or default_url(self.data)
