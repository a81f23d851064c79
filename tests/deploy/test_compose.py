from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import platformdirs
import pytest
import yaml

from spotter_cli.cluster import proxy
from spotter_cli.cluster.local_kafka import LocalKafka, free_port
from tests.support import ROOT, missing

COMPOSE: Final = ROOT / "docker-compose.yml"
CHECKER: Final = Path(__file__).with_name("compose")
POM: Final = ROOT / "deploy" / "kafka" / "pom.xml"
SERVICES: Final = {"ingest", "failure-detector", "advisor", "gateway", "dashboard"}
ONE_SHOTS: Final = {"topics", "spotter"}
HASHED: Final = ("main.go", "go.mod", "go.sum")

Service = dict[str, Any]  # YAML as it comes


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """Return the compose file with its merge keys resolved."""
    read: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="module")
def services(project: dict[str, Any]) -> dict[str, Service]:
    """Return its services by name."""
    named: dict[str, Service] = project["services"]
    return named


def test_the_whole_distributed_host_is_there(services: dict[str, Service]) -> None:
    """Kafka, its topics, every service and nginx, and the command for tokens."""
    assert SERVICES | ONE_SHOTS | {"kafka", "nginx"} == set(services)


def test_every_service_has_limits_logs_that_end_and_says_when_it_restarts(services: dict[str, Service]) -> None:
    """No service can take the machine's memory, processors or disk, and each says what happens when it ends."""
    for name, service in services.items():
        limits = service["deploy"]["resources"]["limits"]
        assert {"cpus", "memory"} == set(limits), name
        assert {"max-size", "max-file"} == set(service["logging"]["options"]), name
        assert ("no" if name in ONE_SHOTS else "unless-stopped") == service["restart"], name


def test_every_service_that_stays_has_a_health_check(services: dict[str, Service]) -> None:
    """What runs is asked whether it is ready; what ends by itself is not."""
    for name, service in services.items():
        if name in ONE_SHOTS:
            assert {"disable": True} == service["healthcheck"], name
        else:
            assert {"test", "interval", "timeout", "retries", "start_period"} == set(service["healthcheck"]), name
            assert "CMD" == service["healthcheck"]["test"][0], name


def test_nothing_may_do_more_than_it_needs(services: dict[str, Service]) -> None:
    """No capability, no new privileges; our own containers can't write where no volume is."""
    for name, service in services.items():
        assert ["ALL"] == service["cap_drop"], name
        assert ["no-new-privileges:true"] == service["security_opt"], name
        assert name == "kafka" or service["read_only"] is True, name
        assert not {"privileged", "cap_add", "network_mode", "pid"} & set(service), name


def test_foreign_images_have_a_version(services: dict[str, Service]) -> None:
    """No image is "latest", and the broker is the very version that the tests run on."""
    images = {name: service["image"] for name, service in services.items() if "build" not in service}
    kafka = ET.parse(POM).findtext(".//{*}kafka.version")

    assert {"kafka", "nginx"} == set(images)
    assert f"apache/kafka:{kafka}" == images["kafka"]
    for image in images.values():
        assert re.fullmatch(r"[a-z-]+/[a-z-]+:\d+\.\d+[\w.-]*", image), image


def built(service: str) -> dict[str, object]:
    """Return how compose builds the image of a service."""
    return {"context": ".", "dockerfile": "deploy/Dockerfile", "args": {"SERVICE": service}}


def test_our_images_are_built_from_this_tree(services: dict[str, Service]) -> None:
    """Each service is the one Dockerfile with its own name."""
    for name in SERVICES:
        assert built(name) == services[name]["build"]
    for name in ONE_SHOTS:
        assert built("standalone") == services[name]["build"]


def test_services_start_in_order(services: dict[str, Service]) -> None:
    """The broker answers before topics are made, these are there before any service, and nginx comes last."""
    healthy = {"condition": "service_healthy"}

    assert {"kafka": healthy} == services["topics"]["depends_on"]
    for name in SERVICES:
        expected = {"kafka": healthy, "topics": {"condition": "service_completed_successfully"}}
        assert expected == services[name]["depends_on"]
    assert dict.fromkeys(SERVICES, healthy) == services["nginx"]["depends_on"]


def test_every_volume_is_declared_and_used(project: dict[str, Any], services: dict[str, Service]) -> None:
    """What lasts is in named volumes; what is bound from the tree exists and can't be written."""
    mounts = [mount for service in services.values() for mount in service.get("volumes", [])]
    named = {mount.split(":")[0] for mount in mounts if isinstance(mount, str)}
    bound = [mount for mount in mounts if isinstance(mount, dict)]

    assert set(project["volumes"]) == named
    for mount in bound:
        assert ("bind", True) == (mount["type"], mount["read_only"])
        assert (ROOT / mount["source"]).is_file()


def test_the_key_is_shared_by_those_who_check_tokens_and_stands_nowhere(services: dict[str, Service]) -> None:
    """Services with an API and the token command mount the key file's volume; no variable carries a secret."""
    holders = {name for name, service in services.items() if "keys:/keys" in service.get("volumes", [])}
    variables = {variable for service in services.values() for variable in service.get("environment", {})}

    assert {"ingest", "gateway", "dashboard", "spotter"} == holders
    assert not [name for name in variables if re.search("SECRET|PASSWORD|TOKEN|_KEY$", name)]


def test_only_nginx_can_be_reached_from_outside(project: dict[str, Any], services: dict[str, Service]) -> None:
    """One local port is published unless configured otherwise; the broker and the services are internal."""
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert {"nginx": ["${SPOTTER_PUBLISH:-127.0.0.1:8700}:8700"]} == ports
    assert project["networks"]["inside"] == {"internal": True}
    assert {"nginx"} == {name for name, service in services.items() if "outside" in service["networks"]}


def test_replicas_have_names_of_their_own(services: dict[str, Service]) -> None:
    """No two services come to Kafka under one name: it would take them for the same one."""
    names = [services[name]["environment"]["SPOTTER_INSTANCE"] for name in SERVICES]

    assert len(SERVICES) == len(set(names))


@pytest.mark.slow
def test_the_brokers_health_check_asks_a_real_broker(
    services: dict[str, Service], own_kafka: Callable[[], LocalKafka]
) -> None:
    """The check succeeds on a broker that answers, and fails where none listens."""
    command, *arguments = services["kafka"]["healthcheck"]["test"][1:]
    broker = own_kafka()

    def check(port: int) -> int:
        asked = [text.replace("$$", "$").replace("/9092", f"/{port}") for text in arguments]
        return subprocess.run([command, *asked], capture_output=True, check=False, timeout=10).returncode

    assert 0 == check(broker.port)
    assert 0 != check(free_port())


def test_nginx_gets_a_value_for_every_variable(nginx: str, tmp_path: Path, services: dict[str, Service]) -> None:
    """The environment of the container fills the template, and nginx finds nothing wrong with the result."""
    environment = services["nginx"]["environment"]
    filled = proxy.fill_in(proxy.TEMPLATE.read_text(encoding="utf-8"), environment)
    # The names are those of containers, and this machine's nginx may be older than the container's.
    here = re.sub(r"server [a-z-]+:8700 resolve", "server 127.0.0.1:8700", filled).replace("/tmp", str(tmp_path))
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(here)
    asked = [nginx, "-t", "-q", "-e", "stderr", "-p", str(tmp_path), "-c", str(configuration)]
    checked = subprocess.run(asked, capture_output=True, text=True, check=False)

    assert 5 == len(re.findall(r"server [a-z-]+:8700 resolve", filled))
    assert (0, "") == (checked.returncode, checked.stderr)


def test_nginxs_own_image_fills_the_template_as_the_cluster_does(services: dict[str, Service]) -> None:
    """`envsubst`, which the image uses, produces the same file: it replaces our variables and none of nginx's own."""
    envsubst = shutil.which("envsubst")
    if envsubst is None:
        missing("No envsubst: install it (Debian: apt-get install gettext-base).", "SPOTTER_REQUIRE_ENVSUBST")
    environment: dict[str, str] = services["nginx"]["environment"]
    wanted = re.compile(environment["NGINX_ENVSUBST_FILTER"])
    names = " ".join(f"${{{name}}}" for name in environment if wanted.search(name))
    template = proxy.TEMPLATE.read_text(encoding="utf-8")
    filled = subprocess.run(
        [envsubst, names], input=template, env=environment, capture_output=True, text=True, check=True
    )

    assert proxy.fill_in(template, environment) == filled.stdout


@pytest.fixture(scope="session")
def compose_checker() -> Path:
    """Return a program that loads compose files as Docker does; it is built with Go once and cached."""
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if go is None:
        missing("No Go: it builds the check of the compose file.", "SPOTTER_REQUIRE_GO")
    digest = hashlib.sha256(b"".join((CHECKER / name).read_bytes() for name in HASHED)).hexdigest()[:12]
    program = platformdirs.user_cache_path("spotter") / f"compose-{digest}"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        unfinished = program.with_suffix(f".{os.getpid()}")
        building = [go, "build", "-mod=readonly", "-o", str(unfinished), "."]
        built = subprocess.run(building, cwd=CHECKER, capture_output=True, text=True, check=False, timeout=300)
        if built.returncode != 0:
            missing(f"Go could not build the check of the compose file: {built.stderr[-300:]}", "SPOTTER_REQUIRE_GO")
        unfinished.rename(program)
    return program


@pytest.mark.slow
@pytest.mark.timeout(330)  # the first build of a machine compiles Go's own library too
def test_docker_would_understand_the_file(compose_checker: Path, services: dict[str, Service], tmp_path: Path) -> None:
    """The library of `docker compose` loads it, with all profiles; a misspelt key or an unknown service it refuses."""
    assert set(services) == set(json.loads(load(compose_checker, COMPOSE).stdout)["services"])

    text = COMPOSE.read_text(encoding="utf-8")
    for wrong in (
        text.replace("healthcheck:", "helthcheck:", 1),
        text.replace("      advisor: {", "      adviser: {", 1),
    ):
        broken = tmp_path / "docker-compose.yml"
        broken.write_text(wrong, encoding="utf-8")
        assert 1 == load(compose_checker, broken).returncode, "it should have been refused"


def load(checker: Path, file: Path) -> subprocess.CompletedProcess[str]:
    """Let the compose library read a file."""
    return subprocess.run([checker, file], cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)


def test_the_comments_at_its_head_name_real_commands(services: dict[str, Service]) -> None:
    """The commands in the file's comments use a service that exists."""
    head = COMPOSE.read_text(encoding="utf-8").split("\nx-logging", 1)[0]
    (line,) = re.findall(r"docker compose run --rm (.*)", head)

    assert "spotter token create --gym g1 --role admin" == line
    assert ["spotter"] == services[shlex.split(line)[0]]["entrypoint"]
