"""What was read before, kept by repository, commit and path: files of a commit never change, so they are read once.

Every entry begins with a line that says how long its content is and what its hash is; an entry that does not match is
damaged: it is asked for again, or is a gap where nobody can be asked, and never counts as never seen. Entries are
written beside their place and renamed into it, so two runs at once do no harm.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from licscan.core.artifact import FileEntry, Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId
from licscan.core.text import harmless
from licscan.errors import UsageError
from licscan.sources.integrity import listed, mismatch
from licscan.sources.protocol import Commit, Counts, Hub, RepoInfo
from licscan.sources.safe import read_plain, write_whole
from licscan.sources.serialize import (
    Unreadable,
    commits_from_json,
    commits_to_json,
    dump,
    files_from_json,
    files_to_json,
    gap_from_json,
    gap_to_json,
    info_from_json,
    info_to_json,
    load,
    mapping_from,
)

T = TypeVar("T")
_MAGIC = b"licscan"
_LAYOUT = "v2"
"""Up to v1, bytes were kept that nobody had checked against what the Hub says of them."""
_LARGEST_STRETCH = 32_000_000
_LASTING = frozenset({GapReason.ABSENT, GapReason.GATED, GapReason.PRIVATE, GapReason.DISABLED})
"""What the Hub said of a repository, as opposed to a failure to ask it."""


def cache_folder() -> Path:
    """Where the cache lies: LICSCAN_CACHE, otherwise the user's cache folder.

    Raises:
        UsageError: it would lie in a home folder that nobody has.
    """
    named = os.environ.get("LICSCAN_CACHE")
    try:
        if named:
            return Path(named).expanduser()
        return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "licscan"
    except RuntimeError as error:
        raise UsageError("the cache has no home folder", "set LICSCAN_CACHE to a folder that is yours") from error


class Damaged(ValueError):
    """An entry is there and is not what was kept."""


class Store:
    """The cache on disk, for one Hub; an entry is a JSON head and, for a file, its bytes."""

    def __init__(self, endpoint: str, folder: Path | None = None) -> None:
        address = urlsplit(endpoint)
        place = address.netloc.rpartition("@")[2] + address.path.rstrip("/")
        self.folder = (folder or cache_folder()) / _LAYOUT / quote(place or "hub", safe=".-")
        self.trouble = ""
        """Why something could not be kept."""

    def place(self, repo: RepoId, *parts: str) -> Path:
        """Where something about a repository lies."""
        return self.folder.joinpath(f"{repo.kind.value}s", repo.org or "_", repo.name, *parts)

    def get(self, path: Path) -> bytes | None:
        """The content of an entry; None where there is none.

        Raises:
            Damaged: it cannot be read, or does not match its own head.
        """
        try:
            whole = read_plain(path)
        except (FileNotFoundError, NotADirectoryError) as error:
            if path.is_symlink():
                raise Damaged("it leads nowhere") from error
            return None
        except OSError as error:
            raise Damaged(error.strerror or str(error)) from error
        head, _, content = whole.partition(b"\n")
        if head != _head(content):
            raise Damaged("it does not match its hash")
        return content

    def put(self, path: Path, content: bytes) -> None:
        """Keep an entry; a cache that cannot be written is no reason to stop."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(path, _head(content) + b"\n" + content)
        except OSError as error:
            self.trouble = self.trouble or error.strerror or str(error)

    def get_json(self, path: Path) -> Mapping[str, Any] | None:
        """The JSON object of an entry; None where there is none.

        Raises:
            Damaged: it cannot be read, or is no object.
        """
        content = self.get(path)
        if content is None:
            return None
        try:
            said = load(content)
        except Unreadable as error:
            raise Damaged("it is no JSON") from error
        if not isinstance(said, dict):
            raise Damaged("it is no JSON object")
        return said

    def put_json(self, path: Path, said: Mapping[str, Any]) -> None:
        """Keep a JSON object."""
        self.put(path, dump(said))


def _head(content: bytes) -> bytes:
    return b"%s %d %s" % (_MAGIC, len(content), hashlib.sha256(content).hexdigest().encode())


class Cached:
    """A source with the cache in front of it; without a source, the cache alone.

    A repository is asked for again in each run, because it may have changed; files, listings and histories of a commit
    are asked for once and for all.
    """

    def __init__(self, hub: Hub | None, store: Store) -> None:
        self.workers = hub.workers if hub else 1
        self.stats = hub.stats if hub else Counts()
        self._hub = hub
        self._store = store

    @property
    def note(self) -> str:
        """What the user should know of the cache; empty where all is well."""
        trouble = self._store.trouble
        return f"the cache {self._store.folder} cannot be written ({trouble}): nothing is kept" if trouble else ""

    def repo(self, repo: RepoId, revision: str | None = None) -> RepoInfo | Gap:
        """What the source says now; without one, what it said last."""
        if self._hub is None:
            return self._last(repo, revision)
        answer = self._hub.repo(repo, revision)
        self._keep(repo, revision, answer)
        return answer

    def read(self, info: RepoInfo, path: str, limit: int = 1_000_000) -> bytes | Gap:
        """A small file whole, at the revision of `info`."""
        answer = self._file(info, path, "", lambda hub: hub.read(info, path, limit))
        if isinstance(answer, bytes) and len(answer) > limit:
            return Gap(str(info.id), GapReason.MALFORMED, f"{path} is larger than {limit} bytes", path)
        return answer

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:
        """A stretch of a file at the revision of `info`."""
        return self._file(info, path, f"{start}+{length}", lambda hub: hub.read_range(info, path, start, length))

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        """All files with sizes and hashes, at the revision of `info`."""
        return self._list(info, "listing", files_from_json, files_to_json, lambda hub: hub.listing(info))

    def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:
        """The commits up to the revision of `info`."""
        name = f"history-{limit}"
        return self._list(info, name, commits_from_json, commits_to_json, lambda hub: hub.history(info, paths, limit))

    def linked(self, url: str, limit: int = 1_000_000) -> bytes | Gap:
        """What stands behind a licence link now; without a source, what stood there last."""
        path = self._store.folder / "links" / _name(url)
        if self._hub is not None:
            answer = self._hub.linked(url, limit)
            if isinstance(answer, bytes):
                self._store.put(path, answer)
            return answer
        try:
            content = self._store.get(path)
        except Damaged as problem:
            return _damaged(url, problem)
        if content is None or len(content) > limit:
            return Gap(url, GapReason.OFFLINE, "not in the cache: it was never read on this machine")
        return self._hit(content)

    def _keep(self, repo: RepoId, revision: str | None, answer: RepoInfo | Gap) -> None:
        pointer = self._store.place(repo, _latest(revision))
        if isinstance(answer, Gap):
            if answer.reason in _LASTING:
                self._store.put_json(pointer, {"gap": gap_to_json(answer)})
            return
        if answer.revision is None:
            self._store.put_json(pointer, {"info": info_to_json(answer)})
            return
        self._store.put_json(self._store.place(answer.id, answer.revision, "info"), info_to_json(answer))
        self._store.put_json(pointer, {"id": str(answer.id), "revision": answer.revision})

    def _last(self, repo: RepoId, revision: str | None) -> RepoInfo | Gap:
        try:
            found = self._entry(repo, revision)
            if isinstance(found, Gap):
                return self._hit(replace(found, id=str(repo)))
            if found is not None:
                return self._hit(replace(info_from_json(found, source=Source.CACHE), asked=repo))
        except (Damaged, Unreadable) as problem:
            return _damaged(str(repo), problem)
        return Gap(str(repo), GapReason.OFFLINE, "not in the cache")

    def _entry(self, repo: RepoId, revision: str | None) -> Mapping[str, Any] | Gap | None:
        """What was kept of a repository; None where nothing was.

        Raises:
            Damaged: something was, and cannot be read.
            Unreadable: it is not what we write.
        """
        pointer = self._store.get_json(self._store.place(repo, _latest(revision)))
        if pointer is None:
            return self._at(repo, {"revision": revision}) if revision is not None else None
        if "gap" in pointer:
            return gap_from_json(pointer["gap"])
        if "info" in pointer:
            return mapping_from(pointer["info"], "info")
        found = self._at(RepoId.try_parse(str(pointer.get("id")).removeprefix("datasets/"), repo.kind), pointer)
        if found is None:
            raise Damaged("what it leads to is missing")
        return found

    def _at(self, id: RepoId | None, pointer: Mapping[str, Any]) -> Mapping[str, Any] | None:
        revision = str(pointer.get("revision"))
        return self._store.get_json(self._store.place(id, _safe(revision), "info")) if id else None

    def _file(self, info: RepoInfo, path: str, stretch: str, ask: Callable[[Hub], bytes | Gap]) -> bytes | Gap:
        if info.revision is None:
            return ask(self._hub) if self._hub else self._unread(info, path)
        place = self._store.place(info.id, _safe(info.revision), _name(path) + (f"@{stretch}" if stretch else ""))
        problem: ValueError | None = None
        try:
            kept = self._kept(info, path, place, is_whole=not stretch)
            if kept is not None:
                return self._hit(kept)
        except (Damaged, Unreadable) as damage:
            problem = damage
        if self._hub is None:
            return self._unread(info, path) if problem is None else _damaged(str(info.id), problem, path)
        answer = ask(self._hub)
        if isinstance(answer, bytes) and len(answer) <= _LARGEST_STRETCH:
            self._store.put(place, answer)
        elif isinstance(answer, Gap) and answer.reason in _LASTING:
            self._store.put_json(_gone(place), gap_to_json(answer))
        return answer

    def _kept(self, info: RepoInfo, path: str, place: Path, *, is_whole: bool) -> bytes | Gap | None:
        """What was kept of a file: its bytes, or (where it may be believed) that the Hub does not have it.

        Raises:
            Damaged: the entry cannot be read, or is not the file that the listing tells of.
            Unreadable: it is not what we write.
        """
        content = self._store.get(place)
        if content is not None:
            odd = mismatch(content, listed(info.files, path)) if is_whole else ""
            if odd:
                raise Damaged(odd)
            return content
        said = self._store.get_json(_gone(place))
        if said is None:
            return None
        gap = replace(gap_from_json(said), id=str(info.id), place=path)
        lasts = gap.reason is GapReason.ABSENT and not _is_listed(info, path)
        return gap if lasts or self._hub is None else None

    def _list(
        self,
        info: RepoInfo,
        name: str,
        read: Callable[[object], tuple[T, ...]],
        write: Callable[[tuple[T, ...]], list[Any]],
        ask: Callable[[Hub], tuple[T, ...] | Gap],
    ) -> tuple[T, ...] | Gap:
        if info.revision is None:
            return ask(self._hub) if self._hub else self._unread(info, "")
        place = self._store.place(info.id, _safe(info.revision), name)
        problem: ValueError | None = None
        try:
            said = self._store.get_json(place)
            if said is not None:
                return self._hit(read(said.get("rows")))
        except (Damaged, Unreadable) as damage:
            problem = damage
        if self._hub is None:
            return self._unread(info, "") if problem is None else _damaged(str(info.id), problem)
        answer = ask(self._hub)
        if not isinstance(answer, Gap):
            self._store.put_json(place, {"rows": write(answer)})
        return answer

    def _unread(self, info: RepoInfo, path: str) -> Gap:
        what = f"{path} is" if path else "this is"
        return Gap(str(info.id), GapReason.OFFLINE, f"{what} not in the cache, and the run is offline", path)

    def _hit(self, answer: T) -> T:
        self.stats.add(cache_hits=1)
        return answer


def _damaged(id: str, problem: ValueError, place: str = "") -> Gap:
    what = f"the entry of {harmless(place)[:120]}" if place else "its entry"
    return Gap(id, GapReason.DAMAGED, f"{what} in the cache is damaged ({problem}): scan it with the network", place)


def _gone(place: Path) -> Path:
    """Where it is kept that a file is not to be had."""
    return place.with_name(place.name + ".gap")


def _is_listed(info: RepoInfo, path: str) -> bool:
    """Whether the Hub itself lists the file: that it was once not to be had is no lasting fact then."""
    return any(entry.path == path for entry in info.files or ())


def _latest(revision: str | None) -> str:
    return "latest" if revision is None else f"latest@{_safe(revision)}"


def _safe(revision: str) -> str:
    """A revision as the name of a file: commits as they are, branches by their hash."""
    return revision if revision.isalnum() and len(revision) <= 64 else _name(revision)


def _name(path: str) -> str:
    """A file's entry is named by the hash of its path, which may be long or hostile."""
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:40]
