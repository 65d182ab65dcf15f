"""The lines of a card as its readers see them: without code, comments, badges and tags, broken sentences joined."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from licscan.core.bounds import CARD_CHARACTERS, CARD_LINES

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
_EMBEDDED = re.compile(r"data:[\w/+.;=-]{1,99}?base64,[A-Za-z0-9+/=_%-]++")
"""A picture inside the text."""
_PIECE = 8_000
"""Characters of a line that are looked at together: a longer one is read in pieces."""
HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.{1,200}?)\s*#*\s*$")
_LONGEST_JOINED = 600


def lines_of(body: str) -> Iterator[tuple[int, str]]:
    """The lines without code, comments, badges, pictures and tags, each with its number."""
    text = without_pictures(body)[: CARD_CHARACTERS.value]
    lines = _without_comments(text).splitlines()[: CARD_LINES.value]
    fences = [index for index, line in enumerate(lines) if _FENCE.match(line)]
    code = {one for start, end in zip(fences[::2], fences[1::2], strict=False) for one in range(start, end + 1)}
    for index, joined in _joined([line if index not in code else "" for index, line in enumerate(lines)]):
        for _, line in pieces([joined], index):
            plain = _IMAGE.sub(" ", _BADGE.sub(" ", line))
            yield index, _TAG.sub(" ", _ANCHOR.sub(r"[\2](\1)", plain))


def without_pictures(text: str) -> str:
    """The text without the pictures that stand in it as letters."""
    return _EMBEDDED.sub("", text)


def pieces(lines: Sequence[str], first: int) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; a very long one in pieces, which are cut at blanks."""
    for number, line in enumerate(lines, first):
        rest = line
        while len(rest) > _PIECE:
            end = rest.rfind(" ", _PIECE // 2, _PIECE)
            end = end if end > 0 else _PIECE
            yield number, rest[:end]
            rest = rest[end:]
        yield number, rest


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
