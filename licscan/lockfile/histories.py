"""How the terms of the subject and of everything above it changed, each repository within its own bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from licscan.core.artifact import Artifact, NodeKind
from licscan.core.bounds import HISTORIES
from licscan.core.coverage import READ, not_read
from licscan.core.evidence import Gap, GapReason
from licscan.core.lineage import Lineage
from licscan.core.lock import History, Lock
from licscan.knowledge import Knowledge
from licscan.lockfile.compare import across
from licscan.lockfile.history import Identify, history_of
from licscan.sources.protocol import Hub, RepoInfo

PLACE = "history"
"""The place of a gap that is a history which could not be read."""
_REPOS = frozenset({NodeKind.MODEL, NodeKind.DATASET})


@dataclass(frozen=True, slots=True)
class Past:
    """The histories that were read, and the lineage with a gap for each that was not."""

    lineage: Lineage
    histories: Mapping[str, History]


def with_histories(
    lineage: Lineage,
    hub: Hub,
    knowledge: Knowledge,
    identify: Identify,
    *,
    pins: Mapping[str, str] | None = None,
    lock: Lock | None = None,
) -> Past:
    """Read the history of every repository of the lineage.

    `pins` are the revisions at which nodes were read by somebody's choice, and a lock pins what it holds: whether
    these commits are still in the history is told too.
    """
    nodes = [node for node in _nearest_first(lineage) if _has_history(lineage[node])]
    locked = {node: entry.revision for node, entry in lock.entries.items() if entry.revision} if lock else {}
    chosen = dict(pins or {})

    def read(node: str) -> History | Gap:
        info = _head(lineage[node], hub, asked=node in chosen)
        if isinstance(info, Gap):
            return info
        pinned = locked.get(node) or (lineage[node].revision if node in chosen else None)
        found = history_of(info, hub, identify=identify, pinned=pinned)
        return found if isinstance(found, Gap) else replace(found, id=node)

    with ThreadPoolExecutor(max(1, min(hub.workers, len(nodes[: HISTORIES.value])))) as pool:
        answers: dict[str, History | Gap] = dict(zip(nodes, pool.map(read, nodes[: HISTORIES.value]), strict=False))
    told = namer(knowledge)
    histories: dict[str, History] = {}
    gaps: dict[str, Gap] = {}
    for node in nodes:
        found = answers.get(node) or HISTORIES.gap(node)
        if isinstance(found, History):
            histories[node] = replace(found, changes=across(found, knowledge.licenses, told))
        else:
            detail = f"its history was not read: {found.detail}"
            gaps[node] = replace(found, id=node, detail=detail, place=PLACE)
    return Past(_looked_at(lineage, histories, gaps), dict(sorted(histories.items())))


def namer(knowledge: Knowledge) -> Callable[[str], str | None]:
    """What the licence fields of a card mean: its own name for the licence first, then the Hub's id."""

    def named(declared: str) -> str | None:
        fields = dict(one.partition(": ")[::2] for one in declared.split("; "))
        name, id = fields.get("license_name"), fields.get("license")
        meanings = (knowledge.names.alias(name) if name else None, knowledge.hub_id(id) if id else None)
        return next((one.key for one in meanings if one is not None and one.key), None)

    return named


def _nearest_first(lineage: Lineage) -> list[str]:
    nodes = dict.fromkeys(lineage.subjects)
    for subject in lineage.subjects:
        nodes.update(dict.fromkeys(lineage.upstream_of(subject)))
    return list(nodes)


def _has_history(artifact: Artifact) -> bool:
    """A repository that was read; a folder, a part and what is missing have none that could be asked for."""
    return artifact.kind in _REPOS and artifact.repo is not None and artifact.gap is None


def _head(artifact: Artifact, hub: Hub, *, asked: bool) -> RepoInfo | Gap:
    """Where the history is listed from: the newest commit, which was read already unless another one was chosen."""
    if artifact.repo is None or artifact.source is None:
        return Gap(artifact.id, GapReason.NOT_A_REPO, "it is no repository")
    if asked or artifact.revision is None:
        return hub.repo(artifact.repo)
    return RepoInfo(
        artifact.repo,
        artifact.repo,
        artifact.source,
        artifact.revision,
        files=artifact.files,
        created=artifact.created,
    )


def _looked_at(lineage: Lineage, histories: Mapping[str, History], gaps: Mapping[str, Gap]) -> Lineage:
    """The lineage whose nodes say whether their history was read."""
    nodes = [_with_history(one, histories.get(one.id), gaps.get(one.id)) for one in lineage.artifacts.values()]
    return Lineage.build(lineage.subjects, nodes, lineage.links)


def _with_history(artifact: Artifact, history: History | None, gap: Gap | None) -> Artifact:
    look = artifact.coverage.history
    if gap is not None:
        look = not_read(str(gap.reason))
    elif history is not None:
        look = not_read(str(GapReason.TRUNCATED)) if history.cut else READ
    covered = None if artifact.looked_at is None else replace(artifact.looked_at, history=look)
    return replace(artifact, file_gaps=artifact.file_gaps + ((gap,) if gap else ()), looked_at=covered)
