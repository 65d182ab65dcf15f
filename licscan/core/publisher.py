"""Who publishes, and who owns the publisher."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from licscan.core.text import Text, text

STALE_AFTER = 180
"""Days after which a fact about a company is to be looked at again."""


def is_stale(checked: str, today: str) -> bool:
    """A fact that was checked on one ISO date is older than `STALE_AFTER` days on another; so is one without a date."""
    try:
        return (date.fromisoformat(today[:10]) - date.fromisoformat(checked)).days > STALE_AFTER
    except ValueError:
        return True


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
    names: str = ""
    """The entity as the list names it."""
    confidence: str = "medium"
    checked: str | None = None
    """ISO date on which somebody last looked."""


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
    work_of: str | None = None
    """The publisher whose work the account passes on at the node, where all of it is one publisher's."""
    lists: tuple[Listing, ...] = ()
    """Lists that name the publisher itself."""
    owner_lists: tuple[Listing, ...] = ()
    """Lists that name its owner; whether such an entry reaches the publisher is a question of law."""
    former_orgs: tuple[str, ...] = ()
    confidence: str = "medium"
    """`high`, `medium` or `low`."""
    by_own_account: bool = False
    """Nobody but the account itself says who it is."""
    owner_confidence: str | None = None
    owner_by_own_account: bool = False
    sources: tuple[str, ...] = ()
    owner_sources: tuple[str, ...] = ()
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
        return self.repackager

    @property
    def party(self) -> str:
        """The entity by its name, never by a nationality."""
        return self.entity or self.name

    @property
    def alone(self) -> Text:
        """The entity with its country, and whether anybody but the account says so."""
        return _who(self.party, self.country, alone=self.by_own_account)

    @property
    def owner(self) -> Text | None:
        """The owner in the same way; None where none is on record."""
        return _who(self.parent, self.parent_country, alone=self.owner_by_own_account) if self.parent else None

    @property
    def with_owner(self) -> Text:
        """Entity and owner, with the country of each where it is known."""
        owner = self.owner
        return self.alone if owner is None else text("{who}, owner {owner}", who=self.alone, owner=owner)

    @property
    def all_lists(self) -> tuple[Listing, ...]:
        """Lists that name the publisher or its owner."""
        return (*self.lists, *self.owner_lists)

    @property
    def record(self) -> Text:
        """How old this record is and how sure."""
        return text("record of {date}, confidence: {confidence}", date=self.as_of or "?", confidence=self.confidence)


def _who(name: str, country: str | None, *, alone: bool) -> Text:
    """A name with its country; what only the account itself says is told as that."""
    if country and alone:
        return text("{name} ({country}, by its own account)", name=name, country=country)
    if alone:
        return text("{name} (by its own account)", name=name)
    return text("{name} ({country})", name=name, country=country) if country else text("{name}", name=name)
