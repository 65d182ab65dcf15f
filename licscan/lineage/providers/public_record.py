"""Parts and bases that the files do not show, from the public record: what a publisher stated, what was measured."""

from __future__ import annotations

from dataclasses import replace

from licscan.core.artifact import Artifact, Fact, FactKind, NodeKind
from licscan.core.evidence import Confidence, Evidence
from licscan.core.lineage import Link, Relation
from licscan.core.origin import Grade, OriginEvidence
from licscan.knowledge.origins import OriginRecord
from licscan.lineage.provider import Learned, Node, Provider
from licscan.sources.protocol import Hub


class PublicRecord(Provider):
    """A link for everything that is on record as inherited and that no other link shows."""

    name = "public record"

    def __init__(self, record: OriginRecord) -> None:
        self._record = record

    def of_node(self, node: Node, hub: Hub) -> Learned:  # noqa: ARG002
        """What is on record of one node, read or not."""
        links: list[Link] = []
        parts: list[Artifact] = []
        for seen in self._record.of(node.artifact.id):
            if seen.shows_inheritance and seen.grade >= Grade.STATEMENT and not _is_shown(seen, (*node.links, *links)):
                place = replace(seen.evidences[0], repo=node.artifact.id, revision=node.artifact.revision)
                links.append(_link(seen, node.artifact, place))
                if seen.component is not None:
                    parts.append(_part(seen, node.artifact, place))
        return Learned(tuple(links), tuple(parts))


def _is_shown(seen: OriginEvidence, links: tuple[Link, ...]) -> bool:
    """A link for the same part is there already; for the main weights, one to the very reference."""
    return any(
        link.component == seen.component and (seen.component or link.parent.lower() == seen.reference.lower())
        for link in links
    )


def _link(seen: OriginEvidence, child: Artifact, place: Evidence) -> Link:
    parent, relation = seen.reference, Relation.CONTINUE_TRAIN if seen.changed else Relation.UNSTATED
    if seen.component is not None:
        parent, relation = f"{child.id}#{seen.component}", Relation.COMPONENT
    return Link(
        child.id,
        parent,
        relation,
        component=seen.component,
        declared=seen.declared,
        confidence=Confidence.LIKELY,
        evidence=(place,),
    )


def _part(seen: OriginEvidence, child: Artifact, place: Evidence) -> Artifact:
    return Artifact(
        id=f"{child.id}#{seen.component}",
        kind=NodeKind.COMPONENT,
        source=child.source,
        as_of=seen.date,
        facts=(Fact(FactKind.ARCHITECTURE, seen.family, place),) if seen.family else (),
        candidates=(seen.reference,),
        publisher=seen.reference.partition("/")[0],
    )
