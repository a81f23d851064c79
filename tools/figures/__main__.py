"""Record the figures of an accuracy run, and write the pages with them.

python -m tools.figures build/accuracy/figures.json   # write this run's page beside them, and record them
python -m tools.figures                                # write the pages from the record
python -m tools.figures --check                        # fail if a page differs from the record
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tools.figures.pages import page, section
from tools.figures.record import record_of, text_of
from tools.figures.run_page import run_page

ROOT = Path(__file__).resolve().parent.parent.parent
BEGIN, END = "<!-- figures:begin -->", "<!-- figures:end -->"


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Write or check the pages; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.figures", description="Write the pages with the figures of an accuracy run."
    )
    parser.add_argument(
        "run", nargs="?", type=Path, metavar="FIGURES.JSON", help="all figures of a run, to be recorded"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page differs")
    options = parser.parse_args(arguments)
    kept = root / "docs" / "accuracy" / "figures.json"
    if options.run is not None:
        run = json.loads(options.run.read_text(encoding="utf-8"))
        plots = sorted(path.name for path in options.run.parent.glob("*.png"))
        options.run.with_name("README.md").write_text(run_page(run, plots), encoding="utf-8")
        if run["about"]["quick"] or run["about"]["own_sets"]:
            print("A quick run, or one of sets of your own: docs/accuracy stays as it is.")
            return 0
        before = json.loads(kept.read_text(encoding="utf-8"))
        kept.write_text(text_of(record_of(run, before)), encoding="utf-8")
    differing = [path for path, text in pages(root, kept).items() if path.read_text(encoding="utf-8") != text]
    for path in differing:
        if options.check:
            print(
                f"{path.relative_to(root)} does not state the figures of {kept.relative_to(root)}: python -m tools.figures"
            )
        else:
            path.write_text(pages(root, kept)[path], encoding="utf-8")
    return int(options.check and bool(differing))


def pages(root: Path, kept: Path) -> dict[Path, str]:
    """Return the expected text of each page."""
    record = json.loads(kept.read_text(encoding="utf-8"))
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    return {
        kept.with_name("README.md"): page(record),
        readme: f"{before}{BEGIN}\n{section(record)}\n{END}{after}",
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
