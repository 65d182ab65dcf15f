"""Facts that the user corrects: applied only while the repository says what the correction was written against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from licscan.core.artifact import Artifact, NodeKind
from licscan.core.evidence import Evidence, Gap, GapReason
from licscan.core.finding import Finding
from licscan.core.ids import RepoId
from licscan.core.license import Resolution, Resolved, Unseen
from licscan.core.lineage import Lineage, Link, Relation
from licscan.core.publisher import Publisher
from licscan.core.text import Text, text
from licscan.knowledge import Knowledge
from licscan.licensing.expression import parse
from licscan.policy import Curation, Policy, claims_hash, stale_curation


@dataclass(frozen=True, slots=True)
class Curated:
    """The facts with the user's corrections."""

    lineage: Lineage
    resolutions: Mapping[str, Resolution]
    publishers: Mapping[str, Publisher]
    applied: tuple[str, ...] = ()
    """Sentences for the report: what was corrected, by whom and why."""
    stale: tuple[Finding, ...] = ()
    """Corrections that were not applied."""


def curate(
    lineage: Lineage,
    resolutions: Mapping[str, Resolution],
    publishers: Mapping[str, Publisher],
    policy: Policy,
    knowledge: Knowledge,
) -> Curated:
    """Apply the policy's corrections."""
    facts = Curated(lineage, dict(resolutions), dict(publishers))
    for curation in policy.curations:
        nodes = [node for node in lineage.artifacts if fnmatchcase(node.lower(), curation.repo.lower())]
        problem = text("no such node in this lineage") if not nodes else None
        for node in nodes:
            why = _misfit(lineage[node], curation, knowledge)
            if why is None:
                facts = _apply(facts, node, curation, knowledge)
            else:
                problem = why
        if problem is not None:
            finding = stale_curation(lineage.subjects[0], curation, policy.file, problem)
            facts = replace(facts, stale=(*facts.stale, finding))
    return facts


def to_read(lineage: Lineage, policy: Policy, knowledge: Knowledge) -> tuple[tuple[RepoId, str | None], ...]:
    """The parents that corrections in force name and that the walk did not meet, with the revision to read."""
    named = [
        (repo, parent.partition("@")[2] or None)
        for curation in policy.curations
        if curation.parents
        and any(
            fnmatchcase(node.lower(), curation.repo.lower()) and _misfit(artifact, curation, knowledge) is None
            for node, artifact in lineage.artifacts.items()
        )
        for parent in curation.parents
        if _met(parent, lineage) is None and (repo := RepoId.try_parse(parent.partition("@")[0])) is not None
    ]
    return tuple(sorted(dict(reversed(named)).items()))


def _met(parent: str, lineage: Lineage) -> str | None:
    """The node that a parent's name leads to: by its id, by a name that it answered to, or in another spelling."""
    parent = parent.partition("@")[0]
    if parent in lineage:
        return parent
    names = {}
    for node, artifact in lineage.artifacts.items():
        names[node.lower()] = node
        names.setdefault((artifact.renamed_from or node).lower(), node)
    return names.get(parent.lower())


def _misfit(artifact: Artifact, curation: Curation, knowledge: Knowledge) -> Text | None:
    now = claims_hash(artifact)
    if not curation.corrects or not now.startswith(curation.corrects):
        return text("{node} says something else now (corrects = '{now}')", node=artifact.id, now=now[:16])
    if curation.license is not None:
        expression = parse(curation.license, knowledge)
        if expression is None or not expression.alternatives:
            return text("'{license}' is no licence that is known here", license=curation.license)
    return None


def _apply(facts: Curated, node: str, curation: Curation, knowledge: Knowledge) -> Curated:
    lineage, resolutions, publishers = facts.lineage, dict(facts.resolutions), dict(facts.publishers)
    here = Evidence(node, lineage[node].revision, f"policy#{curation.place}", curation.reason)
    said = []
    if curation.license is not None and (expression := parse(curation.license, knowledge)) is not None:
        before = resolutions[node]
        resolutions[node] = Resolved(
            before.declared,
            (here, *before.evidence),
            before.statements,
            expression.text,
            expression.alternatives,
            governs="curation",
        )
        said.append(f"licence {expression.text}")
    if curation.publisher is not None:
        publishers[node] = Publisher(
            org=lineage[node].org or curation.publisher,
            name=curation.publisher,
            country=curation.country,
            confidence="high",
            sources=(here.place,),
        )
        said.append(f"publisher {curation.publisher}")
    if curation.parents:
        lineage = _with_parents(lineage, node, curation, here)
        for parent in curation.parents:
            resolutions.setdefault(_met(parent, lineage) or parent, Unseen())
        said.append(f"parents {', '.join(curation.parents)}")
    owner = f", {curation.owner}" if curation.owner else ""
    sentence = f"{node}: {'; '.join(said)} ({curation.reason}{owner})"
    return replace(
        facts, lineage=lineage, resolutions=resolutions, publishers=publishers, applied=(*facts.applied, sentence)
    )


def _with_parents(lineage: Lineage, node: str, curation: Curation, here: Evidence) -> Lineage:
    """The lineage with the parents that the user names; one that could not be read is a gap, not an invention."""
    nodes = dict(lineage.artifacts)
    known = {(link.child, link.parent) for link in lineage.links}
    links = list(lineage.links)
    for named in curation.parents:
        parent = _met(named, lineage) or named
        if parent not in nodes:
            detail = "named by a correction in the policy, and not read: it is no name of a repository"
            gap = Gap(parent, GapReason.NOT_A_REPO, detail)
            nodes[parent] = Artifact(parent, NodeKind.MODEL, RepoId.try_parse(parent), gap=gap)
        if (node, parent) not in known:
            revision = named.partition("@")[2] or None
            links.append(Link(node, parent, Relation.UNSTATED, declared=False, evidence=(here,), revision=revision))
    return Lineage.build(lineage.subjects, nodes.values(), links)
