"""What was seen, where; and what could not be seen, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Confidence(StrEnum):
    """How sure something is, surest first."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"

    @property
    def rank(self) -> int:
        """0 for the surest; grows with doubt."""
        return _CONFIDENCE_ORDER.index(self)


_CONFIDENCE_ORDER = (Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE)


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """One thing that was read: in which repository, at which revision, in which field, and what it said."""

    repo: str
    revision: str | None
    place: str
    """Like `README.md#base_model` or `config.json#vision_config.model_type`."""
    says: str
    line: int | None = None
    """The line in the file (from 1), where it is known."""


class GapReason(StrEnum):
    """Why something upstream could not be looked at."""

    ABSENT = "absent"
    GATED = "gated"
    PRIVATE = "private"
    DISABLED = "disabled"
    UNREACHABLE = "unreachable"
    MALFORMED = "malformed"
    TOO_DEEP = "too-deep"
    OFFLINE = "offline"
    NOT_A_REPO = "not-a-repo"
    TRUNCATED = "truncated"
    """It goes on beyond what was read."""
    DAMAGED = "damaged"
    """What came is not what the source itself says of it: size, hash, name or kind do not fit."""


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Something that could not be looked at: a repository, or (with `place`) one file of it."""

    id: str
    """The node's id."""
    reason: GapReason
    detail: str
    place: str = ""
    """The file, where only a file could not be read; empty where the repository itself could not."""

    @property
    def is_open_end(self) -> bool:
        """Whether something was made from a model that nothing names; the place is where that shows."""
        return self.reason is GapReason.NOT_A_REPO and bool(self.place)
