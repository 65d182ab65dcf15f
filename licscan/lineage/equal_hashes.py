"""Equal large files in two repositories: evidence of a copy that no card has to admit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from licscan.core.artifact import Artifact, Fact, FactKind, FileEntry, Source
from licscan.core.evidence import Confidence, Evidence
from licscan.core.lineage import Link, Relation
from licscan.extract.keys import keys

_LEAST_BYTES = 1_000_000
WEIGHTS = re.compile(
    r"\.(?:safetensors|bin|gguf|ggml|pth?|ckpt|h5|msgpack|onnx|onnx_data|npz|tflite|llamafile|nemo|keras)\Z"
)
_SHARED = re.compile(r"tokenizer|vocab|merges|spiece|sentencepiece|training_args|optimizer|scheduler|rng_state")
_MOST_SHOWN = 5
_MOSTLY = 0.5
UNDATED = "; the dates do not say which of the two is the original"
"""What the evidence of equal files ends with, where neither repository is known to be the older one."""


def equal_files(artifacts: Iterable[Artifact]) -> tuple[Link, ...]:
    """A certain link for every repository that holds the same large weights file as an older one.

    Tokenizers and files below a megabyte are left out: unrelated models share them. The oldest holder is the parent
    of all the others; where the dates do not say which is older, the evidence says so. A copy in the folder of a
    part (a `vae`, a `text_encoder`) that is the lesser part of the repository's weights is a component.
    """
    known = {artifact.id: artifact for artifact in sorted(artifacts, key=lambda one: one.id)}
    holders: dict[str, list[tuple[str, FileEntry]]] = {}
    for artifact in known.values():
        for entry in _weights(artifact):
            holders.setdefault(_hash(entry), []).append((artifact.id, entry))
    shared: dict[tuple[str, str], list[tuple[FileEntry, FileEntry]]] = {}
    for _, held in sorted(holders.items()):
        once = dict(reversed(held))
        oldest, *others = sorted(once, key=lambda one: (known[one].created or "9", one))
        for other in others:
            shared.setdefault((other, oldest), []).append((once[other], once[oldest]))
    return tuple(_link(known[child], known[parent], pairs) for (child, parent), pairs in sorted(shared.items()))


def equal_pair(one: Artifact, other: Artifact) -> Link | None:
    """A link from one repository to another one that holds the same large weights file, whatever their names say.

    It is certain where the other one is older, or the first is a folder that was not published; likely where the dates
    do not say; and possible, as a thing to look at, where the other one was created later.
    """
    theirs = {_hash(entry): entry for entry in _weights(other)}
    pairs = [(entry, theirs[_hash(entry)]) for entry in _weights(one) if _hash(entry) in theirs]
    if not pairs:
        return None
    link = _link(one, other, pairs)
    if one.source is Source.PATH or (one.created and other.created and other.created[:19] < one.created[:19]):
        return link
    if not (one.created and other.created) or other.created[:19] == one.created[:19]:
        return replace(link, confidence=Confidence.LIKELY)
    return replace(link, confidence=Confidence.POSSIBLE)


def with_younger(artifact: Artifact, link: Link) -> Artifact:
    """A younger repository with our weights is none of our parents, and worth knowing."""
    seen = replace(link.evidence[0], repo=artifact.id, revision=artifact.revision)
    younger = link.child if link.parent == artifact.id else link.parent
    later = "" if link.evidence[0].says.endswith(UNDATED) else ", which was created later,"
    says = f"{younger}{later} holds the same weights: {link.evidence[0].place}"
    if any(fact.value == says for fact in artifact.facts):
        return artifact
    return replace(artifact, facts=(*artifact.facts, Fact(FactKind.SUMMARY, says, seen)))


def _weights(artifact: Artifact) -> Iterator[FileEntry]:
    for entry in artifact.files or ():
        name = entry.path.rsplit("/", 1)[-1].lower()
        if (entry.size or 0) >= _LEAST_BYTES and _hash(entry) and WEIGHTS.search(name) and not _SHARED.search(name):
            yield entry


def _hash(entry: FileEntry) -> str:
    return f"sha256:{entry.sha256.lower()}" if entry.sha256 else f"xet:{entry.xet.lower()}" if entry.xet else ""


def _link(child: Artifact, parent: Artifact, pairs: list[tuple[FileEntry, FileEntry]]) -> Link:
    dated = child.source is Source.PATH or bool(
        child.created and parent.created and child.created[:19] != parent.created[:19]
    )
    evidence = []
    for ours, theirs in sorted(pairs, key=lambda pair: pair[0].path)[:_MOST_SHOWN]:
        says = f"the same file as {theirs.path} of {parent.id}: {_hash(ours)}, {ours.size} bytes"
        if not dated:
            says += UNDATED
        evidence.append(Evidence(child.id, child.revision, f"{ours.path}#sha256", says))
    role = _role(child, [ours for ours, _ in pairs], keys().roles)
    return Link(
        child.id,
        parent.id,
        Relation.COMPONENT if role else Relation.CONVERTED,
        component=role,
        declared=False,
        confidence=Confidence.CERTAIN,
        evidence=tuple(evidence),
    )


def _role(child: Artifact, equal: list[FileEntry], roles: Mapping[str, str]) -> str | None:
    """The role of the equal part, where it is a part in its own folder and not most of the weights."""
    folders = {entry.path.split("/", 1)[0] for entry in equal if "/" in entry.path}
    found = {roles[folder] for folder in folders if folder in roles}
    if len(found) != 1 or any("/" not in entry.path for entry in equal):
        return None
    whole = sum(entry.size or 0 for entry in _weights(child))
    part = sum(entry.size or 0 for entry in equal)
    return found.pop() if part < _MOSTLY * whole else None
