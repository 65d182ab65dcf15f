"""The public record about where a part's weights come from: one TOML file, compiled, looked up by repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from licscan.core.origin import Basis, Denial, Grade, Match, OriginEvidence
from licscan.errors import KnowledgeError

_NEEDED = frozenset({"node", "reference", "match", "grade", "by", "says", "checked", "sources"})
_KEYS = _NEEDED | {
    *("component", "family", "named", "about", "own", "how", "changed", "declared", "withdrawn", "date", "denial"),
}
_DENIAL = frozenset({"by", "date", "says", "sources"})


_PART_KEYS = frozenset({"repo", "license", "license_name", "evidence", "source", "checked"})


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
    checked: str | None = None
    """ISO date on which somebody last looked."""


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
        KnowledgeError: an unknown key, match or grade, or an observation that does not say whose it is or from what.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for one in content.get("origin", ()):
        where = f"data/origins.toml: {one.get('node', '?')}"
        if unknown := sorted(set(one) - _KEYS):
            raise KnowledgeError(f"{where} has an unknown key {unknown[0]!r}")
        if missing := sorted(_NEEDED - set(one)):
            raise KnowledgeError(f"{where} lacks {missing[0]!r}")
        if mistake := next(_mistakes(one), None):
            raise KnowledgeError(f"{where}: {mistake}")
        _evidence(one, where)
        found.setdefault(one["node"].lower(), []).append(dict(one))
    return found


def _mistakes(one: Mapping[str, Any]) -> Iterator[str]:
    """What a lawyer of the company would strike: a claim without its author, its date, its method or its source."""
    if one["grade"] not in set(Basis):
        yield f"grade {one['grade']!r} is none of {', '.join(Basis)}"
    if not one["sources"]:
        yield "it has no source"
    if one["grade"] == Basis.STATEMENT and not ("date" in one and "own" in one):
        yield "a statement needs its date, and `own`: whether the publisher or owner of the weights made it"
    if one["grade"] in {Basis.MEASUREMENT, Basis.INFERENCE} and not one.get("how"):
        yield f"{one['grade']} needs `how`: by which comparison of which files, or from what it was concluded"
    if one.get("named", "model") not in {"model", "family"} or one.get("about", "model") not in {"model", "series"}:
        yield "`named` is model or family, `about` is model or series"
    if one.get("named") == "family" and not one.get("family"):
        yield "it names a family, and `family` is missing"
    if "denial" in one and set(one["denial"]) != _DENIAL:
        yield f"a denial has {', '.join(sorted(_DENIAL))}"


def _evidence(one: Mapping[str, Any], where: str = "data/origins.toml") -> OriginEvidence:
    try:
        return OriginEvidence(
            node=one["node"],
            component=one.get("component"),
            reference=one["reference"],
            match=Match(one["match"]),
            grade=_grade(one),
            says=one["says"],
            family=one.get("family", ""),
            changed=one.get("changed"),
            declared=bool(one.get("declared", False)),
            withdrawn=bool(one.get("withdrawn", False)),
            date=one.get("date"),
            sources=tuple(one["sources"]),
            by=one["by"],
            how=one.get("how", ""),
            said_as=Basis(one["grade"]),
            names_family=one.get("named") == "family",
            denial=_denial(one.get("denial")),
        )
    except ValueError as error:
        raise KnowledgeError(f"{where}: {error}") from error


def _grade(one: Mapping[str, Any]) -> Grade:
    """How much it can carry: only what was said or measured about this very model carries more than a likeness."""
    basis = Basis(one["grade"])
    if one.get("about") == "series" or basis is Basis.INFERENCE:
        return Grade.LIKENESS
    if basis is Basis.STATEMENT:
        return Grade.STATEMENT if one["own"] else Grade.HEARSAY
    return Grade.IDENTITY if Match(one["match"]) is Match.COPY else Grade.STATISTICS


def _denial(said: Mapping[str, Any] | None) -> Denial | None:
    return Denial(said["by"], said["date"], said["says"], tuple(said["sources"])) if said else None


class OriginRecord:
    """All observations that somebody published, and the licences of well-known parts."""

    def __init__(self, compiled: Mapping[str, Any], parts: Mapping[str, Any] | None = None) -> None:
        self._by_node = compiled
        self._parts = parts or {}

    def part(self, repo: str) -> KnownPart | None:
        """The licence of a well-known part's repository."""
        found = self._parts.get(repo.lower())
        return KnownPart(**found) if found is not None else None

    def under(self, org: str) -> tuple[OriginEvidence, ...]:
        """What was published about the models of one account."""
        begins = f"{org.lower()}/"
        return tuple(_evidence(one) for node, all in self._by_node.items() if node.startswith(begins) for one in all)

    def of(self, repo: str) -> tuple[OriginEvidence, ...]:
        """What was published about the parts of this repository."""
        return tuple(_evidence(one) for one in self._by_node.get(repo.lower(), ()))
