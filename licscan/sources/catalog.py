"""The bundled catalogue: what was seen of well-known models, and when. It never answers for a Hub that fails.

`models.jsonl` holds one line for each model, `index.json` says where it stands, so that asking for one reads one. Of
many more models the registry knows the licence tag and the day on which it was seen: a thin answer, never a whole one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from licscan.core.artifact import FileEntry, Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId, RepoKind
from licscan.errors import KnowledgeError
from licscan.files import data_folder, data_json
from licscan.sources.protocol import Commit, Counts, RepoInfo, is_at
from licscan.sources.serialize import Unreadable, info_from_json, load

FOLDER = "catalog"
CARD = "README.md"


class Catalog:
    """Facts of a few hundred models, as old as each of them says."""

    workers = 1

    def __init__(self) -> None:
        self.stats = Counts()
        self._last: tuple[str, Mapping[str, Any] | None] = ("", None)

    def repo(self, repo: RepoId, revision: str | None = None) -> RepoInfo | Gap:
        """What was seen of a repository."""
        entry = self._entry(repo)
        if entry is None:
            return _thin(repo, revision) or Gap(str(repo), GapReason.OFFLINE, "not in the bundled catalogue")
        whole = CARD in entry.get("files", {}) and not entry.get("partial")
        info = replace(info_from_json(entry["info"], source=Source.CATALOG), asked=repo, partial=not whole)
        return _other_revision(info, revision) or info

    def read(self, info: RepoInfo, path: str, limit: int = 1_000_000) -> bytes | Gap:
        """A file as far as it was seen: the block of a card without its text, a configuration."""
        entry = self._entry(info.id) or {}
        content = entry.get("files", {}).get(path)
        if content is None:
            return _unseen(info, path)
        held = str(content).encode("utf-8")
        return held if len(held) <= limit else _unseen(info, path)

    def read_range(self, info: RepoInfo, path: str, start: int, length: int) -> bytes | Gap:  # noqa: ARG002
        """The catalogue holds no weights."""
        return _unseen(info, path)

    def listing(self, info: RepoInfo) -> tuple[FileEntry, ...] | Gap:
        """The files with their hashes, for the models of which these were seen."""
        hashed = [one for one in info.files or () if one.sha256 or one.xet]
        return info.files if info.files is not None and hashed else _unseen(info, "")

    def history(self, info: RepoInfo, paths: tuple[str, ...] = (), limit: int = 1000) -> tuple[Commit, ...] | Gap:  # noqa: ARG002
        """The catalogue holds no histories."""
        return _unseen(info, "")

    def linked(self, url: str, limit: int = 1_000_000) -> bytes | Gap:  # noqa: ARG002
        """The catalogue holds no texts."""
        return Gap(url, GapReason.OFFLINE, "not read: the run is offline")

    @property
    def ids(self) -> tuple[str, ...]:
        """The models that it knows, in lower case, former names among them."""
        return tuple(self._index)

    @cached_property
    def _index(self) -> Mapping[str, Any]:
        table = data_json(f"{FOLDER}/index.json").get("index")
        if not isinstance(table, dict):
            raise KnowledgeError(f"data/{FOLDER}/index.json is damaged", "install licscan again")
        return table

    def _entry(self, repo: RepoId) -> Mapping[str, Any] | None:
        name = repo.path.lower()
        if repo.kind is not RepoKind.MODEL or name not in self._index:
            return None
        if self._last[0] != name:
            self._last = (name, self._line(*self._index[name]))
        return self._last[1]

    def _line(self, start: int, length: int) -> Mapping[str, Any]:
        path = data_folder() / FOLDER / "models.jsonl"
        try:
            with path.open("rb") as file:
                file.seek(start)
                entry = load(file.read(length))
            info_from_json(entry["info"], source=Source.CATALOG)
        except (OSError, Unreadable, KeyError, TypeError) as error:
            raise KnowledgeError(f"data/{FOLDER}/models.jsonl is damaged: {error}", "install licscan again") from error
        return dict(entry)


def _thin(repo: RepoId, revision: str | None) -> RepoInfo | Gap | None:
    """What a table showed of a model, no more: its licence tag on a day, and when it was released."""
    if repo.kind is not RepoKind.MODEL:
        return None
    from licscan.knowledge.registry import shared  # only for what the catalogue does not hold

    registry = shared()
    tag, model = registry.tag(repo.path), registry.model(repo.path)
    if tag is None and model is None:
        return None
    name = RepoId.try_parse(tag.repo if tag is not None else model.repo if model is not None else "")
    info = RepoInfo(
        id=name or repo,
        asked=repo,
        source=Source.CATALOG,
        as_of=registry.tags_date,
        parameters=model.parameters if model is not None else None,
        created=(tag.released if tag is not None else model.released if model is not None else "") or None,
        displayed_license=(tag.licence if tag is not None else "")
        or (model.licence if model is not None else "")
        or None,
        partial=True,
    )
    return _other_revision(info, revision) or info


def _other_revision(info: RepoInfo, revision: str | None) -> Gap | None:
    """The gap where another revision is asked for than the one that was seen."""
    if revision is None or is_at(info, revision):
        return None
    known = f"only revision {info.revision[:12]}" if info.revision else "no revision"
    return Gap(str(info.id), GapReason.OFFLINE, f"the bundled catalogue knows {known} of it")


def _unseen(info: RepoInfo, path: str) -> Gap:
    what = f"{path} was" if path else "this was"
    return Gap(
        str(info.id), GapReason.OFFLINE, f"{what} not seen by the bundled catalogue, and the run is offline", path
    )
