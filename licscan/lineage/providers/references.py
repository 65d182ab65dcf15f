"""The models that the user names with `--against`: a weights file of theirs that the subject holds, too.

The order of names says nothing, and dates may not either: equal bytes are told in any case. A reference that is older,
or that may be, is a possible parent; one that was certainly created later is none, and a fact worth knowing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from licscan.core.artifact import Artifact, NodeKind, Source
from licscan.core.evidence import Confidence, Gap, GapReason
from licscan.core.lineage import Link
from licscan.lineage.equal_hashes import equal_pair, with_younger
from licscan.lineage.provider import NOTHING, Learned, Provider, Walked
from licscan.sources.protocol import Hub, RepoInfo

_PLACE = "listing"


class References(Provider):
    """Links from a subject to the models that the user holds against it, where they hold the same large file.

    With `hashed`, folders on disk are hashed for it as well, which reads all of them.
    """

    name = "against"
    lookups = None

    def __init__(self, against: Sequence[tuple[RepoInfo, Hub]], *, hashed: bool) -> None:
        self._against, self._hashed = against, hashed
        self._is_done = False

    def of_lineage(self, walked: Walked, hub: Hub) -> Learned:  # noqa: ARG002
        """What the subjects share with the references, once, where nothing surer leads to them."""
        if self._is_done or not self._against:
            return NOTHING
        self._is_done = True
        links: list[Link] = []
        revised: dict[str, Artifact] = {}
        for node, info, source in walked.roots:
            whole = walked.lineage[node]
            known = {node, str(info.id), *(link.parent for link in walked.lineage.up(node))}
            for other, at in self._against:
                link = None if str(other.id) in known else self._compared(whole, info, source, other, at)
                if isinstance(link, Gap):
                    revised[node] = _with_gap(revised.get(node, whole), other, link)
                elif link is not None and link.confidence is Confidence.POSSIBLE:
                    revised[node] = with_younger(revised.get(node, whole), link)
                elif link is not None:
                    links.append(link)
        named = {link.parent for link in links}
        places = tuple(one for one in self._against if str(one[0].id) in named)
        changed = tuple(one for one in revised.values() if one != walked.lineage[one.id])
        return Learned(tuple(links), revised=changed, places=places)

    def _compared(self, whole: Artifact, info: RepoInfo, source: Hub, other: RepoInfo, at: Hub) -> Link | Gap | None:
        """The link to a reference that holds the same file, or what kept us from looking."""
        blank = Artifact(str(other.id), NodeKind.MODEL, other.id, other.revision, created=other.created)
        ours, theirs = self._listed(whole, info, source), self._listed(blank, other, at)
        if isinstance(ours, Gap) or isinstance(theirs, Gap):
            return ours if isinstance(ours, Gap) else theirs if isinstance(theirs, Gap) else None
        return equal_pair(ours, theirs)

    def _listed(self, artifact: Artifact, info: RepoInfo, source: Hub) -> Artifact | Gap:
        """The node with the hashes of its files."""
        if any(entry.sha256 or entry.xet for entry in artifact.files or ()):
            return artifact
        if info.source is Source.PATH and not self._hashed:
            return artifact
        answer = source.listing(info)
        return answer if isinstance(answer, Gap) else replace(artifact, files=answer)


def _with_gap(artifact: Artifact, other: RepoInfo, gap: Gap) -> Artifact:
    """The subject says what could not be compared; what the run is not to look at is none of its gaps."""
    told = Gap(artifact.id, gap.reason, f"the hashes of {other.id} were not seen: {gap.detail}", _PLACE)
    is_known = gap.reason is GapReason.OFFLINE or any(one.place == _PLACE for one in artifact.file_gaps)
    return artifact if is_known else replace(artifact, file_gaps=(*artifact.file_gaps, told))
