"""The one seam between the world and the rest of the house: what a source of facts can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal, Protocol

from licscan.core.artifact import FileEntry, Source
from licscan.core.evidence import Gap
from licscan.core.ids import RepoId, is_commit


@dataclass(frozen=True, slots=True)
class RepoInfo:
    """One repository as one request brings it. None always means "not seen", never "absent"."""

    id: RepoId
    """The name under which it answered."""
    asked: RepoId
    """The name that was asked for; differs after a rename or for another spelling."""
    source: Source
    revision: str | None = None
    """The commit, 40 hex digits."""
    as_of: str | None = None
    """ISO 8601: when these facts were true."""
    card: Mapping[str, Any] | None = None
    """The card's metadata as the Hub read it; an empty mapping for a card without any."""
    tags: tuple[str, ...] | None = None
    files: tuple[FileEntry, ...] | None = None
    base_relation: str | None = None
    """The Hub's own word for how the model was made from its bases."""
    base_models: tuple[str, ...] | None = None
    """The Hub's own list of direct parents, after its redirects."""
    gated: Literal[False, "auto", "manual"] | None = None
    config: Mapping[str, Any] | None = None
    """The Hub's excerpt of config.json."""
    parameters: int | None = None
    dtypes: Mapping[str, int] = field(default_factory=dict)
    """Parameters by type, as the Hub counts them."""
    gguf: Mapping[str, Any] | None = None
    """The Hub's excerpt of GGUF metadata."""
    library: str | None = None
    pipeline: str | None = None
    created: str | None = None
    modified: str | None = None
    displayed_license: str | None = None
    """What the page header showed, where the card itself was not seen (catalogue)."""
    partial: bool = False
    """The card was not seen, or only some of its lines: what it does not say here may stand in it (catalogue)."""
    odd: tuple[str, ...] = ()
    """Fields of the Hub's answer that have no type that they could have: what they say was not seen."""


def is_at(info: RepoInfo, revision: str) -> bool:
    """Whether what is known of a repository is of this revision, a shortened commit included."""
    known = info.revision or ""
    return known == revision or (is_commit(revision) and known.startswith(revision))


@dataclass(frozen=True, slots=True, order=True)
class Want:
    """One file, or a stretch of one, that a reader would like to see."""

    path: str
    start: int = 0
    length: int | None = None
    """Bytes; None is the whole of a small file."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of a repository's history."""

    id: str
    date: str
    """ISO 8601."""
    title: str


@dataclass(slots=True)
class Counts:
    """What a source has cost so far; grows while it is asked, from several threads at once."""

    requests: int = 0
    bytes: int = 0
    cache_hits: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def add(self, *, requests: int = 0, bytes: int = 0, cache_hits: int = 0) -> None:
        """Count some more."""
        with self._lock:
            self.requests += requests
            self.bytes += bytes
            self.cache_hits += cache_hits


class Hub(Protocol):
    """A source of facts. Every question has an answer: what cannot be answered is a `Gap`, never an exception.

    The only exceptions are errors of this run (`licscan.errors`), such as a recording that is no recording.
    """

    @property
    def workers(self) -> int:
        """How many questions may be asked at once; 1 for a source that answers from disk."""

    @property
    def stats(self) -> Counts:
        """What it has cost so far."""

    def repo(self, repo: RepoId, revision: str | None = None) -> RepoInfo | Gap:
        """What one request tells about a repository."""

    def read(self, info: RepoInfo, path: str, limit: int = 1_000_000) -> bytes | Gap:
        """A small file whole, at the revision of `info`; a file larger than `limit` bytes is a gap."""

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:
        """Bytes `start` to `start + length` of a file; fewer where the file ends before."""

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        """All files with sizes and hashes, sorted by path: one more request, for those who compare contents."""

    def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:
        """The commits, newest first, at most `limit`; whether they touched `paths` is for the caller to find out."""

    def linked(self, url: str, limit: int = 1_000_000) -> bytes | Gap:
        """What stands behind a licence link outside the Hub: https and public addresses only."""
