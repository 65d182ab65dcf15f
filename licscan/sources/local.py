"""A model in a folder on disk that is not on the Hub; its parents are.

Links that lead out of the folder are not followed, and what cannot be read is a gap like any other.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from licscan.core.artifact import FileEntry, Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId, RepoKind
from licscan.core.text import harmless
from licscan.sources.protocol import Commit, Counts, RepoInfo
from licscan.sources.safe import inside

_MOST_FILES = 20_000
_DEEPEST = 12
_SKIPPED = frozenset({".git", ".cache", ".huggingface", "__pycache__", ".venv", "node_modules", ".ipynb_checkpoints"})
_SMALL = 1_000_000
_CHUNK = 1 << 20
_FOLDER = RepoId(RepoKind.MODEL, "", "folder")
"""A folder has no name on the Hub; the walk gives its node the name that the user wrote."""


class Local:
    """Facts from one folder: its files, and no card but the one in it."""

    workers = 1

    def __init__(self, folder: Path, *, name: str | None = None) -> None:
        self.stats = Counts()
        self.repo_id = RepoId.try_parse(name or folder.resolve().name) or _FOLDER
        self._folder = folder
        self._root = folder.resolve()
        # The Hub client's own cache keeps files as links from snapshots/<commit>/ into blobs/ beside it.
        blobs = (self._root.parent.parent / "blobs",) if self._root.parent.name == "snapshots" else ()
        self._tops = (self._root, *blobs)
        self._name = name or str(folder)

    def repo(self, repo: RepoId | None = None, revision: str | None = None) -> RepoInfo | Gap:  # noqa: ARG002
        """What lies in the folder; a folder has no revision, and its card is read like any other file."""
        if not self._root.is_dir() or not os.access(self._root, os.R_OK | os.X_OK):
            what = "cannot be read" if self._root.exists() else "does not exist"
            return Gap(self._name, GapReason.ABSENT, f"the folder {harmless(self._name)} {what}")
        try:
            entries = tuple(sorted(self._entries(), key=lambda entry: entry.path))
        except OSError as error:
            return Gap(self._name, GapReason.ABSENT, f"the folder cannot be read: {error.strerror or error}")
        if len(entries) > _MOST_FILES:
            return Gap(
                self._name, GapReason.MALFORMED, f"the folder holds more than {_MOST_FILES} files: no model does"
            )
        id = repo or self.repo_id
        return RepoInfo(id=id, asked=id, source=Source.PATH, revision=None, files=entries)

    def read(self, info: RepoInfo, path: str, limit: int = 1_000_000) -> bytes | Gap:  # noqa: ARG002
        """A small file whole."""
        content = self._bytes(path, 0, limit + 1)
        if isinstance(content, bytes) and len(content) > limit:
            return Gap(self._name, GapReason.MALFORMED, f"{harmless(path)} is larger than {limit} bytes", path)
        return content

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:  # noqa: ARG002
        """A stretch of a file."""
        return self._bytes(path, start, length)

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        """All files with sizes, and the hashes of those that the Hub would keep as large files."""
        found = []
        for entry in info.files or ():
            is_small = entry.size is not None and entry.size < _SMALL
            digest = None if is_small else self._hash(entry.path)
            found.append(FileEntry(entry.path, entry.size, digest))
        return tuple(found)

    def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:  # noqa: ARG002
        """A folder has no history."""
        return ()

    def linked(self, url: str, limit: int = 1_000_000) -> bytes | Gap:  # noqa: ARG002
        """A folder opens no socket; the source behind the parents does."""
        return Gap(url, GapReason.OFFLINE, "a folder on disk reads no links")

    def _entries(self, prefix: str = "", depth: int = 0) -> Iterator[FileEntry]:
        with os.scandir(self._root / prefix) as found:
            rows = sorted(found, key=lambda row: row.name)
        for row in rows[: _MOST_FILES + 1]:
            path = f"{prefix}{row.name}"
            place = self._place(path)
            try:
                about = place.stat() if place else None
            except OSError:
                about = None
            if about is None or not stat.S_ISDIR(about.st_mode):
                # What leads out, leads nowhere or is no plain file is listed too: reading it says what is wrong.
                yield FileEntry(path, about.st_size if about and stat.S_ISREG(about.st_mode) else None)
            elif row.name not in _SKIPPED and depth < _DEEPEST and not row.is_symlink():
                try:
                    yield from self._entries(f"{path}/", depth + 1)
                except OSError:
                    # The folder is listed as a file of unknown size, so that reading it says why it cannot be read.
                    yield FileEntry(path)

    def _place(self, path: str) -> Path | None:
        """Where a file lies; None where its name or a link leads out of the folder."""
        place = inside(self._root, path)
        try:
            target = place.resolve() if place is not None else None
        except (OSError, RuntimeError):
            return None
        return place if target and any(target.is_relative_to(top) for top in self._tops) else None

    def _bytes(self, path: str, start: int, length: int) -> bytes | Gap:
        place = self._place(path)
        if place is None:
            return Gap(
                self._name, GapReason.MALFORMED, f"{harmless(path)} leads out of the folder and is not read", path
            )
        try:
            if not stat.S_ISREG(place.stat().st_mode):
                return Gap(self._name, GapReason.MALFORMED, f"{harmless(path)} is no plain file", path)
            with place.open("rb") as file:
                file.seek(start)
                content = file.read(length)
        except FileNotFoundError:
            return Gap(self._name, GapReason.ABSENT, f"{harmless(path)} is not in the folder", path)
        except OSError as error:
            return Gap(
                self._name, GapReason.MALFORMED, f"{harmless(path)} cannot be read: {error.strerror or error}", path
            )
        return content

    def _hash(self, path: str) -> str | None:
        place = self._place(path)
        if place is None:
            return None
        digest = hashlib.sha256()
        try:
            if not stat.S_ISREG(place.stat().st_mode):
                return None
            with place.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
        except OSError:
            return None
        return digest.hexdigest()
