"""The source as a provider sees it: a number of questions, and a gap for every further one."""

from __future__ import annotations

from licscan.core.artifact import FileEntry
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.sources.protocol import Commit, Counts, Hub, RepoInfo

_WHOLE = 1_000_000


class Granted:
    """A source that answers a provider's first questions; each question counts once, however often it is asked."""

    def __init__(self, hub: Hub, who: str, lookups: int | None) -> None:
        self._hub = hub
        self._who = who
        self._most = lookups
        self._asked: set[tuple[object, ...]] = set()

    @property
    def workers(self) -> int:
        """How many questions may be asked at once."""
        return self._hub.workers

    @property
    def stats(self) -> Counts:
        """What the source has cost so far."""
        return self._hub.stats

    def repo(self, repo: RepoId, revision: str | None = None) -> RepoInfo | Gap:
        """What one request tells about a repository."""
        return self._refused(str(repo), (repo, revision)) or self._hub.repo(repo, revision)

    def read(self, info: RepoInfo, path: str, limit: int = _WHOLE) -> bytes | Gap:
        """A small file whole."""
        return self._refused(str(info.id), (info.id, info.revision, path), path) or self._hub.read(info, path, limit)

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:
        """A stretch of a file."""
        key = (info.id, info.revision, path, start, length)
        return self._refused(str(info.id), key, path) or self._hub.read_range(info, path, start, length)

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        """All files with sizes and hashes."""
        return self._refused(str(info.id), ("listing", info.id, info.revision)) or self._hub.listing(info)

    def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:
        """The commits, newest first."""
        key = ("history", info.id, info.revision)
        return self._refused(str(info.id), key) or self._hub.history(info, paths, limit)

    def linked(self, url: str, limit: int = _WHOLE) -> bytes | Gap:
        """What stands behind a licence link outside the Hub."""
        return self._refused(url, ("linked", url)) or self._hub.linked(url, limit)

    def _refused(self, id: str, question: tuple[object, ...], place: str = "") -> Gap | None:
        """The gap in the place of an answer, where the provider has asked as often as it may."""
        if self._most is None or question in self._asked:
            return None
        if len(self._asked) >= self._most:
            detail = f"not asked: {self._who} may ask {self._most} questions in one scan"
            return Gap(id, GapReason.TRUNCATED, detail, place)
        self._asked.add(question)
        return None
