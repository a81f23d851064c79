"""What checks read and report: the repository's modules, found by folder, and findings."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SOURCE_FOLDERS = ("shared/src", "services/*/src", "cli/src", "lab/src")


@dataclass(frozen=True, order=True)
class Finding:
    """A breach of a rule, with where it is and what to do about it."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Module:
    """A module of the repository."""

    name: str
    """Dotted, without ``.__init__``."""
    file: Path
    """Relative to `root`, the repository."""
    root: Path

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed source."""
        return ast.parse((self.root / self.file).read_text(encoding="utf-8"), str(self.file))

    @property
    def paths(self) -> list[Path]:
        """The module's own path and those of the packages around it."""
        own = self.file.parent if self.file.name == "__init__.py" else self.file
        return [own, *own.parents][: self.name.count(".") + 1]

    @property
    def package(self) -> str:
        """The top-level package."""
        return self.name.partition(".")[0]


def product_modules(root: Path) -> list[Module]:
    """Return the modules of the members: kernel, services, command line and lab.

    Alembic's migrations are left out: they keep the shape and the names that Alembic gives them.
    """
    folders = [folder for pattern in SOURCE_FOLDERS for folder in sorted(root.glob(pattern))]
    modules = [module for folder in folders for module in _modules(root, folder, folder)]
    return [module for module in modules if "migrations" not in module.file.parts]


def development_modules(root: Path) -> list[Module]:
    """Return the modules of the tests and of the tools."""
    return [module for name in ("tests", "tools") for module in _modules(root, root / name, root)]


def _modules(root: Path, folder: Path, top: Path) -> list[Module]:
    names = {file: ".".join(file.relative_to(top).with_suffix("").parts) for file in sorted(folder.rglob("*.py"))}
    return [Module(name.removesuffix(".__init__"), file.relative_to(root), root) for file, name in names.items()]
