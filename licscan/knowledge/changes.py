"""Licence changes that happened: one TOML file, compiled into JSON; looked up by organisation or by repository."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields as fields_of
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from licscan.core.change import LicenseChange
from licscan.errors import KnowledgeError
from licscan.knowledge.sources import SURENESS

_KEYS = frozenset(one.name for one in fields_of(LicenseChange))
_KINDS = frozenset({"in_place", "between_versions", "withdrawal", "gating", "aup_update", "closed_successor"})
_SURE = {"repository_history": "high", "hub_tag": "high", "stored_page": "medium", "background": "low"}
"""How sure a change may be called, at most, by where it was seen."""
_DIRECTIONS = frozenset(
    {"more_permissive", "more_restrictive", "region_blocked", "withdrawn", "closed_successor", "mixed", "neutral"}
)


def compile_changes(content: Mapping[str, Any], licenses: Collection[str]) -> dict[str, Any]:
    """Check the changes and put them into the shape that a run loads.

    Raises:
        KnowledgeError: an unknown key, kind, direction or licence, or an id that stands twice.
    """
    seen: set[str] = set()
    for one in content.get("change", ()):
        where = f"data/changes.toml: {one.get('id', '?')}"
        if unknown := sorted(set(one) - _KEYS):
            raise KnowledgeError(f"{where} has an unknown key {unknown[0]!r}")
        if one["id"] in seen:
            raise KnowledgeError(f"{where} stands twice")
        if not one.get("sources") or not one.get("checked"):
            raise KnowledgeError(f"{where} has no source, or no date on which it was checked")
        sure = _SURE.get(one.get("evidence", ""))
        if sure is None or SURENESS.index(one.get("confidence", "medium")) < SURENESS.index(sure):
            raise KnowledgeError(
                f"{where}: confidence {one.get('confidence')!r} is more than {one.get('evidence')!r} shows"
            )
        if one["kind"] not in _KINDS or one["direction"] not in _DIRECTIONS:
            raise KnowledgeError(f"{where}: kind {one['kind']!r} or direction {one['direction']!r} is not known")
        for key in (*one.get("before_keys", ()), *one.get("after_keys", ())):
            if key not in licenses:
                raise KnowledgeError(f"{where} names the licence {key!r}, which data/licenses does not have")
        seen.add(one["id"])
    return {"changes": list(content.get("change", ()))}


def change_from(record: Mapping[str, Any]) -> LicenseChange:
    """Turn one record into a `LicenseChange`."""
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in record.items()}
    return LicenseChange(**fields)


class ChangeLog:
    """All known licence changes."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self._records: list[Mapping[str, Any]] = compiled["changes"]

    @cached_property
    def all(self) -> tuple[LicenseChange, ...]:
        """Every change, oldest first."""
        return tuple(sorted((change_from(one) for one in self._records), key=lambda one: (one.date, one.id)))

    @cached_property
    def _by_org(self) -> Mapping[str, tuple[LicenseChange, ...]]:
        found: dict[str, list[LicenseChange]] = {}
        for change in self.all:
            for org in dict.fromkeys(org.lower() for org in change.orgs):
                found.setdefault(org, []).append(change)
        return {org: tuple(changes) for org, changes in found.items()}

    def of(self, org: str) -> tuple[LicenseChange, ...]:
        """The changes of one organisation, oldest first."""
        return self._by_org.get(org.lower(), ())

    def at(self, repo: str) -> tuple[LicenseChange, ...]:
        """The changes that concern this very repository, oldest first."""
        org = repo.partition("/")[0]
        return tuple(
            change
            for change in self.of(org)
            if any(fnmatchcase(repo.lower(), pattern.lower()) for pattern in change.repos)
        )
