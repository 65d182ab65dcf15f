"""How answers are written down, in the cache and in recordings alike: JSON with a version, read back with care."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from licscan.core.artifact import FileEntry, Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId, RepoKind
from licscan.core.jsontext import whole_values
from licscan.sources.protocol import Commit, RepoInfo

FORMAT = 1
_FIELDS = (
    *("revision", "as_of", "created", "modified", "gated", "card", "tags", "base_relation", "base_models"),
    *("displayed_license", "library", "pipeline", "parameters", "config", "gguf"),
)


_HASHES = ("size", "sha256", "xet", "oid")


class Unreadable(ValueError):
    """What was written down cannot be read back; the message says what is wrong."""


def load(content: bytes) -> Any:
    """Read JSON.

    Raises:
        Unreadable: it is none, or nested too deep.
    """
    try:
        text = content.decode(json.detect_encoding(content))
        return whole_values(json.loads(text), text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("it is cut off or no JSON") from error


def dump(said: object, *, pretty: bool = False) -> bytes:
    """Write JSON: for people to read and compare, or as short as it gets."""
    layout: dict[str, Any] = {"indent": 1} if pretty else {"separators": (",", ":")}
    return (json.dumps(said, ensure_ascii=False, **layout) + "\n").encode("utf-8", "backslashreplace")


def info_to_json(info: RepoInfo) -> dict[str, Any]:
    """An answer as JSON; what was not seen is left out, so that it stays "not seen" when it is read back."""
    said: dict[str, Any] = {"id": str(info.id), "asked": str(info.asked), "source": info.source.value}
    said |= {name: getattr(info, name) for name in _FIELDS}
    said["dtypes"] = dict(info.dtypes) or None
    said["partial"] = info.partial or None
    said["odd"] = list(info.odd) or None
    said["files"] = None if info.files is None else files_to_json(info.files)
    return {name: value for name, value in said.items() if value is not None}


def info_from_json(said: object, *, source: Source | None = None) -> RepoInfo:
    """Read an answer back.

    Raises:
        Unreadable: a field is missing or is not what it should be.
    """
    table = mapping_from(said, "the answer")
    dtypes = mapping_from(table.get("dtypes", {}), "dtypes")
    return RepoInfo(
        id=repo_from(table.get("id"), "id"),
        asked=repo_from(table.get("asked", table.get("id")), "asked"),
        source=source or _source(table.get("source")),
        revision=_word(table, "revision"),
        as_of=_word(table, "as_of"),
        card=_mapping(table, "card"),
        tags=_words(table, "tags"),
        files=None if table.get("files") is None else files_from_json(table["files"]),
        base_relation=_word(table, "base_relation"),
        base_models=_words(table, "base_models"),
        gated=_gated(table.get("gated")),
        config=_mapping(table, "config"),
        parameters=_count(table.get("parameters"), "parameters"),
        dtypes={name: _count(number, "dtypes") or 0 for name, number in dtypes.items()},
        gguf=_mapping(table, "gguf"),
        library=_word(table, "library"),
        pipeline=_word(table, "pipeline"),
        created=_word(table, "created"),
        modified=_word(table, "modified"),
        displayed_license=_word(table, "displayed_license"),
        partial=table.get("partial") is True,
        odd=_words(table, "odd") or (),
    )


def gap_to_json(gap: Gap) -> dict[str, Any]:
    """A gap as JSON."""
    said = {"id": gap.id, "reason": gap.reason.value, "detail": gap.detail}
    return {**said, "place": gap.place} if gap.place else said


def gap_from_json(said: object) -> Gap:
    """Read a gap back.

    Raises:
        Unreadable: it is no gap.
    """
    table = mapping_from(said, "the gap")
    try:
        reason = GapReason(str(table.get("reason")))
    except ValueError as error:
        raise Unreadable(f"reason is {table.get('reason')!r}, which is no reason of a gap") from error
    return Gap(_word(table, "id") or "", reason, _word(table, "detail") or "", _word(table, "place") or "")


def files_to_json(files: Iterable[FileEntry]) -> list[Any]:
    """A listing as JSON: the bare path where nothing else is known."""
    return [
        entry.path
        if all(getattr(entry, name) is None for name in _HASHES)
        else {name: value for name in ("path", *_HASHES) if (value := getattr(entry, name)) is not None}
        for entry in files
    ]


def files_from_json(said: object) -> tuple[FileEntry, ...]:
    """Read a listing back.

    Raises:
        Unreadable: it is no listing.
    """
    if not isinstance(said, list):
        raise Unreadable("files is no list")
    return tuple(_entry(one) for one in said)


def commits_to_json(commits: Iterable[Commit]) -> list[Any]:
    """A history as JSON."""
    return [{"id": one.id, "date": one.date, "title": one.title} for one in commits]


def commits_from_json(said: object) -> tuple[Commit, ...]:
    """Read a history back.

    Raises:
        Unreadable: it is no history.
    """
    if not isinstance(said, list):
        raise Unreadable("the history is no list")
    tables = [mapping_from(one, "a commit") for one in said]
    return tuple(Commit(*(_word(one, name) or "" for name in ("id", "date", "title"))) for one in tables)


def repo_from(said: object, where: str) -> RepoId:
    """Read a node's id back to the repository.

    Raises:
        Unreadable: it is no repository's name.
    """
    if isinstance(said, str):
        name = said.removeprefix("datasets/")
        repo = RepoId.try_parse(name, RepoKind.MODEL if name == said else RepoKind.DATASET)
        if repo is not None:
            return repo
    raise Unreadable(f"{where} is {said!r:.80}, which is no repository's name")


def _entry(said: object) -> FileEntry:
    if isinstance(said, str):
        return FileEntry(said)
    table = mapping_from(said, "an entry of files")
    path = _word(table, "path")
    if not path:
        raise Unreadable("an entry of files has no path")
    size = _count(table.get("size"), "size")
    return FileEntry(path, size, _word(table, "sha256"), _word(table, "xet"), _word(table, "oid"))


def _source(said: object) -> Source:
    try:
        return Source(str(said))
    except ValueError as error:
        raise Unreadable(f"source is {said!r:.80}") from error


def _gated(said: object) -> Literal[False, "auto", "manual"] | None:
    if said is None or said is False:
        return said
    if said in ("auto", "manual"):
        return "auto" if said == "auto" else "manual"
    raise Unreadable(f"gated is {said!r:.80}, not false, auto or manual")


def mapping_from(said: object, where: str) -> Mapping[str, Any]:
    """A JSON object.

    Raises:
        Unreadable: it is something else; `where` names it.
    """
    if not isinstance(said, dict):
        raise Unreadable(f"{where} is no JSON object")
    return said


def _mapping(table: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    return None if table.get(name) is None else mapping_from(table[name], name)


def _word(table: Mapping[str, Any], name: str) -> str | None:
    said = table.get(name)
    if said is not None and not isinstance(said, str):
        raise Unreadable(f"{name} is {said!r:.80}, not a text")
    return said


def _words(table: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    said = table.get(name)
    if said is None:
        return None
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        raise Unreadable(f"{name} is no list of texts")
    return tuple(said)


def _count(said: object, name: str) -> int | None:
    if said is None:
        return None
    if not isinstance(said, int) or isinstance(said, bool) or said < 0:
        raise Unreadable(f"{name} is {said!r:.80}, not a count")
    return said
