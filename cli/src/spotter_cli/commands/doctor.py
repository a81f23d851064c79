"""`spotter doctor`: checks the installation and says how to repair it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import typer
from rich.table import Table
from rich.text import Text

from spotter_cli.commands.options import PORT, DataOption, HostOption, PortOption, out
from spotter_cli.doctor import Finding
from spotter_standalone.data_dir import DataDir

_LABELS = {
    "ok": ("✓ ok", "green"),
    "missing": ("– missing", "dim"),
    "warning": ("! warning", "yellow"),
    "broken": ("✗ broken", "bold red"),
}


def doctor(data: DataOption, host: HostOption = "127.0.0.1", port: PortOption = PORT) -> None:
    """Check this machine and the data folder; exit with code 1 if something that Spotter needs is broken."""
    findings = list(_findings(DataDir(data), host, port))
    table = Table(header_style="bold", show_edge=False, pad_edge=False)
    for column in ("", "check", "result", "remedy"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        word, style = _LABELS[finding.state]
        table.add_row(Text(word, style=style), finding.subject, Text(finding.detail), Text(finding.remedy))
    out().print(table)
    broken = [finding.subject for finding in findings if finding.state == "broken"]
    if broken:
        out().print(Text(f"Broken: {', '.join(broken)}.", style="bold red"))
        raise typer.Exit(1)
    out().print("Spotter can run here: start it with spotter up, or try it with spotter demo.", markup=False)


def _findings(data_dir: DataDir, host: str, port: int) -> Iterator[Finding]:
    from spotter_cli.doctor import dependencies, installation, machine

    now = datetime.now(UTC)
    yield machine.check_python()
    yield machine.check_packages()
    yield machine.check_clock(now)
    yield installation.check_data_dir(data_dir)
    yield installation.check_database(
        data_dir.database, "database", "restore it from a backup, or move it away to start with an empty one"
    )
    yield installation.check_database(
        data_dir.dashboard_database, "dashboard database", "remove it: it is rebuilt from the log"
    )
    if newest := installation.check_log_time(data_dir, now):
        yield newest
    yield installation.check_key_file(data_dir)
    yield installation.check_port(data_dir, host, port)
    yield dependencies.check_java()
    yield dependencies.check_maven()
    yield dependencies.check_kafka()
    yield dependencies.check_nginx()
    yield dependencies.check_browser()
