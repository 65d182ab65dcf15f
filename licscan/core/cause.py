"""A cause: the findings that one source, licence and topic explain together; what people read first."""

from __future__ import annotations

from dataclasses import dataclass

from licscan.core.evidence import Confidence
from licscan.core.finding import Severity, Topic
from licscan.core.text import Text


@dataclass(frozen=True, slots=True)
class Consequence:
    """A further thing that follows from a cause: another rule's finding, in the words of its title."""

    rule: str
    title: str
    """English; the catalogue has its translation."""
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """One problem with all that follows from it."""

    id: str
    """Kind and root; the same for the same problem in every scan."""
    title: Text
    """The sentence of its worst finding: part, licence with clause, consequence."""
    topic: Topic
    """Of its worst finding."""
    severity: Severity
    confidence: Confidence
    part: str | None
    """Role of the component that it is about; None for the main weights."""
    source: str
    """The node at the root of it."""
    license: str | None
    """Licence key."""
    clause: str | None
    nodes: tuple[str, ...]
    """Every node that its findings are about."""
    path: tuple[str, ...]
    """From the subject up to the source."""
    findings: tuple[int, ...]
    """Places of its findings in the report, worst first."""
    consequences: tuple[Consequence, ...]
    """What else follows, by its other findings."""
    remedies: tuple[Text, ...]
    """At most three ways out, the cheapest first."""
