"""What stands there now, asked as cheaply as it can be: one request for each node of a lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from licscan.core.evidence import Evidence, Gap, GapReason
from licscan.core.ids import RepoId, RepoKind
from licscan.core.lock import Direction, Drift, Lock, LockEntry
from licscan.core.text import text
from licscan.sources.protocol import Hub, RepoInfo

_DATASETS = "datasets/"
_FOLDERS = (".", "/", "~")


@dataclass(frozen=True, slots=True)
class Now:
    """What one request told about each node of a lock."""

    same: tuple[LockEntry, ...]
    """Nodes at the locked commit: nothing in them can have changed; gate and name are those of now."""
    moved: tuple[str, ...]
    """Nodes at another commit, or without one: to be read anew."""
    lost: tuple[LockEntry, ...]
    """Nodes that could not be looked at."""


def look(lock: Lock, hub: Hub) -> Now:
    """Ask for every repository of the lock once."""
    asked = {node: repo for node, entry in lock.entries.items() if (repo := _repo(entry)) is not None}
    with ThreadPoolExecutor(max(1, hub.workers)) as pool:
        pins = (lock.entries[node].pin for node in asked)
        answers = dict(zip(asked, pool.map(hub.repo, asked.values(), pins), strict=True))
    same, moved, lost = [], [], []
    for node, entry in lock.entries.items():
        match answers.get(node):
            case None if node.startswith(_FOLDERS):
                moved.append(node)
            case None:
                same.append(entry)
            case Gap(reason=reason):
                lost.append(replace(entry, gap=reason.value))
            case RepoInfo() as info if info.revision is not None and info.revision == entry.revision:
                same.append(_as_now(entry, info))
            case RepoInfo():
                moved.append(node)
    return Now(tuple(same), tuple(moved), tuple(lost))


def lost_pins(lock: Lock, hub: Hub, moved: Iterable[str]) -> tuple[Drift, ...]:
    """Locked commits that their repository no longer serves; one request for each node that moved on."""
    return tuple(drift for node in sorted(set(moved)) for drift in _lost(lock.entries.get(node), hub))


def _lost(entry: LockEntry | None, hub: Hub) -> Iterator[Drift]:
    repo = _repo(entry) if entry is not None else None
    if entry is None or repo is None or entry.revision is None:
        return
    there = hub.repo(repo, entry.revision)
    if isinstance(there, Gap) and there.reason is GapReason.ABSENT:
        says = text("the locked commit {commit} can no longer be fetched", commit=entry.revision)
        seen = Evidence(entry.id, entry.revision, "history", there.detail)
        yield Drift(entry.id, says, Direction.GONE, entry.revision, None, (seen,), pin=True)


def _repo(entry: LockEntry) -> RepoId | None:
    """The repository to ask for; components and outside things have none, and a gap is asked for again."""
    if entry.kind not in {"model", "dataset"} or entry.gap == GapReason.NOT_A_REPO.value:
        return None
    kind = RepoKind.DATASET if entry.id.startswith(_DATASETS) else RepoKind.MODEL
    return RepoId.try_parse(entry.id.removeprefix(_DATASETS), kind)


def _as_now(entry: LockEntry, info: RepoInfo) -> LockEntry:
    seen = replace(entry, gated=info.gated if info.gated is not None else entry.gated, gap=None)
    name = str(info.id)
    return seen if name == entry.id else replace(seen, id=name, renamed_from=entry.id)
