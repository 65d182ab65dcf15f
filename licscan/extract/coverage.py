"""What was looked at of one repository, from its listing and from what came of each question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from licscan.core.artifact import ClaimKind, Source
from licscan.core.bounds import listed
from licscan.core.coverage import ABSENT, NOT_ASKED, READ, Coverage, Look, not_read
from licscan.extract import license_files
from licscan.extract.card import GATE_KEYS
from licscan.extract.file_selection import configs, origins
from licscan.sources.protocol import RepoInfo

CARD = "README.md"
_NO_TEXTS = "the catalogue holds none"
_NO_LISTING = "its list of files was not seen"


@dataclass(slots=True)
class Looked:
    """What came of the questions about one repository."""

    read: set[str] = field(default_factory=set)
    """Paths."""
    failed: dict[str, str] = field(default_factory=dict)
    """By path: why a file was not read, or not to its end."""


def coverage(info: RepoInfo, metadata: Mapping[str, Any] | None, looked: Looked) -> Coverage:
    """What was looked at.

    Args:
        info: the repository with its listing, where that was seen.
        metadata: the card's, as far as anybody read it; None where nobody did.
        looked: what came of reading its files.
    """
    files = info.files
    return Coverage(
        card=_card(info, metadata, looked),
        card_text=_card_text(info, looked),
        licence_files=_texts(info, looked, {ClaimKind.FILE}),
        gate=_gate(info, metadata),
        notices=_texts(info, looked, {ClaimKind.NOTICE, ClaimKind.POLICY}),
        configs=_group(info, looked, configs(one.path for one in files or ())),
        heads=_group(info, looked, origins(one.path for one in files or ())),
        listing=READ if files is not None else not_read(looked.failed.get("listing", _NO_TEXTS)),
        history=ABSENT if info.source is Source.PATH else NOT_ASKED,
    )


def _card(info: RepoInfo, metadata: Mapping[str, Any] | None, looked: Looked) -> Look:
    if info.partial:
        return not_read("only some of its lines were seen")
    if CARD in looked.failed and not info.card:
        return not_read(looked.failed[CARD])
    if CARD in looked.read or metadata:
        return READ
    return _unread(info, [CARD], looked)


def _card_text(info: RepoInfo, looked: Looked) -> Look:
    if info.source is Source.CATALOG:
        return not_read(_NO_TEXTS)
    return READ if CARD in looked.read and CARD not in looked.failed else _unread(info, [CARD], looked)


def _gate(info: RepoInfo, metadata: Mapping[str, Any] | None) -> Look:
    if metadata is None and info.files is not None and all(one.path != CARD for one in info.files):
        return ABSENT
    if metadata is None or info.partial:
        return not_read("the card was not seen")
    return READ if any(metadata.get(key) for key in GATE_KEYS) else ABSENT


def _texts(info: RepoInfo, looked: Looked, kinds: set[ClaimKind]) -> Look:
    files = [one for one in info.files or () if license_files.is_legal_text(one.path)]
    wanted = [one.path for one in files if license_files.kind_of(one.path) in kinds]
    return _group(info, looked, [path for path in wanted if not _has_twin(path, looked)])


def _has_twin(path: str, looked: Looked) -> bool:
    """Whether a file that is no text stands beside a text of the same name, which was read."""
    stem = path.rpartition(".")[0]
    return not license_files.is_readable(path) and any(one.rpartition(".")[0] == stem for one in looked.read)


def _group(info: RepoInfo, looked: Looked, paths: list[str]) -> Look:
    """All files of one kind: read if all were, absent if there are none."""
    if info.files is None:
        return _unread(info, paths, looked)
    open_ = sorted(path for path in paths if path not in looked.read or path in looked.failed)
    if not open_:
        return READ if paths else ABSENT
    return _unread(info, open_, looked)


def _unread(info: RepoInfo, paths: list[str], looked: Looked) -> Look:
    whys = dict.fromkeys(looked.failed[path] for path in paths if path in looked.failed)
    if info.source is Source.CATALOG:
        return not_read(_NO_TEXTS)
    if info.files is None:
        return not_read(next(iter(whys), _NO_LISTING))
    if CARD in paths and not any(one.path == CARD for one in info.files):
        return ABSENT
    why = "; ".join(whys) or "not asked for"
    return not_read(f"{listed(paths, 4)}: {why}" if paths != [CARD] else why)
