"""A folder that holds all that a scan read, written by `Recorder` and read back by `Recorded`, whole or not at all.

    recording.json                       what this folder is, and when it was made
    models/<org>/<name>/info.json        the Hub's answer, and the size and hash of each file below
    models/<org>/<name>/files/README.md  the files, under their own names
    models/<org>/<name>@<revision>/      the same at another revision
    datasets/...  links/...

People can read it and tests compare it; a repository is only opened when it is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from licscan.core.artifact import FileEntry, Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId, is_commit
from licscan.core.text import harmless
from licscan.errors import SourceError
from licscan.sources.integrity import listed, mismatch
from licscan.sources.protocol import Commit, Counts, RepoInfo
from licscan.sources.safe import inside, read_plain
from licscan.sources.serialize import (
    FORMAT,
    Unreadable,
    commits_from_json,
    files_from_json,
    gap_from_json,
    info_from_json,
    load,
)

T = TypeVar("T")
HEAD = "recording.json"
KIND = "licscan recording"
_AGAIN = "record the scan again"


def home(repo: RepoId, revision: str | None) -> str:
    """The folder of a repository, from the top of the recording; `@` stands in no repository's name."""
    at = f"@{quote(revision, safe='')}" if revision else ""
    return f"{repo.kind.value}s/{repo.org or '_'}/{repo.name}{at}"


def stretch(path: str, start: int, length: int) -> str:
    """The name under which a stretch of a file is kept."""
    return f"{path}@{start}+{length}"


def digest(content: bytes) -> dict[str, Any]:
    """Size and hash of a file, so that a file that was cut off or changed is found out."""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


@dataclass(frozen=True, slots=True)
class _Home:
    """One repository's record, as far as it could be read."""

    folder: Path
    said: Mapping[str, Any]


class Recorded:
    """Facts from a recording; no socket is opened."""

    workers = 1

    def __init__(self, folder: Path) -> None:
        self.stats = Counts()
        self._folder = folder
        self._last: tuple[str, _Home | Gap | None] = ("", None)
        """The record read last: a repository's files are asked for right after it."""
        self.head = _head(folder)

    def repo(self, repo: RepoId, revision: str | None = None) -> RepoInfo | Gap:
        """What the recorded scan was told about a repository."""
        found = self._home(home(repo, revision))
        if found is None and revision is not None:
            plain = self._home(home(repo, None))
            known = str(_under(plain.said, "info", "revision")) if isinstance(plain, _Home) else ""
            found = plain if known == revision or (is_commit(revision) and known.startswith(revision)) else None
        if isinstance(found, _Home) and "same_as" in found.said:
            found = self._home(str(found.said["same_as"]))
        if found is None:
            return Gap(str(repo), GapReason.OFFLINE, "not in the recording")
        if isinstance(found, Gap):
            return replace(found, id=str(repo))
        try:
            if "gap" in found.said:
                return replace(gap_from_json(found.said["gap"]), id=str(repo))
            return replace(info_from_json(found.said.get("info"), source=Source.RECORDING), asked=repo)
        except Unreadable as problem:
            return self._broken(found, repo, str(problem))

    def read(self, info: RepoInfo, path: str, limit: int = 1_000_000) -> bytes | Gap:
        """A small file whole, as it was when the scan was recorded."""
        answer = self._file(info, path, path)
        odd = mismatch(answer, listed(info.files, path)) if isinstance(answer, bytes) else ""
        if odd:
            return Gap(str(info.id), GapReason.DAMAGED, f"{harmless(path)} in the recording: {odd}; {_AGAIN}", path)
        if isinstance(answer, bytes) and len(answer) > limit:
            return Gap(str(info.id), GapReason.MALFORMED, f"{path} is larger than {limit} bytes", path)
        return answer

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:
        """A stretch of a file, as it was when the scan was recorded."""
        return self._file(info, path, stretch(path, start, length))

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        """All files with sizes and hashes, where the scan asked for them."""
        return self._rows(info, "listing", files_from_json)

    def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:  # noqa: ARG002
        """The commits, where the scan asked for them."""
        rows = self._rows(info, "history", commits_from_json)
        if isinstance(rows, Gap):
            return rows
        found = self._of(info)
        known = found.said.get("history_limit") if isinstance(found, _Home) else None
        if isinstance(known, int) and known < limit and len(rows) >= known:
            return Gap(str(info.id), GapReason.OFFLINE, f"the recording holds only {known} commits; {_AGAIN}")
        return rows[:limit]

    def linked(self, url: str, limit: int = 1_000_000) -> bytes | Gap:
        """What stood behind a licence link."""
        name = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        found = self._home(f"links/{name}")
        if found is None or isinstance(found, Gap):
            return replace(found, id=url) if found else Gap(url, GapReason.OFFLINE, "not in the recording")
        answer = self._content(url, found, "text", "")
        if isinstance(answer, bytes) and len(answer) > limit:
            return Gap(url, GapReason.MALFORMED, f"what stands behind the link is larger than {limit} bytes")
        return answer

    def _file(self, info: RepoInfo, path: str, name: str) -> bytes | Gap:
        found = self._of(info)
        if not isinstance(found, _Home):
            return replace(found, id=str(info.id), place=path) if found else self._unread(info, path)
        return self._content(str(info.id), found, name, path)

    def _content(self, id: str, found: _Home, name: str, path: str) -> bytes | Gap:
        """A file of a record, checked against what the record says of it."""
        place = inside(found.folder / "files", name)
        said = _under(found.said, "files", name)
        try:
            gap = _under(found.said, "gaps", name)
            if gap is not None:
                return replace(gap_from_json(gap), id=id, place=path)
            content = read_plain(place) if place else None
        except Unreadable as problem:
            return Gap(id, GapReason.MALFORMED, f"{found.folder / 'info.json'}: {problem}; {_AGAIN}", path)
        except OSError:
            content = None
        if content is None and said is None:
            return Gap(id, GapReason.OFFLINE, f"{harmless(name)} is not in the recording", path)
        if content is None:
            return Gap(id, GapReason.DAMAGED, f"{harmless(name)} is missing from the recording; {_AGAIN}", path)
        if said is not None and said != digest(content):
            return Gap(
                id, GapReason.DAMAGED, f"{harmless(name)} in the recording was cut off or changed; {_AGAIN}", path
            )
        return content

    def _rows(self, info: RepoInfo, name: str, read: Callable[[object], tuple[T, ...]]) -> tuple[T, ...] | Gap:
        found = self._of(info)
        if not isinstance(found, _Home):
            return replace(found, id=str(info.id)) if found else self._unread(info, "")
        try:
            gap = _under(found.said, "gaps", f"@{name}")
            if gap is not None:
                return replace(gap_from_json(gap), id=str(info.id))
            rows = found.said.get(name)
            return read(rows) if rows is not None else self._unread(info, "")
        except Unreadable as problem:
            return self._broken(found, info.id, str(problem))

    def _of(self, info: RepoInfo) -> _Home | Gap | None:
        """The record that holds the files of `info`: the plain one, if that is of the same revision."""
        found = self._home(home(info.id, None))
        same = isinstance(found, _Home) and _under(found.said, "info", "revision") == info.revision
        if same or info.revision is None:
            return found
        return self._home(home(info.id, info.revision))

    def _home(self, name: str) -> _Home | Gap | None:
        if self._last[0] != name:
            self._last = (name, self._open(name))
        return self._last[1]

    def _open(self, name: str) -> _Home | Gap | None:
        folder = inside(self._folder, name)
        if folder is None:
            return None
        path = folder / "info.json"
        try:
            said = load(read_plain(path))
        except FileNotFoundError:
            return None
        except OSError as error:
            return Gap(name, GapReason.MALFORMED, f"{path} cannot be read: {error.strerror or error}")
        except Unreadable as problem:
            return Gap(name, GapReason.MALFORMED, f"{path} cannot be read: {problem}; {_AGAIN}")
        if not isinstance(said, dict):
            return Gap(name, GapReason.MALFORMED, f"{path} is no JSON object; {_AGAIN}")
        return _Home(folder, said)

    def _broken(self, found: _Home, repo: RepoId, problem: str) -> Gap:
        return Gap(str(repo), GapReason.MALFORMED, f"{found.folder / 'info.json'}: {problem}; {_AGAIN}")

    def _unread(self, info: RepoInfo, path: str) -> Gap:
        return Gap(str(info.id), GapReason.OFFLINE, f"{harmless(path) or 'this'} is not in the recording", path)


def _under(said: Mapping[str, Any], name: str, key: str) -> Any:
    table = said.get(name)
    return table.get(key) if isinstance(table, dict) else None


def _head(folder: Path) -> Mapping[str, Any]:
    """The head of a recording.

    Raises:
        SourceError: the folder is no recording that we can read.
    """
    path = folder / HEAD
    hint = "a recording is the folder that `licscan record SUBJECT DIR` wrote"
    try:
        if not folder.is_dir():
            what = "is no folder" if folder.exists() else "does not exist"
            raise SourceError(f"the recording {folder} {what}", hint)
        said = load(read_plain(path))
    except FileNotFoundError as error:
        raise SourceError(f"{folder} is no recording: it has no {HEAD}", hint) from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}", hint) from error
    except Unreadable as problem:
        raise SourceError(f"{path} cannot be read: {problem}", _AGAIN) from problem
    if not isinstance(said, dict) or said.get("kind") != KIND:
        raise SourceError(f"{path} does not say that it is a {KIND}", hint)
    if said.get("version") != FORMAT:
        raise SourceError(f"{path} has version {said.get('version')!r:.20}; this program reads {FORMAT}", _AGAIN)
    return said
