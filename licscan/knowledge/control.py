"""Compiles what people edit about control: publishers, lists, changes, presets and the public record of origins."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from licscan.errors import KnowledgeError
from licscan.files import parse_toml
from licscan.knowledge.changes import compile_changes
from licscan.knowledge.origins import compile_origins, compile_parts
from licscan.knowledge.presets import compile_presets
from licscan.knowledge.publishers import compile_publishers


def compile_control(data: Path, licenses: Collection[str]) -> dict[str, dict[str, Any]]:
    """The compiled files by name.

    Raises:
        KnowledgeError: a record is wrong; the message names the file and the key.
    """
    return {
        "publishers.json": compile_publishers(_folder(data / "publishers"), _toml(data / "lists.toml")),
        "changes.json": compile_changes(_toml(data / "changes.toml"), licenses),
        "presets.json": compile_presets(_folder(data / "presets")),
        "origins.json": compile_origins(_toml(data / "origins.toml")),
        "parts.json": compile_parts(_toml(data / "parts.toml")),
    }


def _folder(folder: Path) -> dict[str, dict[str, Any]]:
    return {path.name: _toml(path) for path in sorted(folder.glob("*.toml"))}


def _toml(path: Path) -> dict[str, Any]:
    return parse_toml(path.read_text(encoding="utf-8"), f"data/{path.name}", KnowledgeError)
