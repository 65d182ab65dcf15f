"""Facts that the user corrects: applied only while the repository says what the correction was written against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from licscan.core.artifact import Artifact
from licscan.core.evidence import Evidence
from licscan.core.finding import Finding
from licscan.core.license import Resolution, Resolved
from licscan.core.lineage import Lineage
from licscan.core.publisher import Publisher
from licscan.core.text import Text, text
from licscan.knowledge import Knowledge
from licscan.licensing.expression import parse
from licscan.policy import Curation, Policy, claims_hash, stale_curation


@dataclass(frozen=True, slots=True)
class Curated:
    """The facts with the user's corrections; the parents that they name are links of the lineage already."""

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
    facts = Curated(dict(resolutions), dict(publishers))
    for curation in policy.curations:
        nodes = [node for node in lineage.artifacts if fnmatchcase(node.lower(), curation.repo.lower())]
        problem = text("no such node in this lineage") if not nodes else None
        for node in nodes:
            why = _misfit(lineage[node], curation, knowledge)
            if why is None:
                facts = _apply(facts, lineage[node], curation, knowledge)
            else:
                problem = why
        if problem is not None:
            finding = stale_curation(lineage.subjects[0], curation, policy.file, problem)
            facts = replace(facts, stale=(*facts.stale, finding))
    return facts


def named_parents(artifact: Artifact, policy: Policy, knowledge: Knowledge) -> tuple[tuple[str, Evidence], ...]:
    """The parents that corrections in force name for a node, as the user wrote them, and where.

    A name may carry a revision: `org/model@REVISION`.
    """
    return tuple(
        (parent, _place(artifact, curation))
        for curation in policy.curations
        if curation.parents and fnmatchcase(artifact.id.lower(), curation.repo.lower())
        if _misfit(artifact, curation, knowledge) is None
        for parent in curation.parents
    )


def _place(artifact: Artifact, curation: Curation) -> Evidence:
    return Evidence(artifact.id, artifact.revision, f"policy#{curation.place}", curation.reason)


def _misfit(artifact: Artifact, curation: Curation, knowledge: Knowledge) -> Text | None:
    now = claims_hash(artifact)
    if not curation.corrects or not now.startswith(curation.corrects):
        return text("{node} says something else now (corrects = '{now}')", node=artifact.id, now=now[:16])
    if curation.license is not None:
        expression = parse(curation.license, knowledge)
        if expression is None or not expression.alternatives:
            return text("'{license}' is no licence that is known here", license=curation.license)
    return None


def _apply(facts: Curated, artifact: Artifact, curation: Curation, knowledge: Knowledge) -> Curated:
    node, resolutions, publishers = artifact.id, dict(facts.resolutions), dict(facts.publishers)
    here = _place(artifact, curation)
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
            org=artifact.org or curation.publisher,
            name=curation.publisher,
            country=curation.country,
            confidence="high",
            sources=(here.place,),
        )
        said.append(f"publisher {curation.publisher}")
    if curation.parents:
        said.append(f"parents {', '.join(curation.parents)}")
    owner = f", {curation.owner}" if curation.owner else ""
    sentence = f"{node}: {'; '.join(said)} ({curation.reason}{owner})"
    return replace(facts, resolutions=resolutions, publishers=publishers, applied=(*facts.applied, sentence))
