"""A text as sentences, cut by punctuation alone, so that reflowing and retitling do not move the cuts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

from licscan.identification.normalize import Words

_STOP = re.compile(r"[.;:!?](?=[\"'”’»)\]*_`]{0,4}(?:\s|\Z))|[。；：！？]|\x1e")
_SHORTEST = 8
"""Shorter pieces (headings, "e.g.", list words) are joined to what follows."""
_LONGEST_SHOWN = 600


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: from which word up to which (not included)."""

    begin: int
    end: int
    hash: int
    """Of its words; equal words, equal hash."""


def hash_of(words: tuple[str, ...]) -> int:
    """64 bits of the words."""
    return int.from_bytes(blake2b(" ".join(words).encode("utf-8", "replace"), digest_size=8).digest(), "little")


def sentences_of(text: Words) -> tuple[Sentence, ...]:
    """Cut a text into sentences of at least some words each."""
    if not text.words:
        return ()
    cuts = [0]
    stops = [match.start() for match in _STOP.finditer(text.plain)]
    at = 0
    for number, start in enumerate(text.starts):
        moved = False
        while at < len(stops) and stops[at] < start:
            moved = True
            at += 1
        if number in text.breaks or (moved and number - cuts[-1] >= _SHORTEST):
            cuts.append(number)
    cuts.append(len(text.words))
    return tuple(Sentence(begin, end, hash_of(text.words[begin:end])) for begin, end in pairwise(cuts) if begin < end)


def shown(source: str, text: Words, begin: int, end: int) -> str:
    """The words from `begin` to `end` as they stand in the source, on one line and of bounded length."""
    if begin >= end:
        return ""
    start, stop = text.starts[begin], text.ends[end - 1]
    following = text.starts[end] if end < len(text.starts) else len(source)
    tail = re.match(r"[^\s\w]{0,3}", source[stop : min(following, stop + 3)])
    piece = " ".join(source[start : stop + (tail.end() if tail else 0)].split())
    if not piece.isprintable():
        piece = "".join(one if one.isprintable() else " " for one in piece)
    return piece if len(piece) <= _LONGEST_SHOWN else piece[: _LONGEST_SHOWN - 2] + " …"
