"""The graph of what was made from what; the only room that knows networkx."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from heapq import heapify, heappop, heappush
from types import MappingProxyType
from typing import TYPE_CHECKING

from licscan.core.artifact import Artifact
from licscan.core.evidence import Confidence, Evidence, Gap
from licscan.core.ids import is_commit

if TYPE_CHECKING:
    import networkx

_Links = dict[str, tuple["Link", ...]]


class Relation(StrEnum):
    """How a child was made from its parent."""

    FINETUNE = "finetune"
    CONTINUE_TRAIN = "continue-train"
    ADAPTER = "adapter"
    MERGE = "merge"
    QUANTIZED = "quantized"
    CONVERTED = "converted"
    COMPONENT = "component"
    DISTILLED = "distilled"
    TRAINED_ON = "trained-on"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True)
class Link:
    """`child` was made from `parent`, and how we know."""

    child: str
    parent: str
    relation: Relation
    component: str | None = None
    """The role of the parent inside the child, for a component: `vision_encoder`, `vae` ..."""
    declared: bool = True
    """The card says so."""
    confidence: Confidence = Confidence.CERTAIN
    evidence: tuple[Evidence, ...] = ()
    share: tuple[float, float] | None = None
    """Share of the child's parameters that this part has, as an interval within 0..1."""
    revision: str | None = None
    """The revision of the parent that the child asks for, where it does."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Identity and sort order."""
        return (self.child, self.parent, self.relation, self.component or "")


class Lineage:
    """A finished lineage. It offers words, not graph calls; nothing in it changes after `build`.

    Up means towards the parents. Everything is returned in a fixed order.
    """

    __slots__ = ("_artifacts", "_below", "_depths", "_downs", "_last", "_links", "_order", "_ups", "gaps", "subjects")

    def __init__(self, subjects: tuple[str, ...], artifacts: Mapping[str, Artifact], links: tuple[Link, ...]) -> None:
        self._artifacts = MappingProxyType(dict(artifacts))
        self._links = links
        self._ups, self._downs = _by_end(links)
        self._depths, self._below = _depths(subjects, self._ups)
        self._order: tuple[str, ...] = ()
        self._last: tuple[str, ...] = ()
        self.subjects = subjects
        self.gaps: tuple[Gap, ...] = tuple(
            sorted(
                gap
                for artifact in artifacts.values()
                for gap in ((artifact.gap,) if artifact.gap else ()) + artifact.file_gaps
            )
        )

    @classmethod
    def build(cls, subjects: Iterable[str], artifacts: Iterable[Artifact], links: Iterable[Link]) -> Lineage:
        """Freeze a lineage. Every link's ends must be among the artifacts.

        Raises:
            ValueError: a link or a subject names an unknown node, or two artifacts share an id.
        """
        by_id: dict[str, Artifact] = {}
        for artifact in sorted(artifacts, key=lambda one: one.id):
            if artifact.id in by_id:
                raise ValueError(f"two artifacts are called {artifact.id}")
            by_id[artifact.id] = artifact
        ordered = tuple(sorted(links, key=lambda one: one.key))
        for link in ordered:
            for end in (link.child, link.parent):
                if end not in by_id:
                    raise ValueError(f"a link names {end}, which is no node")
        wanted = tuple(subjects)
        for subject in wanted:
            if subject not in by_id:
                raise ValueError(f"the subject {subject} is no node")
        return cls(wanted, by_id, ordered)

    def __contains__(self, node: str) -> bool:
        return node in self._artifacts

    def __len__(self) -> int:
        return len(self._artifacts)

    def __getitem__(self, node: str) -> Artifact:
        return self._artifacts[node]

    @property
    def artifacts(self) -> Mapping[str, Artifact]:
        """All nodes by id, in the order of their ids."""
        return self._artifacts

    @property
    def links(self) -> tuple[Link, ...]:
        """All links in the order of their keys."""
        return self._links

    def up(self, node: str) -> tuple[Link, ...]:
        """The links from `node` to its parents."""
        return self._ups.get(node, ())

    def down(self, node: str) -> tuple[Link, ...]:
        """The links from the children of `node` to it."""
        return self._downs.get(node, ())

    def pin(self, node: str) -> str | None:
        """The commit of `node` that every child asks for; None where one asks for another, or for none."""
        asked = {link.revision for link in self.down(node)}
        revision = asked.pop() if len(asked) == 1 else None
        return revision if revision is not None and is_commit(revision) else None

    def depth(self, node: str) -> int:
        """The least number of links from a subject up to `node`; -1 where no subject reaches it."""
        return self._depths.get(node, -1)

    def upstream_of(self, node: str) -> tuple[str, ...]:
        """Everything above `node`, nearest first, without itself."""
        return tuple(_walk(node, self._ups))[1:]

    def downstream_of(self, node: str) -> tuple[str, ...]:
        """Everything below `node`, nearest first, without itself."""
        return tuple(_walk(node, self._downs, upward=False))[1:]

    def way(self, node: str) -> tuple[str, ...]:
        """A shortest way from a subject up to `node`, both included; empty where no subject reaches it."""
        if node not in self._depths:
            return ()
        way, last = [node], self._last
        start: tuple[str, ...] = ()
        while (step := self._below.get(way[-1])) is not None:
            depth = self._depths[step]
            if depth < len(last) and last[depth] == step:
                start = last[: depth + 1]  # the last way that was asked for began alike: long chains stay cheap
                break
            way.append(step)
        self._last = (*start, *reversed(way))
        return self._last

    def path(self, child: str, parent: str) -> tuple[str, ...]:
        """A shortest way up from `child` to `parent`, both included; empty where there is none."""
        if self.subjects == (child,):
            return self.way(parent)
        _, below = _depths((child,), self._ups, parent)
        if parent not in below and parent != child:
            return ()
        way = [parent]
        while way[-1] != child:
            way.append(below[way[-1]])
        return tuple(reversed(way))

    def roots(self, node: str) -> tuple[str, ...]:
        """The nodes above `node` that have no parent themselves; `node` itself if it has none."""
        return tuple(one for one in (node, *self.upstream_of(node)) if one not in self._ups)

    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """The groups of nodes that are each other's ancestors, and nodes that name themselves."""
        if not self._is_circular():
            return ()
        import networkx  # circles are rare, and start-up counts

        graph = self._graph()
        groups = [
            tuple(sorted(group))
            for group in networkx.strongly_connected_components(graph)
            if len(group) > 1 or graph.has_edge(next(iter(group)), next(iter(group)))
        ]
        return tuple(sorted(groups))

    def bottom_up(self) -> tuple[str, ...]:
        """All nodes so that parents come before their children; nodes of a cycle stand together."""
        if not self._is_circular():
            return self._order
        import networkx

        whole = networkx.condensation(self._graph())
        order = list(networkx.lexicographical_topological_sort(whole, key=lambda n: min(whole.nodes[n]["members"])))
        return tuple(node for group in reversed(order) for node in sorted(whole.nodes[group]["members"]))

    def _is_circular(self) -> bool:
        """Some nodes have no place in an order from parents to children; the order is kept for those who ask."""
        if not self._order:
            self._order = _parents_first(self._artifacts, self._ups, self._downs)
        return len(self._order) < len(self._artifacts)

    def _graph(self) -> networkx.DiGraph[str]:
        import networkx

        graph: networkx.DiGraph[str] = networkx.DiGraph()
        graph.add_nodes_from(self._artifacts)
        graph.add_edges_from((link.child, link.parent) for link in self._links)
        return graph


def _by_end(links: Iterable[Link]) -> tuple[_Links, _Links]:
    """The links by child and by parent, each in the order of the links."""
    ups: dict[str, list[Link]] = {}
    downs: dict[str, list[Link]] = {}
    for link in links:
        ups.setdefault(link.child, []).append(link)
        downs.setdefault(link.parent, []).append(link)
    return {node: tuple(found) for node, found in ups.items()}, {node: tuple(found) for node, found in downs.items()}


def _parents_first(nodes: Iterable[str], ups: _Links, downs: _Links) -> tuple[str, ...]:
    """Parents before their children, by name where there is a choice; nodes in or above a circle are missing."""
    left = {node: len(downs.get(node, ())) for node in nodes}
    waiting = [node for node, count in left.items() if not count]
    heapify(waiting)
    order = []
    while waiting:
        here = heappop(waiting)
        order.append(here)
        for link in ups.get(here, ()):
            left[link.parent] -= 1
            if not left[link.parent]:
                heappush(waiting, link.parent)
    return tuple(reversed(order))


def _walk(start: str, links: _Links, *, upward: bool = True) -> Iterator[str]:
    seen = {start}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        yield here
        # Links come in the order of their ends, so that neighbours do too.
        for link in links.get(here, ()):
            there = link.parent if upward else link.child
            if there not in seen:
                seen.add(there)
                waiting.append(there)


def _depths(starts: tuple[str, ...], ups: _Links, until: str | None = None) -> tuple[dict[str, int], dict[str, str]]:
    """How far up each node is from the starts, and the node below it on a shortest way."""
    depths = dict.fromkeys(starts, 0)
    below: dict[str, str] = {}
    waiting = deque(starts)
    while waiting and until not in below:
        here = waiting.popleft()
        for link in ups.get(here, ()):
            if link.parent not in depths:
                depths[link.parent] = depths[here] + 1
                below[link.parent] = here
                waiting.append(link.parent)
    return depths, below
