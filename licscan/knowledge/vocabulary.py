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


LIMIT_WORDS = ("metric", "window", "whose", "then", "only_for", "unless")
"""Fields of a limit whose words are closed lists."""


@dataclass(frozen=True, slots=True)
class Metric:
    """What a limit counts, and how it compares with the figures of a use profile."""

    sentence: Sentence
    """With `{amount}`: more than so much."""
    reached: Sentence
    """With `{amount}`: so much or more."""
    figure: str
    """The figure of the use profile, or a name that no profile has."""
    measures: str
    """`same`: the figure counts the same thing; `less`: never more than the figure; `more`: never less than it."""


@dataclass(frozen=True, slots=True)
class Window:
    """Over which time a limit counts."""

    sentence: Sentence
    per_year: int
    """How many of them a year has, to compare a sum of money with that of a year; 0 where it does not matter."""
    once: bool
    """It lies in the past and is never looked at again."""


@dataclass(frozen=True, slots=True)
class Then:
    """What holds beyond a limit."""

    sentence: Sentence
    is_duty: bool
    """Something to do; otherwise the grant itself is withheld or ends."""


@dataclass(frozen=True, slots=True)
class LimitWords:
    """The closed lists of limits."""

    metric: Mapping[str, Metric]
    window: Mapping[str, Window]
    whose: Mapping[str, Sentence]
    then: Mapping[str, Then]
    only_for: Mapping[str, Sentence]
    unless: Mapping[str, Sentence]
    distributes: Mapping[str, frozenset[str]]
    """By kind of business: the ways of distribution of which it needs at least one."""
    spares: Mapping[str, frozenset[str]]
    """By exception: the ways of distribution that are spared where no other is stated."""


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
    limits: LimitWords

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
        limits=_limit_words(record["limit"]),
    )


def _limit_words(record: Mapping[str, Any]) -> LimitWords:
    return LimitWords(
        metric={
            one["name"]: Metric(_sentence(one), _sentence(one["reached"]), one["figure"], one["measures"])
            for one in record["metric"]
        },
        window={
            one["name"]: Window(_sentence(one), int(one.get("per_year", 0)), bool(one.get("once")))
            for one in record["window"]
        },
        whose={one["name"]: _sentence(one) for one in record["whose"]},
        then={one["name"]: Then(_sentence(one), bool(one.get("duty"))) for one in record["then"]},
        only_for={one["name"]: _sentence(one) for one in record["only_for"]},
        unless={one["name"]: _sentence(one) for one in record["unless"]},
        distributes={one["name"]: frozenset(one.get("distribute", ())) for one in record["only_for"]},
        spares={one["name"]: frozenset(one.get("distribute", ())) for one in record["unless"]},
    )


def closed_lists(record: Mapping[str, Any]) -> dict[str, dict[str, bool]]:
    """What a record may say, for checking: the values of each term, condition types, triggers, words of limits."""
    lists = {f"value {entry['tag']}": {one["value"]: True for one in entry["value"]} for entry in record["term"]}
    lists["condition"] = {one["type"]: True for one in record["condition"]}
    lists["trigger"] = {one["name"]: True for one in record["trigger"]}
    lists |= {word: {one["name"]: True for one in record["limit"][word]} for word in LIMIT_WORDS}
    return lists


def _sentence(entry: Mapping[str, Any]) -> Sentence:
    return Sentence(entry["sentence"], entry["sentence_ko"])
