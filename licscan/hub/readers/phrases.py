"""The phrases of cards that say what a model was made from, from `data/lineage/prose.toml`; compiled once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from licscan.core.evidence import Confidence
from licscan.core.lineage import Relation
from licscan.hub.keys import keys

_BEFORE = r"(?:\A|\b|(?<=\W))(?:{})[\s:*_`\"'(\[<|\-–—]*(?:the |a |an |our |this |model )?[\s*_`\"'(\[<|]*"
_AFTER = r"\A[\s*_`\"')\]|]*(?:{})"
_NOT = r"\b(?:{})[\s:*_`\"'(\[<|]*(?:the |a |an )?[\s*_`\"'(\[<|]*\Z"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that tie a name to the model, and what they say."""

    relation: Relation
    component: str | None
    confidence: Confidence
    words: str
    end: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """For the words right before a name, or right after it."""
        return _compiled(self.words + self.end)

    @property
    def anywhere(self) -> re.Pattern[str]:
        """The same without its end, for a sentence in which no name was recognised."""
        return _compiled(self.words)


@dataclass(frozen=True, slots=True)
class Phrases:
    """All phrases, in the order in which they are tried."""

    before: tuple[Phrase, ...]
    after: tuple[Phrase, ...]
    negative: re.Pattern[str]
    origin: re.Pattern[str]
    origin_against: re.Pattern[str]
    data: re.Pattern[str]
    license: re.Pattern[str]


@cache
def _compiled(words: str) -> re.Pattern[str]:
    """Compiled when it is first tried: most of a short run is spent on patterns that it never needs."""
    return re.compile(words, re.IGNORECASE)


@cache
def phrases() -> Phrases:
    """All phrases of the table."""
    table = keys().prose

    def group(name: str, form: str, end: str) -> tuple[Phrase, ...]:
        found = []
        for one in table[name]:
            words = form.format("|".join(one["phrases"]))
            sure = Confidence.LIKELY if one.get("sure") else Confidence.POSSIBLE
            found.append(Phrase(Relation(one["relation"]), one.get("component"), sure, words, end))
        return tuple(found)

    def any_of(section: str, key: str = "phrases", form: str = "{}") -> re.Pattern[str]:
        return re.compile(form.format("|".join(table[section][key])), re.IGNORECASE)

    return Phrases(
        group("before", _BEFORE, r"\Z"),
        group("after", _AFTER, ""),
        any_of("negative", "before", _NOT),
        any_of("origin"),
        any_of("origin", "against"),
        any_of("data"),
        any_of("license"),
    )
