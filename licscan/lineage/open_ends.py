"""Open ends of a lineage: adapters, merges and quantised copies, by their own words, of a model that nothing names."""

from __future__ import annotations

from dataclasses import replace

from licscan.core.artifact import Artifact, Fact, FactKind, NodeKind
from licscan.core.evidence import Confidence, Gap, GapReason
from licscan.core.lineage import Lineage, Link, Relation

_SAYS = {
    Relation.ADAPTER: "an adapter",
    Relation.MERGE: "a merge",
    Relation.QUANTIZED: "a quantised copy",
}
_NO_BASE = frozenset({Relation.TRAINED_ON, Relation.DISTILLED})
_MAIN_PARTS = frozenset({"language_model", "decoder", "backbone", "denoiser", "main_weights"})
"""Parts that stand for the model itself: an adapter may be one of these alone."""


def with_open_ends(lineage: Lineage) -> Lineage:
    """The lineage with a gap for every model that was made from another one which nothing names.

    Args:
        lineage: the finished lineage, after everything that names parents was asked.
    """
    ended = {one.id: one for one in (_ended(node, lineage) for node in lineage.artifacts.values()) if one}
    if not ended:
        return lineage
    nodes = (ended.get(one.id, one) for one in lineage.artifacts.values())
    return Lineage.build(lineage.subjects, nodes, lineage.links)


def _ended(artifact: Artifact, lineage: Lineage) -> Artifact | None:
    signs = artifact.facts_of(FactKind.DERIVED)
    if not signs or artifact.kind is not NodeKind.MODEL or any(gap.is_open_end for gap in artifact.file_gaps):
        return None
    if any(_names_a_base(link) for link in lineage.up(artifact.id)):
        return None
    return replace(artifact, file_gaps=(*artifact.file_gaps, _gap(artifact.id, signs)))


def _gap(node: str, signs: tuple[Fact, ...]) -> Gap:
    first = signs[0]
    what = _SAYS.get(Relation(first.value), "made from another model")
    shown = "; ".join(dict.fromkeys(f"{sign.evidence.place}: {sign.evidence.says}" for sign in signs[:3]))
    detail = f"it is {what} ({shown}), and nothing names the model that it was made from"
    return Gap(node, GapReason.NOT_A_REPO, detail, first.evidence.place)


def _names_a_base(link: Link) -> bool:
    """Whether a link says what the model as a whole was made from; a name beside the point is only possible."""
    if link.relation in _NO_BASE or (link.component is not None and link.component not in _MAIN_PARTS):
        return False
    return link.relation is not Relation.UNSTATED or link.confidence is not Confidence.POSSIBLE
