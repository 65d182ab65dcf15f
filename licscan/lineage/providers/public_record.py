"""Parts and bases that the files do not show, from the public record: what a publisher stated, what was measured."""

from __future__ import annotations

from licscan.core.artifact import Artifact, Fact, FactKind, NodeKind
from licscan.core.evidence import Confidence, Evidence, Gap, GapReason
from licscan.core.ids import RepoId
from licscan.core.lineage import Lineage, Link, Relation
from licscan.core.origin import Grade, OriginEvidence
from licscan.extract.repository import read_repo
from licscan.knowledge.origins import OriginRecord
from licscan.sources.protocol import Hub, RepoInfo


def with_record(lineage: Lineage, hub: Hub, record: OriginRecord) -> Lineage:
    """The lineage with a link for everything that is on record as inherited and that no link shows yet."""
    artifacts = dict(lineage.artifacts)
    links: list[Link] = []
    for node in lineage.artifacts:
        for seen in record.of(node):
            if seen.shows_inheritance and seen.grade >= Grade.STATEMENT and not _is_shown(seen, node, lineage, links):
                links.append(_link(seen, node, hub, artifacts))
    if not links:
        return lineage
    return Lineage.build(lineage.subjects, artifacts.values(), (*lineage.links, *links))


def _is_shown(seen: OriginEvidence, node: str, lineage: Lineage, added: list[Link]) -> bool:
    """A link for the same part is there already; for the main weights, any link to the reference's family will do."""
    for link in (*lineage.up(node), *added):
        if (
            link.child == node
            and link.component == seen.component
            and (seen.component or link.parent == seen.reference)
        ):
            return True
    return False


def _link(seen: OriginEvidence, node: str, hub: Hub, artifacts: dict[str, Artifact]) -> Link:
    child = artifacts[node]
    place = Evidence(
        node, child.revision, f"public record, {seen.date or 'undated'}", f"{seen.says} ({', '.join(seen.sources)})"
    )
    if seen.component is None:
        if seen.reference not in artifacts:
            artifacts[seen.reference] = _read(seen.reference, hub)
        parent, relation = seen.reference, Relation.CONTINUE_TRAIN if seen.changed else Relation.UNSTATED
    else:
        parent, relation = f"{node}#{seen.component}", Relation.COMPONENT
        artifacts[parent] = Artifact(
            id=parent,
            kind=NodeKind.COMPONENT,
            source=child.source,
            as_of=seen.date,
            facts=(Fact(FactKind.ARCHITECTURE, seen.family, place),) if seen.family else (),
            candidates=(seen.reference,),
            publisher=seen.reference.partition("/")[0],
        )
    return Link(
        node,
        parent,
        relation,
        component=seen.component,
        declared=seen.declared,
        confidence=Confidence.LIKELY,
        evidence=(place,),
    )


def _read(name: str, hub: Hub) -> Artifact:
    """The base as one request tells it; what is above it is not followed from a record."""
    repo = RepoId.try_parse(name)
    answer = hub.repo(repo) if repo is not None else Gap(name, GapReason.NOT_A_REPO, "not a repository name")
    if isinstance(answer, RepoInfo):
        return read_repo(answer, hub, deep=False).artifact
    return Artifact(id=name, kind=NodeKind.MODEL, repo=repo, gap=answer)
