"""Joins what a repository's places say into links: one link for each parent, with all its evidence.

Nothing is hidden: sources that disagree stay both, with a contradiction beside them; what cannot be resolved becomes an
external node with the value as published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from licscan.core.artifact import Artifact, Fact, FactKind, NodeKind
from licscan.core.evidence import Confidence, Evidence
from licscan.core.ids import RepoId, RepoKind
from licscan.core.lineage import Link, Relation
from licscan.extract.mention import Mention, Reading
from licscan.lineage.architectures import Part, parts, shape_of
from licscan.lineage.name_resolution import Named, Names
from licscan.lineage.settle import settle
from licscan.lineage.targets import Target, Targets

_WEIGHTS = (
    ".safetensors",
    ".bin",
    ".gguf",
    ".ggml",
    ".pt",
    ".pth",
    ".ckpt",
    ".onnx",
    ".h5",
    ".msgpack",
    ".npz",
    ".llamafile",
)
_ONE_BASE = {"card", "tags", "hub", "adapter", "config"}
"""Kinds of place that name the one model that another was made from."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The links of one repository to its parents, and what else follows from them."""

    links: tuple[Link, ...] = ()
    """Their parents are node ids: repositories, `external:<value>`, or `<child>#<role>`."""
    extra: tuple[Artifact, ...] = ()
    """The nodes that are no repository: external ones and components of a family."""
    facts: tuple[Fact, ...] = ()
    """Facts that showed only when the places were joined, such as a contradiction."""


def join(reading: Reading, names: Names) -> Joined:
    """Merge the mentions of one repository into links."""
    targets = Targets(reading, names)
    for mention in reading.mentions:
        if mention.family is None:
            targets.add(mention)
    settle(targets, reading, names)
    found_parts = _parts(reading, targets, names)
    _add_shape(reading, targets, names)
    _add_own_name(reading, targets, names)
    signs = reading.artifact.facts_of(FactKind.DERIVED)
    if signs and not targets.bases():
        targets.keep_loose(Relation(signs[0].value))
    facts = (*targets.facts, *_contradictions(targets), *_type_contradictions(reading, targets, names))
    disputed = {fact.evidence for fact in facts if fact.kind is FactKind.CONTRADICTION}
    links = [link for target in targets.all() for link in _links(reading.artifact.id, target, disputed)]
    links += [_part_link(reading.artifact.id, id, part) for id, part in found_parts]
    extra = [target.node for target in targets.all() if target.node is not None]
    extra += [_part_node(reading, id, part) for id, part in found_parts]
    return Joined(
        tuple(sorted(links, key=lambda link: link.key)),
        tuple(sorted({one.id: one for one in extra}.values(), key=lambda one: one.id)),
        tuple(facts),
    )


def _links(child: str, target: Target, disputed: set[Evidence]) -> Iterator[Link]:
    """The links to one parent: one, or one for each part that it gave."""
    roles = dict.fromkeys(one.component for one in target.mentions if one.component and one.component != "part")
    if target.relation is not Relation.COMPONENT or len(roles) < 2:
        yield _link(child, target, target.component, target.mentions, disputed)
        return
    for role in roles:
        mentions = [one for one in target.mentions if one.component in (role, None, "part")]
        yield _link(child, target, role, mentions, disputed)


def _link(child: str, target: Target, role: str | None, mentions: Sequence[Mention], disputed: set[Evidence]) -> Link:
    confidence = min((mention.confidence for mention in mentions), key=lambda one: one.rank)
    if target.named.confidence.rank > confidence.rank:
        confidence = target.named.confidence
    evidence = tuple(dict.fromkeys(mention.evidence for mention in mentions))
    if confidence is Confidence.CERTAIN and disputed & set(evidence):
        confidence = Confidence.LIKELY
    if target.named.note and target.named.note != "read from an address":
        first = evidence[0]
        evidence = (replace(first, says=f"{first.says} ({target.named.note})"), *evidence[1:])
    if target.reason is not None:
        evidence = (*evidence, target.reason)
    revisions = target.revisions
    evidence += tuple(
        replace(mention.evidence, says=f"{mention.evidence.says}, at revision {revision}")
        for revision, mention in revisions.items()
    )
    return Link(
        child,
        target.id,
        target.relation,
        component=role,
        declared=any(mention.declared for mention in mentions),
        confidence=confidence,
        evidence=evidence,
        revision=next(iter(revisions), None),
    )


def _parts(reading: Reading, targets: Targets, names: Names) -> list[tuple[str, Part]]:
    """Parts of foreign families with their node ids; one that a named repository accounts for adds its evidence."""
    kept: dict[tuple[str, str, tuple[str, ...]], Part] = {}
    for part in parts(reading.mentions, _org(reading.artifact), names.book):
        owner = targets.holder(part.role, part.candidates)
        if owner is not None:
            owner.take_part(part.mention, part.role)
        else:
            kept.setdefault((part.role, part.family.name, part.candidates), part)
    found: list[tuple[str, Part]] = []
    for part in kept.values():
        again = sum(other.role == part.role for _, other in found)
        number = f"_{again + 1}" if again else ""
        found.append((f"{reading.artifact.id}#{part.role}{number}", part))
    return found


def _part_link(child: str, parent: str, part: Part) -> Link:
    return Link(
        child,
        parent,
        Relation.COMPONENT,
        component=part.role,
        declared=False,
        confidence=part.confidence,
        evidence=(part.mention.evidence,),
    )


def _part_node(reading: Reading, id: str, part: Part) -> Artifact:
    artifact = reading.artifact
    says = f"{part.family.name}: {part.mention.evidence.says}"
    return Artifact(
        id=id,
        kind=NodeKind.COMPONENT,
        source=artifact.source,
        as_of=artifact.as_of,
        facts=(Fact(FactKind.ARCHITECTURE, part.family.name, replace(part.mention.evidence, says=says)),),
        candidates=part.candidates,
        publisher=part.publisher,
    )


def _add_shape(reading: Reading, targets: Targets, names: Names) -> None:
    """The exact shape of another publisher's model and a second sign that names it: likely the parent.

    The shape alone is an architecture and no lineage.
    """
    found = shape_of(reading.mentions, _org(reading.artifact), names.book)
    if found is None or targets.bases():
        return
    repo = RepoId.try_parse(found[0])
    sign = next(
        (
            mention
            for mention in reading.mentions
            if mention.source in ("tag-word", "prose-words")
            and repo is not None
            and names.release(mention.value) == repo
        ),
        None,
    )
    if repo is None or sign is None:
        return
    shape = replace(found[1].evidence, says=f"{found[1].evidence.says}, in every size equal to {found[0]}")
    for evidence in (shape, sign.evidence):
        targets.put(
            Mention(found[0], evidence, "shape", relation=Relation.UNSTATED, confidence=Confidence.LIKELY),
            Named(repo),
        )


def _add_own_name(reading: Reading, targets: Targets, names: Names) -> None:
    """A copy, an adapter or a trainer's output that names no parent anywhere else: its own name may still spell it.

    A name alone is no evidence for anything else: many name a model after another that they did not start from.
    """
    repo = reading.artifact.repo
    if repo is None or repo.kind is not RepoKind.MODEL or targets.bases() or not _holds_weights(reading.artifact):
        return
    bare, suffix = names.bare(repo.name)
    relation = Relation(suffix) if suffix else reading.inferred[0] if reading.inferred else None
    found = _spelt(repo, bare, relation, names)
    evidence = Evidence(reading.artifact.id, reading.artifact.revision, "name", repo.name)
    if found is None or (found.repo is None and not found.candidates):
        if suffix == Relation.QUANTIZED:
            says = f"a quantised copy that nowhere names its original (by its name: {bare})"
            targets.facts.append(Fact(FactKind.SUMMARY, says, evidence))
        return
    mention = Mention(bare, evidence, "name", relation=relation, confidence=Confidence.POSSIBLE)
    note = "by the name of the repository alone"
    targets.put(mention, replace(found, confidence=Confidence.POSSIBLE, note=note)).relation = (
        relation or Relation.UNSTATED
    )


def _spelt(repo: RepoId, bare: str, relation: Relation | None, names: Names) -> Named | None:
    """The parent that a repository's own name spells, where its kind makes sure that it has one."""
    if relation in (Relation.QUANTIZED, Relation.CONVERTED) and bare != repo.name:
        release = names.release(bare) or names.owner_and_name(bare)
        if release is not None:
            return Named(release) if release != repo and names.release(repo.name) != repo else None
        if relation is Relation.CONVERTED:
            return None
        own = RepoId.try_parse(f"{repo.org}/{bare}")
        return Named(own) if repo.org.lower() in names.book.orgs else Named(candidates=names.beginning(bare))
    tuned = re.search(
        r"fine-?tuned?|(?:\b|[-_])(?:lora|q-?lora|peft|adapter|sft|dpo)(?:\b|[-_])", repo.name, re.IGNORECASE
    )
    if relation is Relation.ADAPTER or tuned:
        release = names.owner_and_name(repo.name)
        candidates = () if release else names.beginning(names.book.tuned.sub("", repo.name))
        if release is None and len(candidates) == 1:
            release = RepoId.try_parse(candidates[0])
        if release is not None and release.org.lower() != repo.org.lower():
            return Named(release)
    return None


def _holds_weights(artifact: Artifact) -> bool:
    """Whether the listing, where it was seen, shows any weights."""
    if artifact.files is None:
        return True
    return any(entry.path.lower().endswith(_WEIGHTS) for entry in artifact.files)


def _contradictions(targets: Targets) -> Iterator[Fact]:
    """Places that each name the one base, and name different ones."""
    bases = [target for target in targets.all() if target.is_base() and target.sources & _ONE_BASE]
    if len(bases) < 2:
        return
    declared = [target for target in bases if target.sources & {"card", "tags", "hub"}]
    others = [target for target in bases if target not in declared]
    if len(declared) > 1 or not declared:
        return
    for other in others:
        if targets.akin(declared[0], other):
            continue
        ours, theirs = declared[0].mentions[0].evidence, other.mentions[0].evidence
        says = f"{ours.place} says {ours.says}, {theirs.place} says {theirs.says}"
        yield Fact(FactKind.CONTRADICTION, says, ours)
        yield Fact(FactKind.CONTRADICTION, says, theirs)


def _type_contradictions(reading: Reading, targets: Targets, names: Names) -> Iterator[Fact]:
    """A declared base of another model type: a fine-tune or a copy keeps the type of what it was made from."""
    kept = (Relation.FINETUNE, Relation.CONTINUE_TRAIN, Relation.QUANTIZED)
    declared = [one for one in targets.bases() if one.relation in kept and one.sources & {"card", "tags", "hub"}]
    if not declared:
        return
    types = names.book.model_types
    own = next((m for m in reading.mentions if (m.family or m.value) in types and _is_type(m)), None)
    for target in declared if own is not None else ():
        kinds = {kind for kind, releases in types.items() if target.repo and releases.match(target.repo.path)}
        if own is not None and kinds and (own.family or own.value) not in kinds:
            says = f"{own.evidence.place} says {own.evidence.says}, but {target.repo} is of the type {min(kinds)}"
            yield Fact(FactKind.CONTRADICTION, says, target.mentions[0].evidence)
            yield Fact(FactKind.CONTRADICTION, says, own.evidence)


def _is_type(mention: Mention) -> bool:
    """Whether a mention speaks of the whole model's type."""
    return mention.component is None and (mention.family is not None or mention.source == "tag-word")


def _org(artifact: Artifact) -> str:
    return artifact.org or ""
