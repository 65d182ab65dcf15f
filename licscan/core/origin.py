"""What is known of where a part's weights come from, beyond what its own card says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Grade(IntEnum):
    """How much an observation can carry; see the rules' pages. Only E4 and E5 carry a severity of high or above."""

    UNKNOWN = 0
    HEARSAY = 1
    """A name, the press, a report by users."""
    LIKENESS = 2
    """The same architecture and sizes, or the same tokenizer."""
    STATISTICS = 3
    """Large matrices agree, mean removed, beyond unrelated control models."""
    STATEMENT = 4
    """The publisher says so: card, configuration, report, NOTICE."""
    IDENTITY = 5
    """Large tensors are equal, byte for byte or by hash."""

    @property
    def label(self) -> str:
        """As reports write it: `E4`."""
        return f"E{self.value}"


class Match(StrEnum):
    """What a comparison of one component with one reference came to."""

    COPY = "copy"
    DERIVED = "derived"
    SHARED_ORIGIN = "shared-origin"
    MERGE = "merge"
    ARCH_ONLY = "arch-only"
    CANDIDATE = "candidate"
    NO_MATCH = "no-match"
    UNTESTABLE = "untestable"


@dataclass(frozen=True, slots=True)
class OriginEvidence:
    """One observation about a component's weights: by a comparison of ours, or from the public record."""

    node: str
    """The model whose part it is."""
    component: str | None
    """The role; None is the model as a whole (its main weights)."""
    reference: str
    """The repository or family that it was compared with."""
    match: Match
    grade: Grade
    says: str
    changed: bool | None = None
    """Whether the weights were trained further since; None is unknown."""
    withdrawn: bool = False
    """An allegation that was taken back or rebutted: kept so that nobody raises it again."""
    date: str | None = None
    sources: tuple[str, ...] = ()
