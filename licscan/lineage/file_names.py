"""A checkpoint that an adapter names by its file: the file of a parent that is named anyway is that parent."""

from __future__ import annotations

import re
from dataclasses import replace

from licscan.core.artifact import NodeKind
from licscan.core.lineage import Lineage, Link, Relation

_HEAD = re.compile(r"\.safetensors#__metadata__\.")
_WEIGHTS = (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".gguf")
_PREFIX = "external:"
_NO_BASE = frozenset({Relation.TRAINED_ON, Relation.DISTILLED})


def with_known_files(lineage: Lineage) -> Lineage:
    """The lineage in which a file's name, read from the head of a weights file, is agreement and no second parent.

    Args:
        lineage: every parent was read, so that the files of each are known where the source lists them.
    """
    known = {link.key: found for link in lineage.links if (found := _owner(link, lineage)) is not None}
    if not known:
        return lineage
    added: dict[tuple[str, str, str, str], Link] = {link.key: link for link in lineage.links if link.key not in known}
    for link in lineage.links:
        if (found := known.get(link.key)) is not None:
            added[found.key] = replace(added[found.key], evidence=(*added[found.key].evidence, *link.evidence))
    ends = {end for link in added.values() for end in (link.child, link.parent)} | set(lineage.subjects)
    nodes = [one for one in lineage.artifacts.values() if one.kind is not NodeKind.EXTERNAL or one.id in ends]
    return Lineage.build(lineage.subjects, nodes, added.values())


def _owner(link: Link, lineage: Lineage) -> Link | None:
    """The link to the parent in whose repository, or in one above it, the file lies that a head names."""
    if lineage[link.parent].kind is not NodeKind.EXTERNAL or not any(_HEAD.search(one.place) for one in link.evidence):
        return None
    name = link.parent.removeprefix(_PREFIX).lower()
    for other in lineage.up(link.child):
        above = (other.parent, *lineage.upstream_of(other.parent)) if _is_base(other, lineage) else ()
        if any(_holds(node, name, lineage) for node in above):
            return other
    return None


def _is_base(link: Link, lineage: Lineage) -> bool:
    """Whether a link leads to a model that was made into this one as a whole."""
    is_whole = link.component is None and link.relation not in _NO_BASE
    return is_whole and lineage[link.parent].kind is NodeKind.MODEL


def _holds(node: str, name: str, lineage: Lineage) -> bool:
    """Whether a repository has a weights file of this name."""
    files = (entry.path.rsplit("/", 1)[-1].lower() for entry in lineage[node].files or ())
    return any(file.endswith(_WEIGHTS) and file.rpartition(".")[0] == name for file in files)
