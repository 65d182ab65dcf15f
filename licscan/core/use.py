"""What the user means to do with the subject, and as whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Role(StrEnum):
    """Who the user is to the subject."""

    PUBLISHER = "publisher"
    """The subject is the user's own release: its licence is what the user grants."""
    ADOPTER = "adopter"
    """The subject is somebody else's model: its licence binds the user first, then what flows from above it."""


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
    role: Role | None = None
    """None: not said; the scan derives it from the kind of the subject and from `own`."""
    own: frozenset[str] = frozenset()
    """Organisations on the Hub that are the user's own, in lower case."""
    assumed: tuple[str, ...] = ()
    """What nobody said and the scan took for granted: `as`, `purpose`, `distributes`."""

    @property
    def is_publisher(self) -> bool:
        """The subject is the user's own release."""
        return self.role is Role.PUBLISHER

    def is_bound(self, *, published: bool) -> bool:
        """The subject's own licence binds the user: an adopter, and (no role said) whoever takes a published model."""
        return published if self.role is None else self.role is Role.ADOPTER


def with_assumptions(use: Use, org: str | None) -> Use:
    """The use profile that the verdict stands on: what was not said is assumed, by the strictest usual reading.

    Args:
        use: what the user said.
        org: the organisation of the subject on the Hub; None for a folder or a bill of materials.

    Returns:
        The profile with role, purpose and distribution set; `assumed` names those that nobody stated.
    """
    role = Role.PUBLISHER if org is None or org.lower() in use.own else Role.ADOPTER
    said = {"as": use.role, "purpose": use.purpose, "distributes": use.distributes}
    return replace(
        use,
        role=use.role or role,
        purpose=use.purpose or Purpose.COMMERCIAL,
        distributes=use.distributes or frozenset({Distribution.WEIGHTS}),
        assumed=tuple(name for name, value in said.items() if not value),
    )
