"""The vocabulary of terms with a plain sentence for each term, value, condition and trigger, in two languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from licscan.core.license import Term


@dataclass(frozen=True, slots=True)
class Sentence:
    """The same words in both languages."""

    en: str
    ko: str

    def __getitem__(self, language: str) -> str:
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True, slots=True)
class TermEntry:
    """All about one term."""

    term: Term
    group: str
    """`permission`, `condition`, `limit` or `risk`."""
    label: Sentence
    sentence: Sentence
    """What the term is about."""
    values: Mapping[str, Sentence]
    """The closed list of answers, each with what it means."""
    strictness: Mapping[str, int]
    """How far an answer binds; answers of one number, or without, cannot be put in an order."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that a licence record may say, in plain words."""

    terms: Mapping[Term, TermEntry]
    conditions: Mapping[str, Sentence]
    triggers: Mapping[str, Sentence]
    details: Mapping[str, Sentence]
    """Names of the details of a condition."""
    freeing: frozenset[str]
    """Types of condition that give something back."""

    def __getitem__(self, term: Term) -> TermEntry:
        return self.terms[term]


def vocabulary_from(record: Mapping[str, Any]) -> Vocabulary:
    """Read the compiled form of `data/terms.toml`."""
    return Vocabulary(
        terms={
            Term(entry["tag"]): TermEntry(
                Term(entry["tag"]),
                entry["group"],
                Sentence(entry["label"], entry["label_ko"]),
                _sentence(entry),
                {one["value"]: _sentence(one) for one in entry["value"]},
                {one["value"]: int(one["strict"]) for one in entry["value"] if "strict" in one},
            )
            for entry in record["term"]
        },
        conditions={one["type"]: _sentence(one) for one in record["condition"]},
        triggers={one["name"]: _sentence(one) for one in record["trigger"]},
        details={one["name"]: _sentence(one) for one in record["detail"]},
        freeing=frozenset(one["type"] for one in record["condition"] if one.get("frees")),
    )


def closed_lists(record: Mapping[str, Any]) -> dict[str, dict[str, bool]]:
    """What a record may say, for checking: the values of each term, the condition types, the triggers."""
    lists = {f"value {entry['tag']}": {one["value"]: True for one in entry["value"]} for entry in record["term"]}
    lists["condition"] = {one["type"]: True for one in record["condition"]}
    lists["trigger"] = {one["name"]: True for one in record["trigger"]}
    return lists


def _sentence(entry: Mapping[str, Any]) -> Sentence:
    return Sentence(entry["sentence"], entry["sentence_ko"])
