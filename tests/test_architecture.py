"""The rules between the parts that import-linter cannot say (it checks the layers and who may import faust)."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support import ROOT

MEMBERS: Final = {
    "spotter": ROOT / "shared",
    "spotter_ingest": ROOT / "services" / "ingest",
    "spotter_detector": ROOT / "services" / "failure-detector",
    "spotter_advisor": ROOT / "services" / "advisor",
    "spotter_gateway": ROOT / "services" / "gateway",
    "spotter_dashboard": ROOT / "services" / "dashboard",
    "spotter_standalone": ROOT / "services" / "standalone",
    "spotter_cli": ROOT / "cli",
    "lab": ROOT / "lab",
}

# Everything in these packages is core unless it is named here: what touches the network, a disk, a clock or a thread.
SHELLS: Final = {
    "spotter": {"files", "http", "logging_config", "settings", "streaming"},
    "spotter_detector": {"__main__", "settings", "timers", "worker"},
    "spotter_advisor": {"__main__", "settings", "worker"},
}
# Pure modules inside a shell: what a core is to every host, and the JSON of its state.
PURE: Final = {"spotter.streaming.processor", "spotter.streaming.codec"}
CORE_MAY_IMPORT: Final = {
    "spotter": {"numpy", "orjson", "pydantic", "pydantic_core"},  # events are pydantic models, orjson the codec
    "spotter_detector": {"numpy"},
    "spotter_advisor": {"numpy"},
}
OUTSIDE_WORLD: Final = {
    *("asyncio", "concurrent", "http", "multiprocessing", "os", "random", "secrets", "select", "selectors", "signal"),
    *("socket", "socketserver", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib"),
}
DISTRIBUTIONS: Final = packages_distributions()
CLOCK: Final = re.compile(r"\b(?:datetime|date)\.(?:now|utcnow|today)\(|\buuid[14]\(")


@pytest.mark.parametrize("package", ["spotter_detector", "spotter_advisor", "spotter"])
def test_a_core_imports_numpy_the_standard_library_and_the_kernel_only(package: str) -> None:
    """A core knows no framework, no network, no disk and no thread, and none of the shells around it."""
    allowed = CORE_MAY_IMPORT[package] | (set(sys.stdlib_module_names) - OUTSIDE_WORLD)
    wrong = [
        f"{module} imports {name}"
        for module, source in core_modules(package)
        for name in imports(source)
        if name.split(".")[0] not in allowed and not is_core(name)
    ]

    assert [] == wrong


@pytest.mark.parametrize("package", ["spotter_detector", "spotter_advisor"])
def test_a_core_asks_no_clock_and_draws_no_chance(package: str) -> None:
    """The same events give the same outputs at any time: now and random ids come from outside."""
    wrong = [
        f"{module}:{number}: {line.strip()}"
        for module, source in core_modules(package)
        for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), 1)
        if CLOCK.search(line)
    ]

    assert [] == wrong


@pytest.mark.parametrize("package", MEMBERS)
def test_a_member_declares_every_distribution_that_it_imports(package: str) -> None:
    """A member can be installed alone: what it imports stands among its own dependencies."""
    declared = declared_distributions(package)

    assert {} == {
        module: sorted(undeclared)
        for module, source in modules(package)
        if (undeclared := {name for name in third_party(imports(source)) if not distributions(name) & declared})
    }


def modules(package: str) -> Iterator[tuple[str, Path]]:
    """Return the dotted name and file of each module of a package."""
    top = MEMBERS[package] / "src"
    for source in sorted((top / package).rglob("*.py")):
        yield ".".join(source.relative_to(top).with_suffix("").parts).removesuffix(".__init__"), source


def core_modules(package: str) -> Iterator[tuple[str, Path]]:
    """Return those modules that are not of the package's shell."""
    return ((name, source) for name, source in modules(package) if is_core(name))


def is_core(module: str) -> bool:
    """Return whether a dotted name is in the core of one of the packages that have one."""
    if any(module == pure or module.startswith(f"{pure}.") for pure in PURE):
        return True
    package, _, rest = module.partition(".")
    return package in SHELLS and rest.split(".")[0] not in SHELLS[package]


def imports(source: Path) -> set[str]:
    """Return the dotted names that a file imports, wherever in it, `from a import b` as ``a.b``."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def third_party(names: set[str]) -> set[str]:
    """Return the top-level packages among imported names that Python itself does not bring."""
    return {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)


def distributions(package: str) -> set[str]:
    """Return the distributions that bring a top-level package."""
    if package in MEMBERS:
        return {project_of(package)["name"]}
    return {normalised(name) for name in DISTRIBUTIONS.get(package, [])}


def declared_distributions(package: str) -> set[str]:
    """Return a member's own distribution and those it depends on, with what the kernel's extras bring."""
    project = project_of(package)
    requirements = {*project["dependencies"], *chain(*project.get("optional-dependencies", {}).values())}
    for kernel in [requirement for requirement in requirements if requirement.startswith("spotter-kernel[")]:
        for extra in kernel.partition("[")[2].rstrip("]").split(","):
            requirements |= set(project_of("spotter")["optional-dependencies"][extra.strip()])
    names = {project["name"], *map(normalised, requirements)}
    return names | {"starlette"} if "fastapi" in names else names  # FastAPI's own documentation sends one there


def project_of(package: str) -> dict[str, Any]:
    """Read the project table of a member's pyproject.toml."""
    table = tomllib.loads((MEMBERS[package] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert isinstance(table, dict)
    return table


def normalised(requirement: str) -> str:
    """Return the name of a requirement as package indexes compare it."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name.group()).lower()
