"""nginx as the proxy of a local cluster, with the configuration that the containers use too."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from spotter_cli.cluster.processes import HOST, ClusterProcess, ClusterSettings, Stage, responds_ok
from spotter_standalone.errors import CliError

TEMPLATE: Final = Path(__file__).with_name("nginx.conf.template")  # in a checkout a link into deploy/nginx
_VARIABLE: Final = re.compile(r"\$\{(SPOTTER_\w+)\}")
_SBIN: Final = "/usr/local/sbin:/usr/sbin:/sbin:/opt/homebrew/bin"  # not in the PATH of an ordinary user


def nginx_command() -> str:
    """Return the path of nginx; raises CliError if it is not installed."""
    executable = shutil.which("nginx") or shutil.which("nginx", path=_SBIN)
    if executable is None:
        raise CliError(
            "nginx is needed as the cluster's proxy and was not found: install it (Debian, Ubuntu: "
            "apt-get install nginx-light; macOS: brew install nginx), or run `spotter up`, which needs neither nginx "
            "nor Kafka."
        )
    return executable


def fill_in(template: str, values: Mapping[str, str]) -> str:
    """Replace each ${SPOTTER_…} as nginx's image does; raises KeyError for a variable without a value.

    >>> fill_in("listen ${SPOTTER_NGINX_LISTEN}; set $a $host;", {"SPOTTER_NGINX_LISTEN": "8700"})
    'listen 8700; set $a $host;'
    """
    return _VARIABLE.sub(lambda variable: values[variable[1]], template)


def server_lines(addresses: Iterable[str]) -> str:
    """Return the server directives of an upstream.

    >>> server_lines(["127.0.0.1:1", "127.0.0.1:2"])
    'server 127.0.0.1:1; server 127.0.0.1:2;'
    """
    return " ".join(f"server {address};" for address in addresses)


def configure(folder: Path, listen: str, servers: Mapping[str, Sequence[str]]) -> Path:
    """Write nginx's configuration to its folder and return the file.

    `listen` is host and port, `servers` has the addresses of each service.
    """
    folder.mkdir(parents=True, exist_ok=True)
    values = {
        "SPOTTER_NGINX_LISTEN": listen,
        "SPOTTER_NGINX_DIR": ".",  # nginx's own folder
        "SPOTTER_NGINX_WORKERS": "1",
        "SPOTTER_NGINX_RESOLVER": "127.0.0.1",  # unused: the addresses are numeric
    } | {f"SPOTTER_NGINX_{name.upper().replace('-', '_')}": server_lines(lines) for name, lines in servers.items()}
    file = folder / "nginx.conf"
    file.write_text(fill_in(TEMPLATE.read_text(encoding="utf-8"), values), encoding="utf-8")
    return file


def run_command(nginx: str, configuration: Path) -> list[str]:
    """Return the command that runs nginx as one process.

    A killed nginx would leave worker processes behind, which would keep its port.
    """
    single = "daemon off; master_process off;"
    return [nginx, "-e", "stderr", "-p", str(configuration.parent), "-c", str(configuration), "-g", single]


def proxy_part(cluster: ClusterSettings, services: Iterable[ClusterProcess], host: str, port: int) -> ClusterProcess:
    """Write nginx's configuration for these services and return its process; raises CliError without nginx."""
    servers: dict[str, list[str]] = {}
    for part in services:
        # a single replica that is not ready should not be taken out for a while
        unpaused = " max_fails=0" if part.stage is Stage.WORKERS else ""
        servers.setdefault(part.service, []).append(f"{HOST}:{part.port}{unpaused}")
    return ClusterProcess(
        name="nginx",
        service="nginx",
        stage=Stage.PROXY,
        command=tuple(run_command(nginx_command(), configure(cluster.data / "nginx", f"{host}:{port}", servers))),
        port=port,
        log=cluster.logs / "nginx.log",
        ready=lambda: responds_ok(port, "/readyz"),
    )
