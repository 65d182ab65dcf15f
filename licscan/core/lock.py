"""What a lock file holds, and what changed in law since it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from licscan.core.evidence import Evidence
from licscan.core.text import Text

LOCK_NAME = "licscan.lock"


@dataclass(frozen=True, slots=True, order=True)
class LockedText:
    """One text that governs a node: where it stood, and its hash."""

    place: str
    """File of the repository, or the address of a text elsewhere."""
    role: str
    """`license`, `notice`, `policy` or `card`."""
    sha256: str
    key: str | None = None
    """The known edition that it is, where it is one."""
    sentences: tuple[str, ...] = ()
    """Short hashes of its sentences, for a text that is no known edition: enough to say what came and went."""
    archived: str | None = None
    """File in the archive folder."""


@dataclass(frozen=True, slots=True)
class LockEntry:
    """One node as it was when the lock was written."""

    id: str
    kind: str
    revision: str | None = None
    as_of: str | None = None
    created: str | None = None
    renamed_from: str | None = None
    gated: Literal[False, "auto", "manual"] | None = None
    gap: str | None = None
    """Why it could not be looked at, if it could not."""
    expression: str | None = None
    keys: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    texts: tuple[LockedText, ...] = ()
    policy_address: str | None = None
    """Where the use policy stands that the licence takes in by its address."""
    publisher: str | None = None
    country: str | None = None
    owner: str | None = None
    owner_country: str | None = None
    pin: str | None = None
    """The revision that every child asks for: what stands at the head of the repository then changes nothing."""
    behind: str | None = None
    """The part of a model that may have been taken from this repository, where nothing else leads to it."""
    terms_since: str | None = None
    """Date of the commit from which these terms stand, where the history was read."""
    first_commit: str | None = None
    """Date of the oldest commit, where the history was read whole: it grows when a history is squashed."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file: the subject and everything above it."""

    subject: str
    knowledge: str
    made: str | None = None
    archive: str | None = None
    entries: Mapping[str, LockEntry] = field(default_factory=lambda: MappingProxyType({}))
    file: str | None = None
    """Where it was read from."""


class Direction(StrEnum):
    """Which way a change goes, in law."""

    TIGHTER = "tighter"
    LOOSER = "looser"
    REGION = "region"
    RENAMED = "renamed"
    GONE = "gone"
    GATED = "gated"
    UNCLEAR = "unclear"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference between a lock and what stands there now."""

    id: str
    """The node."""
    what: Text
    direction: Direction
    before: str | None = None
    after: str | None = None
    evidence: tuple[Evidence, ...] = ()
    term: str | None = None
    clause: str | None = None
    regions: tuple[str, ...] = ()
    """Countries that a territory clause newly leaves out."""
    files: bool = False
    """Only the place of a text moved: added, split, renamed, removed."""
    new: bool = False
    """The node was not above the subject when the lock was written."""
    pin: bool = False
    """The locked commit itself can no longer be fetched."""


@dataclass(frozen=True, slots=True)
class Revision:
    """Terms as they stood from one commit on."""

    commit: str
    date: str
    title: str
    declared: str | None
    """The card's licence id and name, as published."""
    texts: tuple[LockedText, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """How the terms of one repository changed, oldest first, found by comparing contents."""

    id: str
    revisions: tuple[Revision, ...] = ()
    commits: int = 0
    """How many commits there are, as far as the listing went."""
    read: int = 0
    """How many of them were read."""
    complete: bool = True
    """False where the listing was cut or the budget ran out: a change that was undone in between could be missed."""
    first: str | None = None
    """Date of the oldest commit seen."""
    reachable: bool | None = None
    """Whether the pinned revision is still in the history; None where nothing was pinned."""
    squashed: bool = False
    """The oldest commit is younger than the repository itself."""
    changes: tuple[Drift, ...] = ()
    """What each revision changed in law against the one before; the first evidence of each says when and where."""
    cut: bool = False
    """The listing ended before the oldest commit."""
