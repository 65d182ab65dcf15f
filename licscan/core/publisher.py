"""Who publishes, and who owns the publisher."""

from __future__ import annotations

from dataclasses import dataclass

from licscan.core.text import Text, text


@dataclass(frozen=True, slots=True)
class Listing:
    """Membership of a restriction list, with what the list restricts."""

    id: str
    title: str
    authority: str
    date: str
    restricts: str
    sources: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Publisher:
    """A publisher as the knowledge (or the user's policy) records it. Facts only; what matters, the policy says."""

    org: str
    name: str
    entity: str | None = None
    country: str | None = None
    """ISO 3166-1 code of the licensor's legal entity, failing that of the one that mainly operates; None is unknown."""
    hq_country: str | None = None
    parent: str | None = None
    parent_country: str | None = None
    kind: str = "company"
    """`company`, `university`, `state_lab`, `nonprofit`, `community`, `individual`, or `unknown`: nobody says who."""
    repackager: bool = False
    """Re-uploads the work of others (quantised, converted, mirrored); never lends its country to weights."""
    repackaged_by: str | None = None
    """The account that passes this publisher's work on at the node; None where the publisher does so itself."""
    lists: tuple[Listing, ...] = ()
    former_orgs: tuple[str, ...] = ()
    confidence: str = "medium"
    """`high`, `medium` or `low`."""
    sources: tuple[str, ...] = ()
    note: str = ""
    as_of: str | None = None
    closed: str | None = None
    """What became of it, where nobody is left to grant or to change anything."""
    mirrors: tuple[str, ...] = ()
    """Organisations that keep copies of its work."""

    @property
    def is_identified(self) -> bool:
        """Somebody is known behind the account; an account that is only known as an account is nobody yet."""
        return self.kind != "unknown"

    @property
    def passes_on(self) -> bool:
        """What stands at the node is not granted there anew: its account hands on the work of somebody else."""
        return self.repackager or self.repackaged_by is not None

    @property
    def party(self) -> str:
        """The entity by its name, never by a nationality."""
        return self.entity or self.name

    @property
    def with_owner(self) -> Text:
        """Entity and owner, with the country of each where it is known."""
        here = f"{self.party} ({self.country})" if self.country else self.party
        if not self.parent:
            return text("{who}", who=here)
        owner = f"{self.parent} ({self.parent_country})" if self.parent_country else self.parent
        return text("{who}, owner {owner}", who=here, owner=owner)

    @property
    def record(self) -> Text:
        """How old this record is and how sure."""
        return text("record of {date}, confidence: {confidence}", date=self.as_of or "?", confidence=self.confidence)
