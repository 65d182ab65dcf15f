"""Write docs/rules/*.md from the docstrings of the rules, which are their only documentation."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from licscan.core.finding import RuleInfo  # noqa: E402
from licscan.rules import RULES  # noqa: E402

FOLDER = ROOT / "docs" / "rules"
HEAD = "<!-- Written by scripts/build_rule_pages.py from the rule's docstring: edit that. -->\n\n"


def pages() -> dict[str, str]:
    """Every page by file name."""
    infos = sorted((rule.info for rule in RULES), key=lambda one: one.id)
    return {"README.md": _index(infos), **{f"{info.id}.md": _page(info) for info in infos}}


def _page(info: RuleInfo) -> str:
    return f"{HEAD}# {info.id}\n\n**{info.title}** · default severity: {info.severity}\n\n{info.explanation}\n"


def _index(infos: list[RuleInfo]) -> str:
    rows = "".join(f"| [{one.id}]({one.id}.md) | {one.title} | {one.severity} |\n" for one in infos)
    return f"{HEAD}# Rules\n\n| id | what it reports | default |\n|---|---|---|\n{rows}"


def main() -> None:
    """Write every page and remove those of rules that are gone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
