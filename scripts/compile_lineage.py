"""Compile data/lineage/*.toml, which people edit, into data/compiled/lineage.json, which a run loads."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from licscan.errors import KnowledgeError  # noqa: E402
from licscan.files import parse_toml  # noqa: E402
from licscan.knowledge.families import lineage_from  # noqa: E402

PARTS = ("reading", "prose", "families", "releases", "names")


def compile_lineage(folder: Path) -> dict[str, Any]:
    """All tables of `folder` as one, checked."""
    tables = {
        part: parse_toml(
            (folder / f"{part}.toml").read_text(encoding="utf-8"), f"data/lineage/{part}.toml", KnowledgeError
        )
        for part in PARTS
    }
    tables["reading"]["prose"] = tables.pop("prose")
    lineage_from(tables)
    return tables


def main() -> None:
    """Write the compiled file."""
    tables = compile_lineage(ROOT / "data" / "lineage")
    target = ROOT / "data" / "compiled" / "lineage.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(tables, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
