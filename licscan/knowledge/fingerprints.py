"""The index of licence texts: hashed shingles and sentences of every known edition, and not one word of them.

The file is written by `scripts/build_fingerprints.py`. It is read as it lies; nothing is worked out while loading.
"""

from __future__ import annotations

import json
import sys
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from licscan.errors import KnowledgeError
from licscan.files import data_folder

NAME = "fingerprints/index.bin"
MAGIC = b"licscan-fingerprints-1\n"
PREFIX_BITS = 12
_SHIFT = 32 - PREFIX_BITS
ARRAYS = (
    ("hashes", "I"),
    ("colours", "H"),
    ("prefixes", "I"),
    ("colour_sizes", "I"),
    ("member_starts", "I"),
    ("members", "H"),
    ("edition_starts", "I"),
    ("edition_colours", "H"),
    ("sentence_starts", "I"),
    ("sentence_hashes", "Q"),
    ("sentence_marks", "I"),
    ("sentence_flags", "B"),
)
MARKS = 3
"""Shingles kept for each sentence, by which it is found again when a word of it was changed."""
OPTIONAL = 1
"""Flag of a sentence that a copy may leave out: title, appendix on how to apply the licence."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One reference text."""

    number: int
    key: str
    """The licence, or the use policy."""
    text: str
    """Name of the reference text."""
    policy_of: str | None
    """For a use policy the licence that it belongs to."""
    is_standard: bool
    """Anybody may be the licensor, so that others may have added to it."""
    same: tuple[str, ...]
    """Every key whose text this is, the first one included, where several licences share one text."""
    core: int
    """Number of shingles that no copy may leave out."""
    all: int

    @property
    def is_policy(self) -> bool:
        """A use policy, which grants nothing by itself."""
        return self.policy_of is not None

    @property
    def owner(self) -> str:
        """The licence that this is, or that this policy belongs to."""
        return self.policy_of or self.key


class Fingerprints:
    """Looks up shingles and sentences of known editions."""

    def __init__(self, head: Mapping[str, Any], arrays: Mapping[str, array[int]]) -> None:
        self.editions = tuple(
            Edition(
                number,
                one["key"],
                one["text"],
                one.get("policy_of"),
                bool(one.get("standard")),
                tuple(one.get("same", (one["key"],))),
                one["core"],
                one["all"],
            )
            for number, one in enumerate(head["editions"])
        )
        self.exact: Mapping[str, int] = head["exact"]
        """Hash of all words of a text, to the number of its edition."""
        self.tools: Mapping[str, str] = head["made_from"]
        self._hashes = arrays["hashes"]
        self._colours = arrays["colours"]
        self._prefixes = arrays["prefixes"]
        self.colour_sizes = arrays["colour_sizes"]
        self._member_starts = arrays["member_starts"]
        self._members = arrays["members"]
        self._edition_starts = arrays["edition_starts"]
        self._edition_colours = arrays["edition_colours"]
        self._sentence_starts = arrays["sentence_starts"]
        self._sentence_hashes = arrays["sentence_hashes"]
        self._sentence_marks = arrays["sentence_marks"]
        self._sentence_flags = arrays["sentence_flags"]
        self._colour_sets: dict[int, tuple[frozenset[int], frozenset[int]]] = {}

    def colour(self, shingle: int) -> int:
        """The number of the set of editions that have this shingle; -1 for none."""
        prefix = shingle >> _SHIFT
        low, high = self._prefixes[prefix], self._prefixes[prefix + 1]
        at = bisect_left(self._hashes, shingle, low, high)
        return self._colours[at] if at < high and self._hashes[at] == shingle else -1

    def members(self, colour: int) -> array[int]:
        """Edition numbers, doubled; odd where the shingle stands only in a part that a copy may leave out."""
        return self._members[self._member_starts[colour] : self._member_starts[colour + 1]]

    def colours_of(self, edition: int) -> tuple[frozenset[int], frozenset[int]]:
        """The colours of an edition: those of its core, and all of them."""
        if edition not in self._colour_sets:
            begin, end = self._edition_starts[edition * 2], self._edition_starts[edition * 2 + 1]
            stop = self._edition_starts[edition * 2 + 2]
            core = frozenset(self._edition_colours[begin:end])
            self._colour_sets[edition] = (core, core | frozenset(self._edition_colours[end:stop]))
        return self._colour_sets[edition]

    def sentences(self, edition: int) -> tuple[tuple[int, tuple[int, ...], bool], ...]:
        """The sentences of an edition in order: hash, shingles to find it by, and whether a copy may leave it out."""
        found = []
        for at in range(self._sentence_starts[edition], self._sentence_starts[edition + 1]):
            marks = tuple(self._sentence_marks[at * MARKS : at * MARKS + MARKS])
            found.append((self._sentence_hashes[at], marks, bool(self._sentence_flags[at] & OPTIONAL)))
        return tuple(found)

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every licence that can be recognised by its text."""
        return frozenset(key for one in self.editions if not one.is_policy for key in one.same)


def read() -> Fingerprints:
    """Read the index that is shipped.

    Raises:
        KnowledgeError: it is missing, cut short or of another make.
    """
    try:
        raw = (data_folder() / NAME).read_bytes()
    except OSError as error:
        raise KnowledgeError(f"data/{NAME} cannot be read: {error}", "install licscan again") from error
    return parse(raw)


def parse(raw: bytes) -> Fingerprints:
    """Read an index from its bytes.

    Raises:
        KnowledgeError: it is cut short or of another make.
    """
    wrong = KnowledgeError(f"data/{NAME} is damaged", "install licscan again")
    if not raw.startswith(MAGIC):
        raise wrong
    try:
        size = int.from_bytes(raw[len(MAGIC) : len(MAGIC) + 4], "little")
        at = len(MAGIC) + 4
        head = json.loads(raw[at : at + size])
        at += size
        arrays = {}
        for name, kind in ARRAYS:
            values = array(kind)
            length = head["lengths"][name] * values.itemsize
            if at + length > len(raw):
                raise wrong
            values.frombytes(raw[at : at + length])
            if sys.byteorder == "big":
                values.byteswap()
            arrays[name] = values
            at += length
        return Fingerprints(head, arrays)
    except (KeyError, ValueError, TypeError) as error:
        raise wrong from error


def write(head: Mapping[str, Any], arrays: Mapping[str, array[int]]) -> bytes:
    """The bytes of an index; the same index, the same bytes."""
    whole = dict(head) | {"lengths": {name: len(arrays[name]) for name, _ in ARRAYS}}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()
    parts = [MAGIC, len(text).to_bytes(4, "little"), text]
    for name, kind in ARRAYS:
        values = array(kind, arrays[name])
        if sys.byteorder == "big":
            values.byteswap()
        parts.append(values.tobytes())
    return b"".join(parts)
