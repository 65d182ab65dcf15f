"""Parents that a repository names itself: by its card, its configs, adapters, recipes, heads of weights and prose."""

from __future__ import annotations

from dataclasses import replace

from licscan.lineage.link_builder import join
from licscan.lineage.name_resolution import Names
from licscan.lineage.provider import NOTHING, Learned, Node, Provider
from licscan.sources.protocol import Hub


class CardAndFiles(Provider):
    """What the readers found in one repository, joined into links."""

    name = "card"

    def __init__(self, names: Names) -> None:
        self._names = names

    def of_node(self, node: Node, hub: Hub) -> Learned:  # noqa: ARG002
        """The parents that the repository names, and what showed only when its places were joined."""
        if node.reading is None:
            return NOTHING
        joined = join(node.reading, self._names)
        artifact = node.artifact
        revised = (replace(artifact, facts=(*artifact.facts, *joined.facts)),) if joined.facts else ()
        return Learned(joined.links, joined.extra, revised)
