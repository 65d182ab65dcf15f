"""The page on limits names every limit of what is read, with its figure."""

from __future__ import annotations

import re
from pathlib import Path

from licscan.core import bounds
from licscan.core.bounds import BOUNDS, Bound

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "limits.md"
_ROW = re.compile(r"\| `([a-z-]+)` \| ([\d,]+) \| (.+) \|")


def test_the_table_is_the_programs_own() -> None:
    rows = _ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert rows == [(one.name, f"{one.value:,}", one.what) for one in BOUNDS]


def test_every_limit_stands_in_the_list() -> None:
    made = [one for one in vars(bounds).values() if isinstance(one, Bound)]
    assert sorted(one.name for one in made) == sorted(one.name for one in BOUNDS)
