"""Listings with hashes, asked for where they could matter: equal weights in two repositories are a copy, said or not.

One more request for each repository. It could matter where the subject holds weights, no card declares what it was made
from, and something else (a config, a sentence, a part that may be from somewhere) leads to other repositories; and
where the user asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from licscan.core.artifact import Artifact, FileEntry, NodeKind, Source
from licscan.core.bounds import HASHED_CANDIDATES, HASHED_REPOSITORIES
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.core.lineage import Lineage, Link, Relation
from licscan.lineage.equal_hashes import WEIGHTS, equal_files, with_younger
from licscan.lineage.provider import Learned, Provider, Root, Walked, merged
from licscan.sources.protocol import Hub, RepoInfo

_PLACE = "listing"
_OWN_WEIGHTS = frozenset({Relation.TRAINED_ON, Relation.DISTILLED, Relation.COMPONENT, Relation.ADAPTER})
"""Relations to what the weights of the whole were not taken from."""
_VAGUE = frozenset({Relation.UNSTATED, Relation.FINETUNE, Relation.CONTINUE_TRAIN})
_Place = tuple[RepoInfo, Hub]


class EqualFiles(Provider):
    """Links between repositories that hold the same large weights file.

    `asked` says that the user wants it: then every repository is listed, those that a part may be from, and `against`,
    and a listing that cannot be had is a gap.
    """

    name = "equal files"
    lookups = None

    def __init__(self, *, asked: bool = False, against: Sequence[_Place] = ()) -> None:
        self._is_asked = asked
        self._against = against
        self._answers: dict[str, tuple[FileEntry, ...] | Gap] = {}

    def of_lineage(self, walked: Walked, hub: Hub) -> Learned:
        """Copies among what was read, and among what is listed for their sake."""
        lineage = walked.lineage
        own = _places(lineage, walked.roots, hub, asked=self._is_asked)
        strangers = self._strangers(lineage, hub) if own else {}
        places = {**own, **strangers}
        changed = self._list(places, lineage, hub) if own and len(places) > 1 else {}
        met = [_stranger(name, place, self._answers.get(name)) for name, place in strangers.items()]
        links = []
        for link in equal_files([*(changed.get(id, one) for id, one in lineage.artifacts.items()), *met]):
            if link.child in lineage:
                links.append(link)
            elif link.parent in lineage:
                changed[link.parent] = with_younger(changed.get(link.parent, lineage[link.parent]), link)
        joined = {link.key: link for link in _joined(lineage, links)} if links else {}
        before = {link.key: link for link in lineage.links} if links else {}
        fresh = tuple(link for key, link in joined.items() if before.get(key) != link)
        gone = {key for key in before if key not in joined} | {link.key for link in fresh if link.key in before}
        used = {link.parent for link in fresh}
        return Learned(
            fresh,
            revised=tuple(one for one in changed.values() if one != lineage[one.id]),
            gone=frozenset(gone),
            places=tuple(place for name, place in strangers.items() if name in used),
        )

    def _strangers(self, lineage: Lineage, hub: Hub) -> dict[str, _Place]:
        """Repositories outside the lineage to compare with."""
        named = {str(info.id): (info, source) for info, source in self._against if str(info.id) not in lineage}
        return {**(_candidates(lineage, hub) if self._is_asked else {}), **named}

    def _list(self, places: Mapping[str, _Place], lineage: Lineage, hub: Hub) -> dict[str, Artifact]:
        """The nodes with their hashes; what could not be listed is a gap, of the subject where it is no node."""
        chosen = dict(list(places.items())[: HASHED_REPOSITORIES.value])
        self._answers |= _ask({name: at for name, at in chosen.items() if name not in self._answers}, hub.workers)
        changed: dict[str, Artifact] = {}
        for node in places:
            answer = self._answers.get(node) or HASHED_REPOSITORIES.gap(node)
            # A stranger that was not seen is a hole in what is known of the subject.
            at = node if node in lineage else lineage.subjects[0]
            known = changed.get(at, lineage[at])
            if isinstance(answer, Gap):
                if self._is_asked or answer.reason is not GapReason.OFFLINE:
                    changed[at] = _with_gap(known, node, answer)
            elif at == node:
                changed[node] = replace(known, files=answer)
        return changed


def _places(lineage: Lineage, roots: Sequence[Root], hub: Hub, *, asked: bool) -> dict[str, tuple[RepoInfo, Hub]]:
    """The repositories of the lineage to list, by node, and where to ask; none where no subject is among them."""
    own = {node: (info, source) for node, info, source in roots}
    if not asked and not any(_is_open(lineage, subject) for subject in lineage.subjects):
        return {}
    places: dict[str, tuple[RepoInfo, Hub]] = {}
    for node in (*lineage.subjects, *(one for subject in lineage.subjects for one in lineage.upstream_of(subject))):
        artifact = lineage[node]
        if artifact.kind is not NodeKind.MODEL or not _may_hold_weights(artifact):
            continue
        if not asked and _is_candidate(node, lineage):
            continue
        if node in own:
            # Hashing a folder reads all of it: only where the user asks.
            if asked or own[node][0].source is not Source.PATH:
                places[node] = own[node]
        elif artifact.repo is not None and artifact.source is not None and artifact.gap is None:
            info = RepoInfo(artifact.repo, artifact.repo, artifact.source, artifact.revision, files=artifact.files)
            places[node] = (info, hub)
    return places if any(node in own for node in places) else {}


def _is_open(lineage: Lineage, subject: str) -> bool:
    """Whether no card declares what the subject's weights were made from, and something leads elsewhere."""
    links = lineage.up(subject)
    whole = [link for link in links if link.relation not in _OWN_WEIGHTS]
    return bool(links) and not any(link.declared for link in whole)


def _is_candidate(node: str, lineage: Lineage) -> bool:
    """Whether nothing leads to a node but that a part may be from it."""
    below = lineage.down(node)
    return bool(below) and all(lineage[link.child].kind is NodeKind.COMPONENT for link in below)


def _may_hold_weights(artifact: Artifact) -> bool:
    return artifact.files is None or any(WEIGHTS.search(entry.path.lower()) for entry in artifact.files)


def _candidates(lineage: Lineage, hub: Hub) -> dict[str, tuple[RepoInfo, Hub]]:
    """The repositories that parts and outside names may be."""
    names = dict.fromkeys(
        name for artifact in lineage.artifacts.values() for name in artifact.candidates if name not in lineage
    )
    found = {}
    for name in list(names)[: HASHED_CANDIDATES.value]:
        repo = RepoId.try_parse(name)
        info = hub.repo(repo) if repo is not None else None
        if isinstance(info, RepoInfo) and str(info.id) not in lineage:
            found[str(info.id)] = (info, hub)
    return found


def _ask(places: dict[str, tuple[RepoInfo, Hub]], workers: int) -> dict[str, tuple[FileEntry, ...] | Gap]:
    from concurrent.futures import ThreadPoolExecutor  # only where there is something to ask

    def ask(place: tuple[RepoInfo, Hub]) -> tuple[FileEntry, ...] | Gap:
        info, hub = place
        return hub.listing(info)

    with ThreadPoolExecutor(max(1, min(workers, len(places)))) as pool:
        return dict(zip(places, pool.map(ask, places.values()), strict=True))


def _stranger(name: str, place: tuple[RepoInfo, Hub], answer: tuple[FileEntry, ...] | Gap | None) -> Artifact:
    info = place[0]
    files = None if isinstance(answer, Gap) else answer
    return Artifact(name, NodeKind.MODEL, info.id, info.revision, created=info.created, files=files)


def _with_gap(artifact: Artifact, node: str, gap: Gap) -> Artifact:
    whose = "its hashes were" if node == artifact.id else f"the hashes of {node} were"
    told = Gap(artifact.id, gap.reason, f"{whose} not seen: {gap.detail}", _PLACE)
    return artifact if told in artifact.file_gaps else replace(artifact, file_gaps=(*artifact.file_gaps, told))


def _joined(lineage: Lineage, equal: Iterable[Link]) -> tuple[Link, ...]:
    """All links, where a copy is drawn once.

    A vague link to the same parent becomes the copy that it is; where the lineage leads the other way round already,
    the dates of the repositories were those of a later upload, and the lineage is right.
    """
    links = {link.key: link for link in lineage.links}
    copies = []
    for link in equal:
        copy = link
        if link.parent in lineage and link.child in lineage and lineage.path(link.parent, link.child):
            copy = replace(link, child=link.parent, parent=link.child)
        for known in lineage.up(copy.child):
            if known.parent != copy.parent:
                continue
            if known.relation in _VAGUE and not known.declared and copy.component is None:
                links.pop(known.key, None)
                copy = replace(copy, evidence=(*known.evidence, *copy.evidence), revision=known.revision)
            elif known.declared or known.relation is copy.relation:
                links[known.key] = replace(known, evidence=(*known.evidence, *copy.evidence))
                copy = replace(copy, evidence=())
        if copy.evidence:
            copies.append(copy)
    return merged([*links.values(), *copies])
