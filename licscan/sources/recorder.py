"""Writes down what passes between a scan and its source, so that the scan can be repeated without a network."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

from licscan.core.artifact import FileEntry
from licscan.core.evidence import Gap
from licscan.core.ids import RepoId
from licscan.errors import OutputError
from licscan.sources.protocol import Commit, Hub, RepoInfo
from licscan.sources.recording import HEAD, KIND, digest, home, stretch
from licscan.sources.safe import inside
from licscan.sources.serialize import FORMAT, commits_to_json, dump, files_to_json, gap_to_json, info_to_json


class Recorder:
    """A source that records what another one answers: `with Recorder(hub, folder) as hub: scan(..., hub=hub)`.

    It writes beside the folder and renames when the scan is over; after a failure, nothing is left.
    """

    def __init__(self, hub: Hub, folder: Path, subjects: Iterable[str] = (), *, by: str = "", made: str = "") -> None:
        self.workers = hub.workers
        self.stats = hub.stats
        self._hub = hub
        self._folder = folder
        self._draft = Path(os.path.realpath(folder)).parent / f".licscan-{os.getpid()}.part"
        self._head = {"kind": KIND, "version": FORMAT, "by": by, "made": made, "subjects": list(subjects)}
        self._homes: dict[str, dict[str, Any]] = {}
        self._places: dict[tuple[RepoId, str | None], str] = {}
        self._lock = Lock()
        self._is_open = False

    def __enter__(self) -> Self:
        try:
            if self._folder.exists() and (not self._folder.is_dir() or any(self._folder.iterdir())):
                raise OutputError(f"{self._folder} exists already", "name a new folder for the recording")
            if self._folder.exists() and self._folder.samefile(Path.cwd()):
                raise OutputError(f"{self._folder} is the folder that you are in", "name a new folder")
            self._draft.mkdir(parents=True)
        except RecursionError as error:  # a path of a thousand folders is made one inside the other
            raise self._unwritable(OSError("too many folders, one inside the other")) from error
        except OSError as error:
            raise self._unwritable(error) from error
        self._is_open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._is_open = False
        try:
            if kind is None:
                self._finish()
        except OSError as problem:
            raise self._unwritable(problem) from problem
        finally:
            shutil.rmtree(self._draft, ignore_errors=True)

    def repo(self, repo: RepoId, revision: str | None = None) -> RepoInfo | Gap:
        """Ask, and write the answer down."""
        answer = self._hub.repo(repo, revision)
        with self._lock:
            asked = home(repo, revision)
            if isinstance(answer, Gap):
                self._homes.setdefault(asked, {})["gap"] = gap_to_json(answer)
                return answer
            kept = self._place(answer, revision)
            self._homes.setdefault(kept, {}).setdefault("info", info_to_json(replace(answer, asked=answer.id)))
            if kept != asked:
                self._homes.setdefault(asked, {"asked": str(repo), "same_as": kept})
        return answer

    def read(self, info: RepoInfo, path: str, limit: int = 1_000_000) -> bytes | Gap:
        """Ask, and keep the file."""
        return self._keep(info, path, self._hub.read(info, path, limit))

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:
        """Ask, and keep the stretch."""
        return self._keep(info, stretch(path, start, length), self._hub.read_range(info, path, start, length))

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        """Ask, and keep the listing."""
        answer = self._hub.listing(info)
        self._note(info, "listing", answer if isinstance(answer, Gap) else files_to_json(answer))
        return answer

    def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:
        """Ask, and keep the history."""
        answer = self._hub.history(info, paths, limit)
        with self._lock:
            known = self._homes.get(self._home(info), {}).get("history_limit", -1)
        if limit > known:
            self._note(info, "history", answer if isinstance(answer, Gap) else commits_to_json(answer))
            self._note(info, "history_limit", limit)
        return answer

    def linked(self, url: str, limit: int = 1_000_000) -> bytes | Gap:
        """Ask, and keep what stands behind the link."""
        answer = self._hub.linked(url, limit)
        name = f"links/{hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
        with self._lock:
            self._homes.setdefault(name, {})["url"] = url
            self._put(name, "text", answer)
        return answer

    def _place(self, info: RepoInfo, asked: str | None) -> str:
        """The newest revision lies in the plain folder, any other that was asked for beside it."""
        plain = home(info.id, None)
        is_free = asked is None and plain not in self._homes
        return self._places.setdefault((info.id, info.revision), plain if is_free else home(info.id, info.revision))

    def _home(self, info: RepoInfo) -> str:
        return self._places.setdefault((info.id, info.revision), home(info.id, info.revision))

    def _keep(self, info: RepoInfo, name: str, answer: bytes | Gap) -> bytes | Gap:
        with self._lock:
            self._put(self._home(info), name, answer)
        return answer

    def _put(self, kept: str, name: str, answer: bytes | Gap) -> None:
        if not self._is_open:
            return
        record = self._homes.setdefault(kept, {})
        place = inside(self._draft / kept / "files", name)
        if isinstance(answer, Gap):
            record.setdefault("gaps", {})[name] = gap_to_json(answer)
        elif place is not None:
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(answer)
            except OSError as error:
                raise self._unwritable(error) from error
            record.setdefault("files", {})[name] = digest(answer)

    def _note(self, info: RepoInfo, name: str, rows: Gap | list[Any] | int) -> None:
        with self._lock:
            record = self._homes.setdefault(self._home(info), {})
            if isinstance(rows, Gap):
                record.setdefault("gaps", {})[f"@{name}"] = gap_to_json(rows)
            else:
                record[name] = rows

    def _finish(self) -> None:
        for name, record in self._homes.items():
            for part in ("files", "gaps"):
                if part in record:
                    record[part] = dict(sorted(record[part].items()))
            place = self._draft / name / "info.json"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(dump(record, pretty=True))
        (self._draft / HEAD).write_bytes(dump({**self._head, "records": len(self._homes)}, pretty=True))
        if self._folder.exists():
            self._folder.rmdir()
        self._draft.rename(self._folder)

    def _unwritable(self, error: OSError) -> OutputError:
        what = error.strerror or str(error)
        return OutputError(f"the recording {self._folder} cannot be written: {what}", "choose a folder that is yours")
