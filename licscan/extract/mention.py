"""What one place of a repository says about where the model comes from, before anything is judged or joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from licscan.core.artifact import Artifact
from licscan.core.evidence import Confidence, Evidence
from licscan.core.ids import RepoKind
from licscan.core.lineage import Relation


@dataclass(frozen=True, slots=True)
class Mention:
    """One parent as one place names it: untouched, with the place."""

    value: str
    """The name as published: a repository, an address, a path, a word, or a model type (see `family`)."""
    evidence: Evidence
    source: str
    """The kind of place: `card`, `tags`, `hub`, `config`, `adapter`, `mergekit`, `gguf`, `prose` ..."""
    kind: RepoKind = RepoKind.MODEL
    relation: Relation | None = None
    """None where the place does not say how the model was made from it."""
    component: str | None = None
    """The role of the parent inside the model, where the place says so."""
    declared: bool = False
    """The card says so."""
    confidence: Confidence = Confidence.CERTAIN
    revision: str | None = None
    """The revision of the parent, where it is pinned."""
    family: str | None = None
    """The model type or class, where no repository is named but a family of models."""
    sizes: tuple[tuple[str, int], ...] = ()
    """The sizes beside a family, which narrow down its release."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the files and the metadata of one repository say."""

    artifact: Artifact
    mentions: tuple[Mention, ...] = ()
    inferred: tuple[Relation, Evidence] | None = None
    """The relation to the bases as the Hub infers it where nobody states it, with the reason."""
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The small files that were read, by path."""
    heads: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The first stretches of weights files, by path."""
