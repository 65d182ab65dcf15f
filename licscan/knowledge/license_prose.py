"""How cards, access forms and notices speak of licences: the words of `data/license_prose.toml`, compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from licscan.errors import KnowledgeError
from licscan.files import data_json
from licscan.knowledge.patterns import Pattern, patterns_from

WEIGHTS = frozenset({"weights", "whole"})
"""Subjects that are the model itself: its weights, or the whole repository."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A word that says what a clause is about, and where it stands."""

    start: int
    end: int
    subject: str


@dataclass(frozen=True, slots=True)
class Built:
    """Names of one family of licences that are put together of elements and a version."""

    pattern: re.Pattern[str]
    elements: tuple[tuple[str, re.Pattern[str]], ...]
    """In the order in which the key has them."""
    prefix: str

    def keys(self, name: str, written: Iterable[str]) -> tuple[str, ...]:
        """The licences that a name means: one where it has a version, else every edition of the same elements."""
        found = [element for element, pattern in self.elements if pattern.search(name)]
        version = _VERSION.search(name)
        start = "-".join([self.prefix, *found]) + "-"
        keys = tuple(key for key in written if key.startswith(start) and key[len(start) :].replace(".", "").isdigit())
        exact = tuple(key for key in keys if version and key == start + version[1])
        return exact or (() if version or not found else keys)


_KANA = re.compile("[\u3041-\u30ff]")
_VERSION = re.compile(r"(\d\.\d)")


@dataclass(frozen=True, slots=True)
class LicenseProse:
    """The words, as expressions for one clause."""

    subjects: tuple[tuple[str, re.Pattern[str]], ...]
    parts: tuple[tuple[str, re.Pattern[str]], ...]
    headings: tuple[tuple[str, re.Pattern[str]], ...]
    connector: re.Pattern[str]
    license: re.Pattern[str]
    license_word: re.Pattern[str]
    """Words without which a publisher's name is no name of a licence."""
    built: tuple[Built, ...]
    grammar: Mapping[str, re.Pattern[str]]
    """Small words by which clauses hang together, by what they do."""
    trigger: re.Pattern[str]
    guard: re.Pattern[str]
    unknown: re.Pattern[str]
    unknown_signs: re.Pattern[str]
    generic: frozenset[str]
    patterns: tuple[Pattern, ...]

    def spots(self, clause: str) -> tuple[Spot, ...]:
        """Every word that says what the clause is about, in order; of two that overlap the longer."""
        found = [
            Spot(hit.start(), hit.end(), subject)
            for group in (self.subjects, self.parts)
            for subject, pattern in group
            for hit in pattern.finditer(clause)
        ]
        found.sort(key=lambda one: (one.start, -one.end))
        kept: list[Spot] = []
        for spot in found:
            if not kept or spot.start >= kept[-1].end:
                kept.append(spot)
        return tuple(kept)

    def heading(self, line: str) -> str:
        """What a heading says of the lines below it; empty where it says nothing."""
        return next((subject for subject, pattern in self.headings if pattern.search(line)), "")

    def restrictions(self, clause: str) -> Iterator[Pattern]:
        """The patterns that the clause is of."""
        small = f" {clause.lower()} "
        kana = bool(_KANA.search(clause))
        return (
            one for one in self.patterns if one.may_hit(small) and not (kana and one.lang == "zh") and one.hits(clause)
        )


@cache
def license_prose() -> LicenseProse:
    """The words that are shipped."""
    return license_prose_from(data_json("compiled/license_prose.json"))


def license_prose_from(content: Mapping[str, Any], vocabulary: Mapping[str, Any] | None = None) -> LicenseProse:
    """Compile the content of `data/license_prose.toml`.

    Raises:
        KnowledgeError: a section is missing, or an expression is none.
    """
    try:
        words = content["words"]
        return LicenseProse(
            subjects=tuple((name, _any(given)) for name, given in content["subject"].items()),
            parts=tuple((name, _any(given)) for name, given in content["part"].items()),
            headings=tuple((name, _any(given)) for name, given in content["heading"].items()),
            connector=_any(words["connector"]),
            license=_any(words["license"]),
            license_word=_any(words["license_word"]),
            built=tuple(_built(one) for one in content["built"]),
            grammar={name: re.compile(one, re.IGNORECASE) for name, one in content["grammar"].items()},
            trigger=_any(words["trigger"]),
            guard=_any(content["guard"]["words"]),
            unknown=re.compile("|".join(words["unknown"])),
            unknown_signs=_any(words["unknown_signs"]),
            generic=frozenset(content["names"]["generic"]),
            patterns=patterns_from(content, vocabulary or {}),
        )
    except (KeyError, re.error) as error:
        raise KnowledgeError(f"data/license_prose.toml: {error}", "see the head of that file") from error


def _built(record: Mapping[str, Any]) -> Built:
    elements = tuple((one["is"], re.compile(one["match"], re.IGNORECASE)) for one in record["element"])
    return Built(re.compile(record["match"], re.IGNORECASE), elements, record["prefix"])


def _any(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in words), re.IGNORECASE)
