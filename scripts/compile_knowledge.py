"""Compile data/**/*.toml, which people edit, into data/compiled/*.json, which a run loads."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from licscan.errors import KnowledgeError  # noqa: E402
from licscan.files import parse_toml  # noqa: E402
from licscan.knowledge.licenses import license_from  # noqa: E402


def main() -> None:
    """Check every record while compiling; stop at the first that is wrong."""
    records = {}
    for path in sorted((ROOT / "data" / "licenses").glob("*.toml")):
        record = parse_toml(path.read_text(encoding="utf-8"), f"data/licenses/{path.name}", KnowledgeError)
        license_from(record, f"data/licenses/{path.name}")
        records[record["key"]] = record
    version = (ROOT / "data" / "VERSION").read_text(encoding="utf-8").strip()
    target = ROOT / "data" / "compiled" / "licenses.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(
        json.dumps({"version": version, "licenses": records}, ensure_ascii=False, separators=(",", ":")) + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
