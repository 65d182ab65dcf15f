"""A model, data set or component of the lineage, and what its repository says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from licscan.core.coverage import Coverage, nothing_read
from licscan.core.evidence import Evidence, Gap
from licscan.core.ids import RepoId


class NodeKind(StrEnum):
    """What a node of the lineage is."""

    MODEL = "model"
    DATASET = "dataset"
    COMPONENT = "component"
    """A part whose own repository is not known."""
    EXTERNAL = "external"
    """Something that was named but is no repository: a path, a family, a word."""


class Source(StrEnum):
    """Where the facts of a node come from."""

    HUB = "hub"
    CACHE = "cache"
    RECORDING = "recording"
    CATALOG = "catalog"
    PATH = "path"


class ClaimKind(StrEnum):
    """Where something was said about the licence, in the order in which it governs: the text before the tag."""

    FILE = "file"
    """The text of a licence file; `text` is the file's content."""
    LINKED = "linked"
    """The text behind `license_link`."""
    PASTED = "pasted"
    """Licence text inside the card."""
    NOTICE = "notice"
    """The text of a NOTICE file."""
    POLICY = "policy"
    """The text of a use policy file."""
    METADATA = "metadata"
    """A licence key inside a weights file (GGUF, safetensors)."""
    NAME = "name"
    """`license_name` of the card."""
    LINK = "link"
    """`license_link` of the card, the address itself."""
    TAG = "tag"
    """The licence id of the card or the Hub's tag."""
    PROSE = "prose"
    """A sentence of the card."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing said about the licence, untouched."""

    kind: ClaimKind
    text: str
    evidence: Evidence
    part: str = ""
    """What it speaks of, where not the whole: `code`, `weights`, `vae`, a folder ..."""
    sha256: str = ""
    """Of the file's bytes, for texts."""


class FactKind(StrEnum):
    """Things seen in a repository that are neither a licence claim nor a parent."""

    ARCHITECTURE = "architecture"
    """An architecture class or model type; re-use of an architecture alone is no lineage."""
    REMOTE_CODE = "remote-code"
    """Code that is loaded from another repository; `value` is `owner/repo` or `owner/repo@revision`."""
    TOKENIZER = "tokenizer"
    """Where the tokenizer comes from, as published."""
    ORIGIN_CLAIM = "origin-claim"
    """A statement that the model was trained from scratch or by its publisher alone."""
    MALFORMED_BASE = "malformed-base"
    """A `base_model` value that is no repository name, as published."""
    DERIVED = "derived"
    """A sign that the model was made from another one; `value` is the relation, such as `adapter`."""
    CONTRADICTION = "contradiction"
    """Two sources of this repository that name different parents."""
    COPYRIGHT = "copyright"
    """A copyright line or an "adapted from" line in a file."""
    HOSTED = "hosted"
    """A hosted service that is needed at run time."""
    NEW_VERSION = "new-version"
    """The card's `new_version`."""
    SUMMARY = "summary"
    """Anything else worth showing, as a sentence."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a repository with the place where it stood."""

    kind: FactKind
    value: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a repository as the Hub lists it."""

    path: str
    size: int | None = None
    """Bytes."""
    sha256: str | None = None
    """Content hash of a large (LFS) file."""
    xet: str | None = None
    """Xet hash of a large file."""
    oid: str | None = field(default=None, compare=False)
    """Git blob id of a small file; older recordings do not hold it, so it is left out of comparisons."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A node of the lineage: what we know of one model, data set, component or outside thing."""

    id: str
    kind: NodeKind
    repo: RepoId | None = None
    revision: str | None = None
    source: Source | None = None
    as_of: str | None = None
    """When the facts were true: ISO 8601 date or time."""
    renamed_from: str | None = None
    gated: Literal[False, "auto", "manual"] | None = None
    parameters: int | None = None
    """As the Hub or the file headers count them."""
    created: str | None = None
    modified: str | None = None
    claims: tuple[Claim, ...] = ()
    facts: tuple[Fact, ...] = ()
    files: tuple[FileEntry, ...] | None = None
    """None where the listing was not seen; that is not an empty repository."""
    candidates: tuple[str, ...] = ()
    """For an external node or a component: repositories it may be."""
    publisher: str | None = None
    """The organisation whose work this is, where it is known without a repository (a component of a family)."""
    gap: Gap | None = None
    file_gaps: tuple[Gap, ...] = field(default=())
    """Files of this repository that could not be read; the rest of it was."""
    looked_at: Coverage | None = None
    """What was looked at; None for a node that is no repository, or could not be read."""

    @property
    def coverage(self) -> Coverage:
        """What was looked at, of any node."""
        if self.looked_at is not None:
            return self.looked_at
        if self.gap is not None:
            return nothing_read(str(self.gap.reason))
        return nothing_read("no repository is known")

    @property
    def org(self) -> str | None:
        """The organisation to look up among the publishers, or None."""
        if self.publisher:
            return self.publisher
        return self.repo.org if self.repo and self.repo.org else None

    @property
    def label(self) -> str:
        """What the node is called in a sentence: its repository, its family, or the words as published."""
        if self.kind is NodeKind.COMPONENT and self.facts:
            return f"{self.facts[0].value} family"
        return self.id.removeprefix("external:").removeprefix("datasets/")

    def facts_of(self, kind: FactKind) -> tuple[Fact, ...]:
        """The facts of one kind, in the order in which they were read."""
        return tuple(fact for fact in self.facts if fact.kind is kind)
