"""Patterns of sentences that bind, as data: `data/patterns.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from licscan.core.license import Term
from licscan.errors import KnowledgeError


@dataclass(frozen=True)
class Pattern:
    """A kind of sentence and what it suggests about a term."""

    term: Term
    value: str
    lang: str
    needs: tuple[str, ...]
    """Small letters of which some must stand in the sentence; quicker to look for than the expression."""
    match: str
    unless: str | None = None

    @cached_property
    def finder(self) -> re.Pattern[str]:
        """The expression, made when it is first needed."""
        return re.compile(self.match, re.IGNORECASE)

    @cached_property
    def exception(self) -> re.Pattern[str] | None:
        """What takes a hit back."""
        return re.compile(self.unless, re.IGNORECASE) if self.unless else None

    def may_hit(self, small: str) -> bool:
        """Whether a sentence, in small letters, has what every sentence of this kind has."""
        return any(one in small for one in self.needs)

    def hits(self, sentence: str) -> bool:
        """Whether the sentence is of this kind."""
        return bool(self.finder.search(sentence)) and not (self.exception and self.exception.search(sentence))


def patterns_from(content: Mapping[str, Any], vocabulary: Mapping[str, Mapping[str, object]]) -> tuple[Pattern, ...]:
    """Turn the file into patterns.

    Raises:
        KnowledgeError: an unknown term, value or key, or an expression that is none.
    """
    found = []
    for number, entry in enumerate(content["pattern"], 1):
        where = f"data/patterns.toml: pattern {number}"
        try:
            pattern = Pattern(
                Term(entry["term"]),
                entry["value"],
                entry["lang"],
                tuple(entry["needs"]),
                entry["match"],
                entry.get("unless"),
            )
        except (KeyError, ValueError) as error:
            raise KnowledgeError(f"{where}: {error}", "see the head of that file") from error
        if vocabulary and pattern.value not in vocabulary.get(f"value {pattern.term.value}", {}):
            raise KnowledgeError(
                f"{where}: {pattern.value!r} is no value of {pattern.term.value}", "see data/terms.toml"
            )
        found.append(pattern)
    return tuple(found)
