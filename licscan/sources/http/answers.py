"""Pure: what the Hub answered, as facts or as a gap. Nothing in an answer is trusted to have the right type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from licscan.core.artifact import FileEntry, Source
from licscan.core.evidence import Gap, GapReason
from licscan.core.ids import RepoId, RepoKind
from licscan.core.text import harmless
from licscan.sources.http.client import Answer
from licscan.sources.protocol import Commit, RepoInfo
from licscan.sources.serialize import Unreadable, load

_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "author": str,
    "baseModels": (dict, list),
    "cardData": dict,
    "config": dict,
    "createdAt": str,
    "disabled": bool,
    "gated": (bool, str),
    "gguf": dict,
    "lastModified": str,
    "library_name": str,
    "pipeline_tag": str,
    "private": bool,
    "safetensors": dict,
    "sha": str,
    "siblings": list,
    "tags": list,
}
"""What a field of the answer may be, where it is given."""
_NOWHERE = frozenset({401, 404, 410})
_RANGE = re.compile(r"bytes (?:(?P<first>\d{1,18})-(?P<last>\d{1,18})|\*)/(?P<total>\d{1,18}|\*)\Z")
_COMMIT = re.compile(r"[0-9a-f]{40}\Z")
_CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "gated": lambda value: value in (True, False, "auto", "manual"),
    "sha": lambda value: _COMMIT.match(value) is not None,
    "tags": lambda value: all(isinstance(one, str) for one in value),
}
_GATED = re.compile(
    r"gated|authorized list|access to (?:model|dataset|repo\w*) \S+ is restricted|ask for access", re.IGNORECASE
)
_BAD_TOKEN = re.compile(r"invalid credentials|token.{0,40}(?:expired|revoked|invalid)", re.IGNORECASE)


def info_of(answer: Answer, asked: RepoId, as_of: str) -> RepoInfo | Gap:
    """A repository from the body of its answer."""
    node = str(asked)
    if not answer.whole:
        return Gap(node, GapReason.MALFORMED, "the Hub's answer is larger than any repository's should be")
    try:
        said = load(answer.body)
    except Unreadable as problem:
        return Gap(node, GapReason.MALFORMED, f"the Hub's answer cannot be read: {problem}")
    if not isinstance(said, dict):
        return Gap(node, GapReason.MALFORMED, "the Hub's answer is no JSON object")
    name = said.get("id", said.get("modelId"))
    id = RepoId.try_parse(name, asked.kind) if isinstance(name, str) else None
    if id is None:
        return Gap(node, GapReason.MALFORMED, f"the Hub's answer names no repository: id is {_shown(name)}")
    if id.path.lower() not in {asked.path.lower(), _answered(answer.url, asked.kind).lower()}:
        return Gap(node, GapReason.DAMAGED, f"the Hub's answer is that of another repository: id is {_shown(name)}")
    if said.get("disabled") is True:
        return Gap(node, GapReason.DISABLED, "the Hub has disabled this repository")
    return _info(said, id, asked, as_of)


def _answered(url: str, kind: RepoKind) -> str:
    """The repository whose address answered: after a rename the Hub redirects to the new one."""
    name = unquote(urlsplit(url).path).partition(f"/api/{kind.value}s/")[2]
    return name.partition("/revision/")[0]


def _info(said: Mapping[str, Any], id: RepoId, asked: RepoId, as_of: str) -> RepoInfo:
    files = _siblings(said.get("siblings"))
    if files == () and _table(said.get("cardData")):
        # A card cannot stand in a repository without a file: the list was not given.
        files = None
    relation, bases = _bases(said.get("baseModels"))
    parameters, dtypes = _parameters(said.get("safetensors"))
    gguf = _table(said.get("gguf"))
    total = (gguf or {}).get("total")
    return RepoInfo(
        id=id,
        asked=asked,
        source=Source.HUB,
        revision=_commit(said.get("sha")),
        as_of=as_of,
        card=_card(said, files),
        tags=_words(said.get("tags")),
        files=files,
        base_relation=relation,
        base_models=bases,
        gated=_gated(said.get("gated")),
        config=_table(said.get("config")),
        parameters=parameters if parameters is not None else _count(total),
        dtypes=dtypes,
        gguf=gguf,
        library=_word(said.get("library_name")),
        pipeline=_word(said.get("pipeline_tag")),
        created=_word(said.get("createdAt")),
        modified=_word(said.get("lastModified")),
        odd=tuple(_odd(said)),
    )


def _odd(said: Mapping[str, Any]) -> Iterator[str]:
    """The fields that have no type, or no value, that they could have."""
    for name, kinds in _KINDS.items():
        value: Any = said.get(name)
        if value is not None and not (isinstance(value, kinds) and (name not in _CHECKS or _CHECKS[name](value))):
            yield name


def _card(said: Mapping[str, Any], files: tuple[FileEntry, ...] | None) -> Mapping[str, Any] | None:
    card = _table(said.get("cardData"))
    if card is None and files is not None and all(entry.path != "README.md" for entry in files):
        return {}
    return card


def gap_of(answer: Answer, repo: RepoId, place: str, *, has_token: bool) -> Gap:
    """Why the Hub refused, from the status and its headers; `place` is the file, where one was asked for."""
    reason, detail = _refusal(answer, place, has_token)
    return Gap(str(repo), reason, detail, place)


def _refusal(answer: Answer, place: str, has_token: bool) -> tuple[GapReason, str]:
    code = answer.headers.get("x-error-code", "")
    words = message_of(answer)
    what = place or "the repository"
    if "disabled" in words.lower() or answer.status == 451:
        return GapReason.DISABLED, _with(words, f"the Hub has disabled access to {what}")
    if code == "GatedRepo" or (answer.status in (401, 403) and _GATED.search(words)):
        how = "ask for access on its page" if has_token else "ask for access on its page, then set HF_TOKEN or --token"
        return GapReason.GATED, _with(words, f"{what} is gated: {how}")
    if answer.status == 401 and _BAD_TOKEN.search(words):
        return GapReason.UNREACHABLE, _with(words, "the Hub refuses the token: renew it, or run without one")
    if code == "RevisionNotFound":
        return GapReason.ABSENT, _with(words, "this revision does not exist")
    if code == "EntryNotFound":
        return GapReason.ABSENT, f"{what} does not exist at this revision"
    if code == "RepoNotFound" or (answer.status in _NOWHERE and not place):
        return GapReason.ABSENT, _nowhere(what, has_token)
    if answer.status in _NOWHERE:
        # A proxy or a login page may say so of any file: only the Hub's own code tells that it is not there.
        return GapReason.UNREACHABLE, _with(words, f"{what}: status {answer.status} without the Hub's own reason")
    if answer.status == 403:
        return GapReason.PRIVATE, _with(words, f"the token may not see {what}" if has_token else f"{what} is private")
    if answer.status == 429:
        return GapReason.UNREACHABLE, "the Hub limits the rate of requests: try again later, or use a token"
    return GapReason.UNREACHABLE, _with(words, f"the Hub answered with status {answer.status}")


def _nowhere(what: str, has_token: bool) -> str:
    """The Hub gives one answer for what is not there and for what may not be seen."""
    if has_token:
        return f"{what} does not exist, or is private and the token may not see it"
    return f"{what} does not exist, or is private: HF_TOKEN or --token would tell"


def message_of(answer: Answer) -> str:
    """The Hub's own words for a refusal, harmless and short."""
    words: object = answer.headers.get("x-error-message")
    if not words and answer.body.lstrip()[:1] == b"{":
        try:
            words = load(answer.body).get("error")
        except Unreadable:
            words = None
    return harmless(" ".join(words.split()))[:300] if isinstance(words, str) else ""


def files_of(said: object) -> tuple[FileEntry, ...] | None:
    """One page of `/tree`; None where it is no listing."""
    if not isinstance(said, list):
        return None
    entries = []
    for one in said:
        if not isinstance(one, dict) or not isinstance(one.get("path"), str):
            return None
        if one.get("type") != "directory":
            large = _table(one.get("lfs")) or {}
            entries.append(
                FileEntry(
                    one["path"],
                    _count(one.get("size")),
                    _hash(large.get("oid")),
                    _hash(one.get("xetHash")),
                    None if large else _blob(one.get("oid")),
                )
            )
    return tuple(entries)


def commits_of(said: object) -> tuple[Commit, ...] | None:
    """One page of `/commits`; None where it is no history."""
    if not isinstance(said, list):
        return None
    rows = [one for one in said if isinstance(one, dict) and isinstance(one.get("id"), str)]
    if len(rows) < len(said) or not all(isinstance(one.get("title"), str | None) for one in rows):
        return None
    return tuple(Commit(one["id"], _word(one.get("date")) or "", _word(one.get("title")) or "") for one in rows)


def total_of(answer: Answer, start: int) -> int | None:
    """The size of the file of which a stretch from `start` was asked; None where the answer is that of another one."""
    told = _RANGE.match(answer.headers.get("content-range", ""))
    if answer.status == 416:
        total = int(told["total"]) if told and told["first"] is None and told["total"].isdecimal() else None
        return total if total is not None and total <= start and not answer.body else None
    if answer.status == 200:
        length = "" if answer.headers.get("content-encoding") else answer.headers.get("content-length", "")
        return int(length) if length.isdecimal() and len(length) < 20 else start + len(answer.body)
    if told is None or told["first"] is None or int(told["first"]) != start:
        return None
    if int(told["last"]) - start + 1 != len(answer.body):
        return None
    return int(told["total"]) if told["total"].isdecimal() else int(told["last"]) + 1


def next_page(headers: Mapping[str, str]) -> str | None:
    """The address of the next page, by the `Link` header."""
    found = re.search(r"<([^<>]+)>\s*;[^,<]*rel=\"?next\"?", headers.get("link", ""))
    return found[1] if found else None


def _siblings(said: object) -> tuple[FileEntry, ...] | None:
    """The files; None where the list, or one of its rows, is not what it should be."""
    if not isinstance(said, list):
        return None
    rows = [one for one in said if isinstance(one, dict) and isinstance(one.get("rfilename"), str)]
    if len(rows) < len(said):
        return None
    return tuple(sorted({one["rfilename"]: _sibling(one) for one in rows}.values(), key=lambda entry: entry.path))


def _sibling(said: Mapping[str, Any]) -> FileEntry:
    large = _table(said.get("lfs")) or {}
    return FileEntry(
        said["rfilename"],
        _count(said.get("size")),
        _hash(large.get("sha256")),
        _hash(said.get("xetHash")),
        None if large else _blob(said.get("blobId")),
    )


def _bases(said: object) -> tuple[str | None, tuple[str, ...] | None]:
    table = _table(said)
    models: object = table.get("models") if table is not None else said
    relation = _word(table.get("relation")) if table is not None else None
    if not isinstance(models, list):
        return relation, None
    return relation, tuple(_names(models))


def _names(models: Iterable[object]) -> Iterable[str]:
    for one in models:
        name = one.get("id") if isinstance(one, dict) else one
        if isinstance(name, str):
            yield name


def _parameters(said: object) -> tuple[int | None, dict[str, int]]:
    table = _table(said) or {}
    counted = _table(table.get("parameters")) or {}
    dtypes = {name: count for name, number in sorted(counted.items()) if (count := _count(number)) is not None}
    total = _count(table.get("total"))
    return (total if total is not None else sum(dtypes.values()) or None), dtypes


def _gated(said: object) -> Literal[False, "auto", "manual"] | None:
    if said is False:
        return False
    if said == "auto":
        return "auto"
    return "manual" if said == "manual" or said is True else None


def _commit(said: object) -> str | None:
    return said if isinstance(said, str) and _COMMIT.match(said) else None


def _hash(said: object) -> str | None:
    return said.lower() if isinstance(said, str) and re.fullmatch(r"[0-9a-fA-F]{64}", said) else None


def _blob(said: object) -> str | None:
    return said if isinstance(said, str) and _COMMIT.match(said) else None


def _table(said: object) -> Mapping[str, Any] | None:
    return said if isinstance(said, dict) else None


def _word(said: object) -> str | None:
    return said if isinstance(said, str) else None


def _words(said: object) -> tuple[str, ...] | None:
    return tuple(one for one in said if isinstance(one, str)) if isinstance(said, list) else None


def _count(said: object) -> int | None:
    return said if isinstance(said, int) and not isinstance(said, bool) and said >= 0 else None


def _shown(said: object) -> str:
    return harmless(repr(said))[:80]


def _with(words: str, ours: str) -> str:
    return f"{ours} (the Hub says: {words})" if words else ours
