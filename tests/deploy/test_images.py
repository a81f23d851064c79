from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support import ROOT

DEPLOY: Final = ROOT / "deploy"
DOCKERFILE: Final = DEPLOY / "Dockerfile"
IMAGES: Final = {
    "ingest": "services/ingest",
    "failure-detector": "services/failure-detector",
    "advisor": "services/advisor",
    "gateway": "services/gateway",
    "dashboard": "services/dashboard",
    "standalone": "cli",
}
"""Each value of the argument SERVICE with the member whose console script the image runs."""
PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ;.*?)? \\$", re.MULTILINE)
HASH: Final = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


@dataclass(frozen=True)
class Instruction:
    """A line of a Dockerfile, continuations joined."""

    word: str
    rest: str


def instructions() -> list[Instruction]:
    """Read the definition of the images."""
    text = DOCKERFILE.read_text(encoding="utf-8")
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    lines = code.replace("\\\n", " ").splitlines()
    split = [line.split(None, 1) for line in lines if line.strip()]
    return [Instruction(word, " ".join(rest.split())) for word, rest in split]


def last_stage() -> list[Instruction]:
    """Return the instructions of what is shipped."""
    start = max(index for index, instruction in enumerate(instructions()) if instruction.word == "FROM")
    return instructions()[start:]


def values(stage: list[Instruction], word: str) -> list[str]:
    """Return what follows each occurrence of an instruction."""
    return [instruction.rest for instruction in stage if instruction.word == word]


def build_script(writes: str, service: str, folder: Path) -> str:
    """Run the step of the build that writes the file `writes`, in `folder`, and return the file."""
    (step,) = [run for run in values(instructions(), "RUN") if writes in run]
    command = step.replace(writes, str(folder / Path(writes).name))
    subprocess.run(["sh", "-euc", command], env=os.environ | {"SERVICE": service}, check=True, cwd=folder)
    return (folder / Path(writes).name).read_text(encoding="utf-8")


def scripts(member: str) -> dict[str, str]:
    """Return a member's console scripts."""
    project = tomllib.loads((ROOT / member / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    commands: dict[str, str] = project["scripts"]
    return commands


def test_there_is_one_definition_for_all_services() -> None:
    """One Dockerfile, and a lock for each value of its argument."""
    assert [DOCKERFILE] == [*DEPLOY.rglob("Dockerfile*")]
    assert {*IMAGES, "build"} == {file.stem for file in (DEPLOY / "locks").glob("*.lock")}


def test_an_image_is_slim_and_built_in_two_stages() -> None:
    """What builds the wheels is not shipped: the last stage takes the finished environment and nothing of the tree."""
    bases = values(instructions(), "FROM")

    assert ["python:3.11-slim AS build", "python:3.11-slim"] == bases
    assert ["--from=build /opt/spotter /opt/spotter"] == values(last_stage(), "COPY")


def test_an_image_runs_as_an_unprivileged_user() -> None:
    """The process is not root, by number, so that an orchestrator can check it; its folders are its own."""
    stage = last_stage()

    assert ["10001:10001"] == values(stage, "USER")
    assert "--uid 10001" in " ".join(values(stage, "RUN"))
    assert "USER" not in [instruction.word for instruction in stage[: position(stage, "RUN") + 1]]
    assert position(stage, "RUN") < position(stage, "USER") < position(stage, "CMD")


def test_an_image_tells_whether_it_is_alive() -> None:
    """The health check asks /healthz at the port that the environment names, with nothing that is not in the image."""
    (check,) = values(last_stage(), "HEALTHCHECK")
    word, *command = json.loads(check.partition("CMD ")[2])

    assert "python" == word
    assert "/healthz" in command[-1]
    compile(command[-1], "HEALTHCHECK", "exec")


@pytest.mark.parametrize(("image", "member"), IMAGES.items())
def test_an_image_runs_its_members_console_script(image: str, member: str, tmp_path: Path) -> None:
    """The command is in exec form and becomes the service's process, so that signals reach it, and the member has it."""
    assert ["serve"] == json.loads(*values(last_stage(), "CMD"))
    shebang, line = build_script("/opt/spotter/bin/serve", image, tmp_path).splitlines()
    word, command, *arguments = line.split()

    assert ("#!/bin/sh", "exec") == (shebang, word)
    assert ["up", '"$@"'] == arguments if image == "standalone" else ['"$@"'] == arguments
    assert command in scripts(member)
    assert command in ("spotter", f"spotter-{image}")


def test_what_is_installed_is_pinned_by_hash() -> None:
    """Every install either checks hashes or takes wheels that were built from this tree, with no index to ask."""
    installs = re.findall(r"pip (?:install|wheel)[^&]*", " && ".join(values(instructions(), "RUN")))

    assert 4 == len(installs)
    for install in installs:
        assert "--require-hashes" in install or "--no-deps" in install, install
        assert "pip wheel" not in install or "--no-build-isolation" in install, install


@pytest.mark.parametrize("image", IMAGES)
def test_what_is_copied_is_there_and_not_ignored(image: str) -> None:
    """Each COPY of the tree names something that exists and that .dockerignore lets through."""
    let_in = {line[1:].rstrip("/") for line in ignored() if line.startswith("!")}
    for copied in values(instructions(), "COPY"):
        if copied.startswith("--from="):
            continue
        for source in copied.replace("${SERVICE}", image).split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source.split("/")[0] in let_in or source in let_in, source


def test_nothing_else_of_the_tree_is_sent_to_the_builder() -> None:
    """No data, no environment, no history: all is ignored but what is named."""
    assert "**" == ignored()[0]
    assert not {".git", ".venv", "tests", "data"} & {line.lstrip("!").rstrip("/") for line in ignored()}


@pytest.mark.parametrize("image", IMAGES)
def test_an_images_lock_agrees_with_the_lock_of_all(image: str) -> None:
    """An image has the very versions and hashes that the tests run with."""
    everything, part = pins(ROOT / "requirements.lock"), pins(DEPLOY / "locks" / f"{image}.lock")

    assert part
    assert {} == {
        package: (pin, everything.get(package)) for package, pin in part.items() if everything.get(package) != pin
    }


def test_the_lock_of_the_build_tool_agrees_too() -> None:
    """The wheels in an image are built by the very tool that builds the editable installs."""
    everything, part = pins(ROOT / "requirements.lock"), pins(DEPLOY / "locks" / "build.lock")

    assert "hatchling" in part
    assert part.items() <= everything.items()


@pytest.mark.parametrize("image", IMAGES)
def test_an_images_lock_has_all_that_the_member_needs_and_no_more(image: str) -> None:
    """The lock is the closure of what the members of the image declare."""
    wanted = closure("spotter-cli" if image == "standalone" else f"spotter-{image}")
    locked = set(pins(DEPLOY / "locks" / f"{image}.lock"))

    assert set() == wanted - locked, "missing: run `make lock`"
    not_here = {"colorama", "tzdata", "win32-setctime"}  # for other systems, or older Pythons
    assert not [package for package in locked - wanted - not_here if installed_here(package)], "run `make lock`"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of every member, as the images do, and unpack them all into one folder, without dependencies."""
    folder = tmp_path_factory.mktemp("image")
    members = sorted({"shared", *IMAGES.values()})
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    built, installed = folder / "wheels", folder / "installed"
    sources = [f"./{member}" for member in members]
    run([*pip, "wheel", "-q", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(built), *sources])
    built_wheels = [str(wheel) for wheel in built.glob("*.whl")]
    run([*pip, "install", "-q", "--no-deps", "--no-index", "--target", str(installed), *built_wheels])
    return installed


@pytest.mark.slow
def test_the_wheels_carry_all_files_that_the_members_read(wheels: Path) -> None:
    """What is no Python in a member's package (catalogues, templates, pages, migrations) is in its wheel."""
    missing = [
        f"{source.parent.parent.name}: {file.relative_to(source)}"
        for source in (ROOT / member / "src" for member in {"shared", *IMAGES.values()})
        for file in source.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and not (wheels / file.relative_to(source)).is_file()
    ]

    assert [] == missing


@pytest.mark.slow
@pytest.mark.parametrize(("image", "member"), IMAGES.items())
def test_an_images_command_starts_from_the_wheels(wheels: Path, image: str, member: str) -> None:
    """The console script of an image runs from its wheels and prints its help."""
    command = "spotter" if image == "standalone" else f"spotter-{image}"
    module, function = scripts(member)[command].split(":")
    program = f"import sys; sys.argv[0] = {command!r}; import {module} as m; assert {str(wheels)!r} in m.__file__; "
    # -P: not the tree's own folders; the wheels come before the editable installs.
    printed = run([sys.executable, "-P", "-c", f"{program} m.{function}()", "--help"], PYTHONPATH=str(wheels))

    assert re.search(rf"(?i)usage: {command}", printed)


def position(stage: list[Instruction], word: str) -> int:
    """Return the index of an instruction."""
    return next(index for index, instruction in enumerate(stage) if instruction.word == word)


def ignored() -> list[str]:
    """Read .dockerignore."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def pins(lock: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """Read a lock: version and hashes by package."""
    text = lock.read_text(encoding="utf-8")
    starts = [*PIN.finditer(text)]
    ends = [*(start.start() for start in starts[1:]), len(text)]
    return {
        canonicalize_name(start[1]): (start[2], frozenset(HASH.findall(text, start.end(), end)))
        for start, end in zip(starts, ends, strict=True)
    }


def closure(name: str) -> set[str]:
    """Follow what a member declares through the metadata of what is installed; members themselves are left out."""
    seen: set[tuple[str, str]] = set()
    waiting = [(name, "")]
    while waiting:
        package, extra = waiting.pop()
        if (package, extra) in seen:
            continue
        seen.add((package, extra))
        waiting.extend(needs(package, extra))
    return {package for package, _ in seen if not package.startswith("spotter-")}


def needs(package: str, extra: str) -> Iterator[tuple[str, str]]:
    """List what a distribution asks for on this machine, once for each extra of it."""
    for requirement in declared(package, extra):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            dependency = canonicalize_name(requirement.name)
            yield dependency, ""
            yield from ((dependency, wanted) for wanted in requirement.extras)


def declared(package: str, extra: str) -> list[Requirement]:
    """Read what a distribution declares; a member from its pyproject.toml, which may be newer than its install."""
    if not package.startswith("spotter-"):
        return [Requirement(line) for line in distribution(package).requires or []]
    name = package.removeprefix("spotter-")
    folder = {"kernel": "shared", "cli": "cli"}.get(name, f"services/{name}")
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional: list[str] = project.get("optional-dependencies", {}).get(extra, [])
    return [Requirement(line) for line in [*project["dependencies"], *optional]]


def installed_here(package: str) -> bool:
    """Return whether a locked package is for this system."""
    try:
        distribution(package)
    except ModuleNotFoundError:
        return False
    return True


def run(command: list[str], **environment: str) -> str:
    """Run a command in the tree and return its output."""
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=100
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout
