"""What a rule reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from licscan.core.evidence import Confidence, Evidence
from licscan.core.text import Text


class Severity(StrEnum):
    """How bad a finding is if it is true, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst; grows as it gets harmless."""
        return _SEVERITY_ORDER.index(self)

    def raised(self, steps: int = 1) -> Severity:
        """`steps` steps worse (negative: milder), within the scale."""
        return _SEVERITY_ORDER[max(0, min(len(_SEVERITY_ORDER) - 1, self.rank - steps))]


_SEVERITY_ORDER = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO)


class Scope(StrEnum):
    """What a rule is asked about."""

    ARTIFACT = "artifact"
    LINK = "link"
    LINEAGE = "lineage"


class Topic(StrEnum):
    """What a rule's findings are about; findings of one topic with one source are one cause."""

    ORIGIN = "origin"
    """Where weights, parts and data come from."""
    OUTBOUND = "outbound"
    """What must go along, or cannot stand, when the subject goes out."""
    USE = "use"
    """Limits on who may use it, where and for what."""
    LICENSE = "license"
    """A licence that is not known for sure."""
    UNREAD = "unread"
    """Something upstream that was not read."""
    CHANGE = "change"
    """What can change or end the terms later."""
    CONTROL = "control"
    """Who stands behind a part."""
    ACCESS = "access"
    """Gates and acceptance."""
    POLICY = "policy"
    """What the user's own policy says."""


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """All about a rule that is not its function."""

    id: str
    title: str
    severity: Severity
    scope: Scope
    explanation: str
    """The docstring of the rule's file."""
    topic: Topic
    confidence: Confidence = Confidence.CERTAIN


@dataclass(frozen=True, slots=True)
class Waiver:
    """Why a finding was set aside, by whom and until when."""

    reason: str
    owner: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; it always has a place and always says what to do."""

    rule: str
    severity: Severity
    confidence: Confidence
    subject: str
    """The node it is about."""
    message: Text
    path: tuple[str, ...] = ()
    """From the user's subject up to the cause, both included."""
    evidence: tuple[Evidence, ...] = ()
    clause: str | None = None
    license: str | None = None
    remedies: tuple[Text, ...] = ()
    waived: Waiver | None = None
    leaves_open: bool = False
    """Nobody can judge the subject before this is settled or waived: the verdict is unknown at best."""
    also: tuple[str, ...] = ()
    """Further nodes with the very same cause, so that one cause is one finding."""

    @property
    def sort_key(self) -> tuple[bool, int, int, str, str, str]:
        """The worst first; what was set aside last."""
        return (
            self.waived is not None,
            self.severity.rank,
            self.confidence.rank,
            self.rule,
            self.subject,
            str(self.message),
        )
