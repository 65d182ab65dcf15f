"""A lineage held against the weights themselves: each subject is compared with its parents and possible parents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from licscan.core.artifact import Artifact, NodeKind
from licscan.core.bounds import WEIGHED_REFERENCES
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.core.lineage import Lineage, Link
from licscan.core.origin import INHERITING, Match, OriginEvidence, measured
from licscan.core.report import Question
from licscan.core.text import text
from licscan.sources.protocol import Hub, RepoInfo
from licscan.weights import extra
from licscan.weights.entering import Entry, LinkKey, enter
from licscan.weights.links import MAIN, Found, WeightEvidence, evidence_links, is_younger
from licscan.weights.verdict import Kind

Reference = tuple[RepoInfo, Hub]
_Root = tuple[str, RepoInfo, Hub]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the weights show of a lineage, and every observation."""

    links: tuple[Link, ...] = ()
    """New links, and known ones with what the weights say."""
    gone: frozenset[LinkKey] = frozenset()
    """Links that the new ones replace."""
    revised: tuple[Artifact, ...] = ()
    """Known nodes with what of the comparison did not take place, or with fewer candidates."""
    references: tuple[Reference, ...] = ()
    """Where the parents that only the weights name can be read."""
    observed: tuple[OriginEvidence, ...] = ()
    questions: tuple[Question, ...] = ()
    """Shared origins: to be asked, never an accusation."""


@dataclass(slots=True)
class _Asked:
    """What one subject is held against, and what of that could not be had."""

    references: list[Reference] = field(default_factory=list)
    parts: dict[str, str | None] = field(default_factory=dict)
    """By name: the part that it may be the origin of; None for the whole."""
    unread: dict[str, Gap] = field(default_factory=dict)


def weigh(
    lineage: Lineage,
    roots: Iterable[_Root],
    hub: Hub,
    against: Sequence[Reference] = (),
    stores: Sequence[Path] = (),
) -> Weighed:
    """Compare each subject with its parents and candidates, with what the user names, and with stored fingerprints.

    Raises:
        UsageError: the weights extra is not installed.
        SourceError: a store holds a file that is no fingerprint file.
    """
    extra.check()
    links: list[Link] = []
    gone: set[LinkKey] = set()
    revised: dict[str, Artifact] = {}
    references: list[Reference] = []
    observed: list[OriginEvidence] = []
    for node, info, source in roots:
        asked = _references(node, lineage, hub, against)
        found = evidence_links(info, source, asked.references, node=node, stores=stores)
        entry = enter(found, node, lineage)
        observed += _once([_observed(one, node, entry, asked, info) for one in found.found])
        observed += _without_result(found, node)
        links += entry.links
        gone |= entry.gone
        revised.update((one.id, one) for one in entry.narrowed)
        if (noted := _with_gaps(lineage[node], _gaps(found, asked))) is not lineage[node]:
            revised[node] = noted
        references += [one for one in asked.references if str(one[0].id) not in lineage]
    questions = tuple(_question(one) for one in observed if one.match in {Match.SHARED_ORIGIN, Match.MERGE})
    return Weighed(
        tuple(links), frozenset(gone), tuple(revised.values()), tuple(references), tuple(observed), questions
    )


def _references(node: str, lineage: Lineage, hub: Hub, against: Sequence[Reference]) -> _Asked:
    """What the user names, then parents that are repositories and candidates of parts, each once."""
    asked = _Asked(list(against), {str(info.id): None for info, _ in against})
    for name, part in _names(node, lineage).items():
        repo = RepoId.try_parse(name)
        if name in asked.parts or repo is None:
            continue
        asked.parts[name] = part
        if len(asked.references) >= WEIGHED_REFERENCES.value + len(against):
            asked.unread[name] = WEIGHED_REFERENCES.gap(name)
            continue
        answer = hub.repo(repo)
        if isinstance(answer, Gap):
            asked.unread[name] = answer
        else:
            asked.references.append((answer, hub))
    return asked


def _names(node: str, lineage: Lineage) -> dict[str, str | None]:
    names: dict[str, str | None] = {}
    for link in lineage.up(node):
        parent = lineage[link.parent]
        if link.relation not in INHERITING:
            continue
        if parent.kind is NodeKind.MODEL and parent.gap is None:
            names.setdefault(parent.id, link.component)
        for candidate in parent.candidates:
            names.setdefault(candidate, link.component)
    return names


def _gaps(found: WeightEvidence, asked: _Asked) -> list[Gap]:
    """What of the comparison did not take place, unless another reference has settled the part that it speaks of."""
    settled = {_part(one.component) for one in found.found if one.kind.rank <= Kind.DERIVED.rank}
    gaps = list(found.gaps)
    for name, gap in asked.unread.items():
        if asked.parts.get(name) not in settled:
            gaps.append(Gap(name, gap.reason, f"its weights were not compared with {name}: {gap.detail}", "weights"))
    for comparison in found.comparisons:
        reference = str(comparison.b.id)
        unread = [one for one in comparison.components if one.kind in {Kind.UNTESTABLE, Kind.CANDIDATE}]
        for one in unread:
            if asked.parts.get(reference) in settled or _part(one.name) in settled:
                continue
            why = "; ".join(str(caveat) for caveat in one.caveats[:3]) or "nothing in it could be tested"
            if any(gap.detail in why for gap in found.gaps):
                continue  # the subject's own file, which is told already
            detail = f"{one.name} was not compared with {reference}: {why}"
            gaps.append(Gap(reference, GapReason.MALFORMED, detail, "weights"))
    return gaps


def _with_gaps(artifact: Artifact, gaps: Sequence[Gap]) -> Artifact:
    """Weights that were to be read and could not be are a gap of the node, so that no verdict gets better by it."""
    unread = tuple(Gap(artifact.id, one.reason, one.detail, one.place or "weights") for one in gaps)
    return replace(artifact, file_gaps=artifact.file_gaps + tuple(dict.fromkeys(unread))) if unread else artifact


def _part(component: str) -> str | None:
    return None if component in MAIN else component


def _observed(one: Found, node: str, entry: Entry, asked: _Asked, subject: RepoInfo) -> OriginEvidence:
    """A result as evidence; who took from whom stays open where another reference or the dates explain it better."""
    says, kind = str(one.says), one.kind
    reference = next((info for info, _ in asked.references if str(info.id) == one.reference), None)
    if kind.rank <= Kind.DERIVED.rank:
        if (better := entry.explained.get((_part(one.component), one.reference))) is not None:
            kind, says = Kind.SHARED_ORIGIN, f"{says}; {better} explains it at least as well"
        elif reference is not None and is_younger(reference, subject) and one.reference not in entry.known:
            kind, says = Kind.SHARED_ORIGIN, f"{says}; {one.reference} was created later: ask which of them came first"
    return measured(node, _part(one.component), one.reference, kind.value, says)


def _once(observed: Sequence[OriginEvidence]) -> list[OriginEvidence]:
    """One observation for each part and reference: the strongest, with all that says the same."""
    order = list(Match)
    best: dict[tuple[str | None, str], OriginEvidence] = {}
    for one in sorted(observed, key=lambda one: order.index(one.match)):
        known = best.setdefault((one.component, one.reference), one)
        if known is not one and known.match is one.match:
            best[one.component, one.reference] = replace(known, says=f"{known.says}; {one.says}")
    return list(best.values())


def _question(one: OriginEvidence) -> Question:
    part = one.component or "main weights"
    words = f"weights-{one.node}-{part}-{one.reference}"
    return Question(
        re.sub(r"[^A-Za-z0-9.]+", "-", words).strip("-").lower(),
        text("Do the {part} of {node} come from {reference}?", part=part, node=one.node, reference=one.reference),
        text(
            "The weights are dependent: {says}. That is derivation with heavy training, or the same random start.",
            says=one.says,
        ),
        text("The seed and the hash of the first checkpoint of {node}, or its training log.", node=one.node),
        text("No link is drawn; a claim to be trained from scratch counts as contested."),
        one.node,
        (one.node,),
    )


def _without_result(found: WeightEvidence, node: str) -> list[OriginEvidence]:
    """Parts that were held against a reference and did not match, or could not be tested; each part once."""
    shown = {(_part(one.component), one.reference) for one in found.found}
    least: dict[tuple[str | None, str], Kind] = {}
    for comparison in found.comparisons:
        for one in comparison.components:
            key = (_part(one.name), str(comparison.b.id))
            if key not in shown and one.kind.rank > Kind.MERGE.rank:
                least[key] = min(least.get(key, one.kind), one.kind, key=lambda kind: kind.rank)
    return [
        measured(
            node,
            part,
            reference,
            kind.value,
            f"{part or 'main weights'}: sampled weights compared with {reference}: {kind.value}",
        )
        for (part, reference), kind in least.items()
    ]
