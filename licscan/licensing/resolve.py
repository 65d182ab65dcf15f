"""Which licence holds for a node, by all that was said about it; a lineage of many nodes in one go."""

from __future__ import annotations

from collections.abc import Sequence

from licscan.core.artifact import Artifact, Claim, ClaimKind
from licscan.core.license import (
    Disputed,
    Identity,
    Resolution,
    Resolved,
    Undeclared,
    Unrecognised,
    Unseen,
)
from licscan.core.lineage import Lineage
from licscan.extract.license_files import is_license
from licscan.knowledge import Knowledge
from licscan.licensing.claims import Identify, read
from licscan.licensing.license_resolution import Case, as_published, decide, restated

_RANK = {kind: place for place, kind in enumerate(ClaimKind)}


def resolve(artifact: Artifact, knowledge: Knowledge, identify: Identify | None = None) -> Resolution:
    """Which licence holds for the node.

    A text governs over words, and prose counts only where nothing else speaks. What disagrees stays visible in
    `statements`; claims of equal weight that disagree are a dispute and never a choice of ours.
    """
    return _resolve(artifact, knowledge, identify)[0]


def resolve_all(lineage: Lineage, knowledge: Knowledge, identify: Identify | None = None) -> dict[str, Resolution]:
    """The licence of every node by its id; nodes that say the same are weighed once."""
    texts: dict[str, Identity] = {}
    known: dict[object, tuple[Resolution, bool, tuple[int, ...]]] = {}

    def identify_once(text: str) -> Identity:
        if text not in texts:
            texts[text] = identify(text) if identify is not None else Identity("none")
        return texts[text]

    once = identify_once if identify is not None else None
    resolutions: dict[str, Resolution] = {}
    for id, artifact in lineage.artifacts.items():
        shape = _shape(artifact)
        context = (shape, id, artifact.created, artifact.modified)
        found = known.get(shape) or known.get(context)
        if found is None:
            found = _resolve(artifact, knowledge, once)
            resolution = found[0]
            known[context if found[1] else shape] = found
        else:
            resolution = _moved(found[0], artifact, found[2])
        resolutions[id] = resolution
    return resolutions


def _shape(artifact: Artifact) -> tuple[object, ...]:
    """All that a resolution can depend on, apart from where it stood, the repository's name and its dates."""
    claims = tuple([(one.kind, one.part, one.sha256 or one.text) for one in artifact.claims])
    return (claims, artifact.kind, artifact.gap is None, _is_unread(artifact), _is_card_unread(artifact))


def _is_unread(artifact: Artifact) -> bool:
    """There is a licence file at the top of the repository that nobody could read."""
    if any(one.kind is ClaimKind.FILE and "/" not in one.evidence.place for one in artifact.claims):
        return False
    if any(is_license(gap.place) for gap in artifact.file_gaps):
        return True
    return artifact.files is not None and any(is_license(file.path) for file in artifact.files)


def _is_card_unread(artifact: Artifact) -> bool:
    """The card, or the part of it that names the licence, could not be read."""
    return any(gap.place == "README.md" for gap in artifact.file_gaps)


def _resolve(
    artifact: Artifact, knowledge: Knowledge, identify: Identify | None
) -> tuple[Resolution, bool, tuple[int, ...]]:
    """The resolution, whether name or date decided, and which claims (in their order) said something."""
    every = [read(claim, artifact, knowledge, identify) for claim in _ordered(artifact.claims)]
    kept = tuple(at for at, one in enumerate(every) if one.claim.kind is not ClaimKind.PROSE or not one.is_empty)
    reads = [every[at] for at in kept]
    statements = tuple(one.statement for one in reads)
    unread = _is_unread(artifact)
    case = Case(artifact, statements, as_published(reads), knowledge, unread, unread or _is_card_unread(artifact))
    return decide(case, reads), any(one.by_context for one in reads), kept


def _ordered(claims: Sequence[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda one: (_RANK[one.kind], one.part, one.text)) if len(claims) > 1 else list(claims)


def _moved(resolution: Resolution, artifact: Artifact, kept: tuple[int, ...]) -> Resolution:
    """The same resolution for a node that says the same elsewhere; `kept` are the claims that say something."""
    ordered = _ordered(artifact.claims)
    places = [ordered[at].evidence for at in kept]
    if not places:
        return resolution
    before = [one.evidence for one in resolution.statements]
    statements = tuple(
        [restated(one, evidence=place) for one, place in zip(resolution.statements, places, strict=True)]
    )
    evidence = tuple([places[before.index(one)] for one in resolution.evidence])
    common = (resolution.declared, evidence, statements)
    match resolution:
        case Resolved(expression=expression, alternatives=alternatives, confidence=confidence, governs=governs):
            return Resolved(*common, expression, alternatives, confidence, governs)
        case Disputed(options=options):
            moved = tuple([restated(one, evidence=places[before.index(one.evidence)]) for one in options])
            return Disputed(*common, moved)
        case Unrecognised(nearest=nearest, candidates=candidates):
            return Unrecognised(*common, nearest, candidates)
        case Undeclared(looked_for=looked_for):
            return Undeclared(*common, looked_for)
        case _:
            return Unseen(*common)
