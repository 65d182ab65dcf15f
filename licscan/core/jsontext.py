"""JSON that can be looked at in a terminal: what `harmless` hides from people stands escaped here, as JSON allows."""

from __future__ import annotations

import json
import re
from typing import Any

_HIDDEN = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"  # controls, directions, halves
)

_ON_ONE_LINE = json.JSONEncoder(ensure_ascii=False)
"""Made once: a large report has many thousand lines."""
_HALF = re.compile("[\ud800-\udfff]")
_HALF_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")


def json_text(value: Any, indent: int | None = None) -> str:
    """A value as JSON, readable in every language; the same value comes back whatever it holds."""
    plain = _ON_ONE_LINE.encode(value) if indent is None else json.dumps(value, ensure_ascii=False, indent=indent)
    if plain.isascii() and "\x7f" not in plain:
        return plain
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", plain)


def whole_text(text: str) -> str:
    """Text without halves of characters, which no file can hold: two that belong together are joined."""
    if text.isascii() or not _HALF.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def whole_values(value: Any, source: str) -> Any:
    """What was read from the JSON `source`, with whole texts at any depth."""
    return _whole(value) if _HALF_ESCAPED.search(source) else value


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return whole_text(value)
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {whole_text(key): _whole(one) for key, one in value.items()}
    return value
