"""How copied and derived parts enter a lineage: surer links, new parents, and what another parent explains better."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from licscan.core.artifact import Artifact, NodeKind
from licscan.core.evidence import Confidence
from licscan.core.lineage import Lineage, Link, Relation
from licscan.weights.links import MAIN, Found, WeightEvidence
from licscan.weights.verdict import Kind

_EQUAL_R = 0.005
"""Two references whose likeness differs by less explain a part equally well."""
LinkKey = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one subject's comparisons change in its lineage."""

    links: tuple[Link, ...]
    """New links, and known ones with what the weights say."""
    gone: frozenset[LinkKey]
    """Links that the new ones replace."""
    narrowed: tuple[Artifact, ...]
    """Parts of a known family that may come from fewer repositories now."""
    explained: Mapping[tuple[str | None, str], str]
    """By part and reference: the parent that explains the likeness at least as well."""
    known: frozenset[str]
    """What the lineage had above the subject before."""


def enter(found: WeightEvidence, node: str, lineage: Lineage) -> Entry:
    """Sort the certain links of a subject: the best reference of each part enters, the rest is a question."""
    known = _known(node, lineage)
    strength = _strengths(found)
    by_part: dict[str | None, list[Link]] = defaultdict(list)
    for link in found.links:
        by_part[link.component].append(link)
    links: list[Link] = []
    gone: set[LinkKey] = set()
    narrowed: list[Artifact] = []
    explained: dict[tuple[str | None, str], str] = {}
    for part, offered in sorted(by_part.items(), key=lambda one: one[0] or ""):
        there = [link for link in lineage.up(node) if _is_about(link, part)]
        family = [link for link in there if lineage[link.parent].kind is NodeKind.COMPONENT]
        best = _best(part, offered, strength, known)
        best = best if family else _earliest(best, found)
        explained.update({(part, one.parent): best[0].parent for one in offered if one not in best})
        if family and len(best) > 1:
            names = tuple(link.parent for link in best)
            narrowed += [replace(lineage[link.parent], candidates=names) for link in family]
            links += [_surer(link, best) for link in family]
            gone |= {link.key for link in family}
            gone |= {one.key for link in family for one in lineage.up(link.parent) if one.parent not in names}
            continue
        gone |= {link.key for link in family}
        for link in best:
            same = [one for one in there if one.parent == link.parent]
            gone |= {one.key for one in same}
            before = tuple(one for old in family for one in old.evidence)
            if same:
                links += [_surer(one, [link]) for one in same]
            elif family or link.parent not in known:
                links.append(replace(link, evidence=(*link.evidence, *before)))
    return Entry(tuple(links), frozenset(gone), tuple(narrowed), explained, known)


def _known(node: str, lineage: Lineage) -> frozenset[str]:
    """What stands above a subject; the repositories that a part may be from are no more than possible."""
    known: set[str] = set()
    level = {node}
    while level:
        below = [one for one in level if lineage[one].kind is not NodeKind.COMPONENT]
        level = {link.parent for one in below for link in lineage.up(one)} - known
        known |= level
    return frozenset(known)


def _is_about(link: Link, part: str | None) -> bool:
    if part is None:
        return link.relation is not Relation.COMPONENT and link.relation is not Relation.TRAINED_ON
    return link.relation is Relation.COMPONENT and link.component == part


def _surer(link: Link, shown: Sequence[Link]) -> Link:
    """A link that the lineage had, now that the weights say so too; what it rests on stands first."""
    weights = tuple(one for each in shown for one in each.evidence)
    is_sure = link.declared or link.confidence is Confidence.CERTAIN
    evidence = (*link.evidence, *weights) if is_sure else (*weights, *link.evidence)
    return replace(link, confidence=Confidence.CERTAIN, evidence=evidence, share=link.share or shown[0].share)


def _strengths(found: WeightEvidence) -> dict[tuple[str | None, str], tuple[int, float]]:
    """By part and reference, the best result: its rank and, turned so that less is better, its likeness."""
    best: dict[tuple[str | None, str], tuple[int, float]] = {}
    for one in found.found:
        key = (None if one.component in MAIN else one.component, one.reference)
        if one.kind.rank <= Kind.DERIVED.rank:
            best[key] = min(best.get(key, (99, 0.0)), _strength(one))
    return best


def _strength(one: Found) -> tuple[int, float]:
    return one.kind.rank, -(1.0 if one.r is None else one.r)


def _best(
    part: str | None,
    offered: Sequence[Link],
    strength: Mapping[tuple[str | None, str], tuple[int, float]],
    known: frozenset[str],
) -> list[Link]:
    """The reference that explains a part best; the one that the lineage knows where several do equally well."""

    def of(link: Link) -> tuple[int, float]:
        return strength.get((part, link.parent), (99, 0.0))

    rank, r = min(of(link) for link in offered)
    equal = [link for link in offered if of(link)[0] == rank and of(link)[1] <= r + _EQUAL_R]
    return [link for link in equal if link.parent in known] or equal


def _earliest(best: list[Link], found: WeightEvidence) -> list[Link]:
    """Of references that explain a part equally well, the one that was there first, where the dates tell."""
    created = {str(one.b.id): one.b.created for one in found.comparisons}
    dates = [created.get(link.parent) for link in best]
    if len(best) < 2 or any(date is None for date in dates):
        return best
    first = min(str(date) for date in dates)
    return [link for link, date in zip(best, dates, strict=True) if date == first]
