"""Finds our data files and reads TOML and JSON; the only importer of `toml`.

`data/` lies beside the package in a checkout and inside it in a wheel, so two places are tried.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from licscan.errors import KnowledgeError, LicscanError


@cache
def data_folder() -> Path:
    """The folder with our data files, in a wheel, an editable install and a plain checkout alike."""
    package = Path(__file__).resolve().parent
    for folder in (package / "data", package.parent / "data"):
        if (folder / "spdx").is_dir():
            return folder
    raise KnowledgeError(f"the data files are missing beside {package}", "install licscan again")


def data_text(name: str) -> str:
    """One of our data files as text.

    Raises:
        KnowledgeError: it is missing or unreadable.
    """
    path = data_folder() / name
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"data/{name} cannot be read: {error}", "install licscan again") from error


def data_json(name: str) -> Any:
    """One of our JSON data files.

    Raises:
        KnowledgeError: it is missing or no JSON.
    """
    try:
        return json.loads(data_text(name))
    except ValueError as error:
        raise KnowledgeError(f"data/{name} is not JSON: {error}", "install licscan again") from error


def data_toml(name: str) -> dict[str, Any]:
    """One of our TOML data files.

    Raises:
        KnowledgeError: it is missing or no TOML.
    """
    return parse_toml(data_text(name), f"data/{name}", KnowledgeError)


def parse_toml(text: str, where: str, error: type[LicscanError]) -> dict[str, Any]:
    """Read TOML; a mistake is raised as `error`, naming `where` and (as far as it is known) the line."""
    import toml  # slow to import and rarely needed: a run reads compiled knowledge

    try:
        return toml.loads(text)
    except (toml.TomlDecodeError, IndexError, ValueError, TypeError) as mistake:
        raise error(f"{where} is not TOML: {mistake}", "mend the line it names") from mistake


def format_toml(values: Mapping[str, Any]) -> str:
    """Write TOML."""
    import toml

    return toml.dumps(values)
