"""Sentences that bind, found by pattern: for texts that nobody has read. A hit is a hint, not a reading."""

from __future__ import annotations

import re
from collections.abc import Iterator

from licscan.core.license import Term
from licscan.identification.normalize import plain_text
from licscan.knowledge import Knowledge

_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s{0,12}(?:[-*•#]\s|\(?[a-z0-9ivx]{1,4}[.)]\s))|[。；]", re.IGNORECASE)
_STOP = re.compile(r"(?<=[.!?])[\"'”’)]{0,2}\s+(?=[\"'“‘(\[]{0,2}[A-Z0-9가-힣])")
_SHORT = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|inc|ltd|co|corp|no|vs|sec|art|u\.s|mr|dr)|\b[A-Z])\.[\"'”’)]{0,2}$", re.IGNORECASE
)
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_LONGEST = 1500
_MOST = 120
_EACH = 4
"""Sentences shown for one term and value: the first ones tell enough."""


def find_patterns(text: str, knowledge: Knowledge) -> tuple[tuple[Term, str, str], ...]:
    """Term, suggested value and the sentence, in the order of the text; a sentence may speak of several terms."""
    found: list[tuple[Term, str, str]] = []
    counted: dict[tuple[Term, str], int] = {}
    whole = text.lower()
    patterns = [one for one in knowledge.patterns if one.may_hit(whole)]
    for sentence in split(text) if patterns else ():
        small = sentence.lower()
        for pattern in patterns:
            kind = (pattern.term, pattern.value)
            if counted.get(kind, 0) >= _EACH or not pattern.may_hit(small) or not pattern.hits(sentence):
                continue
            hit = (*kind, sentence)
            if hit not in found:
                found.append(hit)
                counted[kind] = counted.get(kind, 0) + 1
        if len(found) >= _MOST:
            break
    return tuple(found[:_MOST])


def terms_in(sentence: str, knowledge: Knowledge) -> tuple[Term, ...]:
    """Terms that one sentence speaks of, in their own order."""
    small = sentence.lower()
    seen = {pattern.term for pattern in knowledge.patterns if pattern.may_hit(small) and pattern.hits(sentence)}
    return tuple(term for term in Term if term in seen)


def split(text: str) -> Iterator[str]:
    """Whole sentences on one line each, for people to read."""
    for paragraph in _PARAGRAPH.split(_visible(text)):
        words = " ".join(paragraph.split())
        if not words:
            continue
        held = ""
        for piece in _STOP.split(words):
            held = f"{held} {piece}" if held else piece
            if _SHORT.search(held):
                continue
            yield held[:_LONGEST]
            held = ""
        if held:
            yield held[:_LONGEST]


def _visible(text: str) -> str:
    """Without tags; list numbers and copyright lines stay, for people want to see them."""
    if "<" in text or "&" in text:
        text = plain_text(text)
    return _UNSEEN.sub(" ", text)
