"""A public class name exists once in the product: whoever reads it in a traceback or a search knows which is meant."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from tools.checks.finding import Finding
from tools.checks.sources import Module, product_modules


def check(root: Path) -> list[Finding]:
    """Return a finding for each public top-level class whose name another module uses too."""
    definitions: dict[str, list[tuple[Module, int]]] = defaultdict(list)
    for module in product_modules(root):
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                definitions[node.name].append((module, node.lineno))
    return [
        Finding(
            module.file, line, f"class `{name}` exists in {_others(module, uses)} too: say what differs in the name"
        )
        for name, uses in definitions.items()
        if len(uses) > 1
        for module, line in uses
    ]


def _others(module: Module, uses: list[tuple[Module, int]]) -> str:
    return ", ".join(sorted({other.name for other, _ in uses if other is not module})) or "the same module"
