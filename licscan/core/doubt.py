"""A parent that is no more than possible, and what hangs on it."""

from __future__ import annotations

from dataclasses import dataclass

from licscan.core.evidence import Confidence
from licscan.core.judgement import Judgement, Reason, ReasonKind, Verdict
from licscan.core.lineage import Link
from licscan.core.text import Text, text

ORIGIN = "origin"
"""What would settle a doubt: a word in the place where other reasons name a figure of the use profile."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The licence of a model as a table showed it on a day."""

    license: str
    """Key of the knowledge."""
    tag: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A possible parent, and what hangs on it."""

    link: Link
    binds: tuple[str, ...] = ()
    """The names of the licences above it that would bind the child to more than its own."""
    unknown: tuple[str, ...] = ()
    """Nodes above it of which no licence is known, or that were not read."""
    stated: bool = False
    """The card of the child states another origin."""

    @property
    def is_open(self) -> bool:
        """Whether it decides something."""
        return not self.stated and bool(self.binds or self.unknown)

    @property
    def says(self) -> Text:
        """What hangs on it, in one line."""
        parent = self.link.parent
        if self.stated:
            return text("{parent} is a possible parent; the card states another origin", parent=parent)
        if self.binds:
            licenses = ", ".join(self.binds)
            return text("{parent} is a possible parent; {licenses} would bind it", parent=parent, licenses=licenses)
        if self.unknown:
            nodes = ", ".join(self.unknown)
            return text("{parent} is a possible parent; the terms of {nodes} are not known", parent=parent, nodes=nodes)
        return text("{parent} is a possible parent; it would bind to nothing more", parent=parent)

    @property
    def judgement(self) -> Judgement:
        """The verdict on the link."""
        verdict = Verdict.UNKNOWN if self.is_open else Verdict.OK
        reason = Reason(ReasonKind.UNSETTLED, None, None, None, self.says, ORIGIN, self.link.parent)
        return Judgement(self.link, verdict, (reason,), Confidence.POSSIBLE)
