"""Asks ahead: as soon as a card names its parents they are asked for, so that a walk in a fixed order rarely waits.

The threads are daemons of our own rather than an executor's, which Python would wait for after Ctrl-C.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future
from itertools import count
from queue import PriorityQueue
from threading import Lock, Thread
from typing import Any, Self, TypeVar

from licscan.core.artifact import FileEntry
from licscan.core.evidence import Gap
from licscan.core.ids import RepoId
from licscan.errors import LicscanError
from licscan.sources.protocol import Commit, Counts, Hub, RepoInfo, Want

T = TypeVar("T")
_WHOLE = 1_000_000
_FIRST, _LATER, _STOP = 0, 1, 2


class _Threads:
    """Daemon threads that work off what is queued, names before files; started one by one as work comes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._queue: PriorityQueue[tuple[int, int, Future[Any] | None, Callable[[], Any]]] = PriorityQueue()
        self._order = count()
        self._started = 0
        self._busy = 0
        self._lock = Lock()
        self._closed = False

    def submit(self, rank: int, work: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                future.cancel()
                return future
            self._busy += 1
            self._queue.put((rank, next(self._order), future, work))
            if self._started < min(self._most, self._busy):
                self._started += 1
                Thread(target=self._run, daemon=True, name="licscan-ahead").start()
        return future

    def close(self) -> None:
        """Start nothing more; what is under way ends by itself and nobody waits for it."""
        with self._lock:
            self._closed = True
            for _ in range(self._started):
                self._queue.put((_STOP, next(self._order), None, lambda: None))

    def _run(self) -> None:
        while True:
            _, _, future, work = self._queue.get()
            if future is None:
                return
            if not self._closed and future.set_running_or_notify_cancel():
                _settle(future, work)
            else:
                future.cancel()
            with self._lock:
                self._busy -= 1


def _settle(future: Future[T], work: Callable[[], T]) -> None:
    """Put the answer, or the error, where it is waited for: neither must vanish with its thread."""
    try:
        future.set_result(work())
    except (LicscanError, ArithmeticError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error:
        future.set_exception(error)
    finally:
        if not future.done():
            future.set_exception(sys.exception() or RuntimeError("no answer"))


class Prefetch:
    """A source in front of another one that asks every question once, and the foreseeable ones before they come.

    `wanted` names the files that will be read of a repository, `parents` those that its card declares. With a source
    that answers from disk (`workers == 1`) nothing is asked ahead.
    """

    def __init__(
        self,
        hub: Hub,
        wanted: Callable[[RepoInfo], Iterable[Want]],
        parents: Callable[[RepoInfo], Iterable[RepoId]],
        *,
        depth: int = 32,
        max_nodes: int = 2000,
    ) -> None:
        self.workers = hub.workers
        self._hub = hub
        self._wanted = wanted
        self._parents = parents
        self._depth = depth
        self._most = max_nodes
        self._is_ahead = hub.workers > 1
        self._threads = _Threads(hub.workers)
        self._answers: dict[tuple[object, ...], Future[Any]] = {}
        self._lock = Lock()
        self._asked = 0

    @property
    def stats(self) -> Counts:
        """What the source behind has cost."""
        return self._hub.stats

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ask nothing more ahead."""
        self._threads.close()

    def start(self, repos: Iterable[RepoId], *, revision: str | None = None, level: int = 0) -> None:
        """Begin to ask for these repositories and, link by link, for what stands above them.

        `level` is how many links they are away from the subject.
        """
        for repo in repos if self._is_ahead else ():
            self._ahead(repo, revision, level)

    def repo(self, repo: RepoId, revision: str | None = None) -> RepoInfo | Gap:
        """What one request tells about a repository."""
        if not self._is_ahead:
            return self._hub.repo(repo, revision)
        future = self._answers.get((repo, revision)) or self._ahead(repo, revision, self._depth, must=True)
        return self._result(future, lambda: self._hub.repo(repo, revision))

    def read(self, info: RepoInfo, path: str, limit: int = _WHOLE) -> bytes | Gap:
        """A small file whole, at the revision of `info`."""
        if not self._is_ahead:
            return self._hub.read(info, path, limit)
        ready = self._answers.get(_file(info, path, _WHOLE))
        if ready is not None and limit != _WHOLE:
            answer = self._result(ready, lambda: self._hub.read(info, path, limit))
            if isinstance(answer, bytes) and len(answer) <= limit:
                return answer
        return self._once(_file(info, path, limit), lambda: self._hub.read(info, path, limit))

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:
        """Bytes `start` to `start + length` of a file."""
        if not self._is_ahead:
            return self._hub.read_range(info, path, start, length)
        return self._once((*_file(info, path, length), start), lambda: self._hub.read_range(info, path, start, length))

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        """All files with sizes and hashes."""
        return self._hub.listing(info)

    def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:
        """The commits, newest first."""
        return self._hub.history(info, paths, limit)

    def linked(self, url: str, limit: int = _WHOLE) -> bytes | Gap:
        """What stands behind a licence link outside the Hub."""
        if not self._is_ahead:
            return self._hub.linked(url, limit)
        return self._once((url, limit), lambda: self._hub.linked(url, limit))

    def _ahead(self, repo: RepoId, revision: str | None, level: int, *, must: bool = False) -> Future[Any]:
        """Ask for a repository, once; when it answers, ask for its files and its parents."""
        with self._lock:
            known = self._answers.get((repo, revision))
            if known is not None:
                return known
            if not must and self._asked >= self._most:
                return Future()
            self._asked += 1
            future = self._threads.submit(_FIRST, lambda: self._hub.repo(repo, revision))
            self._answers[repo, revision] = future
        future.add_done_callback(lambda done: self._follow(done, level))
        return future

    def _follow(self, done: Future[Any], level: int) -> None:
        if done.cancelled() or done.exception() is not None:
            return
        info = done.result()
        if isinstance(info, Gap):
            return
        if level < self._depth:
            for parent in self._parents(info):
                self._ahead(parent, None, level + 1)
        for want in self._wanted(info):
            self._want(info, want)

    def _want(self, info: RepoInfo, want: Want) -> None:
        path, start, length = want.path, want.start, want.length
        if length is None:
            self._later(_file(info, path, _WHOLE), lambda: self._hub.read(info, path, _WHOLE))
        else:
            self._later((*_file(info, path, length), start), lambda: self._hub.read_range(info, path, start, length))

    def _later(self, key: tuple[object, ...], ask: Callable[[], Any]) -> Future[Any]:
        with self._lock:
            if key not in self._answers:
                self._answers[key] = self._threads.submit(_LATER, ask)
            return self._answers[key]

    def _once(self, key: tuple[object, ...], ask: Callable[[], T]) -> T:
        return self._result(self._later(key, ask), ask)

    def _result(self, future: Future[Any], ask: Callable[[], T]) -> T:
        try:
            answer: T = future.result()
        except CancelledError:
            return ask()
        return answer


def _file(info: RepoInfo, path: str, size: int) -> tuple[object, ...]:
    return (info.id, info.revision, path, size)
