"""Licence records: TOML files that a lawyer can read, compiled into one JSON file that a run loads lazily."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from licscan.core.license import Condition, License, Provision, Reading, Term
from licscan.errors import KnowledgeError

_PROVISION_KEYS = {"tag", "value", "clause", "says", "triggers", "binding", "condition"}
_CONDITION_KEYS = {"type", "threshold", "region"}
_TERMS = frozenset(term.value for term in Term)


def license_from(record: Mapping[str, Any], where: str) -> License:
    """Turn one record into a `License`.

    Raises:
        KnowledgeError: an unknown term, key or value; the message names file and key.
    """
    fields = dict(record)
    provisions = {}
    for entry in fields.pop("term", ()):
        provision = _provision(entry, where)
        if provision.term in provisions:
            raise KnowledgeError(f"{where}: {provision.term} stands twice", "keep one [[term]] entry for each term")
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
            **fields,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise KnowledgeError(f"{where}: {error}", "see CONTRIBUTING.md, 'add a license'") from error


def _provision(entry: Mapping[str, Any], where: str) -> Provision:
    tag = str(entry.get("tag"))
    if tag not in _TERMS:
        raise KnowledgeError(f"{where}: {tag!r} is no term", "the vocabulary is in data/terms.toml")
    if unknown := sorted(set(entry) - _PROVISION_KEYS):
        raise KnowledgeError(f"{where}: {tag} has an unknown key {unknown[0]!r}", "see CONTRIBUTING.md")
    return Provision(
        term=Term(tag),
        value=str(entry.get("value")),
        clause=entry.get("clause"),
        conditions=tuple(_condition(one) for one in entry.get("condition", ())),
        says=entry.get("says"),
        triggers=tuple(entry.get("triggers", ())),
        binding=bool(entry.get("binding", True)),
    )


def _condition(entry: Mapping[str, Any]) -> Condition:
    threshold = entry.get("threshold")
    return Condition(
        type=str(entry["type"]),
        threshold=None if threshold is None else float(threshold),
        region=entry.get("region"),
        details=tuple((key, str(value)) for key, value in entry.items() if key not in _CONDITION_KEYS),
    )


class LicenseShelf(Mapping[str, License]):
    """All licences by key; a record is turned into a `License` only when it is asked for."""

    def __init__(self, records: Mapping[str, Mapping[str, Any]]) -> None:
        self._records = records
        self._made: dict[str, License] = {}

    def __getitem__(self, key: str) -> License:
        if key not in self._made:
            self._made[key] = license_from(self._records[key], f"data/licenses/{key}.toml")
        return self._made[key]

    def __contains__(self, key: object) -> bool:
        return key in self._records

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)
