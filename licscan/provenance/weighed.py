"""A lineage held against the weights themselves: each subject's parents and possible parents are compared with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from licscan.core.artifact import Artifact, NodeKind
from licscan.core.evidence import Gap
from licscan.core.ids import RepoId
from licscan.core.lineage import Lineage, Link, Relation
from licscan.core.origin import INHERITING, OriginEvidence, measured
from licscan.hub.reading import read_repo
from licscan.hub.source import Hub, RepoInfo
from licscan.provenance.compare import Comparison
from licscan.provenance.links import Found, WeightEvidence, evidence_links
from licscan.provenance.verdict import Kind

_MOST = 4
"""References that one subject is held against."""
_MAIN = frozenset({"language_model", "embeddings", "lm_head", "unclassified", "mtp"})


@dataclass(frozen=True, slots=True)
class Weighed:
    """The lineage with what the weights show, and every observation."""

    lineage: Lineage
    observed: tuple[OriginEvidence, ...] = ()


def weigh(lineage: Lineage, roots: Iterable[tuple[str, RepoInfo, Hub]], hub: Hub) -> Weighed:
    """Compare each subject with its parents and candidates.

    Raises:
        UsageError: the weights extra is not installed.
    """
    artifacts, links = dict(lineage.artifacts), list(lineage.links)
    observed: list[OriginEvidence] = []
    for node, info, source in roots:
        references = _references(node, lineage, hub)
        found = evidence_links(info, source, references, node=node)
        observed += [_observed(one, node) for one in found.found]
        observed += [one for comparison in found.comparisons for one in _without_result(comparison, node)]
        artifacts[node] = _with_gaps(artifacts[node], found.gaps)
        for link in _new(found, node, lineage):
            links.append(link)
            if link.parent not in artifacts:
                artifacts[link.parent] = _read(link.parent, references, hub)
    return Weighed(Lineage.build(lineage.subjects, artifacts.values(), links), tuple(observed))


def _with_gaps(artifact: Artifact, gaps: Sequence[Gap]) -> Artifact:
    """Weights that were to be read and could not be are a gap of the node, so that no verdict gets better by it."""
    unread = tuple(Gap(artifact.id, one.reason, one.detail, one.place or "weights") for one in gaps)
    return replace(artifact, file_gaps=artifact.file_gaps + unread) if unread else artifact


def _references(node: str, lineage: Lineage, hub: Hub) -> list[tuple[RepoInfo, Hub]]:
    """Parents that are repositories, and the candidates of parts, nearest first and each once."""
    names: dict[str, None] = {}
    for link in lineage.up(node):
        if link.relation not in INHERITING:
            continue
        parent = lineage[link.parent]
        if parent.kind is NodeKind.MODEL and parent.gap is None:
            names[parent.id] = None
        names.update(dict.fromkeys(parent.candidates))
    found: list[tuple[RepoInfo, Hub]] = []
    for name in names:
        repo = RepoId.try_parse(name)
        info = hub.repo(repo) if repo is not None and len(found) < _MOST else None
        if isinstance(info, RepoInfo):
            found.append((info, hub))
    return found


def _observed(one: Found, node: str) -> OriginEvidence:
    component = None if one.component in _MAIN else one.component
    return measured(node, component, one.reference, one.kind.value, str(one.says))


def _without_result(comparison: Comparison, node: str) -> list[OriginEvidence]:
    """Parts that were held against a reference and did not match, or could not be tested."""
    reference = str(comparison.b.id)
    return [
        measured(
            node,
            None if one.name in _MAIN else one.name,
            reference,
            one.kind.value,
            f"{one.name}: sampled weights compared with {reference}: {one.kind.value}",
        )
        for one in comparison.components
        if one.kind.rank > Kind.MERGE.rank
    ]


def _new(found: WeightEvidence, node: str, lineage: Lineage) -> list[Link]:
    """Links that the lineage has not: a part that stands there by its family is only better known now."""
    there = {(link.component, link.parent) for link in lineage.up(node)}
    parts = {link.component for link in lineage.up(node) if link.relation is Relation.COMPONENT}
    whole = {link.parent for link in lineage.up(node) if link.relation is not Relation.COMPONENT}
    return [
        link
        for link in found.links
        if (link.component, link.parent) not in there
        and (link.component not in parts if link.component else link.parent not in whole)
    ]


def _read(name: str, references: Sequence[tuple[RepoInfo, Hub]], hub: Hub) -> Artifact:
    """The node of a reference that no card and no file names."""
    for info, source in references:
        if str(info.id) == name:
            return read_repo(info, source, deep=False).artifact
    repo = RepoId.try_parse(name)
    answer = hub.repo(repo) if repo is not None else None
    if isinstance(answer, RepoInfo):
        return read_repo(answer, hub, deep=False).artifact
    return Artifact(id=name, kind=NodeKind.MODEL, repo=repo, gap=answer)
