"""Parents that the user names in the policy, where a card names none or a wrong one."""

from __future__ import annotations

from collections.abc import Iterable

from licscan.core.artifact import Artifact, NodeKind
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.core.lineage import Link, Relation
from licscan.knowledge import Knowledge
from licscan.licensing.curation import named_parents
from licscan.lineage.provider import Learned, Node, Provider, Walked
from licscan.policy import Policy
from licscan.sources.protocol import Hub


class Corrections(Provider):
    """The parents of the corrections in force; a name that is no repository's is a gap and no invention."""

    name = "policy"

    def __init__(self, policy: Policy, knowledge: Knowledge) -> None:
        self._policy, self._knowledge = policy, knowledge
        self._told: set[tuple[str, str]] = set()

    def of_node(self, node: Node, hub: Hub) -> Learned:  # noqa: ARG002
        """What a correction says of a node that reads as the correction was written against."""
        return self._named([node.artifact])

    def of_lineage(self, walked: Walked, hub: Hub) -> Learned:  # noqa: ARG002
        """The same for parts, whose claims are their candidates' and known only now."""
        return self._named(walked.lineage.artifacts.values())

    def _named(self, artifacts: Iterable[Artifact]) -> Learned:
        links, nodes = [], []
        for artifact in artifacts if self._policy.curations else ():
            for name, place in named_parents(artifact, self._policy, self._knowledge):
                parent, _, revision = name.partition("@")
                if (artifact.id, name) in self._told:
                    continue
                self._told.add((artifact.id, name))
                links.append(
                    Link(
                        artifact.id,
                        parent,
                        Relation.UNSTATED,
                        declared=False,
                        evidence=(place,),
                        revision=revision or None,
                    )
                )
                if RepoId.try_parse(parent) is None:
                    detail = "named by a correction in the policy, and not read: it is no name of a repository"
                    nodes.append(Artifact(parent, NodeKind.MODEL, gap=Gap(parent, GapReason.NOT_A_REPO, detail)))
        return Learned(tuple(links), tuple(nodes))
