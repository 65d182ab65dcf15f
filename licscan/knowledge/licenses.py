"""Licence records: TOML files that a lawyer can read, compiled into one line each that a run reads when it needs it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from licscan.core.license import Condition, License, Provision, Reading, Term
from licscan.core.limit import Limit
from licscan.errors import KnowledgeError
from licscan.knowledge.spdx import SpdxList
from licscan.knowledge.vocabulary import LIMIT_WORDS

_PROVISION_KEYS = {"tag", "value", "clause", "says", "triggers", "binding", "condition", "limit"}
_CONDITION_KEYS = {"type", "region"}
_TERMS = frozenset(term.value for term in Term)
_HELP = "see CONTRIBUTING.md, 'add a license'"

Vocabulary = Mapping[str, Mapping[str, object]]
"""The closed lists: `values` by term, conditions, triggers and the words of limits, as `data/terms.toml` has them."""


def license_from(record: Mapping[str, Any], where: str, vocabulary: Vocabulary | None = None) -> License:
    """Turn one record into a `License`.

    Raises:
        KnowledgeError: an unknown term, value, condition, key or type; the message names file and key.
    """
    fields = dict(record)
    provisions = {}
    for entry in fields.pop("term", ()):
        provision = _provision(entry, where)
        if provision.term in provisions:
            raise KnowledgeError(f"{where}: {provision.term} stands twice", "keep one [[term]] entry for each term")
        if vocabulary is not None:
            _check(provision, where, vocabulary)
        provisions[provision.term] = provision
    try:
        return License(
            key=fields.pop("key"),
            name=fields.pop("name"),
            expression=fields.pop("expression"),
            family=fields.pop("family"),
            reading=Reading(fields.pop("reading")),
            provisions=MappingProxyType(provisions),
            hub_ids=tuple(fields.pop("hub_ids", ())),
            aliases=tuple(fields.pop("aliases", ())),
            sources=tuple(fields.pop("sources", ())),
            texts=tuple(fields.pop("texts", ())),
            sha256=tuple(fields.pop("sha256", ())),
            **fields,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise KnowledgeError(f"{where}: {error}", _HELP) from error


def _provision(entry: Mapping[str, Any], where: str) -> Provision:
    tag = str(entry.get("tag"))
    if tag not in _TERMS:
        raise KnowledgeError(f"{where}: {tag!r} is no term", "the vocabulary is in data/terms.toml")
    if unknown := sorted(set(entry) - _PROVISION_KEYS):
        raise KnowledgeError(f"{where}: {tag} has an unknown key {unknown[0]!r}", _HELP)
    return Provision(
        term=Term(tag),
        value=str(entry.get("value")),
        clause=entry.get("clause"),
        conditions=tuple(_condition(one, f"{where}: {tag}") for one in entry.get("condition", ())),
        limits=tuple(_limit(one, f"{where}: {tag}") for one in entry.get("limit", ())),
        says=entry.get("says"),
        triggers=tuple(entry.get("triggers", ())),
        binding=bool(entry.get("binding", True)),
    )


def _condition(entry: Mapping[str, Any], where: str) -> Condition:
    if "type" not in entry:
        raise KnowledgeError(f"{where} has a condition without a type", _HELP)
    if "threshold" in entry:
        raise KnowledgeError(f"{where} has a condition with a threshold", "a figure is a [[term.limit]]")
    return Condition(
        type=str(entry["type"]),
        region=entry.get("region"),
        details=tuple((key, str(value)) for key, value in entry.items() if key not in _CONDITION_KEYS),
    )


def _limit(entry: Mapping[str, Any], where: str) -> Limit:
    try:
        figures = {name: float(entry[name]) for name in ("over", "usd") if name in entry}
        return Limit(**{**entry, **figures})
    except (TypeError, ValueError) as error:
        raise KnowledgeError(f"{where} has a limit that cannot be read: {error}", _HELP) from error


def _check(provision: Provision, where: str, vocabulary: Vocabulary) -> None:
    """Refuse what is not in the closed lists."""
    tag = provision.term.value
    for name, group, given in (
        ("value", f"value {tag}", (provision.value,)),
        ("condition", "condition", tuple(one.type for one in provision.conditions)),
        ("trigger", "trigger", provision.triggers),
        *((word, word, _words_of(provision, word)) for word in LIMIT_WORDS),
    ):
        known = vocabulary.get(group, {})
        for one in given:
            if one not in known:
                raise KnowledgeError(f"{where}: {tag} has the unknown {name} {one!r}", "data/terms.toml lists them")


def _words_of(provision: Provision, field: str) -> tuple[str, ...]:
    """What the provision's limits say in one of their fields."""
    return tuple(word for one in provision.limits if (word := getattr(one, field)) is not None)


class LicenseShelf(Mapping[str, License]):
    """All licences by key; a record is read only when it is asked for.

    Every SPDX licence that has no record of its own is here too, under its id in small letters, with nothing but its
    name: what nobody read is not read, and that is a fact that a report must be able to show.
    """

    def __init__(
        self,
        lines: Mapping[str, int],
        records: Callable[[], tuple[str, ...]],
        spdx: Callable[[], SpdxList],
        vocabulary: Vocabulary | None = None,
    ) -> None:
        self._lines = lines
        self._records = records
        self._spdx = spdx
        self._vocabulary = vocabulary
        self._made: dict[str, License] = {}

    @property
    def written(self) -> tuple[str, ...]:
        """The keys of the licences that have a record of their own, in order."""
        return tuple(self._lines)

    def __getitem__(self, key: str) -> License:
        if key not in self._made:
            self._made[key] = self._make(key)
        return self._made[key]

    def _make(self, key: str) -> License:
        line = self._lines.get(key)
        if line is None:
            return _unread(self._spdx(), key)
        where = f"data/licenses/{key.replace('+', '-plus')}.toml"
        return license_from(json.loads(self._records()[line]), where, self._vocabulary)

    def __contains__(self, key: object) -> bool:
        return key in self._lines or (isinstance(key, str) and key.islower() and self._spdx().find(key) is not None)

    def __iter__(self) -> Iterator[str]:
        yield from self._lines
        yield from self._bare()

    def __len__(self) -> int:
        return len(self._lines) + len(self._bare())

    def _bare(self) -> tuple[str, ...]:
        named = {self[key].expression for key in self._lines}
        return tuple(
            sorted(
                one.id.lower()
                for one in self._spdx().licenses.values()
                if one.id not in named and not one.is_deprecated and one.id.lower() not in self._lines
            )
        )


def _unread(spdx: SpdxList, key: str) -> License:
    listed = spdx.find(key) if key == key.lower() else None
    if listed is None:
        raise KeyError(key)
    return License(
        key=key,
        name=listed.name,
        expression=listed.id,
        family="spdx",
        reading=Reading.NONE,
        osi_approved=listed.is_osi,
        spdx_listed=True,
        url=f"https://spdx.org/licenses/{listed.id}.html",
        sources=(f"https://spdx.org/licenses/{listed.id}.html",),
    )
