"""`python -m tools.reference [--check]`: write docs/reference, or list what is stale or incompatible in it."""

from __future__ import annotations

import argparse
import json
import sys
from importlib.metadata import version
from pathlib import Path

from tools.reference.asyncapi import asyncapi
from tools.reference.compatible import breaks
from tools.reference.openapi import openapi
from tools.reference.pages import dead_letters, exercises, rules
from tools.reference.schemas import event_schemas

ROOT = Path(__file__).resolve().parents[2]


def documents(folder: Path) -> dict[str, str]:
    """Return every file of the reference by its path below the folder docs/reference."""
    release = version("spotter-kernel")
    files: dict[str, object] = {f"schemas/{name}.json": schema for name, schema in event_schemas().items()}
    files["asyncapi.json"] = asyncapi(release)
    files["openapi.json"] = openapi(release)
    texts = {path: json.dumps(body, indent=2, sort_keys=True) + "\n" for path, body in files.items()}
    page = (folder / "exercises.md").read_text(encoding="utf-8")
    return texts | {"dead-letters.md": dead_letters(), "rules.md": rules(), "exercises.md": exercises(page)}


def incompatible(folder: Path) -> list[str]:
    """Return a line for each incompatible change since the committed schemas."""
    lines: list[str] = []
    for name, schema in event_schemas().items():
        path = folder / "schemas" / f"{name}.json"
        if path.exists():
            old = json.loads(path.read_text())
            lines += [f"{name}{line}" for line in breaks(old, schema, schema["x-sent-by"] != "inside only")]
    published = {path.stem for path in (folder / "schemas").glob("*.json")}
    lines += [f"{name}: the type was removed" for name in sorted(published - set(event_schemas()))]
    return lines


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the reference is stale")
    parser.add_argument("--break", dest="may_break", action="store_true", help="write even what breaks old clients")
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "reference")
    options = parser.parse_args()
    broken = incompatible(options.folder)
    if broken and not options.may_break:
        print("The models break what is published:", *broken, sep="\n  ", file=sys.stderr)
        print("Add optional fields, or a new version of the type with an upcast.", file=sys.stderr)
        return 1
    written = documents(options.folder)
    paths = {path: options.folder / path for path in written}
    stale = [name for name, path in paths.items() if not path.exists() or path.read_text() != written[name]]
    if options.check:
        if stale:
            print("docs/reference is stale (run `make reference`):", *stale, sep="\n  ", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        paths[name].parent.mkdir(parents=True, exist_ok=True)
        paths[name].write_text(written[name])
    print(f"{len(stale)} of {len(written)} files written", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
