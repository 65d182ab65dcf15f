"""Parents that nobody names: what sizes, tokens, names and bytes of a model show of where it comes from.

Asked only of nodes whose publisher names no parent. The registry of known models answers most questions by itself; for
the subject alone, a few questions to the source look for a model of the same name, and whether files are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from licscan.core.artifact import Artifact, Fact, FactKind, FileEntry, NodeKind
from licscan.core.evidence import Confidence, Evidence, Gap, GapReason
from licscan.core.ids import RepoId
from licscan.core.lineage import Link, Relation
from licscan.core.signature import POLICY_PLACE, SIGNATURE_PLACE, Shape, Signature
from licscan.extract.extraction import At
from licscan.extract.keys import keys
from licscan.extract.signature import adapter_shape, gguf_shape, is_packed, part_shape, shapes
from licscan.formats.malformed import Malformed
from licscan.knowledge.registry import Registry, squeezed
from licscan.lineage.equal_hashes import WEIGHTS
from licscan.lineage.name_resolution import Names
from licscan.lineage.provider import NOTHING, Learned, Node, Provider
from licscan.lineage.signature_match import Candidate, Likeness, match
from licscan.policy import OriginStatement
from licscan.sources.protocol import Hub, RepoInfo

_CONFIG = "config.json"
_NO_PARENT = frozenset({Relation.TRAINED_ON, Relation.DISTILLED, Relation.COMPONENT})
_BODIES = frozenset({"language_model", "decoder"})
_WORDS = frozenset({"I32", "U8", "I8", "I64", "U32", "I16", "U16"})
"""Types of numbers that hold packed weights: their count is no count of parameters."""
_NO_NEWS = frozenset({GapReason.ABSENT, GapReason.OFFLINE, GapReason.NOT_A_REPO})
"""Answers of a look-up that tell nothing: there is no such model, or nobody was asked."""
_MOST_NAMESAKES = 2


class Signatures(Provider):
    """Links to known models by what agrees, each with what does not."""

    name = "signatures"
    lookups = 4

    def __init__(
        self, registry: Callable[[], Registry], names: Names, stated: tuple[OriginStatement, ...] = ()
    ) -> None:
        self._open = registry
        self._names = names
        self._stated = stated

    @property
    def _registry(self) -> Registry:
        """The registry, opened where a node asks for it."""
        return self._open()

    def of_node(self, node: Node, hub: Hub) -> Learned:
        """The known models that a node without a stated parent may come from.

        Args:
            node: the node with the links that were named before.
            hub: answers the look-ups of the subject.
        """
        if node.artifact.kind is not NodeKind.MODEL or node.info is None or node.reading is None:
            return NOTHING
        links: list[Link] = []
        gaps: list[Gap] = []
        said = self._said(node, "")
        if said is not None and not said.is_scratch:
            links.append(_stated_link(node, said))
        elif not states_parent(node):
            signature, packed = signature_of(node)
            found = match(signature, self._registry)
            if said is not None:
                found = tuple(one for one in found if one.likeness is Likeness.BYTES)
            if not node.is_subject:
                # A name alone is a question to whoever publishes; what stands above others is not asked of them.
                found = tuple(one for one in found if not rests_on_name(one))
            links += [_link(node, one, signature, packed=packed) for one in found]
            if (
                node.is_subject
                and said is None
                and not any(link.confidence is not Confidence.POSSIBLE for link in links)
            ):
                more, gaps = self._namesakes(node, hub)
                links = [*more, *(link for link in links if link.parent not in {one.parent for one in more})]
        links += self._parts(node)
        facts = (_claim(node, said),) if said is not None and said.is_scratch else ()
        told = replace(
            node.artifact,
            file_gaps=(*node.artifact.file_gaps, *gaps),
            facts=(*node.artifact.facts, *facts),
        )
        return Learned(tuple(_once(links, node.links)), revised=(told,) if gaps or facts else ())

    def _said(self, node: Node, part: str) -> OriginStatement | None:
        """What the user states of where the main weights, or a part, of a subject come from."""
        name = node.info.id.name if node.info is not None else ""
        own = (one for one in self._stated if node.is_subject and one.part == part)
        return next((one for one in own if one.speaks_of(node.artifact.id, name)), None)

    def _namesakes(self, node: Node, hub: Hub) -> tuple[list[Link], list[Gap]]:
        """The model of the same name without what a re-packager adds, or under a known publisher."""
        info = node.info
        if info is None or info.id.org == "":
            return [], []
        links, gaps = [], []
        for repo, relation in self._to_ask(info.id):
            answer = hub.repo(repo)
            if isinstance(answer, Gap):
                if answer.reason not in _NO_NEWS:
                    gaps.append(replace(answer, id=node.artifact.id, place="look-up"))
                continue
            equal = _equal(node, answer, hub)
            links.append(_by_name(node, answer, relation, equal))
            if equal:
                break
        return links, gaps

    def _to_ask(self, own: RepoId) -> list[tuple[RepoId, Relation | None]]:
        bare, suffix = self._names.bare(own.name)
        relation = Relation(suffix) if suffix else None
        found: dict[RepoId, Relation | None] = {}
        if relation is not None and (same := RepoId.try_parse(f"{own.org}/{bare}")) is not None:
            found[same] = relation
        owners = {org for orgs in self._registry.owners.values() for org in orgs}
        for name in self._registry.named(squeezed(bare)):
            repo = RepoId.try_parse(name)
            if repo is not None and repo.org.lower() in owners and repo.org.lower() != own.org.lower():
                found.setdefault(repo, relation)
        return [(repo, why) for repo, why in found.items() if repo != own][:_MOST_NAMESAKES]

    def _parts(self, node: Node) -> Iterator[Link]:
        """Known models for the parts that no link accounts for yet."""
        held = {link.component for link in node.links if link.relation is Relation.COMPONENT}
        for shape in part_shapes(node):
            said = self._said(node, shape.part)
            if said is not None and not said.is_scratch:
                yield _stated_link(node, said)
            if shape.part in held or said is not None:
                continue
            for one in match(Signature(org=_org(node), shape=shape), self._registry):
                yield _part_link(node, one, shape)


def _claim(node: Node, said: OriginStatement) -> Fact:
    """The user's statement that no other model stands behind the subject."""
    place = Evidence(node.artifact.id, node.artifact.revision, f"{POLICY_PLACE}{said.place}", said.reason)
    return Fact(FactKind.ORIGIN_CLAIM, said.sentence, place)


def _stated_link(node: Node, said: OriginStatement) -> Link:
    """The parent that the user states."""
    place = Evidence(node.artifact.id, node.artifact.revision, f"{POLICY_PLACE}{said.place}", said.sentence)
    relation = Relation.COMPONENT if said.part else Relation.UNSTATED
    return Link(
        node.artifact.id, said.trained_from, relation, component=said.part or None, declared=False, evidence=(place,)
    )


def rests_on_name(one: Candidate) -> bool:
    """Whether nothing but a name leads to a candidate."""
    recorded = one.likeness is Likeness.RECORD and one.grade is Confidence.POSSIBLE
    return recorded or one.likeness is Likeness.NAME


def states_parent(node: Node) -> bool:
    """Whether something names the repository that the main weights were made from, and is more than a guess."""
    return any(
        (link.relation not in _NO_PARENT or link.component in _BODIES)
        and link.confidence is not Confidence.POSSIBLE
        and not link.parent.startswith("external:")
        for link in node.links
    )


def signature_of(node: Node) -> tuple[Signature, bool]:
    """What a node shows of itself, and whether its weights are packed."""
    info = node.info
    artifact = node.artifact
    raw = node.file(_CONFIG)
    shape, packed = Shape(), False
    if raw is not None:
        try:
            shape, _ = shapes(raw, At(artifact.id, artifact.revision, _CONFIG))
        except Malformed:
            shape = Shape()
        packed = is_packed(raw)
    packed = packed or bool(info and _WORDS & set(info.dtypes))
    names = [info.id.name] if info is not None else []
    tokenizer = ""
    if shape.size("hidden_size") is None and (found := _head(node)) is not None:
        shape, more, tokenizer = found
        names += more
        packed = packed or tokenizer != "" or bool(more)
    return (
        Signature(
            org=_org(node),
            repo=str(info.id) if info and info.id.org else "",
            names=tuple(names),
            shape=shape,
            parameters=None if packed else artifact.parameters,
            tokenizer=tokenizer,
            derived=bool(artifact.facts_of(FactKind.DERIVED)) or packed,
            weights=tuple(
                (entry.path, entry.sha256) for entry in artifact.files or () if entry.sha256 and _is_weights(entry)
            ),
        ),
        packed,
    )


def _head(node: Node) -> tuple[Shape, tuple[str, ...], str] | None:
    """What the head of a GGUF file or of an adapter shows, where no configuration tells the sizes."""
    for path, raw in sorted(node.reading.heads.items() if node.reading is not None else ()):
        at = At(node.artifact.id, node.artifact.revision, path)
        try:
            if path.lower().endswith(".gguf") and "mmproj" not in path.lower():
                return gguf_shape(raw, at)
            if path.lower().endswith(".safetensors") and (shape := adapter_shape(raw, at)).values:
                return shape, (), ""
        except Malformed:
            continue  # the reader of this file has left a gap
    return None


def part_shapes(node: Node) -> Iterator[Shape]:
    """The shapes of the parts: sections of the configuration, and configurations in the folders of parts."""
    for path, raw in sorted(node.files.items()):
        at = At(node.artifact.id, node.artifact.revision, path)
        folder, _, name = path.partition("/")
        try:
            if path == _CONFIG:
                yield from shapes(raw, at)[1]
            elif name == _CONFIG and folder.lower() in keys().roles:
                yield part_shape(raw, at, keys().roles[folder.lower()])
        except Malformed:
            continue  # the reader of this file has left a gap


def _org(node: Node) -> str:
    return node.info.id.org if node.info is not None else ""


def _is_weights(entry: FileEntry) -> bool:
    return WEIGHTS.search(entry.path.lower()) is not None


def _link(node: Node, one: Candidate, signature: Signature, *, packed: bool) -> Link:
    """The link for one candidate, with all that agrees and all that does not."""
    relation = Relation.UNSTATED
    if one.likeness is Likeness.BYTES:
        relation = Relation.CONVERTED
    elif packed:
        relation = Relation.QUANTIZED
    return Link(
        node.artifact.id,
        one.model.repo,
        relation,
        declared=False,
        confidence=one.grade,
        evidence=tuple(_evidence(node.artifact, one, signature.shape)),
    )


def _evidence(artifact: Artifact, one: Candidate, shape: Shape) -> Iterator[Evidence]:
    place = f"{SIGNATURE_PLACE}{shape.evidence.place if shape.evidence else artifact.id}"
    for ours, theirs in one.files:
        says = f"the same bytes as {theirs} of {one.model.repo}"
        yield Evidence(artifact.id, artifact.revision, f"{SIGNATURE_PLACE}{ours}", says)
    agreed = [_said(key, shape) for key in one.agrees if not one.files]
    if agreed:
        says = f"as in {one.model.repo}: {', '.join(agreed)}"
        yield Evidence(artifact.id, artifact.revision, place, says)
    if one.differs:
        says = f"not as in {one.model.repo}: {', '.join(_said(key, shape) for key in one.differs)}"
        yield Evidence(artifact.id, artifact.revision, place, says)
    if one.others:
        says = f"fit no worse: {', '.join(one.others)}"
        yield Evidence(artifact.id, artifact.revision, place, says)


def _said(key: str, shape: Shape) -> str:
    value = shape.values.get(key)
    return key if value is None else f"{key} {value}"


def _equal(node: Node, other: RepoInfo, hub: Hub) -> list[tuple[str, str]]:
    """The weights files of the subject that the other repository holds, too."""
    if node.info is None:
        return []
    theirs = {digest: path for path, digest in _hashed(other, hub)}
    if not theirs:
        return []
    return [(path, theirs[digest]) for path, digest in _hashed(node.info, hub) if digest in theirs]


def _hashed(info: RepoInfo, hub: Hub) -> list[tuple[str, str]]:
    files: Iterable[FileEntry] = info.files or ()
    if not any(entry.sha256 for entry in files):
        listed = hub.listing(info)
        files = () if isinstance(listed, Gap) else listed
    return [(entry.path, entry.sha256.lower()) for entry in files if entry.sha256 and _is_weights(entry)]


def _by_name(node: Node, other: RepoInfo, relation: Relation | None, equal: list[tuple[str, str]]) -> Link:
    """A link to a model that was found by its name: certain where files are equal, likely under the same owner."""
    artifact = node.artifact
    same_owner = other.id.org.lower() == _org(node).lower()
    sure = Confidence.CERTAIN if equal else Confidence.LIKELY if same_owner else Confidence.POSSIBLE
    says = f"{node.info.id.name if node.info else artifact.id} is the name of {other.id}" + (
        " with what a re-packager adds" if relation else ""
    )
    evidence = [
        Evidence(
            artifact.id, artifact.revision, f"{SIGNATURE_PLACE}{ours}", f"the same bytes as {theirs} of {other.id}"
        )
        for ours, theirs in equal
    ]
    evidence.append(Evidence(artifact.id, artifact.revision, f"{SIGNATURE_PLACE}name", says))
    return Link(
        artifact.id,
        str(other.id),
        relation or (Relation.CONVERTED if equal else Relation.UNSTATED),
        declared=False,
        confidence=sure,
        evidence=tuple(evidence),
    )


def _part_link(node: Node, one: Candidate, shape: Shape) -> Link:
    return Link(
        node.artifact.id,
        one.model.repo,
        Relation.COMPONENT,
        component=shape.part,
        declared=False,
        confidence=one.grade,
        evidence=tuple(_evidence(node.artifact, one, shape)),
    )


def _once(links: Iterable[Link], known: Iterable[Link]) -> Iterator[Link]:
    """Each parent once; one that was named before keeps the relation that was stated with it."""
    stated = {link.parent.lower(): link for link in known if link.relation is not Relation.UNSTATED}
    seen = set()
    for link in links:
        if link.parent == link.child or (link.parent, link.component) in seen:
            continue
        seen.add((link.parent, link.component))
        before = stated.get(link.parent.lower())
        is_same = before is not None and before.component == link.component
        yield replace(link, relation=before.relation) if before is not None and is_same else link
