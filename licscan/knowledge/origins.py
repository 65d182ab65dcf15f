"""The public record about where a part's weights come from: one TOML file, compiled, looked up by repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licscan.core.origin import Grade, Match, OriginEvidence
from licscan.errors import KnowledgeError

_KEYS = frozenset(
    {"node", "component", "reference", "match", "grade", "says", "changed", "withdrawn", "date", "sources"}
)
_NEEDED = frozenset({"node", "reference", "match", "grade", "says", "sources"})


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
            changed=one.get("changed"),
            withdrawn=bool(one.get("withdrawn", False)),
            date=one.get("date"),
            sources=tuple(one["sources"]),
        )
    except ValueError as error:
        raise KnowledgeError(f"{where}: {error}") from error


class OriginRecord:
    """All observations that somebody published."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self._by_node = compiled

    def of(self, repo: str) -> tuple[OriginEvidence, ...]:
        """What was published about the parts of this repository."""
        return tuple(_evidence(one) for one in self._by_node.get(repo.lower(), ()))
