"""What the user means to do with the subject."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """How the subject is to be used."""

    COMMERCIAL = "commercial"
    NONCOMMERCIAL = "noncommercial"
    RESEARCH = "research"


class Distribution(StrEnum):
    """What leaves the house."""

    WEIGHTS = "weights"
    HOSTED_API = "hosted-api"
    OUTPUTS = "outputs"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Use:
    """The use profile; None and empty mean "not said", which is never taken for "no"."""

    purpose: Purpose | None = None
    distributes: frozenset[Distribution] = frozenset()
    territories: frozenset[str] = frozenset()
    """ISO 3166-1 codes or `EU`: places of use and distribution."""
    home: str | None = None
    monthly_users: int | None = None
    annual_revenue: int | None = None
    """USD."""
    field: str | None = None
    release_as: str | None = None
    """The SPDX expression of the licence the subject would go out under."""
    release_name: str | None = None
    """The name under which it goes out; None means the subject's own."""
    at: str | None = None
    """ISO date on which the weights were taken."""
