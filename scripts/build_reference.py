"""Writes what can be written by a program: docs/reference, and the outputs that docs show.

    python scripts/build_reference.py            write
    python scripts/build_reference.py --check    change nothing; exit 1 where a page is not up to date

A line `<!-- output: licscan ... -->` in a page is followed by what that command prints; it is run anew each time.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DOCS = ROOT / "docs"
READINGS = {"full_text_read": "read", "standard_text_stored": "read", "none": "not read"}
MADE = "<!-- made by scripts/build_reference.py; do not edit -->\n"
_SHOWN = re.compile(r"(<!-- output: (?P<command>[^\n]+) -->\n)(?:\n?```text\n.*?```\n)?", re.DOTALL)


def pages() -> dict[Path, str]:
    """Every page that is made, by its path."""
    made = {
        DOCS / "reference" / "commands.md": "".join(_commands()),
        DOCS / "reference" / "terms.md": "".join(_terms()),
        DOCS / "reference" / "licenses.md": "".join(_licenses()),
        DOCS / "reference" / "json-report.md": "".join(_schema()),
    }
    for path in sorted(DOCS.glob("*.md")):
        words = path.read_text(encoding="utf-8")
        if _SHOWN.search(words):
            made[path] = _SHOWN.sub(_with_output, words)
    return made


def _with_output(found: re.Match[str]) -> str:
    command = found["command"]
    return f"{found[1]}\n```text\n$ {command}\n{_run(command)}```\n"


def _commands() -> Iterator[str]:
    from licscan.cli.main import build_parser

    yield "# Commands\n\n" + MADE
    parser = build_parser()
    for action in parser._actions:  # noqa: SLF001 - argparse offers no other way to list its commands
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for name, command in action.choices.items():
                yield f"\n## licscan {name}\n\n```text\n{command.format_help()}```\n"


def _terms() -> Iterator[str]:
    from licscan.core.license import Term
    from licscan.knowledge import load

    yield "# Terms\n\n" + MADE + "\nThe closed vocabulary in which every licence is recorded.\n"
    for term in Term:
        entry = load().terms[term]
        yield f"\n## {term}\n\n**{entry.label.en}** ({entry.group}). {entry.sentence.en}\n"
        yield "\n| value | means |\n|---|---|\n"
        for value, sentence in entry.values.items():
            yield f"| `{value}` | {sentence.en} |\n"


def _licenses() -> Iterator[str]:
    from licscan.knowledge import load

    licenses = load().licenses
    yield f"# Licences\n\n{MADE}\n{len(licenses)} editions. "
    yield "`licscan explain KEY` prints the terms of one with their clauses.\n\n"
    yield "| key | name | SPDX expression | kind | text |\n|---|---|---|---|---|\n"
    for key in sorted(licenses):
        one = licenses[key]
        read = READINGS.get(one.reading, "partly read")
        yield f"| `{key}` | {one.name.replace('|', '/')} | `{one.expression}` | {one.category} | {read} |\n"


def _schema() -> Iterator[str]:
    schema = json.loads((ROOT / "data" / "schemas" / "report-1.json").read_text(encoding="utf-8"))
    yield "# The JSON report\n\n" + MADE
    yield "\n`-f json` has its own shape, version 1. The schema is `data/schemas/report-1.json`; "
    yield "keys are added, never changed.\n"
    yield "\n| key | is |\n|---|---|\n"
    for name, value in schema.get("properties", {}).items():
        yield f"| `{name}` | {_shape(value, schema)} |\n"
    for name, value in (schema.get("$defs") or schema.get("definitions") or {}).items():
        if "properties" in value:
            yield f"\n## {name}\n\n| key | is |\n|---|---|\n"
            for key, inner in value["properties"].items():
                yield f"| `{key}` | {_shape(inner, schema)} |\n"


def _shape(value: Any, schema: Any) -> str:
    """A value of a schema in a few words."""
    if not isinstance(value, dict):
        return "anything"
    if "description" in value:
        return str(value["description"]).replace("|", "\\|")
    if "$ref" in value:
        return f"[{value['$ref'].rpartition('/')[2]}](#{value['$ref'].rpartition('/')[2].lower()})"
    if "enum" in value:
        return ", ".join(f"`{json.dumps(one)}`" for one in value["enum"])
    if "const" in value:
        return f"`{json.dumps(value['const'])}`"
    for choice in ("anyOf", "oneOf"):
        if choice in value:
            return " or ".join(_shape(one, schema) for one in value[choice])
    if value.get("type") == "array":
        return "list of " + _shape(value.get("items"), schema)
    kind = value.get("type", "object")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _run(command: str) -> str:
    from licscan.cli.main import main as licscan

    words = shlex.split(command)
    if words[0] != "licscan":
        raise SystemExit(f"docs may show licscan only, not {command!r}")
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        licscan(words[1:])
    return out.getvalue()


def main() -> int:
    """Write or check the pages."""
    os.environ.update({"NO_COLOR": "1", "COLUMNS": "80", "SOURCE_DATE_EPOCH": "1795500000", "HF_HOME": "/nonexistent"})
    os.environ["LICSCAN_CACHE"] = "/nonexistent"
    os.chdir("/")
    stale = []
    for path, words in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != words:
            stale.append(path.relative_to(ROOT))
            if "--check" not in sys.argv[1:]:
                path.write_text(words, encoding="utf-8")
    for page in stale:
        print(f"{page}: {'not up to date' if '--check' in sys.argv[1:] else 'written'}")
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
