"""The lines of a card as its readers see them: without code, comments, badges and tags, broken sentences joined."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_BADGE = re.compile(
    r"\[!\[[^\[\]\n]{0,300}+\]\([^\[)\n]{0,600}+\)\]\([^\[)\n]{0,600}+\)|!\[[^\[\]\n]{0,300}+\]\([^\[)\n]{0,600}+\)"
)
_IMAGE = re.compile(r"<img\b[^<>]{0,1000}+>|<svg\b[^<>]{0,400}+>", re.IGNORECASE)
_ANCHOR = re.compile(
    r"<a\s[^<>]{0,400}?href=[\"']([^\"'<>]{1,400}+)[\"'][^<>]{0,200}+>([^<]{0,300}+)</a>", re.IGNORECASE
)
_TAG = re.compile(r"</?[a-z][a-z0-9]{0,12}(?:\s[^>]{0,400})?/?>", re.IGNORECASE)
_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")
_APART = re.compile(r"^\s*(?:[-*+•>|#]|\d{1,3}[.)]\s|```|~~~|\*\*|!\[|\[!|<)")
_MOST_LINES = 12_000
_LONGEST_LINE = 8_000
HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.{1,200}?)\s*#*\s*$")
LONGEST = 300_000
"""Characters of a card that are read."""
_LONGEST_JOINED = 600


def lines_of(body: str) -> Iterator[tuple[int, str]]:
    """The lines without code, comments, badges, pictures and tags, each with its number."""
    lines = _without_comments(body[:LONGEST]).splitlines()[:_MOST_LINES]
    fences = [index for index, line in enumerate(lines) if _FENCE.match(line)]
    code = {one for start, end in zip(fences[::2], fences[1::2], strict=False) for one in range(start, end + 1)}
    for index, line in _joined([line if index not in code else "" for index, line in enumerate(lines)]):
        if len(line) <= _LONGEST_LINE:
            plain = _IMAGE.sub(" ", _BADGE.sub(" ", line))
            yield index, _TAG.sub(" ", _ANCHOR.sub(r"[\2](\1)", plain))


def _joined(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines, with a sentence that was broken into lines as one; each with the number of its first line."""
    start, held = 0, ""
    for index, line in enumerate(lines):
        if held and _goes_on(held, line):
            held = f"{held} {line.strip()}"
            continue
        yield start, held
        start, held = index, line
    yield start, held


def _goes_on(held: str, line: str) -> bool:
    """A line carries on the one before it: neither is empty or stands apart, and no sentence ended in between."""
    if not held.strip() or not line.strip() or _APART.match(line) or HEADING.match(held) or held.endswith(("  ", "\\")):
        return False
    return len(held) < _LONGEST_JOINED and not held.rstrip().endswith((".", "!", "?", ":", "。", "！", "？", "|"))


def _without_comments(text: str) -> str:
    """The text with its comments as empty lines; one that is never closed is none."""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 3
    return "".join([*kept, text[at:]])
