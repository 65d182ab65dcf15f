"""Sections of `key = value` lines whose values are JSON, as spaCy and its kin write their configs."""

from __future__ import annotations

import json
from typing import Any

from licscan.formats.malformed import Malformed

_LONGEST = 1_000_000
_DEEPEST = 20


def load(text: str) -> dict[str, Any]:
    """Read the sections, `[a.b]` as nested mappings; a value that is no JSON stays the text that stood there.

    Args:
        text: the whole file.

    Raises:
        Malformed: it has no section, or is too large or nested too deep.
    """
    if len(text) > _LONGEST:
        raise Malformed("it is too large to be read")
    whole: dict[str, Any] = {}
    section = whole
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped or stripped.startswith(("#", ";")):
            continue
        if stripped.startswith("[") and stripped.endswith("]"):
            section = _section(whole, stripped[1:-1].split("."))
            continue
        key, equals, value = stripped.partition("=")
        if equals:
            section[key.strip()] = _value(value.strip())
    if not any(isinstance(one, dict) for one in whole.values()):
        raise Malformed("a section in square brackets was expected")
    return whole


def _section(whole: dict[str, Any], path: list[str]) -> dict[str, Any]:
    if len(path) > _DEEPEST:
        raise Malformed("it is nested too deep")
    for key in path:
        inner = whole.setdefault(key.strip(), {})
        if not isinstance(inner, dict):
            inner = whole[key.strip()] = {}
        whole = inner
    return whole


def _value(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if isinstance(value, dict) else value
