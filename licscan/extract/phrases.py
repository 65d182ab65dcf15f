"""The phrases of cards that say what a model was made from, from `data/lineage/prose.toml`; compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from licscan.core.evidence import Confidence
from licscan.core.lineage import Relation
from licscan.extract.keys import keys

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


class Phrases:
    """All phrases, in the order in which they are tried; each is compiled when it is first tried."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = table
        self.before = _group(table["before"], _BEFORE, r"\Z")
        self.after = _group(table["after"], _AFTER, "")

    @property
    def negative(self) -> re.Pattern[str]:
        """Words right before a name that say the model was *not* made from it."""
        return self._any("negative", "before", _NOT)

    @property
    def origin(self) -> re.Pattern[str]:
        """Claims of own training."""
        return self._any("origin")

    @property
    def origin_against(self) -> re.Pattern[str]:
        """Words that take such a claim back."""
        return self._any("origin", "against")

    @property
    def data(self) -> re.Pattern[str]:
        """Words before the name of a data set that the model was trained on."""
        return self._any("data")

    @property
    def license(self) -> re.Pattern[str]:
        """Sentences about the licence."""
        return self._any("license")

    def _any(self, section: str, key: str = "phrases", form: str = "{}") -> re.Pattern[str]:
        return _compiled(form.format("|".join(self._table[section][key])))


@cache
def _compiled(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


@cache
def phrases() -> Phrases:
    """All phrases of the table."""
    return Phrases(keys().prose)


def _group(rows: Iterable[Mapping[str, Any]], form: str, end: str) -> tuple[Phrase, ...]:
    return tuple(
        Phrase(
            Relation(one["relation"]),
            one.get("component"),
            Confidence.LIKELY if one.get("sure") else Confidence.POSSIBLE,
            form.format("|".join(one["phrases"])),
            end,
        )
        for one in rows
    )
