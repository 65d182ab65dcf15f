"""The repositories that a part of a known family may have been taken from: each of them is read and followed.

The part carries the licence claims of its candidates side by side, so that licences which differ become a dispute and
no choice; what stands above a candidate stands above the part.
"""

from __future__ import annotations

from dataclasses import replace

from licscan.core.artifact import Artifact, Claim, ClaimKind, NodeKind
from licscan.core.bounds import CANDIDATES
from licscan.core.evidence import Confidence, Evidence
from licscan.core.ids import RepoId
from licscan.core.lineage import Lineage, Link, Relation
from licscan.knowledge.origins import OriginRecord
from licscan.lineage.provider import NOTHING, Learned, Node, Provider, Walked
from licscan.sources.protocol import Hub


class Candidates(Provider):
    """Links from a part to what it may be, and what these say of its licence.

    Of a part that may come from more repositories than the limit it is not known which: it stays without a licence.
    `record` answers for well-known parts whose repository cannot be asked.
    """

    name = "candidates"

    def __init__(self, record: OriginRecord) -> None:
        self._record = record

    def of_node(self, node: Node, hub: Hub) -> Learned:  # noqa: ARG002
        """The candidates of a part as its possible parents."""
        artifact = node.artifact
        if not _is_open(artifact):
            return _too_many(artifact)
        sure = Confidence.LIKELY if len(artifact.candidates) == 1 else Confidence.POSSIBLE
        return Learned(
            tuple(
                Link(
                    artifact.id,
                    name,
                    Relation.UNSTATED,
                    declared=False,
                    confidence=sure,
                    evidence=tuple(fact.evidence for fact in artifact.facts[:1])
                    or (Evidence(artifact.id, None, "candidates", f"may be {name}"),),
                )
                for name in artifact.candidates
                if RepoId.try_parse(name) is not None
            )
        )

    def of_lineage(self, walked: Walked, hub: Hub) -> Learned:  # noqa: ARG002
        """What the candidates, now that they were read, say of the licence of their part."""
        told = []
        for part in walked.lineage.artifacts.values():
            if _is_open(part) and not part.claims:
                found = [self._claims(link.parent, walked.lineage) for link in walked.lineage.up(part.id)]
                # One candidate that could not be read leaves open what the licence is.
                if found and all(found):
                    claims = tuple(dict.fromkeys(claim for each in found for claim in each))
                    told.append(replace(part, claims=claims))
        return Learned(revised=tuple(told))

    def _claims(self, name: str, lineage: Lineage) -> tuple[Claim, ...]:
        """What one candidate says of its licence."""
        read = lineage[name]
        # A candidate that was read in part may hide in the rest what its card does not say.
        return read.claims if read.claims and not read.file_gaps else self._recorded(name)

    def _recorded(self, name: str) -> tuple[Claim, ...]:
        part = self._record.part(name)
        if part is None:
            return ()
        says = f"{part.license_name or part.license} ({part.source}; {part.evidence})"
        place = Evidence(part.repo, None, "known part", says)
        tag = Claim(ClaimKind.TAG, part.license, place)
        return (tag, Claim(ClaimKind.NAME, part.license_name, place)) if part.license_name else (tag,)


def _too_many(artifact: Artifact) -> Learned:
    if artifact.kind is not NodeKind.COMPONENT or not artifact.candidates:
        return NOTHING
    gap = CANDIDATES.gap(artifact.id, artifact.candidates, "candidates")
    return Learned(revised=(replace(artifact, file_gaps=(*artifact.file_gaps, gap)),))


def _is_open(artifact: Artifact) -> bool:
    return artifact.kind is NodeKind.COMPONENT and 0 < len(artifact.candidates) <= CANDIDATES.value
