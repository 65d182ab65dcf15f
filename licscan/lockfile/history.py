"""How a repository's terms changed, from the contents of its commits and never from their titles.

The listing and the files of a commit never change, so a cache may keep them for ever. The number of commits that are
read is bounded: ends that differ are halved until the commit between them is found; ends that are equal are sampled.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import pairwise

from licscan.core.evidence import Evidence, Gap, GapReason
from licscan.core.ids import RepoId
from licscan.core.lock import History, LockedText, Revision
from licscan.lockfile.sentences import mark, sentences
from licscan.sources.protocol import Commit, Hub, RepoInfo

_GOVERNS = re.compile(r"(?:^|/)(?:licen[cs]e|copying|notice|use[-_ ]?policy|terms)[^/]*\Z", re.IGNORECASE)
_LARGEST = 1_000_000
_LISTED = 5_000
_CARD = "README.md"
_FIELDS = re.compile(r"^(license|license_name|license_link)[ \t]*:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_HINT = re.compile(r"licen[cs]e|terms|policy|notice|readme", re.IGNORECASE)

Identify = Callable[[str], str | None]
"""The key of the known edition that a text is, or None."""


@dataclass(frozen=True, slots=True)
class _State:
    declared: str | None
    texts: tuple[LockedText, ...]


def commit_on(commits: tuple[Commit, ...], day: str) -> Commit | None:
    """The last commit up to and with a day (ISO); None where the repository is younger."""
    return next((one for one in commits if one.date[:10] <= day[:10]), None)


def revision_on(repo: RepoId, hub: Hub, day: str) -> str | None:
    """The commit that stood at the head of a repository on a day; None where its history cannot be had."""
    info = hub.repo(repo)
    commits = hub.history(info, (), _LISTED) if isinstance(info, RepoInfo) else ()
    found = commit_on(commits, day) if isinstance(commits, tuple) else None
    return found.id if found is not None else None


def history_of(
    info: RepoInfo,
    hub: Hub,
    *,
    identify: Identify = lambda _: None,
    pinned: str | None = None,
    commits: int = 1000,
    reads: int = 24,
) -> History | Gap:
    """The terms from commit to commit, oldest first; `reads` bounds how many commits are opened."""
    listed = hub.history(info, (), commits)
    if isinstance(listed, Gap):
        return listed
    oldest_first = tuple(reversed(listed))
    reader = _Reader(info, hub, identify, oldest_first)
    found = reader.search(reads)
    if reader.unread is not None:
        return reader.unread
    return History(
        id=str(info.id),
        revisions=tuple(_revisions(found, oldest_first, str(info.id))),
        commits=len(listed),
        read=len(found),
        complete=len(listed) < commits and len(found) == len(listed),
        first=oldest_first[0].date if oldest_first else None,
        reachable=_reachable(pinned, listed, complete=len(listed) < commits),
        squashed=_squashed(info, oldest_first, complete=len(listed) < commits),
        cut=len(listed) >= commits,
    )


def _reachable(pinned: str | None, listed: tuple[Commit, ...], *, complete: bool) -> bool | None:
    if pinned is None:
        return None
    if any(one.id.startswith(pinned) for one in listed):
        return True
    return False if complete else None


def _squashed(info: RepoInfo, oldest_first: tuple[Commit, ...], *, complete: bool) -> bool:
    """The first commit of a repository is made with it; a day's grace for clocks and uploads."""
    if not complete or not oldest_first or not info.created:
        return False
    return oldest_first[0].date[:10] > info.created[:10] and _days_apart(info.created, oldest_first[0].date) > 1


def _days_apart(earlier: str, later: str) -> int:
    from datetime import date

    try:
        return (date.fromisoformat(later[:10]) - date.fromisoformat(earlier[:10])).days
    except ValueError:
        return 0


class _Reader:
    """Reads the governing places of chosen commits, each at most once."""

    def __init__(self, info: RepoInfo, hub: Hub, identify: Identify, commits: tuple[Commit, ...]) -> None:
        self._info = info
        self._hub = hub
        self._identify = identify
        self._commits = commits
        self._states: dict[int, _State] = {}
        self._keys: dict[str, str | None] = {}
        self._left = 0
        self.unread: Gap | None = None
        """A text that is there and could not be read: without it nobody can say what changed."""

    def search(self, reads: int) -> dict[int, _State]:
        """The states of the commits that were read, by their place."""
        if not self._commits:
            return {}
        self._left = max(2, reads)
        last = len(self._commits) - 1
        self._state(0)
        self._state(last)
        self._narrow()
        # Ends that are equal can hide a change that was undone: look where titles hint, then halfway.
        hints = [at for at in range(1, last) if _HINT.search(self._commits[at].title)]
        for at in (*hints, *self._halfway()):
            if self._left <= 0:
                break
            if at not in self._states:
                self._state(at)
                self._narrow()
        return dict(sorted(self._states.items()))

    def _narrow(self) -> None:
        """Halve every stretch whose ends differ until the change lies between neighbours."""
        while self._left > 0:
            known = sorted(self._states)
            open_ = [
                (low, high)
                for low, high in pairwise(known)
                if high - low > 1 and self._states[low] != self._states[high]
            ]
            if not open_:
                return
            for low, high in open_:
                if self._left > 0:
                    self._state((low + high) // 2)

    def _halfway(self) -> list[int]:
        """Places that split the history evenly, coarse first."""
        last = len(self._commits) - 1
        parts = (part * last // share for share in (2, 4, 8, 16) for part in range(1, share))
        return list(dict.fromkeys(parts))

    def _state(self, at: int) -> _State:
        if at not in self._states:
            self._left -= 1
            self._states[at] = self._read(self._commits[at])
        return self._states[at]

    def _read(self, commit: Commit) -> _State:
        info = replace(self._info, revision=commit.id)
        listed = self._listed(info)
        names = ["LICENSE"] if listed is None else [one for one in listed if _GOVERNS.search(one) and "/" not in one]
        card = self._content(info, _CARD) if listed is None or _CARD in listed else None
        texts = [text for name in sorted(names) if (text := self._text(info, name)) is not None]
        return _State(_declared(card) if card is not None else None, tuple(texts))

    def _listed(self, info: RepoInfo) -> tuple[str, ...] | None:
        """The files of a commit; its listing never changes, so a cache answers for it, unlike for the repository."""
        files = self._info.files if info.revision == self._info.revision else None
        if files is None:
            listing = self._hub.listing(info)
            there = self._hub.repo(info.id, info.revision) if isinstance(listing, Gap) else None
            files = listing if isinstance(listing, tuple) else there.files if isinstance(there, RepoInfo) else None
        return tuple(one.path for one in files) if files is not None else None

    def _content(self, info: RepoInfo, name: str) -> bytes | None:
        content = self._hub.read(info, name, _LARGEST)
        if isinstance(content, bytes):
            return content
        if content.reason is not GapReason.ABSENT:
            self._left = 0
            where = f"{name} at {(info.revision or '')[:12]}"
            self.unread = self.unread or replace(content, detail=f"{where}: {content.detail}", place=name)
        return None

    def _text(self, info: RepoInfo, name: str) -> LockedText | None:
        content = self._content(info, name)
        if content is None:
            return None
        digest = sha256(content).hexdigest()
        said = content.decode("utf-8", "replace")
        if digest not in self._keys:
            self._keys[digest] = self._identify(said)
        key = self._keys[digest]
        marks = () if key else tuple(dict.fromkeys(mark(one) for one in sentences(said)))
        lower = name.lower()
        role = "notice" if "notice" in lower else "policy" if "policy" in lower else "license"
        return LockedText(name, role, digest, key, marks)


def _declared(card: bytes) -> str | None:
    """The licence fields of the card, as published."""
    head = card.decode("utf-8", "replace").lstrip("\ufeff")
    if not head.startswith("---"):
        return None
    front = head[3:].partition("\n---")[0]
    said = [f"{name}: {value.strip(chr(34) + chr(39))}" for name, value in _FIELDS.findall(front)]
    return "; ".join(said) or None


def _revisions(states: dict[int, _State], commits: tuple[Commit, ...], repo: str) -> list[Revision]:
    """One entry for the beginning and for each change."""
    found: list[Revision] = []
    before: _State | None = None
    for at, state in states.items():
        if state != before:
            commit = commits[at]
            says = state.declared or ", ".join(f"{one.place} {one.key or one.sha256[:12]}" for one in state.texts)
            seen = (Evidence(repo, commit.id, "history", f"{commit.date[:10]}: {says or 'nothing about a licence'}"),)
            found.append(Revision(commit.id, commit.date, commit.title, state.declared, state.texts, seen))
        before = state
    return found
