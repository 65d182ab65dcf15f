"""Sentences of a text that is no known edition: enough to say later which of them came and which went."""

from __future__ import annotations

import re
from hashlib import sha256

_END = re.compile(r"(?<=[.;:!?。])\s+|\n\s*\n")
_SPACE = re.compile(r"\s+")
_SHORTEST = 12
_MOST = 2000


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each on one line; short pieces such as headings are left out."""
    pieces = (_SPACE.sub(" ", piece).strip() for piece in _END.split(text))
    return tuple(piece for piece in pieces if len(piece) >= _SHORTEST)[:_MOST]


def mark(sentence: str) -> str:
    """A short hash of a sentence that survives reflowing and capitals."""
    return sha256(_SPACE.sub(" ", sentence).strip().casefold().encode("utf-8", "replace")).hexdigest()[:12]
