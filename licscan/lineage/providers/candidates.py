"""The licence of a part whose family is known: what the repositories say that it may have been taken from."""

from __future__ import annotations

from dataclasses import replace

from licscan.core.artifact import Artifact, Claim, ClaimKind, NodeKind
from licscan.core.evidence import Evidence
from licscan.core.ids import RepoId
from licscan.core.lineage import Lineage
from licscan.extract.repository import read_repo
from licscan.knowledge.origins import OriginRecord
from licscan.sources.protocol import Hub, RepoInfo

_MOST = 4
"""A part that may come from more repositories than this stays without a licence: it is not known which."""
_PARTS = 12
"""Parts of one lineage whose candidates are read."""


def with_candidates(lineage: Lineage, hub: Hub, record: OriginRecord) -> Lineage:
    """The lineage whose parts carry the licence claims of their candidates.

    With several candidates the claims stand side by side, so that licences which differ become a dispute and no choice.
    `record` answers for well-known parts whose repository cannot be asked.
    """
    parts = [
        artifact
        for artifact in lineage.artifacts.values()
        if artifact.kind is NodeKind.COMPONENT and not artifact.claims and 0 < len(artifact.candidates) <= _MOST
    ]
    claims: dict[str, tuple[Claim, ...]] = {}
    read: dict[str, Artifact] = {}
    for artifact in parts[:_PARTS]:
        found = [_claims(name, lineage, hub, record, claims) for name in artifact.candidates]
        # One candidate that could not be read leaves open what its licence is.
        if all(found):
            read[artifact.id] = replace(artifact, claims=tuple(dict.fromkeys(one for each in found for one in each)))
    if not read:
        return lineage
    return Lineage.build(lineage.subjects, (read.get(one.id, one) for one in lineage.artifacts.values()), lineage.links)


def _claims(
    name: str, lineage: Lineage, hub: Hub, record: OriginRecord, known: dict[str, tuple[Claim, ...]]
) -> tuple[Claim, ...]:
    """What one candidate says of its licence; each is read once."""
    if name in lineage and lineage[name].claims:
        return lineage[name].claims
    if name not in known:
        repo = RepoId.try_parse(name)
        info = hub.repo(repo) if repo is not None else None
        read = read_repo(info, hub, deep=False).artifact if isinstance(info, RepoInfo) else None
        # A candidate that was read in part may hide in the rest what its card does not say.
        claims = read.claims if read is not None and not read.file_gaps else ()
        known[name] = claims or _recorded(name, record)
    return known[name]


def _recorded(name: str, record: OriginRecord) -> tuple[Claim, ...]:
    part = record.part(name)
    if part is None:
        return ()
    says = f"{part.license_name or part.license} ({part.source}; {part.evidence})"
    place = Evidence(part.repo, None, "known part", says)
    tag = Claim(ClaimKind.TAG, part.license, place)
    return (tag, Claim(ClaimKind.NAME, part.license_name, place)) if part.license_name else (tag,)
