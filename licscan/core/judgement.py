"""What the licences' terms come to along the links."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from licscan.core.evidence import Confidence
from licscan.core.license import Provision, Term
from licscan.core.lineage import Link
from licscan.core.text import Text


class Verdict(StrEnum):
    """How a link's two licences stand to each other."""

    SAME = "same"
    OK = "ok"
    CONDITIONS = "conditions"
    CONFLICT = "conflict"
    DEPENDS = "depends"
    UNKNOWN = "unknown"


class ReasonKind(StrEnum):
    """Why a verdict is not simply ok."""

    OMISSION = "omission"
    """Nothing was said where something must be."""
    CONTRADICTION = "contradiction"
    """Something looser was said."""
    BREACH = "breach"
    """A named clause against the stated use."""
    OBLIGATION = "obligation"
    """Something to do, which can be done."""
    UNSETTLED = "unsettled"
    """A question that the law or a missing figure leaves open."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, down to the clause."""

    kind: ReasonKind
    term: Term | None
    license: str | None
    clause: str | None
    says: Text
    needs: str = ""
    """What would settle it, where a figure of the use profile is missing: `monthly-users` ..."""
    source: str = ""
    """The node whose licence sets the term."""
    firm: bool = True
    """False for a contradiction that is a label too short rather than a licence that cannot stand there."""
    near: bool = False
    """The figure of the use profile is within half of the limit that this is about, or beyond it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one link."""

    link: Link
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    confidence: Confidence = Confidence.CERTAIN


@dataclass(frozen=True, slots=True)
class Burden:
    """A term that reaches a node from upstream, with the path it came by."""

    provision: Provision
    license: str
    source: str
    """The node whose licence sets the term."""
    path: tuple[str, ...]
    """From the bound node up to the source, both included."""
    certainty: Confidence = Confidence.CERTAIN
    unsettled: bool = False
    """Whether it reaches this far is open in law; `question` says what the question is."""
    question: Text | None = None
    part: str = ""
    """The component that it binds, where it binds only a part."""
    standing: tuple[Reason, ...] = ()
    """How the term stands to the stated use, for terms of use, thresholds and territory."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something to do before the subject goes out."""

    term: Term
    says: Text
    license: str
    clause: str | None
    source: str
    path: tuple[str, ...]
    met: bool | None = None
    """Whether it is met by what the subject ships already; None where that cannot be seen."""

    @property
    def is_open(self) -> bool:
        """It comes from above, and what it asks for is not there."""
        return self.met is False and len(self.path) > 1


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why a requested licence is impossible."""

    says: Text
    term: Term | None
    license: str | None
    clause: str | None
    source: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """Under which licences the subject may go out."""

    requested: str | None
    allowed: bool | None
    """None: cannot be said, because something upstream is unknown or unsettled."""
    blockers: tuple[Blocker, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    suggested: tuple[str, ...] = ()
    """SPDX expressions or licence keys that can carry every burden, most permissive first."""
    missing: tuple[Text, ...] = ()
    """What must be known before anything can be suggested or allowed."""
