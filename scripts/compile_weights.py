"""Compile data/weights/*.toml, which people edit, into data/compiled/weights.json, which a run loads."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from licscan.errors import KnowledgeError  # noqa: E402
from licscan.files import parse_toml  # noqa: E402


def main() -> None:
    """Check and write."""
    (ROOT / "data" / "compiled" / "weights.json").write_text(compile_weights(ROOT / "data"), encoding="utf-8")


def compile_weights(data: Path) -> str:
    """The compiled file.

    Raises:
        KnowledgeError: a record is wrong; the message names the file.
    """
    whole: dict[str, Any] = {}
    for path in sorted((data / "weights").glob("*.toml")):
        where = f"data/weights/{path.name}"
        whole[path.stem] = parse_toml(path.read_text(encoding="utf-8"), where, KnowledgeError)
    for role in whole["roles"]["role"]:
        for pattern in role["match"]:
            try:
                re.compile(pattern)
            except re.error as error:
                raise KnowledgeError(f"data/weights/roles.toml: {pattern!r}: {error}", "mend the pattern") from error
    return json.dumps(whole, ensure_ascii=True, separators=(",", ":"), sort_keys=True) + "\n"


if __name__ == "__main__":
    main()
