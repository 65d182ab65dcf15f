"""Writes docs/reference/accuracy.md: how often `licscan` is right, section by section, and on what that was measured.

    python benchmarks/accuracy.py [--write] [--tables FOLDER --date YYYY-MM-DD]

A section is a function that returns Markdown without a heading above the second level; add it to `SECTIONS`. It
measures on files of the repository; counts over tables that may not be shipped are recorded beside it by `--tables`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import license_sentences, signatures  # noqa: E402

SECTIONS: tuple[Callable[[], str], ...] = (signatures.section, license_sentences.section)
TARGET = ROOT / "docs" / "reference" / "accuracy.md"
HEAD = """# Accuracy

How often the program is right, and on what that was measured. Written by `python benchmarks/accuracy.py --write` from
the files in the repository; a test fails where this page is stale. Recall and precision of the readers of cards and
files stand in `benchmarks/lineage.md`, those of licence texts in `benchmarks/identify.md`, those of weights in
`benchmarks/provenance.md`."""


def page() -> str:
    """The whole page."""
    return "\n\n".join((HEAD, *(section() for section in SECTIONS))) + "\n"


def main() -> None:
    """Print the page, or write it; count over outside tables first where a folder of them is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--tables", type=Path)
    parser.add_argument("--date", default="")
    args = parser.parse_args()
    if args.tables:
        signatures.record(args.tables, args.date)
    if args.write:
        TARGET.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())


if __name__ == "__main__":
    main()
