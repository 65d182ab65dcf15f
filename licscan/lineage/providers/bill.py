"""What a bill of materials says of the things that it lists: licences and relations, as claims beside what is read.

A thing with an identity on the Hub is read there like anything else; the bill adds what its own card and files do not
say. Any other thing is known from the bill alone, which nobody can look behind: that is a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from licscan.core.artifact import Artifact, Claim, NodeKind, Source
from licscan.core.evidence import Confidence, Evidence, Gap, GapReason
from licscan.core.ids import RepoId
from licscan.core.license import Identity, keys_of
from licscan.core.lineage import Link, Relation
from licscan.core.text import harmless
from licscan.knowledge import Knowledge
from licscan.licensing.claims import read
from licscan.licensing.resolve import resolve
from licscan.lineage.provider import NOTHING, Learned, Node, Provider, Walked
from licscan.sources.bill import Bill, Listed, Related
from licscan.sources.protocol import Hub

_PREFIX = "bom:"


class BillOfMaterials(Provider):
    """The relations and the licences that a bill states."""

    name = "bill of materials"

    def __init__(self, bill: Bill, subject: str, knowledge: Knowledge, identify: Callable[[str], Identity]) -> None:
        self._bill, self._knowledge, self._identify = bill, knowledge, identify
        self._listed = {bill.described.ref: bill.described, **bill.listed}
        self._nodes = _node_names(bill, subject)
        self._refs = {node: ref for ref, node in self._nodes.items()}
        self._related: dict[str, list[Related]] = {}
        for one in bill.related:
            if one.child in self._listed and one.parent in self._listed:
                self._related.setdefault(one.child, []).append(one)
        self._told: set[str] = set()

    def of_node(self, node: Node, hub: Hub) -> Learned:  # noqa: ARG002
        """What the bill says of a node's licence, and what is above the subject where only the bill describes it."""
        asked = [node.artifact.id, *([str(node.info.asked)] if node.info is not None else [])]
        ref = next((self._refs[name] for name in asked if name in self._refs), None)
        if ref is None:
            return NOTHING
        revised = self._with_claims(node.artifact, self._listed[ref])
        is_billed = ref == self._bill.described.ref and self._bill.described.repo is None
        above = self._above(ref, node.artifact.id, (), {}) if is_billed else NOTHING
        return replace(above, revised=(revised,) if revised is not None else ())

    def of_lineage(self, walked: Walked, hub: Hub) -> Learned:  # noqa: ARG002
        """What is above a node by the bill and by nothing that was read."""
        lineage = walked.lineage
        names = {one.renamed_from: one.id for one in lineage.artifacts.values() if one.renamed_from}
        links: list[Link] = []
        nodes: list[Artifact] = []
        for ref in self._listed:
            id = names.get(self._nodes[ref], self._nodes[ref])
            if id in lineage:
                above = self._above(ref, id, lineage.up(id), names)
                links += above.links
                nodes += above.nodes
        return Learned(tuple(links), tuple(nodes))

    def _above(self, ref: str, id: str, known: Sequence[Link], names: Mapping[str, str]) -> Learned:
        """What the bill says is above one thing, and above everything there that has no repository; each once."""
        links: list[Link] = []
        nodes: list[Artifact] = []
        waiting = [(ref, id)]
        while waiting:
            child, node = waiting.pop()
            if child in self._told:
                continue
            self._told.add(child)
            for one in self._related.get(child, ()):
                parent = names.get(self._nodes[one.parent], self._nodes[one.parent])
                if parent == node or (child == ref and _is_known(one, parent, known)):
                    continue
                links.append(self._link(one, node, parent))
                if self._listed[one.parent].repo is None:
                    nodes.append(self._outside(self._listed[one.parent]))
                    waiting.append((one.parent, parent))
        return Learned(tuple(links), tuple(nodes))

    def _link(self, one: Related, child: str, parent: str) -> Link:
        is_ours = one.declared is not None
        declared = bool(one.declared) if is_ours else self._listed[one.child].repo is None
        sure = Confidence.CERTAIN if declared else Confidence.LIKELY
        return Link(
            child,
            parent,
            one.relation,
            component=one.component,
            declared=declared,
            confidence=one.confidence or sure,
            evidence=(self._evidence(one.place, one.says),),
            revision=self._pin(one.parent),
        )

    def _pin(self, ref: str) -> str | None:
        """The commit that the bill speaks of, where it names one whole."""
        revision = self._listed[ref].revision
        return revision if revision and len(revision) == 40 else None

    def _outside(self, listed: Listed) -> Artifact:
        """A thing that only the bill knows."""
        id = self._nodes[listed.ref]
        return Artifact(
            id,
            listed.kind,
            source=Source.PATH,
            claims=tuple(self._claims(listed)),
            gap=self._gap(listed, id),
            file_gaps=tuple(self._unread(listed, id)),
        )

    def _gap(self, listed: Listed, id: str, place: str = "") -> Gap | None:
        """Nobody saw a thing that only the bill knows; parts and names outside are no repositories to begin with."""
        if listed.repo is not None or listed.kind not in {NodeKind.MODEL, NodeKind.DATASET}:
            return None
        detail = f"only {harmless(self._bill.file)} speaks of it: neither a card nor files were seen"
        return Gap(id, GapReason.NOT_A_REPO, detail, place)

    def _unread(self, listed: Listed, id: str) -> Iterator[Gap]:
        if listed.unread:
            yield Gap(id, GapReason.MALFORMED, f"{harmless(self._bill.file)}: {listed.unread}", listed.place)

    def _claims(self, listed: Listed) -> Iterator[Claim]:
        for one in listed.licenses:
            says = harmless(one.text if len(one.text) <= 200 else f"{one.text[:199]}…")
            yield Claim(one.kind, one.text, self._evidence(one.place, " ".join(says.split())))

    def _evidence(self, place: str, says: str) -> Evidence:
        return Evidence(f"{_PREFIX}{harmless(self._bill.file)}", None, place, harmless(says))

    def _with_claims(self, artifact: Artifact, listed: Listed) -> Artifact | None:
        """The node with what the bill says of its licence, where the node itself does not say the same."""
        if listed.repo is None and listed.ref != self._bill.described.ref:
            return None
        claims = tuple(claim for claim in self._claims(listed) if not self._agrees(claim, artifact))
        unseen = self._gap(listed, artifact.id, harmless(self._bill.file))
        gaps = (*([unseen] if unseen is not None else []), *(self._unread(listed, artifact.id) if claims else ()))
        if not claims and not gaps:
            return None
        return replace(artifact, claims=(*artifact.claims, *claims), file_gaps=(*artifact.file_gaps, *gaps))

    def _agrees(self, claim: Claim, artifact: Artifact) -> bool:
        """Whether the node itself says what the bill says of it."""
        if any(claim.text.strip().lower() == own.text.strip().lower() for own in artifact.claims):
            return True
        stated = read(claim, artifact, self._knowledge, self._identify).statement
        resolution = resolve(artifact, self._knowledge, self._identify)
        return bool(stated.keys) and set(stated.keys) == set(keys_of(resolution))


def _node_names(bill: Bill, subject: str) -> dict[str, str]:
    """The node of each thing: its repository, the one that we gave it ourselves, or one that no repository can have."""
    names = {bill.described.ref: subject}
    taken = {subject}
    for ref, one in bill.listed.items():
        name = str(one.repo) if one.repo is not None else _outside_name(one)
        if one.repo is None:
            name = next(free for free in _numbered(name) if free not in taken)
        taken.add(name)
        names[ref] = name
    return names


def _outside_name(one: Listed) -> str:
    own = harmless(one.own or "")
    is_path = own.startswith((".", "/", "~"))
    is_free = bool(own) and not is_path and RepoId.try_parse(own.removeprefix("datasets/")) is None
    return own if is_free else f"{_PREFIX}{harmless(one.name).removeprefix(_PREFIX)}"


def _numbered(name: str) -> Iterable[str]:
    yield name
    for number in range(2, 1_000_000):
        yield f"{name} ({number})"


def _is_known(one: Related, parent: str, links: Iterable[Link]) -> bool:
    """Whether the node's own card and files lead to the parent already, and not by another relation."""
    between = [link for link in links if link.parent == parent]
    if one.relation is Relation.UNSTATED:
        return bool(between)
    return any((link.relation, link.component) == (one.relation, one.component) for link in between)
