"""The pages under docs/rules are the rules' own docstrings."""

from __future__ import annotations

from scripts.build_rule_pages import FOLDER, pages


def test_the_pages_are_up_to_date() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert written == pages(), "run scripts/build_rule_pages.py"
