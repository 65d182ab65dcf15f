"""The public record about where a part's weights come from: one TOML file, compiled, looked up by repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from licscan.core.origin import Grade, Match, OriginEvidence
from licscan.errors import KnowledgeError

_KEYS = frozenset(
    {
        "node",
        "component",
        "reference",
        "match",
        "grade",
        "says",
        "family",
        "changed",
        "declared",
        "withdrawn",
        "date",
        "sources",
    }
)
_NEEDED = frozenset({"node", "reference", "match", "grade", "says", "sources"})


_PART_KEYS = frozenset({"repo", "license", "license_name", "evidence", "source"})


@dataclass(frozen=True, slots=True)
class KnownPart:
    """The licence of a repository that holds a well-known part, for when the repository cannot be asked."""

    repo: str
    license: str
    """The licence id of its card."""
    license_name: str | None
    evidence: str
    """`seen` or `background`."""
    source: str


def compile_parts(content: Mapping[str, Any]) -> dict[str, Any]:
    """Check the well-known parts and key them by repository.

    Raises:
        KnowledgeError: an unknown key or grade of evidence.
    """
    found: dict[str, Any] = {}
    for one in content.get("part", ()):
        where = f"data/parts.toml: {one.get('repo', '?')}"
        if unknown := sorted(set(one) - _PART_KEYS):
            raise KnowledgeError(f"{where} has an unknown key {unknown[0]!r}")
        if one.get("evidence") not in {"seen", "background"}:
            raise KnowledgeError(f"{where}: evidence must be seen or background")
        found[one["repo"].lower()] = {"license_name": None, **one}
    return found


def compile_origins(content: Mapping[str, Any]) -> dict[str, Any]:
    """Check the record and group it by repository.

    Raises:
        KnowledgeError: an unknown key, match or grade.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for one in content.get("origin", ()):
        where = f"data/origins.toml: {one.get('node', '?')}"
        if unknown := sorted(set(one) - _KEYS):
            raise KnowledgeError(f"{where} has an unknown key {unknown[0]!r}")
        if missing := sorted(_NEEDED - set(one)):
            raise KnowledgeError(f"{where} lacks {missing[0]!r}")
        _evidence(one, where)
        found.setdefault(one["node"].lower(), []).append(dict(one))
    return found


def _evidence(one: Mapping[str, Any], where: str = "data/origins.toml") -> OriginEvidence:
    try:
        return OriginEvidence(
            node=one["node"],
            component=one.get("component"),
            reference=one["reference"],
            match=Match(one["match"]),
            grade=Grade(int(str(one["grade"]).removeprefix("E"))),
            says=one["says"],
            family=one.get("family", ""),
            changed=one.get("changed"),
            declared=bool(one.get("declared", False)),
            withdrawn=bool(one.get("withdrawn", False)),
            date=one.get("date"),
            sources=tuple(one["sources"]),
        )
    except ValueError as error:
        raise KnowledgeError(f"{where}: {error}") from error


class OriginRecord:
    """All observations that somebody published, and the licences of well-known parts."""

    def __init__(self, compiled: Mapping[str, Any], parts: Mapping[str, Any] | None = None) -> None:
        self._by_node = compiled
        self._parts = parts or {}

    def part(self, repo: str) -> KnownPart | None:
        """The licence of a well-known part's repository."""
        found = self._parts.get(repo.lower())
        return KnownPart(**found) if found is not None else None

    def of(self, repo: str) -> tuple[OriginEvidence, ...]:
        """What was published about the parts of this repository."""
        return tuple(_evidence(one) for one in self._by_node.get(repo.lower(), ()))
