"""Sentences held against text and tag: a stricter sentence, or another licence for the weights, is a dispute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from licscan.core.license import Category, Disputed, License, Resolution, Resolved, Statement, Term
from licscan.knowledge import Knowledge

_FREEDOM = {kind: place for place, kind in enumerate(Category)}
_FREE = frozenset({Category.PERMISSIVE, Category.PUBLIC_DOMAIN})
_UNSURE = frozenset({"unclear", "conflicting", "not_read", "silent"})


def against_prose(resolution: Resolution, prose: Iterable[Statement], knowledge: Knowledge) -> Resolution:
    """The resolution, disputed where a sentence about the whole or the weights speaks against it.

    A text or tag that a sentence merely repeats, or that is stricter, stays as it is. Nothing is chosen: every one of
    the sources may hold.
    """
    if not isinstance(resolution, Resolved):
        return resolution
    governing = _Governing(resolution, knowledge)
    against = list(dict.fromkeys(one for one in prose if governing.is_contradicted(one)))
    if not against:
        return resolution
    options = (*governing.statements(), *map(_with_keys, against))
    evidence = tuple(dict.fromkeys((*(one.evidence for one in options), *resolution.evidence)))
    return Disputed(resolution.declared, evidence, resolution.statements, options=options)


def _with_keys(statement: Statement) -> Statement:
    """A name that may mean several licences stands for all of them."""
    return replace(statement, keys=statement.keys or statement.candidates)


class _Governing:
    """What text and tag come to, with its licences."""

    def __init__(self, resolution: Resolved, knowledge: Knowledge) -> None:
        self._resolution, self._knowledge = resolution, knowledge
        keys = dict.fromkeys(key for one in resolution.alternatives for key in one)
        self._licenses = [knowledge.licenses[key] for key in keys if key in knowledge.licenses]

    def statements(self) -> Iterator[Statement]:
        """The statements that decided, each meaning once."""
        mine = {one.key for one in self._licenses}
        seen: set[tuple[str, ...]] = set()
        for one in self._resolution.statements:
            if one.kind == self._resolution.governs and one.keys and mine & set(one.keys) and one.keys not in seen:
                seen.add(one.keys)
                yield one

    def is_contradicted(self, said: Statement) -> bool:
        """A sentence that names another licence for the weights, or withholds what text and tag grant."""
        if not self._licenses:
            return False
        if any(self._is_withheld(term, value) for term, value in said.restricts):
            return True
        named = [self._knowledge.licenses[key] for key in said.keys or said.candidates]
        if not named:
            return (
                said.expression is None and bool(said.unknown) and all(one.category in _FREE for one in self._licenses)
            )
        if any(self._is_same(one) for one in named):
            return False
        return said.part == "weights" or self._is_stricter(named)

    def _is_same(self, named: License) -> bool:
        expressions = {one.expression for one in self._licenses} | {one.text_of for one in self._licenses}
        return named.expression in expressions or named.key in expressions

    def _is_stricter(self, named: list[License]) -> bool:
        """Each licence that the sentence may mean binds more than those of text and tag."""
        bound = max(_FREEDOM[one.category] for one in self._licenses)
        return min(_FREEDOM[one.category] for one in named) > bound

    def _is_withheld(self, term: Term, value: str) -> bool:
        """The text or tag grants what the sentence withholds; what nobody read grants nothing."""
        granted = {one[term].value for one in self._licenses}
        if granted & {value, "no"} or granted <= _UNSURE:
            return False
        if term is Term.COMMERCIAL_USE and value == "conditional":
            return granted <= {"yes"}
        if term is Term.TERRITORY_EXCLUDED:
            return "stated" not in granted
        return not granted & {"noncommercial_only", "research_only", "not_granted", "private_only"}
