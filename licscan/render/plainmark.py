"""Words from outside as Markdown that stays text."""

from __future__ import annotations

import re

from licscan.core.text import harmless

_SPECIAL = re.compile(r"([\\`*_\[\]|<>~&])")
_AT_START = re.compile(r"^([-+#=]|\d+(?=[.)]))")


def escape(words: str) -> str:
    """Words from outside as plain text on one line of Markdown."""
    return _AT_START.sub(_kept_plain, _SPECIAL.sub(r"\\\1", " ".join(harmless(words).split())))


def _kept_plain(start: re.Match[str]) -> str:
    """The beginning of a line that would make it a list, a heading or a rule."""
    return f"{start[1]}\\" if start[1].isdigit() else f"\\{start[1]}"


def code(words: str) -> str:
    """Words from outside in a code span that they cannot leave."""
    flat = " ".join(harmless(words).split()).replace("|", "¦")
    fence = "`" * (max((len(run) for run in re.findall(r"`+", flat)), default=0) + 1)
    inner = f" {flat} " if flat.startswith("`") or flat.endswith("`") else flat
    return f"{fence}{inner}{fence}" if flat else ""
